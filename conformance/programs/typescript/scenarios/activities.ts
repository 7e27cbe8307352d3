import assert from 'node:assert/strict';
import { ActivityCancellationType } from '@temporalio/workflow';
import type { Place, Scenario } from '../world.js';
import { chain, execute, rejection, start } from './start.js';

export const activityScenarios: Scenario[] = [
  {
    name: 'activities-in-turn',
    run: async (at) => assert.deepEqual(await execute(at, 'threeInTurn'), ['Hello, a!', 'Hello, b!', 'Hello, c!']),
  },
  { name: 'activity-options', run: async (at) => assert.equal(await execute(at, 'withAllOptions'), 'Hello, options!') },
  failing('activity-retried', 'succeedOnAttempt', { retry: { initialInterval: '100ms' } }, [3], { result: 3 }),
  failing(
    'activity-attempts-exhausted',
    'succeedOnAttempt',
    { retry: { initialInterval: '100ms', maximumAttempts: 2 } },
    [9],
    { retryState: 'MAXIMUM_ATTEMPTS_REACHED', cause: 'ApplicationFailure', message: 'attempt 2 fails' },
  ),
  failing('activity-non-retryable', 'failNonRetryable', {}, [], {
    retryState: 'NON_RETRYABLE_FAILURE',
    cause: 'ApplicationFailure',
    message: 'never again',
  }),
  failing('activity-non-retryable-type', 'failWithType', { retry: { nonRetryableErrorTypes: ['Fatal'] } }, ['Fatal'], {
    retryState: 'NON_RETRYABLE_FAILURE',
    cause: 'ApplicationFailure',
    message: 'a Fatal',
  }),
  failing('activity-next-retry-delay', 'askForDelay', { retry: { initialInterval: '100ms' } }, [], { result: 2 }),
  failing(
    'activity-timeout-start-to-close',
    'outlive',
    { startToCloseTimeout: '1s', retry: { maximumAttempts: 1 } },
    [4000],
    { retryState: 'MAXIMUM_ATTEMPTS_REACHED', cause: 'TimeoutFailure', message: 'activity StartToClose timeout' },
  ),
  failing(
    'activity-timeout-start-to-close-retried',
    'outlive',
    { startToCloseTimeout: '1s', retry: { maximumAttempts: 2, initialInterval: '100ms' } },
    [4000],
    { retryState: 'MAXIMUM_ATTEMPTS_REACHED', cause: 'TimeoutFailure', message: 'activity StartToClose timeout' },
  ),
  failing('activity-timeout-heartbeat', 'outlive', { heartbeatTimeout: '1s', retry: { maximumAttempts: 1 } }, [4000], {
    retryState: 'MAXIMUM_ATTEMPTS_REACHED',
    cause: 'TimeoutFailure',
    message: 'activity Heartbeat timeout',
  }),
  failing('activity-timeout-schedule-to-close', 'outlive', { scheduleToCloseTimeout: '1s' }, [4000], {
    retryState: 'TIMEOUT',
    cause: 'TimeoutFailure',
    message: 'Not enough time to schedule next retry before activity ScheduleToClose timeout, giving up retrying',
  }),
  failing(
    'activity-timeout-schedule-to-start',
    'greet',
    { scheduleToStartTimeout: '1s', taskQueue: 'a-queue-without-worker' },
    ['x'],
    { retryState: 'TIMEOUT', cause: 'TimeoutFailure', message: 'activity ScheduleToStart timeout' },
  ),
  failing(
    'activity-retries-end-by-timeout',
    'succeedOnAttempt',
    { scheduleToCloseTimeout: '3s', retry: { initialInterval: '2s', backoffCoefficient: 1 } },
    [99],
    { retryState: 'TIMEOUT', cause: 'ApplicationFailure', message: 'attempt 2 fails' },
  ),
  failing(
    'activity-heartbeat-details',
    'resumeFromHeartbeat',
    { heartbeatTimeout: '10s', retry: { initialInterval: '100ms' } },
    [],
    { result: { done: 7 } },
  ),
  failing('activity-not-registered', 'nonsense', { retry: { maximumAttempts: 1 } }, [], undefined),
  {
    name: 'activity-cancelled',
    run: (at) => cancelled(at, 'waitForCancel', ActivityCancellationType.WAIT_CANCELLATION_COMPLETED, 'cancelled'),
  },
  {
    name: 'activity-try-cancel',
    run: (at) => cancelled(at, 'waitForCancel', ActivityCancellationType.TRY_CANCEL, 'cancelled'),
  },
  {
    name: 'activity-abandoned',
    run: (at) => cancelled(at, 'waitForCancel', ActivityCancellationType.ABANDON, 'cancelled'),
  },
  {
    name: 'activity-ignores-cancel',
    run: (at) =>
      cancelled(at, 'ignoreCancel', ActivityCancellationType.WAIT_CANCELLATION_COMPLETED, 'result: finished anyway'),
  },
  { name: 'activity-cancelled-before-start', run: cancelledBeforeStart },
  {
    name: 'local-activities',
    run: async (at) =>
      assert.deepEqual(await execute(at, 'localActivities'), {
        greeting: 'Hello, local!',
        attempt: 2,
        failed: 'never again',
      }),
  },
  { name: 'async-completion-by-token', run: async (at) => assert.equal(await execute(at, 'asyncByToken'), 'by token') },
  { name: 'async-completion-by-id', run: asyncById },
  { name: 'async-failure-by-id', run: asyncFailure },
  { name: 'async-errors', run: asyncErrors },
];

