// A lock that many workflows share: itself a workflow, so that it outlives whoever holds it.
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineSignal,
  getExternalWorkflowHandle,
  proxyActivities,
  setHandler,
  uuid4,
  workflowInfo,
} from 'perdure/workflow';
import type { makeActivities } from './activities.js';

const { askForLock, useCrane } = proxyActivities<ReturnType<typeof makeActivities>>({
  startToCloseTimeout: '1 minute',
});

export interface Request {
  readonly workflowId: string;
  /** Name of the signal that says "it is yours"; the same name sent back gives it back. */
  readonly ticket: string;
  /** It is taken away after this time. */
  readonly holdMs: number;
}
export const requestLock = defineSignal<[Request]>('requestLock');

/** Grants requests in the order in which they came; ends when nobody asks for a while. */
export async function lock(waiting: Request[] = [], idleMs = 60_000): Promise<void> {
  setHandler(requestLock, (request) => void waiting.push(request));
  while (!workflowInfo().continueAsNewSuggested) {
    if (!(await condition(() => waiting.length > 0, idleMs))) return;
    const { workflowId, ticket, holdMs } = waiting.shift() as Request;
    let isBack = false;
    setHandler(defineSignal(ticket), () => void (isBack = true));
    try {
      await getExternalWorkflowHandle(workflowId).signal(ticket);
      await condition(() => isBack, holdMs);
    } catch {
      // Whoever asked is gone: the next one.
    } finally {
      setHandler(defineSignal(ticket), undefined);
    }
  }
  await condition(allHandlersFinished);
  await continueAsNew<typeof lock>(waiting, idleMs);
}

/** Two of these never use the crane at the same time. */
export async function liftCargo(crane: string, cargo: string): Promise<string> {
  const { workflowId } = workflowInfo();
  const ticket = uuid4();
  let isMine = false;
  setHandler(defineSignal(ticket), () => void (isMine = true));
  await askForLock(crane, { workflowId, ticket, holdMs: 60_000 });
  await condition(() => isMine);
  try {
    return await useCrane(crane, cargo);
  } finally {
    await getExternalWorkflowHandle(crane).signal(ticket);
  }
}
