import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GrpcServiceError } from '../../client/grpc-error.js';
import { fixedRule, SlotPool } from '../slots/slot-pool.js';
import { DefaultLogger } from '../telemetry/logger.js';
import { ManualClock } from '../testing/manual-clock.js';
import { pollBackoffMs } from './poll-backoff.js';
import { PollerGroup } from './poller-group.js';
import { pollerRange, splitPollers } from './poller-options.js';
import { initialScaling, scaled } from './poller-scaling.js';
import { rateLimit } from './rate-limit.js';

test('pollers follow the hints of the server, and shrink only where there were any', () => {
  const range = pollerRange({ type: 'autoscaling', minimum: 2, maximum: 10 }, 10);
  let scaling = initialScaling(range);
  assert.equal(scaling.target, 5);
  scaling = scaled(range, scaling, { kind: 'empty', delta: undefined });
  assert.equal(scaling.target, 5);
  scaling = scaled(range, scaling, { kind: 'task', delta: 3 });
  assert.equal(scaling.target, 8);
  scaling = scaled(range, scaling, { kind: 'task', delta: 9 });
  assert.equal(scaling.target, 10);
  scaling = scaled(range, scaling, { kind: 'failed', isOverload: true });
  assert.equal(scaling.target, 5);
  for (let n = 0; n < 9; n += 1) scaling = scaled(range, scaling, { kind: 'empty', delta: undefined });
  assert.equal(scaling.target, 2);
  const fixed = pollerRange(undefined, 7);
  assert.equal(scaled(fixed, initialScaling(fixed), { kind: 'task', delta: 5 }).target, 7);
});

test('a fixed number is shared between both queues', () => {
  const split = splitPollers(pollerRange(undefined, 10), 0.2);
  assert.deepEqual([split.normal.maximum, split.sticky.maximum], [2, 8]);
  assert.throws(() => pollerRange({ type: 'autoscaling', minimum: 5, maximum: 2 }, 10), /does not hold/);
  assert.throws(() => pollerRange({ type: 'simple-maximum', maximum: 0 }, 10), /whole number/);
});

test('the wait between failed polls grows, and stays bounded', () => {
  assert.equal(pollBackoffMs(1, false, 0.5), 100);
  assert.equal(pollBackoffMs(3, false, 0.5), 400);
  assert.equal(pollBackoffMs(1000, false, 0.5), 10_000);
  assert.equal(pollBackoffMs(1, true, 1), 1200);
});

test('a rate limit lets a second’s worth through at once, then evenly', async () => {
  const clock = new ManualClock(10_000);
  const limit = rateLimit(2, clock);
  const signal = new AbortController().signal;
  assert.equal(limit(signal), undefined);
  assert.equal(limit(signal), undefined);
  let passed = 0;
  void limit(signal)?.then(() => (passed += 1));
  void limit(signal)?.then(() => (passed += 1));
  clock.advance(499);
  await Promise.resolve();
  assert.equal(passed, 0);
  clock.advance(1);
  await Promise.resolve();
  assert.equal(passed, 1);
  clock.advance(500);
  await Promise.resolve();
  assert.equal(passed, 2);
});

test('pollers go on after failures, hold a slot for each poll, and end with the signal', async () => {
  const stop = new AbortController();
  const pool = new SlotPool(fixedRule(3), new ManualClock());
  const logged: string[] = [];
  const fatal: number[] = [];
  let polls = 0;
  const taken: number[] = [];
  let first: () => void = () => undefined;
  const tookOne = new Promise<void>((resolve) => (first = resolve));
  const group = new PollerGroup<number, never>(
    {
      name: 'test',
      range: pollerRange(undefined, 2),
      slots: pool,
      isSticky: false,
      logger: new DefaultLogger('INFO', ({ message }) => logged.push(message)),
      async poll(signal) {
        polls += 1;
        if (polls === 1) throw new GrpcServiceError(14, 'connection lost');
        if (polls === 3) return 7;
        if (polls === 4) throw new GrpcServiceError(5, 'no such namespace');
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
        return undefined;
      },
      deltaOf: () => undefined,
      take(task, permit) {
        taken.push(task);
        permit.release();
        first();
      },
      fatal: ({ code }) => {
        fatal.push(code);
        stop.abort();
      },
    },
    stop.signal,
  );
  group.start();
  await tookOne;
  await group.done;
  assert.deepEqual(taken, [7]);
  assert.deepEqual(fatal, [5]);
  assert.match(logged.join('\n'), /cannot poll, and go on trying.*connection lost[\s\S]*reach the server again/);
  assert.deepEqual([pool.usedCount, pool.availableCount], [0, 3]);
});
