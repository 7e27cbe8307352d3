/**
 * Updates on the server's side (server-surface 3.8). Admitted ones live in memory until the worker accepts them: the
 * caller repeats an update that was lost, by its id. Accepted and completed ones are events.
 */
import { Failure, UpdateRequest, WorkflowExecutionStatus } from '@perdure/protocol';
import type { Message, UpdateWorkflowExecutionRequest } from '@perdure/protocol';
import { reject, workflowClosed } from '../rejection.js';
import type { Rejection } from '../rejection.js';
import type { Draft } from './draft.js';
import type { AdmittedUpdate, ExecutionState } from './state.js';
import { scheduleSpeculativeTask } from './workflow-task.js';

/** From this attempt on, a run whose workflow task keeps failing takes no updates and no queries. */
export const FAILING_ATTEMPTS = 3;

export type UpdateStage = 'unknown' | 'admitted' | 'accepted' | 'completed';

export function updateStage(state: ExecutionState, updateId: string): UpdateStage {
  const recorded = state.updates.get(updateId);
  if (recorded !== undefined) return recorded.completedEventId === 0 ? 'accepted' : 'completed';
  return state.volatile.admitted.has(updateId) ? 'admitted' : 'unknown';
}

/** Admits the update unless it is known already; the caller then waits for its stage. */
export function admitUpdate(draft: Draft, request: UpdateWorkflowExecutionRequest): Rejection | undefined {
  const { state } = draft;
  const updateId = request.request?.meta?.updateId ?? '';
  if (updateStage(state, updateId) !== 'unknown') return undefined;
  if (state.status !== WorkflowExecutionStatus.RUNNING) return workflowClosed();
  const refusal = limitRefusal(draft, request);
  if (refusal !== undefined) return refusal;
  if (state.workflowTaskAttempt >= FAILING_ATTEMPTS) {
    return reject(
      'WORKFLOW_NOT_READY',
      'Unable to perform workflow execution update due to Workflow Task in failed state.',
    );
  }
  if (state.triedToClose && draft.isTaskStarted)
    return reject('WORKFLOW_BUSY', 'Workflow is closing: it takes no new updates. Try again.');
  const bytes = UpdateRequest.encode(request.request ?? {});
  const admitted = new Map(state.volatile.admitted).set(updateId, {
    updateId,
    request: bytes,
    sentWithStartedEventId: 0,
  });
  draft.setVolatile({ admitted });
  ensureTaskForUpdates(draft);
  return undefined;
}

function limitRefusal(draft: Draft, request: UpdateWorkflowExecutionRequest): Rejection | undefined {
  const { state, env } = draft;
  const { updatesInFlightMax, updatesTotalMax, updatesInFlightSizeBytesMax } = env.limits;
  const running = [...state.updates.values()].filter((update) => update.completedEventId === 0).length;
  const inFlight = state.volatile.admitted.size + running;
  if (inFlight >= updatesInFlightMax) {
    return reject(
      'UPDATE_LIMIT_IN_FLIGHT',
      `limit on number of concurrent in-flight updates has been reached (${updatesInFlightMax})`,
    );
  }
  const sizeBytes = [...state.volatile.admitted.values()].reduce(
    (sum, update) => sum + update.request.length,
    UpdateRequest.encode(request.request ?? {}).length,
  );
  if (sizeBytes > updatesInFlightSizeBytesMax) {
    return reject(
      'UPDATE_LIMIT_IN_FLIGHT',
      `limit on size of in-flight updates has been reached (${updatesInFlightSizeBytesMax} bytes)`,
    );
  }
  if (state.updates.size >= updatesTotalMax) {
    return reject(
      'UPDATE_LIMIT_TOTAL',
      `limit on number of total updates has been reached (${updatesTotalMax}). Continue-as-new to take more.`,
    );
  }
  return undefined;
}

/** Admitted updates need a task to travel with: one that waits, or a speculative one. */
export function ensureTaskForUpdates(draft: Draft): void {
  const { state } = draft;
  if (state.workflowTask !== undefined || state.firstTaskDueMs !== undefined || draft.wantsWorkflowTask) return;
  if (unsentUpdates(state).length === 0) return;
  if (state.workflowTaskAttempt > 1 || state.buffered.length > 0) draft.wantWorkflowTask();
  else scheduleSpeculativeTask(draft);
}

export function unsentUpdates(state: ExecutionState): AdmittedUpdate[] {
  return [...state.volatile.admitted.values()].filter((update) => update.sentWithStartedEventId === 0);
}

/** The messages of the started task: every admitted update that it carries. */
export function updateMessages(state: ExecutionState): Message[] {
  const startedEventId = state.workflowTask?.startedEventId ?? 0;
  return [...state.volatile.admitted.values()]
    .filter((update) => update.sentWithStartedEventId === startedEventId)
    .map((update) => ({
      id: `${update.updateId}/request`,
      protocolInstanceId: update.updateId,
      eventId: startedEventId - 1,
      body: { typeUrl: 'type.googleapis.com/temporal.api.update.v1.Request', value: update.request },
    }));
}

export function dropAdmitted(draft: Draft, updateId: string): void {
  const { admitted } = draft.state.volatile;
  if (!admitted.has(updateId)) return;
  const rest = new Map(admitted);
  rest.delete(updateId);
  draft.setVolatile({ admitted: rest });
}

/** Sent with a task that completed without answering them: the server rejects them. */
export function rejectUnanswered(draft: Draft, startedEventId: number): void {
  for (const update of draft.state.volatile.admitted.values()) {
    if (update.sentWithStartedEventId !== startedEventId) continue;
    dropAdmitted(draft, update.updateId);
    const failure = Failure.encode({
      message:
        "Workflow Update is rejected because it wasn't processed by worker. Probably, Workflow Update is not supported by the worker.",
      source: 'Server',
      applicationFailureInfo: { type: 'UnprocessedUpdate', nonRetryable: true },
    });
    draft.effect({ kind: 'updateResolved', updateId: update.updateId, outcome: { kind: 'failure', failure } });
  }
}

/** The task that carried them failed or timed out: they travel again with the next one. */
export function resendUpdates(draft: Draft): void {
  const { admitted } = draft.state.volatile;
  if (admitted.size === 0) return;
  draft.setVolatile({
    admitted: new Map([...admitted].map(([id, update]) => [id, { ...update, sentWithStartedEventId: 0 }])),
  });
}

export function abortUpdatesOnClose(draft: Draft, isContinued: boolean): void {
  const { volatile, updates } = draft.state;
  for (const updateId of volatile.admitted.keys()) {
    draft.effect({ kind: 'updateAborted', updateId, reason: isContinued ? 'continued' : 'closed' });
  }
  if (volatile.admitted.size > 0) draft.setVolatile({ admitted: new Map() });
  for (const update of updates.values()) {
    if (update.completedEventId !== 0) continue;
    draft.effect({
      kind: 'updateResolved',
      updateId: update.updateId,
      outcome: { kind: 'failure', failure: acceptedButClosed() },
    });
  }
}

/** What the caller of an accepted update gets when the run closes before it completes. */
export function acceptedButClosed(): Uint8Array {
  return Failure.encode({
    message: 'Workflow Update failed because the Workflow completed before the Update completed.',
    source: 'Server',
    applicationFailureInfo: { type: 'AcceptedUpdateCompletedWorkflow', nonRetryable: true },
  });
}
