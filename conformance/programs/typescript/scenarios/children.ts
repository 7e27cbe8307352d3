import assert from 'node:assert/strict';
import { ChildWorkflowCancellationType, ParentClosePolicy } from '@temporalio/workflow';
import type { WorkflowHandle } from '@temporalio/client';
import type { Place, Scenario } from '../world.js';
import { execute, rejection, start } from './start.js';

export const childScenarios: Scenario[] = [
  { name: 'child-completes', run: completes },
  { name: 'child-fails', run: fails },
  {
    name: 'child-cancelled-by-parent',
    run: (at) => cancelledBy(at, ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED),
  },
  {
    name: 'child-cancel-requested',
    run: (at) => cancelledBy(at, ChildWorkflowCancellationType.WAIT_CANCELLATION_REQUESTED),
  },
  { name: 'child-cancelled-from-outside', run: cancelledFromOutside },
  { name: 'child-terminated', run: terminated },
  { name: 'child-id-in-use', run: idInUse },
  { name: 'child-abandoned', run: (at) => leaves(at, ParentClosePolicy.ABANDON) },
  { name: 'child-terminated-with-parent', run: (at) => leaves(at, ParentClosePolicy.TERMINATE) },
  { name: 'child-cancelled-with-parent', run: (at) => leaves(at, ParentClosePolicy.REQUEST_CANCEL) },
  { name: 'child-signalled', run: signalled },
  { name: 'external-signal-and-cancel', run: external },
  { name: 'external-unknown', run: externalUnknown },
];

/** Starts a parent of `waitForFinish` and resolves once both wait. */
async function waitingPair(
  at: Place,
  type: string,
  args: unknown[],
): Promise<{ parent: WorkflowHandle; child: WorkflowHandle }> {
  const parent = await start(at, type, args);
  await at.settled(parent, 'ChildWorkflowExecutionStarted');
  const child = at.client.workflow.getHandle(at.id('child'));
  await at.settled(child, 'WorkflowTaskCompleted');
  return { parent, child };
}

async function completes(at: Place) {
  const { parent, child } = await waitingPair(at, 'parent', ['waitForFinish', at.id('child')]);
  await child.signal('finish');
  assert.deepEqual(await parent.result(), { result: 'finished' });
}

async function fails(at: Place) {
  const { parent, child } = await waitingPair(at, 'parent', ['failsWhenFinished', at.id('child')]);
  await child.signal('finish');
  assert.deepEqual(await parent.result(), {
    retryState: 'RETRY_POLICY_NOT_SET',
    cause: 'ApplicationFailure',
    message: 'the child failed',
  });
}

async function cancelledBy(at: Place, type: ChildWorkflowCancellationType) {
  const { parent, child } = await waitingPair(at, 'cancelsChild', [at.id('child'), type]);
  await parent.signal('finish');
  await at.settled(parent, 'ExternalWorkflowExecutionCancelRequested');
  await child.signal('finish');
  assert.deepEqual(await parent.result(), { cancelled: true });
  await rejection(child.result());
}

async function cancelledFromOutside(at: Place) {
  const { parent, child } = await waitingPair(at, 'parent', ['waitForFinish', at.id('child')]);
  await child.cancel();
  assert.deepEqual(await parent.result(), { cancelled: true });
}

async function terminated(at: Place) {
  const { parent, child } = await waitingPair(at, 'parent', ['waitForFinish', at.id('child')]);
  await child.terminate('by the test');
  assert.deepEqual(await parent.result(), {
    retryState: 'NON_RETRYABLE_FAILURE',
    cause: 'TerminatedFailure',
    message: 'Terminated',
  });
}

async function idInUse(at: Place) {
  const taken = await start(at, 'waitForFinish', [], { suffix: 'taken' });
  await at.settled(taken, 'WorkflowTaskCompleted');
  assert.equal(await execute(at, 'parentOfDuplicate', [at.id('taken')]), 'WorkflowExecutionAlreadyStartedError');
  await taken.signal('finish');
  await taken.result();
}

async function leaves(at: Place, policy: ParentClosePolicy) {
  const { parent, child } = await waitingPair(at, 'leavesChild', [at.id('child'), policy]);
  await parent.signal('finish');
  await parent.result();
  if (policy !== ParentClosePolicy.ABANDON) {
    await rejection(child.result());
    return;
  }
  await child.signal('finish');
  assert.equal(await child.result(), 'finished');
}

async function signalled(at: Place) {
  const { parent, child } = await waitingPair(at, 'signalsChild', [at.id('child')]);
  await parent.signal('finish');
  await at.settled(parent, 'ExternalWorkflowExecutionSignaled');
  await at.settled(child, 'WorkflowExecutionSignaled');
  await child.signal('finish');
  assert.equal(await parent.result(), 3);
}

async function external(at: Place) {
  const signalled = await start(at, 'waitForFinish', [], { suffix: 'signalled' });
  const cancelled = await start(at, 'waitForFinish', [], { suffix: 'cancelled' });
  await at.settled(signalled, 'WorkflowTaskCompleted');
  await at.settled(cancelled, 'WorkflowTaskCompleted');
  assert.deepEqual(
    await execute(at, 'reachesOut', [signalled.workflowId, cancelled.workflowId], { suffix: 'caller' }),
    ['arrived', 'arrived'],
  );
  assert.equal(await signalled.result(), 'finished');
  await rejection(cancelled.result());
}

async function externalUnknown(at: Place) {
  at.observed['outcome'] = await execute(at, 'reachesOut', ['no-such-workflow', 'no-such-workflow']);
}
