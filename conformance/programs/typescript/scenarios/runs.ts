import assert from 'node:assert/strict';
import type { Place, Scenario } from '../world.js';
import { chain, execute, rejection, start } from './start.js';

export const runScenarios: Scenario[] = [
  {
    name: 'continue-as-new',
    run: async (at) => assert.equal(await execute(at, 'countsDown', [2], { memo: { kept: 1 } }), 'down'),
  },
  {
    name: 'workflow-retried',
    run: async (at) =>
      assert.equal(
        await execute(at, 'failsUntilAttempt', [3], { retry: { initialInterval: '1s', backoffCoefficient: 1 } }),
        3,
      ),
  },
  { name: 'workflow-attempts-exhausted', run: attemptsExhausted },
  { name: 'workflow-non-retryable', run: nonRetryable },
  { name: 'cron', run: cron },
  { name: 'workflow-cancelled', run: workflowCancelled },
  { name: 'workflow-cancelled-with-cleanup', run: cleanup },
  { name: 'workflow-cancelled-before-first-task', run: cancelledEarly },
  { name: 'workflow-terminated', run: terminated },
  { name: 'workflow-run-timeout', run: (at) => timesOut(at, { workflowRunTimeout: '1s' }) },
  { name: 'workflow-execution-timeout', run: (at) => timesOut(at, { workflowExecutionTimeout: '1s' }) },
  {
    name: 'workflow-run-timeout-retried',
    run: (at) => timesOut(at, { workflowRunTimeout: '1s', retry: { maximumAttempts: 2, initialInterval: '1s' } }),
  },
  { name: 'start-delay', run: startDelay },
  { name: 'start-delay-signalled', run: startDelaySignalled },
];

async function attemptsExhausted(at: Place) {
  const error = await rejection(
    execute(at, 'failsForGood', ['Usual'], { retry: { initialInterval: '1s', maximumAttempts: 2 } }),
  );
  assert.deepEqual(chain(error), ['WorkflowFailedError: Workflow execution failed', 'ApplicationFailure: for good']);
}

async function nonRetryable(at: Place) {
  await rejection(
    execute(at, 'failsForGood', ['Fatal'], { retry: { initialInterval: '1s', nonRetryableErrorTypes: ['Fatal'] } }),
  );
}

/** The third run waits, and is terminated. */
async function cron(at: Place) {
  const first = await start(at, 'cronThrice', [], { cronSchedule: '@every 1s', followRuns: false });
  let { runId } = await first.describe();
  for (let run = 1; run < 3; run++) {
    const handle = at.client.workflow.getHandle(at.id(), runId, { followRuns: false });
    await handle.result().catch(() => undefined);
    const next = await at.nextRunId(at.id(), runId);
    assert.ok(next, 'a cron run ends with the next run');
    runId = next;
  }
  const third = at.client.workflow.getHandle(at.id(), runId);
  await at.settled(third, 'WorkflowTaskCompleted');
  await third.terminate('enough');
}

async function idle(at: Place, type: string) {
  const handle = await start(at, type);
  await at.settled(handle, 'WorkflowTaskCompleted');
  return handle;
}

async function workflowCancelled(at: Place) {
  const handle = await idle(at, 'waitForFinish');
  await handle.cancel();
  assert.deepEqual(chain(await rejection(handle.result())).slice(1), ['CancelledFailure: Workflow canceled']);
}

async function cleanup(at: Place) {
  const handle = await idle(at, 'cleansUp');
  await handle.cancel();
  assert.deepEqual(chain(await rejection(handle.result())).slice(1), ['CancelledFailure: Workflow canceled']);
}

async function cancelledEarly(at: Place) {
  const { queue, work } = at.otherQueue('late');
  const handle = await start(at, 'waitForFinish', [], { taskQueue: queue });
  await handle.cancel();
  await handle.cancel();
  await work(rejection(handle.result()));
}

async function terminated(at: Place) {
  const handle = await idle(at, 'waitForFinish');
  await handle.terminate('because');
  assert.deepEqual(chain(await rejection(handle.result())).slice(1), ['TerminatedFailure: because']);
}

async function timesOut(at: Place, options: object) {
  const handle = await start(at, 'waitForFinish', [], options);
  at.observed['error'] = chain(await rejection(handle.result()));
}

async function startDelay(at: Place) {
  assert.equal(await execute(at, 'echo', ['late'], { startDelay: '1s' }), 'late');
}

/** A signal does not end the delay. */
async function startDelaySignalled(at: Place) {
  const handle = await start(at, 'counter', [0], { startDelay: '2s' });
  await handle.signal('add', 3);
  await handle.signal('finish');
  assert.equal(await handle.result(), 3);
}
