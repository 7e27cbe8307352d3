/** When time is skipped and when not; what is due comes in order, and callers' own deadlines stay real. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType, History, StatusCode, testService, workflowService } from '@perdure/protocol';
import { createServer } from '../create-server.js';
import { VirtualClock } from './virtual-clock.js';
import {
  activity,
  closed,
  complete,
  completeActivity,
  DAY_MS,
  isOpen,
  lock,
  now,
  pollActivity,
  SECOND_MS,
  skippingWorld,
  sleep,
  start,
  timer,
  unlock,
  workflowTask,
} from './world.test.js';

test('thirty days pass at once while somebody awaits the result', async (t) => {
  const world = await skippingWorld(t);
  await start(world, 'w');
  await workflowTask(world, timer('month', 30 * DAY_MS));
  const before = await now(world);
  await unlock(world);
  const task = await workflowTask(world, complete);
  await closed(world, 'w');
  await lock(world);
  const { events } = History.decode(task.history ?? new Uint8Array(0));
  const [started, fired] = [EventType.TIMER_STARTED, EventType.TIMER_FIRED].map((type) =>
    events.find(({ eventType }) => eventType === type),
  );
  const sleptMs = (fired?.eventTime ?? 0) - (started?.eventTime ?? 0);
  assert.ok(sleptMs >= 30 * DAY_MS && sleptMs < 30 * DAY_MS + SECOND_MS, `fired after ${sleptMs} ms`);
  assert.ok((await now(world)) - before >= 30 * DAY_MS - SECOND_MS);
});

test('locked time is real time', async (t) => {
  const world = await skippingWorld(t);
  await start(world, 'w');
  await workflowTask(world, timer('short', 30), timer('long', DAY_MS));
  // The short one fires by itself.
  await workflowTask(world);
  assert.ok(Math.abs((await now(world)) - Date.now()) < SECOND_MS);
});

test('as many locks as unlocks; two who await results unlock twice', async (t) => {
  const world = await skippingWorld(t);
  await start(world, 'w');
  await lock(world);
  await workflowTask(world, timer('day', DAY_MS));
  await unlock(world);
  assert.ok(Math.abs((await now(world)) - Date.now()) < SECOND_MS, 'one lock is left');
  await unlock(world);
  await unlock(world);
  await lock(world);
  await workflowTask(world, timer('another', DAY_MS));
  await workflowTask(world, complete);
  await lock(world);
  await start(world, 'v');
  await workflowTask(world, timer('third', DAY_MS));
  const before = await now(world);
  await world.call(testService.Sleep, { duration: 20 });
  assert.ok((await now(world)) - before < SECOND_MS, 'locked again');
});

test('no time is skipped while a worker holds a task, or should take one', async (t) => {
  const world = await skippingWorld(t, { isLocked: false });
  await start(world, 'w', { workflowExecutionTimeout: DAY_MS });
  await world.call(testService.Sleep, { duration: 20 });
  assert.ok(await isOpen(world, 'w'), 'a workflow task waits for a worker');
  await workflowTask(world, activity('a', { startToCloseTimeout: 3600 * SECOND_MS }));
  await world.call(testService.Sleep, { duration: 20 });
  const { taskToken } = await pollActivity(world);
  const before = await now(world);
  await world.call(testService.Sleep, { duration: 20 });
  assert.ok((await now(world)) - before < SECOND_MS, 'the activity runs');
  await completeActivity(world, taskToken);
  // Now the worker owes an answer to the task that tells of the result.
  await world.call(testService.Sleep, { duration: 20 });
  assert.ok(await isOpen(world, 'w'));
  await workflowTask(world);
  await closed(world, 'w');
  assert.ok((await now(world)) - before >= DAY_MS - SECOND_MS, 'nobody is at work: it times out');
});

test('between the attempts of an activity time is skipped', async (t) => {
  const world = await skippingWorld(t, { isLocked: false });
  await start(world, 'w');
  await workflowTask(
    world,
    activity('a', { startToCloseTimeout: SECOND_MS, retryPolicy: { initialInterval: DAY_MS } }),
  );
  const before = await now(world);
  const { taskToken } = await pollActivity(world);
  await world.call(workflowService.RespondActivityTaskFailed, { namespace: 'default', taskToken, identity: 'hand' });
  const second = await pollActivity(world);
  assert.equal(second.attempt, 2);
  assert.ok((await now(world)) - before >= DAY_MS);
});

test('an activity that sleeps lets time pass it; its own time-outs come', async (t) => {
  const world = await skippingWorld(t);
  await start(world, 'w');
  const timeouts = {
    startToCloseTimeout: 40 * DAY_MS,
    heartbeatTimeout: 10 * DAY_MS,
    retryPolicy: { maximumAttempts: 1 },
  };
  await workflowTask(world, activity('a', timeouts), timer('five', 5 * DAY_MS));
  await unlock(world);
  const { taskToken } = await pollActivity(world);
  const slept = sleep(world, 20 * DAY_MS);
  const first = await workflowTask(world);
  assert.ok(
    History.decode(first.history ?? new Uint8Array(0)).events.some((e) => e.eventType === EventType.TIMER_FIRED),
  );
  const second = await workflowTask(world, complete);
  const { events } = History.decode(second.history ?? new Uint8Array(0));
  assert.ok(
    events.some(({ eventType }) => eventType === EventType.ACTIVITY_TASK_TIMED_OUT),
    'no heartbeat for ten days',
  );
  await slept;
  await lock(world);
  const late = await world.server.transport.invoke(
    workflowService.RespondActivityTaskCompleted.path,
    workflowService.RespondActivityTaskCompleted.request.encode({ namespace: 'default', taskToken, identity: 'hand' }),
  );
  assert.ok(!late.ok && late.code === StatusCode.NOT_FOUND);
});

test('sleep skips to its end when nobody is at work, and locks again', async (t) => {
  const world = await skippingWorld(t);
  const before = await now(world);
  await Promise.all([sleep(world, 10 * DAY_MS), sleep(world, 5 * DAY_MS)]);
  const after = await now(world);
  assert.ok(after - before >= 10 * DAY_MS && after - before < 10 * DAY_MS + SECOND_MS);
  await world.call(testService.SleepUntil, { timestamp: after - 5 });
  await start(world, 'w');
  await workflowTask(world, timer('day', DAY_MS));
  await world.call(testService.Sleep, { duration: 20 });
  assert.ok((await now(world)) - after < SECOND_MS);
});

test('who leaves its sleep wakes nobody', async (t) => {
  const world = await skippingWorld(t);
  await start(world, 'w');
  const { path, request } = testService.UnlockTimeSkippingWithSleep;
  const left = await world.server.transport.invoke(path, request.encode({ duration: 30 * DAY_MS }), { timeoutMs: 20 });
  assert.ok(!left.ok && left.code === StatusCode.DEADLINE_EXCEEDED);
  await workflowTask(world, timer('day', DAY_MS));
  await world.call(testService.Sleep, { duration: 20 });
  assert.ok(Math.abs((await now(world)) - Date.now()) < SECOND_MS);
});

test('callers wait in real time: polls and long polls outlive a skipped month', async (t) => {
  const world = await skippingWorld(t);
  await start(world, 'w');
  await workflowTask(world, timer('month', 30 * DAY_MS));
  let isAnswered = false;
  const awaited = closed(world, 'w', 60_000).then(() => (isAnswered = true));
  const poll = workflowTask(world, complete);
  await sleep(world, 20 * DAY_MS);
  assert.equal(isAnswered, false);
  await sleep(world, 20 * DAY_MS);
  await poll;
  await awaited;
  // A deadline set after the skip means the caller's own clock too: the answer comes, empty, shortly before it.
  await start(world, 'v');
  await closed(world, 'v', 100);
});

test('what is due on the way comes in order and at its time', async (t) => {
  const world = await skippingWorld(t, { startMs: 1_000_000 });
  assert.ok((await now(world)) < 1_100_000);
  const ids = Array.from({ length: 40 }, (_, index) => `w${index}`);
  for (const [index, id] of ids.entries()) {
    await start(world, id);
    await workflowTask(world, timer('t', (ids.length - index) * DAY_MS));
  }
  await unlock(world);
  const fired: string[] = [];
  for (let count = 0; count < ids.length; count += 1)
    fired.push((await workflowTask(world, complete)).workflowExecution?.workflowId ?? '');
  assert.deepEqual(fired, ids.toReversed());
  assert.equal(await isOpen(world, 'w0'), false, 'closed executions are kept');
});

test('advance moves time by force: past a running activity and past a queue without workers', async (t) => {
  const world = await skippingWorld(t);
  await start(world, 'w');
  const timeouts = { startToCloseTimeout: DAY_MS, retryPolicy: { maximumAttempts: 1 } };
  await workflowTask(world, activity('a', timeouts));
  await pollActivity(world);
  const before = await now(world);
  const advanced = world.clock.advance(2 * DAY_MS);
  const task = await workflowTask(world, complete);
  await advanced;
  const { events } = History.decode(task.history ?? new Uint8Array(0));
  const timedOut = events.find(({ eventType }) => eventType === EventType.ACTIVITY_TASK_TIMED_OUT);
  assert.ok(
    timedOut !== undefined && (timedOut.eventTime ?? 0) - before < DAY_MS + SECOND_MS,
    'after one day, not two',
  );
  assert.ok((await now(world)) - before >= 2 * DAY_MS);
  await start(world, 'nobody', { taskQueue: { name: 'other' }, workflowRunTimeout: DAY_MS });
  await world.clock.advance(2 * DAY_MS);
  assert.equal(await isOpen(world, 'nobody'), false);
});

test('advance gives workers their turn at every stop', async (t) => {
  const world = await skippingWorld(t);
  await start(world, 'w');
  await workflowTask(world, timer('0', DAY_MS));
  const worker = (async () => {
    for (let day = 1; day < 10; day += 1) {
      await workflowTask(world, activity(`a${day}`, { startToCloseTimeout: 10 * SECOND_MS }));
      const { taskToken } = await pollActivity(world);
      await completeActivity(world, taskToken);
      await workflowTask(world, timer(`${day}`, DAY_MS));
    }
    await workflowTask(world, complete);
  })();
  await world.clock.advance(11 * DAY_MS);
  await worker;
  assert.equal(await isOpen(world, 'w'), false);
});

test('whoever waits in vain is told for what', async (t) => {
  let tell: (message: string) => void = () => undefined;
  const told = new Promise<string>((resolve) => (tell = resolve));
  const world = await skippingWorld(t, { isLocked: false, tellAfterMs: 20 }, (message) => tell(message));
  await start(world, 'w');
  assert.equal(
    await told,
    'No time is skipped: the Workflow Task of workflow "w" waits in task queue "q", which nobody polls',
  );
});

test('a server by the real clock has no TestService', async () => {
  const server = await createServer();
  const { path, request } = testService.GetCurrentTime;
  const answer = await server.transport.invoke(path, request.encode({}));
  assert.ok(!answer.ok && answer.code === StatusCode.UNIMPLEMENTED);
  await server.close(0);
});

test('a clock belongs to one server', async () => {
  const clock = new VirtualClock();
  const server = await createServer({ clock });
  await assert.rejects(createServer({ clock }), /belongs to one server/);
  await server.close(0);
});