function failing(name: string, activity: string, options: object, args: unknown[], expected: unknown): Scenario {
  return {
    name,
    async run(at) {
      const outcome = await execute(at, 'failing', [activity, { startToCloseTimeout: '30s', ...options }, ...args]);
      if (expected) assert.deepEqual(outcome, expected);
    },
  };
}

async function cancelled(at: Place, activity: string, type: ActivityCancellationType, expected: string) {
  const handle = await start(at, 'cancelsActivity', [activity, type]);
  await at.settled(handle, 'ActivityTaskScheduled');
  await at.heartbeaten(handle);
  await handle.signal('finish');
  assert.equal(await handle.result(), expected);
}

async function cancelledBeforeStart(at: Place) {
  const handle = await start(at, 'cancelsActivity', [
    'greet',
    ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    at.otherQueue('nobody').queue,
  ]);
  await at.settled(handle, 'ActivityTaskScheduled');
  await handle.signal('finish');
  assert.equal(await handle.result(), 'cancelled');
}

async function openActivity(at: Place, suffix?: string) {
  const handle = await start(at, 'asyncById', [], suffix ? { suffix } : {});
  await at.settled(handle, 'ActivityTaskScheduled');
  await at.activityIs(handle, 'STARTED');
  return { handle, activity: { workflowId: handle.workflowId, activityId: 'open' } };
}

async function asyncById(at: Place) {
  const { handle, activity } = await openActivity(at);
  await at.client.activity.heartbeat(activity, { progress: 1 });
  await at.client.activity.complete(activity, 'by id');
  assert.equal(await handle.result(), 'by id');
}

async function asyncFailure(at: Place) {
  const failed = await openActivity(at, 'failed');
  await at.client.activity.fail(failed.activity, new Error('from outside'));
  assert.deepEqual(await failed.handle.result(), {
    cause: 'ApplicationFailure',
    message: 'from outside',
    retryState: 'MAXIMUM_ATTEMPTS_REACHED',
  });
}

async function asyncErrors(at: Place) {
  const { handle, activity } = await openActivity(at);
  at.observed['cancel that nobody asked for'] = chain(
    await rejection(at.client.activity.reportCancellation(activity, 'x')),
  ).slice(0, 1);
  at.observed['unknown activity'] = chain(
    await rejection(at.client.activity.complete({ ...activity, activityId: 'none' }, 1)),
  ).slice(0, 1);
  at.observed['unknown workflow'] = chain(
    await rejection(at.client.activity.complete({ workflowId: 'no-such-workflow', activityId: 'open' }, 1)),
  ).slice(0, 1);
  await at.client.activity.complete(activity, 1);
  at.observed['completed twice'] = chain(await rejection(at.client.activity.complete(activity, 2))).slice(0, 1);
  assert.equal(await handle.result(), 1);
}
