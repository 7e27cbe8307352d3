/** Callers that wait for a stage of an update (server-surface 3.8). */
import { EventType, History, UpdateWorkflowExecutionLifecycleStage as Stage } from '@perdure/protocol';
import type {
  Init,
  Outcome,
  PollWorkflowExecutionUpdateRequest,
  UpdateWorkflowExecutionRequest,
  UpdateWorkflowExecutionResponse,
} from '@perdure/protocol';
import { acceptedButClosed, isClosed, updateStage } from '../core/execution/index.js';
import type { UpdateOutcome } from '../core/execution/index.js';
import { reject } from '../core/rejection.js';
import { Decision } from './decision.js';
import { stale } from './directory.js';
import { NO_CONTEXT } from './effects.js';
import type { Engine } from './engine.js';
import { readEvents } from './history.js';
import { rejectedUpdateLink, requestLink } from './links.js';
import type { ReplyTo } from './messages.js';
import type { Run } from './run.js';
import { withRun } from './shard.js';

export interface UpdateWaiter {
  readonly replyTo: ReplyTo;
  readonly updateId: string;
  /** Of the caller's request, for the link in the answer. */
  readonly requestId: string;
  readonly wantsCompleted: boolean;
  /** How the answer is given: update-with-start wraps it. */
  readonly answer: (response: Init<UpdateWorkflowExecutionResponse>) => void;
  /** Repeats the update on the run that follows; absent for polls. */
  readonly repeat: (() => void) | undefined;
}

export function update(
  engine: Engine,
  replyTo: ReplyTo,
  namespaceId: string,
  request: UpdateWorkflowExecutionRequest,
  deadlineMs: number,
): void {
  const { workflowId = '', runId = '' } = request.workflowExecution ?? {};
  withRun(engine, replyTo, namespaceId, workflowId, runId, (run) => {
    const { firstExecutionRunId } = request;
    if (firstExecutionRunId !== '' && run.state.start.firstRunId !== firstExecutionRunId) {
      engine.answerAfter(run, replyTo, () =>
        engine.refuse(replyTo, reject('WORKFLOW_NOT_FOUND', 'workflow execution not found')),
      );
      return;
    }
    const repeat = runId === '' ? (): void => update(engine, replyTo, namespaceId, request, deadlineMs) : undefined;
    const waiter = updateWaiter(engine, replyTo, request, repeat);
    const decision = new Decision();
    if (!admitInto(engine, run, request, decision, (rejection) => engine.refuse(replyTo, rejection))) return;
    awaitUpdate(engine, run, waiter, deadlineMs);
    decision.onVoided(() => engine.refuse(replyTo, stale()));
    engine.submit(decision);
  });
}

export function updateWaiter(
  engine: Engine,
  replyTo: ReplyTo,
  request: UpdateWorkflowExecutionRequest,
  repeat: (() => void) | undefined,
): UpdateWaiter {
  return {
    replyTo,
    updateId: request.request?.meta?.updateId ?? '',
    requestId: request.request?.requestId ?? '',
    wantsCompleted: request.waitPolicy?.lifecycleStage === Stage.COMPLETED,
    answer: (response) => engine.reply(replyTo, response),
    repeat,
  };
}

/** Admits the update in the decision; false when it was refused. */
export function admitInto(
  engine: Engine,
  run: Run,
  request: UpdateWorkflowExecutionRequest,
  decision: Decision,
  refused: (rejection: ReturnType<typeof reject>) => void,
): boolean {
  if (updateStage(run.state, request.request?.meta?.updateId ?? '') !== 'unknown') return true;
  return engine.decide(run, { kind: 'update', request }, decision, NO_CONTEXT, refused);
}

/** Answers now if the stage is reached, else when it is, else at the deadline with the stage reached by then. */
export function awaitUpdate(engine: Engine, run: Run, waiter: UpdateWaiter, deadlineMs: number): void {
  run.updateWaiters.add(waiter);
  // The admission may still be on its way to disk, with the start of its run.
  const expire = (): void =>
    engine.answerAfter(run, waiter.replyTo, () => waiter.answer(responseOf(run, waiter, undefined)));
  const longPollMs = engine.realNowMs + engine.limits.updateLongPollMs;
  engine.waits.add(waiter.replyTo, Math.min(deadlineMs, longPollMs), expire, () => run.updateWaiters.delete(waiter));
  engine.afterRun(run, () => notifyUpdates(engine, run));
}

