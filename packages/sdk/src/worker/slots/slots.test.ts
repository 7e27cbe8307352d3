import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DefaultLogger } from '../telemetry/logger.js';
import { ManualClock } from '../testing/manual-clock.js';
import { CustomSlots } from './custom-slots.js';
import { hostUsage } from './host-usage.js';
import { createPid } from './pid.js';
import { ResourceBasedController } from './resource-controller.js';
import { fixedRule, SlotPool } from './slot-pool.js';
import type { Permit } from './slots.js';
import { resourceRule, slotsOf } from './tuner.js';

const never = new AbortController().signal;
const info = { type: 'activity', activityType: 'a' } as const;

test('a fixed number of slots; those who wait are served in order', async () => {
  const pool = new SlotPool(fixedRule(2), new ManualClock());
  const first = pool.tryReserve();
  const second = pool.tryReserve();
  assert.ok(first && second);
  assert.equal(pool.tryReserve(), undefined);
  const order: number[] = [];
  const third = Promise.resolve(pool.reserve(false, never)).then((permit) => (order.push(3), permit));
  const fourth = Promise.resolve(pool.reserve(false, never)).then((permit) => (order.push(4), permit));
  first.use(info);
  assert.deepEqual([pool.usedCount, pool.availableCount], [1, 1]);
  first.release();
  first.release();
  (await third).release();
  await fourth;
  assert.deepEqual(order, [3, 4]);
  assert.equal(pool.usedCount, 0);
});

test('waiting for a slot ends with the signal', async () => {
  const pool = new SlotPool(fixedRule(1), new ManualClock());
  const held = pool.tryReserve();
  const stop = new AbortController();
  const waiting = Promise.resolve(pool.reserve(false, stop.signal));
  stop.abort();
  await assert.rejects(waiting, { name: 'AbortError' });
  held?.release();
  assert.ok(pool.tryReserve());
});

test('slots by resources: the minimum at once, then one by one while there is room', async () => {
  const clock = new ManualClock();
  let hasRoom = true;
  const rule = resourceRule({ hasRoom: () => hasRoom }, { minimumSlots: 2, maximumSlots: 4, rampThrottle: 50 });
  const pool = new SlotPool(rule, clock);
  assert.ok(pool.tryReserve() && pool.tryReserve());
  assert.equal(pool.tryReserve(), undefined);
  const third = Promise.resolve(pool.reserve(false, never));
  clock.advance(50);
  await third;
  hasRoom = false;
  let fourth: Permit | undefined;
  void Promise.resolve(pool.reserve(false, never)).then((permit) => (fourth = permit));
  clock.advance(1000);
  await Promise.resolve();
  assert.equal(fourth, undefined);
  hasRoom = true;
  clock.advance(100);
  await Promise.resolve();
  await Promise.resolve();
  assert.ok(fourth);
});

test('the controller says no as soon as one target is passed', () => {
  let usage = { cpu: 0.1, memory: 0.1 };
  const controller = ResourceBasedController.create({ targetCpuUsage: 0.8, targetMemoryUsage: 0.8 }, () => usage);
  assert.equal(controller.hasRoom(0), true);
  usage = { cpu: 0.9, memory: 0.1 };
  assert.equal(controller.hasRoom(50), true, 'measured every 100 ms');
  assert.equal(controller.hasRoom(100), false);
  usage = { cpu: 0.1, memory: 0.1 };
  assert.equal(controller.hasRoom(200), true);
  usage = { cpu: 0.1, memory: 0.79 };
  assert.equal(controller.hasRoom(300), false, 'memory rises quickly towards its target');
  assert.throws(() => ResourceBasedController.create({ targetCpuUsage: 2, targetMemoryUsage: 0.5 }), /targetCpuUsage/);
  assert.ok(createPid(0.5).next(0.2) > 0 && createPid(0.5).next(0.9) < 0);
  const { cpu, memory } = hostUsage()();
  assert.ok(cpu >= 0 && cpu <= 1 && memory > 0 && memory <= 1);
});

test('a supplier of the user: its errors are logged, its permits come back', async () => {
  const calls: unknown[] = [];
  const clock = new ManualClock();
  let isFailing = true;
  const logged: string[] = [];
  const logger = new DefaultLogger('INFO', ({ message }) => logged.push(message));
  const slots = new CustomSlots(
    {
      type: 'custom',
      async reserveSlot(context) {
        calls.push(['reserve', context.isSticky, context.taskQueue]);
        if (isFailing) throw new Error('no');
        return { id: 1 };
      },
      tryReserveSlot: () => null,
      markSlotUsed: (context) => void calls.push(['used', context]),
      releaseSlot: (context) => void calls.push(['released', context]),
    },
    { slotType: 'activity', taskQueue: 'q', workerIdentity: 'me' },
    logger,
    clock,
  );
  assert.equal(slots.tryReserve(false), undefined);
  const reserved = slots.reserve(true, never);
  await new Promise((resolve) => setImmediate(resolve));
  isFailing = false;
  clock.advance(1000);
  const permit = await reserved;
  permit.use(info);
  assert.equal(slots.usedCount, 1);
  permit.release();
  assert.equal(slots.usedCount, 0);
  assert.match(logged.join(), /reserveSlot/);
  assert.deepEqual(calls.slice(-2), [
    ['used', { slotInfo: info, permit: { id: 1 } }],
    ['released', { permit: { id: 1 }, slotInfo: info }],
  ]);
});

test('tuners that cannot be are refused', () => {
  const context = {
    worker: { taskQueue: 'q', workerIdentity: 'me' },
    logger: new DefaultLogger(),
    clock: new ManualClock(),
  };
  const fixed = (numSlots: number) => ({ type: 'fixed-size', numSlots }) as const;
  const holder = (numSlots: number) => ({
    workflowTaskSlotSupplier: fixed(numSlots),
    activityTaskSlotSupplier: fixed(1),
    localActivityTaskSlotSupplier: fixed(1),
  });
  assert.throws(() => slotsOf(holder(0), context), /number of slots for workflow tasks is 0/);
  const tunerOptions = { targetCpuUsage: 0.9, targetMemoryUsage: 0.9 };
  assert.throws(
    () => slotsOf({ tunerOptions, activityTaskSlotOptions: { minimumSlots: 5, maximumSlots: 2 } }, context),
    /minimumSlots \(5\)/,
  );
  assert.equal(slotsOf({ tunerOptions }, context).workflow.kind, 'ResourceBased');
});
