// Parents, children, and executions that reach others from outside.
import {
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowCancellationType,
  ChildWorkflowFailure,
  condition,
  defineSignal,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  setHandler,
  startChild,
} from '@temporalio/workflow';

const finish = defineSignal('finish');

/** Starts one child of the type, waits for its end and reports it. */
export async function parent(
  type: string,
  workflowId: string,
  args: unknown[] = [],
  retryAttempts = 0,
): Promise<unknown> {
  try {
    const child = await startChild(type, {
      workflowId,
      args,
      ...(retryAttempts && { retry: { maximumAttempts: retryAttempts, initialInterval: '1s' } }),
    });
    return { result: await child.result() };
  } catch (error) {
    return describe(error);
  }
}

/** A child whose id is in use. */
export async function parentOfDuplicate(workflowId: string): Promise<string> {
  return startChild('empty', { workflowId }).then(
    () => 'started',
    (error: Error) => error.name,
  );
}

/** Starts a child with a policy and ends when told, leaving the child to the policy. */
export async function leavesChild(workflowId: string, parentClosePolicy: ParentClosePolicy): Promise<void> {
  let finished = false;
  setHandler(finish, () => void (finished = true));
  await startChild('waitForFinish', { workflowId, parentClosePolicy });
  await condition(() => finished);
}

/** Cancels its child when told. */
export async function cancelsChild(
  workflowId: string,
  cancellationType: ChildWorkflowCancellationType,
): Promise<unknown> {
  let finished = false;
  setHandler(finish, () => void (finished = true));
  const scope = new CancellationScope();
  const outcome = scope.run(async () => {
    const child = await startChild('endsCancelledWhenTold', { workflowId, cancellationType });
    return child.result();
  });
  const settled = outcome.then((result) => ({ result }), describe);
  await condition(() => finished);
  scope.cancel();
  return settled;
}

/** Signals its child when told; the client ends the child later. */
export async function signalsChild(workflowId: string): Promise<unknown> {
  let finished = false;
  setHandler(finish, () => void (finished = true));
  const child = await startChild('counter', { workflowId, args: [1] });
  await condition(() => finished);
  await child.signal('add', 2);
  return child.result();
}

/** Signals, then cancels, another execution; reports whether each arrived. */
export async function reachesOut(signalled: string, cancelled: string): Promise<string[]> {
  const arrived = (promise: Promise<unknown>) =>
    promise.then(
      () => 'arrived',
      (error: Error) => `${error.name}: ${error.message}`,
    );
  return [
    await arrived(getExternalWorkflowHandle(signalled).signal(finish)),
    await arrived(getExternalWorkflowHandle(cancelled).cancel()),
  ];
}

function describe(error: unknown): unknown {
  if (isCancellation(error)) return { cancelled: true };
  if (error instanceof ChildWorkflowFailure)
    return { retryState: error.retryState, cause: error.cause?.name, message: error.cause?.message };
  return { error: String(error) };
}

/** Cancelled, it still waits for the signal: so its end does not race with the news of the request. */
export async function endsCancelledWhenTold(): Promise<void> {
  let finished = false;
  setHandler(finish, () => void (finished = true));
  try {
    await condition(() => false);
  } finally {
    await CancellationScope.nonCancellable(() => condition(() => finished));
  }
}

/** A child that fails when told. */
export async function failsWhenFinished(): Promise<never> {
  let finished = false;
  setHandler(finish, () => void (finished = true));
  await condition(() => finished);
  throw ApplicationFailure.create({ message: 'the child failed', type: 'ChildType' });
}