export function pollUpdate(
  engine: Engine,
  replyTo: ReplyTo,
  namespaceId: string,
  request: PollWorkflowExecutionUpdateRequest,
  deadlineMs: number,
): void {
  const { workflowId = '', runId = '' } = request.updateRef?.workflowExecution ?? {};
  const updateId = request.updateRef?.updateId ?? '';
  withRun(engine, replyTo, namespaceId, workflowId, runId, (run) => {
    if (updateStage(run.state, updateId) === 'unknown') {
      engine.answerAfter(run, replyTo, () =>
        engine.refuse(replyTo, reject('UPDATE_NOT_FOUND', `update "${updateId}" not found`)),
      );
      return;
    }
    const wanted = request.waitPolicy?.lifecycleStage ?? Stage.UNSPECIFIED;
    const waiter: UpdateWaiter = {
      replyTo,
      updateId,
      requestId: '',
      wantsCompleted: wanted === Stage.COMPLETED,
      answer: ({ outcome, stage, updateRef }) => engine.reply(replyTo, { outcome, stage, updateRef }),
      repeat: undefined,
    };
    if (wanted === Stage.UNSPECIFIED) engine.answerAfter(run, replyTo, () => answerStage(engine, run, waiter));
    else awaitUpdate(engine, run, waiter, deadlineMs);
  });
}

/** After a commit: those whose stage is reached. Rejections and fresh outcomes come through `resolveUpdate`. */
export function notifyUpdates(engine: Engine, run: Run): void {
  for (const waiter of run.updateWaiters) {
    const stage = updateStage(run.durable, waiter.updateId);
    if (stage === 'completed' || (stage === 'accepted' && (!waiter.wantsCompleted || isClosed(run.durable.status)))) {
      run.updateWaiters.delete(waiter);
      answerStage(engine, run, waiter);
    }
  }
}

function answerStage(engine: Engine, run: Run, waiter: UpdateWaiter): void {
  const recorded = run.durable.updates.get(waiter.updateId);
  if (recorded === undefined || (recorded.completedEventId === 0 && !isClosed(run.durable.status))) {
    waiter.answer(responseOf(run, waiter, undefined));
    return;
  }
  if (recorded.completedEventId === 0) {
    waiter.answer(responseOf(run, waiter, { failure: acceptedButClosed() }));
    return;
  }
  const fromEventId = recorded.completedEventId;
  readEvents(engine, run, { fromEventId, toEventId: fromEventId + 1, eventsMax: 1, sizeBytesMax: 1 }, (page) => {
    const event = page === undefined ? undefined : History.decode(page.history).events[0];
    if (event?.eventType !== EventType.WORKFLOW_EXECUTION_UPDATE_COMPLETED) {
      engine.refuse(
        waiter.replyTo,
        reject('UNAVAILABLE', "The update's outcome cannot be read at the moment. Try again."),
      );
      return;
    }
    waiter.answer(responseOf(run, waiter, event.attributes.outcome));
  });
}

export type Resolution =
  | { readonly kind: 'resolved'; readonly outcome: UpdateOutcome }
  | { readonly kind: 'aborted'; readonly reason: 'closed' | 'continued' | 'taskFailed' };

export function resolveUpdate(engine: Engine, run: Run, updateId: string, resolution: Resolution): void {
  for (const waiter of run.updateWaiters) {
    if (waiter.updateId !== updateId) continue;
    run.updateWaiters.delete(waiter);
    if (resolution.kind === 'resolved') {
      const { outcome } = resolution;
      waiter.answer(
        responseOf(
          run,
          waiter,
          outcome.kind === 'success' ? { success: outcome.result ?? new Uint8Array(0) } : { failure: outcome.failure },
        ),
      );
    } else abort(engine, waiter, resolution.reason);
  }
}

function abort(engine: Engine, waiter: UpdateWaiter, reason: 'closed' | 'continued' | 'taskFailed'): void {
  if (reason === 'continued' && waiter.repeat !== undefined) {
    engine.waits.end(waiter.replyTo);
    waiter.repeat();
    return;
  }
  const rejection =
    reason === 'closed'
      ? reject('UPDATE_ABORTED_BY_CLOSE', 'workflow update was aborted by closing workflow')
      : reject(
          'WORKFLOW_NOT_READY',
          'Unable to perform workflow execution update: the workflow task that carried it failed. Try again.',
        );
  engine.refuse(waiter.replyTo, rejection);
}

function responseOf(
  run: Run,
  { updateId, requestId }: UpdateWaiter,
  outcome: Init<Outcome> | undefined,
): Init<UpdateWorkflowExecutionResponse> {
  const { workflowId, runId } = run.durable;
  const stages = {
    unknown: Stage.UNSPECIFIED,
    admitted: Stage.ADMITTED,
    accepted: Stage.ACCEPTED,
    completed: Stage.COMPLETED,
  } as const;
  const stage = outcome === undefined ? stages[updateStage(run.durable, updateId)] : Stage.COMPLETED;
  const link = linkOf(run, updateId, requestId, outcome);
  return { updateRef: { workflowExecution: { workflowId, runId }, updateId }, outcome, stage, link };
}

function linkOf(
  run: Run,
  updateId: string,
  requestId: string,
  outcome: Init<Outcome> | undefined,
): Uint8Array | undefined {
  if (run.state.updates.has(updateId)) return requestLink(run, requestId, EventType.WORKFLOW_EXECUTION_UPDATE_ACCEPTED);
  return outcome?.failure === undefined ? undefined : rejectedUpdateLink(run);
}
