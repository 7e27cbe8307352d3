/**
 * (state, input, env) → Transition or Rejection: the one door to an execution. Each kind of input has its topic file;
 * what all have in common (the next workflow task, limits) is done here, once.
 */
import { EventType, WorkflowTaskFailedCause } from '@perdure/protocol';
import { reject, workflowClosed, workflowNotFound, workflowTaskNotFound } from '../rejection.js';
import { isRejection } from '../rejection.js';
import type { Rejection } from '../rejection.js';
import {
  activityNotDelivered,
  cancelActivity,
  completeActivity,
  failActivity,
  recordHeartbeat,
  startActivity,
} from './activity.js';
import { cancelFacts, requestCancel } from './cancel.js';
import { HISTORY_SERVICE, isClosed, terminate } from './close.js';
import { Draft } from './draft.js';
import type { Env } from './draft.js';
import { passTime } from './due.js';
import type { Effect } from './effects.js';
import type { Input } from './inputs.js';
import { receiveMessage } from './receive.js';
import type { StateRecord } from './records.js';
import { signal } from './signal.js';
import type { ExecutionState } from './state.js';
import { completeWorkflowTask } from './task-completion.js';
import { admitUpdate, ensureTaskForUpdates, resendUpdates } from './update.js';
import {
  failWorkflowTask,
  failedAttributes,
  moveToNormalQueue,
  scheduleWorkflowTask,
  startWorkflowTask,
  startedTask,
  timeOutStartedTask,
  writeWithheldEvents,
} from './workflow-task.js';

export interface Transition {
  readonly kind: 'transition';
  readonly state: ExecutionState;
  readonly records: readonly StateRecord[];
  /** Encoded HistoryEvents, in order, from `firstEventId` on. */
  readonly events: readonly Uint8Array[];
  readonly firstEventId: number;
  readonly effects: readonly Effect[];
  /** False when nothing but volatile state changed: there is nothing to write. */
  readonly isStored: boolean;
  readonly resetHistoryEventId: number;
  /** The input was refused, yet something changed (a workflow task that failed instead of completing). */
  readonly rejection: Rejection | undefined;
}

export function transition(state: ExecutionState, input: Input, env: Env): Transition | Rejection {
  if (input.kind === 'workflowTaskCompleted') {
    const completion = completeWorkflowTask(state, env, input.task, input.request);
    if (isRejection(completion)) return completion;
    return seal(completion.draft, state, completion.resetHistoryEventId, completion.rejection);
  }
  const draft = new Draft(state, env);
  const rejection = take(draft, input);
  return rejection ?? seal(draft, state, 0, undefined);
}

/** Completes a draft: the next workflow task, what speculation must become, the limits of history. */
export function seal(
  draft: Draft,
  before: ExecutionState | undefined,
  resetHistoryEventId = 0,
  rejection?: Rejection,
): Transition {
  if (!isClosed(draft.state.status)) {
    keepSpeculation(draft, before);
    if (draft.wantsWorkflowTask && draft.state.workflowTask === undefined && draft.state.firstTaskDueMs === undefined)
      scheduleWorkflowTask(draft);
    ensureTaskForUpdates(draft);
    enforceBufferLimit(draft);
    enforceHistoryLimit(draft);
  }
  return {
    kind: 'transition',
    state: draft.sealed(),
    records: draft.records,
    events: draft.events,
    firstEventId: draft.firstEventId,
    effects: draft.effects,
    isStored: draft.hasStoredChange,
    resetHistoryEventId,
    rejection,
  };
}

function take(draft: Draft, input: Exclude<Input, { kind: 'workflowTaskCompleted' }>): Rejection | undefined {
  const isOpen = !isClosed(draft.state.status);
  switch (input.kind) {
    case 'signal':
      return signal(draft, input.signal);
    case 'requestCancel':
      return requestCancel(draft, cancelFacts(input.request));
    case 'terminate':
      if (!isOpen) return workflowClosed();
      terminate(draft, {
        ...input.request,
        reason: input.request.reason === '' ? DEFAULT_TERMINATE_REASON : input.request.reason,
      });
      return undefined;
    case 'attachRequest':
      return attachRequest(draft, input);
    case 'workflowTaskStarted':
      return isOpen
        ? startWorkflowTask(draft, input.scheduledEventId, input.attempt, input.poll)
        : workflowTaskNotFound();
    case 'workflowTaskFailed':
      return reportFailedTask(draft, input);
    case 'workflowTaskNotDelivered':
      if (startedTask(draft.state, input.task) === undefined) return workflowTaskNotFound();
      timeOutStartedTask(draft);
      resendUpdates(draft);
      draft.wantWorkflowTask();
      return undefined;
    case 'activityTaskStarted':
      return isOpen ? startActivity(draft, input.scheduledEventId, input.stamp, input.poll) : notFound(draft);
    case 'activityCompleted':
      return isOpen ? completeActivity(draft, input) : notFound(draft);
    case 'activityFailed':
      return isOpen ? failActivity(draft, input) : notFound(draft);
    case 'activityCanceled':
      return isOpen ? cancelActivity(draft, input) : notFound(draft);
    case 'activityHeartbeat':
      return isOpen ? recordHeartbeat(draft, input) : notFound(draft);
    case 'activityNotDelivered':
      return isOpen ? activityNotDelivered(draft, input.activity) : notFound(draft);
    case 'update':
      return admitUpdate(draft, input.request);
    case 'resetSticky':
      if (!isOpen) return workflowClosed();
      if (draft.state.sticky !== undefined) draft.fact({ record: 'fact', kind: 'sticky', sticky: undefined });
      return undefined;
    case 'stickyUnavailable': {
      const task = draft.state.workflowTask;
      const isWaiting =
        isOpen &&
        task !== undefined &&
        task.isSticky &&
        task.startedEventId === 0 &&
        task.scheduledEventId === input.scheduledEventId;
      if (!isWaiting) return workflowTaskNotFound();
      moveToNormalQueue(draft);
      return undefined;
    }
    case 'timerDue':
      passTime(draft);
      return undefined;
    case 'message':
      receiveMessage(draft, input.message);
      return undefined;
  }
}

