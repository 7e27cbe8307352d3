import assert from 'node:assert/strict';
import { WithStartWorkflowOperation } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import type { Place, Scenario } from '../world.js';
import { chain, rejection, start } from './start.js';

export const messageScenarios: Scenario[] = [
  { name: 'signals-and-queries', run: signalsAndQueries },
  { name: 'signal-before-first-task', run: signalBeforeFirstTask },
  { name: 'signal-with-start', run: signalWithStart },
  { name: 'query-errors', run: queryErrors },
  { name: 'update-completed', run: updateCompleted },
  { name: 'update-accepted-then-completed', run: updateAccepted },
  { name: 'update-rejected', run: updateRejected },
  { name: 'update-failed', run: updateFailed },
  { name: 'update-same-id-twice', run: updateTwice },
  { name: 'update-before-first-task', run: updateBeforeFirstTask },
  { name: 'update-with-start', run: updateWithStart },
  { name: 'message-errors', run: messageErrors },
];

async function idleCounter(at: Place, suffix?: string): Promise<WorkflowHandle> {
  const handle = await start(at, 'counter', [10], suffix ? { suffix } : {});
  await at.settled(handle, 'WorkflowTaskCompleted');
  return handle;
}

async function finish(handle: WorkflowHandle, expected: number) {
  await handle.signal('finish');
  assert.equal(await handle.result(), expected);
}

async function signalsAndQueries(at: Place) {
  const handle = await idleCounter(at);
  for (const [i, n] of [1, 2].entries()) {
    await handle.signal('add', n);
    await at.settled(handle, 'WorkflowTaskCompleted', i + 2);
    assert.equal(await handle.query('total'), i === 0 ? 11 : 13);
  }
  await finish(handle, 13);
  assert.equal(await handle.query('total'), 13, 'a closed execution answers too');
}

async function signalBeforeFirstTask(at: Place) {
  const { queue, work } = at.otherQueue('late');
  const handle = await start(at, 'counter', [0], { taskQueue: queue });
  await handle.signal('add', 1);
  await handle.signal('add', 2);
  await handle.signal('finish');
  assert.equal(await work(handle.result()), 3);
}

async function signalWithStart(at: Place) {
  const options = { workflowId: at.id(), taskQueue: at.queue, args: [5], signal: 'add' };
  const handle = await at.client.workflow.signalWithStart('counter', { ...options, signalArgs: [1] });
  await at.settled(handle, 'WorkflowTaskCompleted');
  const again = await at.client.workflow.signalWithStart('counter', { ...options, signalArgs: [2] });
  assert.equal(again.signaledRunId, handle.signaledRunId);
  await at.settled(handle, 'WorkflowTaskCompleted', 2);
  await finish(at.client.workflow.getHandle(at.id()), 8);
}

async function queryErrors(at: Place) {
  const handle = await idleCounter(at);
  at.observed['unknown query'] = chain(await rejection(handle.query('nonsense'))).slice(0, 1);
  await finish(handle, 10);
  const strict = at.client.withDeadline(Date.now() + 20_000, async () => {
    const rejecting = at.client.workflow.getHandle(at.id());
    return rejecting.query('total');
  });
  assert.equal(await strict, 10);
}

async function updateCompleted(at: Place) {
  const handle = await idleCounter(at);
  assert.equal(await handle.executeUpdate('addNow', { args: [5], updateId: 'first' }), 15);
  assert.equal(await handle.executeUpdate('addNow', { args: [5], updateId: 'second' }), 20);
  await finish(handle, 20);
}

async function updateAccepted(at: Place) {
  const handle = await idleCounter(at);
  const update = await handle.startUpdate('addSlowly', { args: [5], updateId: 'slow', waitForStage: 'ACCEPTED' });
  assert.equal(await update.result(), 15);
  await finish(handle, 15);
}

/** A rejected update leaves no event. */
async function updateRejected(at: Place) {
  const handle = await idleCounter(at);
  const error = await rejection(handle.executeUpdate('addNow', { args: [-1], updateId: 'negative' }));
  assert.deepEqual(chain(error), [
    'WorkflowUpdateFailedError: Workflow Update failed',
    'ApplicationFailure: must be positive',
  ]);
  const unknown = await rejection(handle.executeUpdate('nonsense', { updateId: 'unknown' }));
  at.observed['unknown update'] = chain(unknown).slice(0, 1);
  await finish(handle, 10);
}

async function updateFailed(at: Place) {
  const handle = await idleCounter(at);
  const error = await rejection(handle.executeUpdate('refuse', { updateId: 'refused' }));
  assert.deepEqual(chain(error), ['WorkflowUpdateFailedError: Workflow Update failed', 'ApplicationFailure: refused']);
  await finish(handle, 10);
}

async function updateTwice(at: Place) {
  const handle = await idleCounter(at);
  assert.equal(await handle.executeUpdate('addNow', { args: [1], updateId: 'same' }), 11);
  assert.equal(await handle.executeUpdate('addNow', { args: [1], updateId: 'same' }), 11);
  await finish(handle, 11);
  assert.equal(await handle.getUpdateHandle('same').result(), 11, 'after the end too');
}

async function updateBeforeFirstTask(at: Place) {
  const { queue, work } = at.otherQueue('late');
  const handle = await start(at, 'counter', [0], { taskQueue: queue });
  const update = handle.executeUpdate('addNow', { args: [4], updateId: 'early' });
  await work(
    (async () => {
      assert.equal(await update, 4);
      await finish(handle, 4);
    })(),
  );
}

async function updateWithStart(at: Place) {
  const operation = () =>
    new WithStartWorkflowOperation('counter', {
      workflowId: at.id(),
      taskQueue: at.queue,
      args: [1],
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
  const first = operation();
  assert.equal(
    await at.client.workflow.executeUpdateWithStart('addNow', {
      args: [2],
      updateId: 'a',
      startWorkflowOperation: first,
    }),
    3,
  );
  const handle = await first.workflowHandle();
  const second = operation();
  assert.equal(
    await at.client.workflow.executeUpdateWithStart('addNow', {
      args: [3],
      updateId: 'b',
      startWorkflowOperation: second,
    }),
    6,
  );
  await finish(handle, 6);
}

async function messageErrors(at: Place) {
  const handle = await idleCounter(at);
  await finish(handle, 10);
  const closed = at.client.workflow.getHandle(at.id());
  const unknown = at.client.workflow.getHandle('no-such-workflow');
  const errors = {
    'signal closed': () => closed.signal('add', 1),
    'signal unknown': () => unknown.signal('add', 1),
    'query unknown': () => unknown.query('total'),
    'update closed': () => closed.executeUpdate('addNow', { args: [1] }),
    'update unknown': () => unknown.executeUpdate('addNow', { args: [1] }),
    'cancel unknown': () => unknown.cancel(),
    'terminate closed': () => closed.terminate(),
    'describe unknown': () => unknown.describe(),
    'result unknown': () => unknown.result(),
  };
  for (const [label, attempt] of Object.entries(errors))
    at.observed[label] = chain(await rejection(attempt())).slice(0, 1);
  at.observed['cancel closed'] = await closed.cancel().then(() => 'accepted', chain);
}