/** What tools show when nobody said why. */
const DEFAULT_TERMINATE_REASON = 'terminated by user via frontend';

function notFound(draft: Draft): Rejection {
  return {
    ...workflowNotFound(draft.state.workflowId),
    message: 'workflow execution already completed',
    code: 'TASK_NOT_FOUND',
  };
}

function reportFailedTask(draft: Draft, input: Extract<Input, { kind: 'workflowTaskFailed' }>): Rejection | undefined {
  if (isClosed(draft.state.status) || startedTask(draft.state, input.task) === undefined) return workflowTaskNotFound();
  failWorkflowTask(draft, failedAttributes(input.request));
  resendUpdates(draft);
  scheduleWorkflowTask(draft);
  return undefined;
}

function attachRequest(draft: Draft, input: Extract<Input, { kind: 'attachRequest' }>): Rejection | undefined {
  const { state, env } = draft;
  if (isClosed(state.status)) return workflowClosed();
  if (input.requestId !== '' && state.requestIds.has(input.requestId)) return undefined;
  const attached = [...state.requestIds.values()].filter(
    ({ eventType }) => eventType === EventType.WORKFLOW_EXECUTION_OPTIONS_UPDATED,
  ).length;
  if (attached >= env.limits.requestIdsMax)
    return reject('FAILED_PRECONDITION', `at most ${env.limits.requestIdsMax} requests can be attached to one run`);
  draft.happen(
    EventType.WORKFLOW_EXECUTION_OPTIONS_UPDATED,
    { attachedRequestId: input.requestId, attachedCompletionCallbacks: input.callbacks },
    { links: input.links, workerMayIgnore: true },
  );
  return undefined;
}

/**
 * Something was recorded while a speculative task is pending: from here on the task must survive, so it becomes a normal
 * one. A started one keeps the ids that its worker has seen.
 */
function keepSpeculation(draft: Draft, before: ExecutionState | undefined): void {
  const task = draft.state.workflowTask;
  if (task?.kind !== 'speculative' || before?.workflowTask?.kind !== 'speculative') return;
  const hasHappened = draft.records.some(
    (record) => record.record === 'event' || (record.record === 'fact' && record.kind === 'buffered'),
  );
  if (!hasHappened) return;
  if (task.startedEventId !== 0) {
    writeWithheldEvents(draft);
    return;
  }
  draft.setSpeculativeTask(undefined);
  scheduleWorkflowTask(draft);
}

function enforceBufferLimit(draft: Draft): void {
  const { state, env } = draft;
  const { bufferedEventsMax, bufferedEventsSizeBytesMax } = env.limits;
  if (state.buffered.length === 0) return;
  const sizeBytes = state.buffered.reduce((sum, entry) => sum + entry.bytes.length, 0);
  if (state.buffered.length <= bufferedEventsMax && sizeBytes <= bufferedEventsSizeBytesMax) return;
  failWorkflowTask(draft, { cause: WorkflowTaskFailedCause.FORCE_CLOSE_COMMAND, identity: HISTORY_SERVICE });
  resendUpdates(draft);
  scheduleWorkflowTask(draft);
}

function enforceHistoryLimit(draft: Draft): void {
  const { state, env } = draft;
  const { historyEventsMax, historySizeBytesMax } = env.limits;
  const isTooLong = state.nextEventId - 1 > historyEventsMax;
  if (!isTooLong && state.historySizeBytes <= historySizeBytesMax) return;
  const reason = isTooLong ? 'Workflow history count exceeds limit.' : 'Workflow history size exceeds limit.';
  terminate(draft, { reason, details: undefined, identity: HISTORY_SERVICE, links: [] });
}
