/**
 * The life of a workflow task (server-surface 3.1): schedule, start, complete, fail, time out.
 * At most one is pending per run; see WorkflowTaskKind for the three forms.
 */
import {
  EventType,
  HistoryEvent,
  SuggestContinueAsNewReason,
  TaskQueueKind,
  TimeoutType,
  WorkflowTaskFailedCause,
} from '@perdure/protocol';
import type { Init, RespondWorkflowTaskFailedRequest, WorkflowTaskFailedEventAttributes } from '@perdure/protocol';
import { workflowTaskNotFound } from '../rejection.js';
import type { Rejection } from '../rejection.js';
import type { Draft } from './draft.js';
import type { WorkflowPoller, WorkflowTaskRef } from './inputs.js';
import { newlyReported } from './reported-problems.js';
import type { ExecutionState, PendingWorkflowTask, ProblemKind } from './state.js';

/** Attempts that keep the plain timeout; later ones back off by growing it. */
const ATTEMPTS_WITH_PLAIN_TIMEOUT = 3;
const RETRY_BACKOFF_START_MS = 5_000;

export interface ScheduleOptions {
  /** Set when a task is kept alive by heartbeats: its age counts from the first. */
  readonly originalScheduledAtMs?: number;
}

/** Schedules the next task; buffered events go into history first. */
export function scheduleWorkflowTask(draft: Draft, options: ScheduleOptions = {}): void {
  if (draft.state.workflowTask !== undefined) throw new Error('a workflow task is pending already');
  if (draft.flushBuffer() > 0 && draft.state.workflowTaskAttempt > 1) setAttempt(draft, 1);
  if (draft.state.workflowTaskAttempt > 1) scheduleTransient(draft);
  else scheduleNormal(draft, options);
  offer(draft);
}

function scheduleNormal(draft: Draft, options: ScheduleOptions): void {
  const { state } = draft;
  const { sticky, start } = state;
  const taskQueue =
    sticky === undefined
      ? { name: start.taskQueue, kind: TaskQueueKind.NORMAL }
      : { name: sticky.name, kind: TaskQueueKind.STICKY, normalName: start.taskQueue };
  draft.write(EventType.WORKFLOW_TASK_SCHEDULED, {
    taskQueue,
    startToCloseTimeout: start.taskTimeoutMs,
    attempt: state.workflowTaskAttempt,
  });
  const task = draft.state.workflowTask;
  if (task !== undefined && options.originalScheduledAtMs !== undefined) {
    setTask(draft, { ...task, originalScheduledAtMs: options.originalScheduledAtMs });
  }
}

function scheduleTransient(draft: Draft): void {
  const { state, env } = draft;
  setTask(draft, {
    ...unstartedTask(draft),
    kind: 'transient',
    attempt: state.workflowTaskAttempt,
    startToCloseMs: timeoutOfAttempt(
      state.start.taskTimeoutMs,
      state.workflowTaskAttempt,
      env.limits.workflowTaskRetryIntervalMsMax,
    ),
  });
}

/** A task for the admitted updates of an otherwise idle run: nothing is stored unless it completes usefully. */
export function scheduleSpeculativeTask(draft: Draft): void {
  const { state, env } = draft;
  const { sticky } = state;
  draft.setSpeculativeTask({
    ...unstartedTask(draft),
    kind: 'speculative',
    queue: sticky?.name ?? state.start.taskQueue,
    isSticky: sticky !== undefined,
    scheduleToStartMs: env.limits.speculativeScheduleToStartTimeoutMs,
  });
  offer(draft);
}

function unstartedTask(draft: Draft): PendingWorkflowTask {
  const { state, env } = draft;
  return {
    kind: 'normal',
    scheduledEventId: state.nextEventId,
    startedEventId: 0,
    attempt: 1,
    scheduledAtMs: env.nowMs,
    originalScheduledAtMs: env.nowMs,
    startedAtMs: 0,
    startToCloseMs: state.start.taskTimeoutMs,
    scheduleToStartMs: 0,
    queue: state.start.taskQueue,
    isSticky: false,
    requestId: '',
    identity: '',
    workerVersion: undefined,
    historySizeBytes: 0,
    suggestContinueAsNewReasons: [],
  };
}

function offer(draft: Draft): void {
  const task = draft.state.workflowTask;
  if (task !== undefined) draft.effect({ kind: 'offerWorkflowTask', scheduledEventId: task.scheduledEventId });
}

export function timeoutOfAttempt(plainMs: number, attempt: number, backoffMsMax: number): number {
  if (attempt <= ATTEMPTS_WITH_PLAIN_TIMEOUT) return plainMs;
  const backoffMs = RETRY_BACKOFF_START_MS * 2 ** (attempt - ATTEMPTS_WITH_PLAIN_TIMEOUT - 1);
  return plainMs + Math.min(backoffMs, backoffMsMax);
}

/** A poller took the task. Refused when the offer is stale. The same poll's request id finds the same start. */
export function startWorkflowTask(
  draft: Draft,
  scheduledEventId: number,
  attempt: number,
  poll: WorkflowPoller,
): Rejection | undefined {
  const task = draft.state.workflowTask;
  if (task === undefined || task.scheduledEventId !== scheduledEventId || task.attempt !== attempt)
    return workflowTaskNotFound();
  if (task.startedEventId !== 0) return task.requestId === poll.requestId ? undefined : workflowTaskNotFound();
  if (task.isSticky !== poll.isSticky) return workflowTaskNotFound();
  if (!poll.isSticky && draft.state.sticky !== undefined)
    draft.fact({ record: 'fact', kind: 'sticky', sticky: undefined });

  const isOutdated = task.kind !== 'normal' && task.scheduledEventId !== draft.state.nextEventId;
  if (isOutdated) convertToNormal(draft, task);
  if (draft.state.workflowTask?.kind === 'normal') writeStarted(draft, poll);
  else startUnwritten(draft, poll);
  markUpdatesSent(draft);
  return undefined;
}

/** New events came since it was scheduled: it is a normal task now. */
function convertToNormal(draft: Draft, task: PendingWorkflowTask): void {
  setAttempt(draft, 1);
  clearTask(draft, task);
  const kind = task.isSticky ? TaskQueueKind.STICKY : TaskQueueKind.NORMAL;
  const taskQueue = task.isSticky
    ? { name: task.queue, kind, normalName: draft.state.start.taskQueue }
    : { name: task.queue, kind };
  draft.write(EventType.WORKFLOW_TASK_SCHEDULED, {
    taskQueue,
    startToCloseTimeout: task.startToCloseMs,
    attempt: 1,
  });
}

function writeStarted(draft: Draft, poll: WorkflowPoller): void {
  const { state } = draft;
  const reasons = suggestContinueAsNewReasons(draft);
  draft.write(EventType.WORKFLOW_TASK_STARTED, {
    scheduledEventId: state.workflowTask?.scheduledEventId ?? 0,
    identity: poll.identity,
    requestId: poll.requestId,
    // Without a build's name it says nothing, though it is kept in events that are written late.
    workerVersion: poll.workerVersion?.buildId === '' ? undefined : poll.workerVersion,
    suggestContinueAsNew: reasons.length > 0,
    suggestContinueAsNewReasons: reasons,
    historySizeBytes: poll.isEagerStart === true ? 0 : state.historySizeBytes,
  });
}

function startUnwritten(draft: Draft, poll: WorkflowPoller): void {
  const { state, env } = draft;
  const task = state.workflowTask;
  if (task === undefined) throw new Error('no task to start');
  const started = {
    ...task,
    startedEventId: task.scheduledEventId + 1,
    startedAtMs: env.nowMs,
    identity: poll.identity,
    requestId: poll.requestId,
    workerVersion: poll.workerVersion,
    historySizeBytes: state.historySizeBytes,
    suggestContinueAsNewReasons: suggestContinueAsNewReasons(draft),
  };
  if (task.kind === 'speculative') draft.setSpeculativeTask(started);
  else setTask(draft, started);
}

function suggestContinueAsNewReasons(draft: Draft): SuggestContinueAsNewReason[] {
  const { state, env } = draft;
  const { limits } = env;
  const reasons: SuggestContinueAsNewReason[] = [];
  if (state.historySizeBytes >= limits.historySizeBytesSuggest)
    reasons.push(SuggestContinueAsNewReason.HISTORY_SIZE_TOO_LARGE);
  if (state.nextEventId > limits.historyEventsSuggest) reasons.push(SuggestContinueAsNewReason.TOO_MANY_HISTORY_EVENTS);
  if (state.updates.size >= limits.updatesTotalMax * limits.updatesTotalSuggestRatio)
    reasons.push(SuggestContinueAsNewReason.TOO_MANY_UPDATES);
  return reasons;
}

function markUpdatesSent(draft: Draft): void {
  const { admitted } = draft.state.volatile;
  if (admitted.size === 0) return;
  const startedEventId = draft.state.workflowTask?.startedEventId ?? 0;
  const sent = new Map(
    [...admitted].map(([id, update]) => [id, { ...update, sentWithStartedEventId: startedEventId }]),
  );
  draft.setVolatile({ admitted: sent });
}

/** The started task that a token speaks of, or undefined when it is another one by now. */
export function startedTask(state: ExecutionState, ref: WorkflowTaskRef): PendingWorkflowTask | undefined {
  const task = state.workflowTask;
  if (task === undefined || task.startedEventId === 0) return undefined;
  const isSame =
    task.scheduledEventId === ref.scheduledEventId &&
    task.startedEventId === ref.startedEventId &&
    task.attempt === ref.attempt;
  return isSame ? task : undefined;
}

/** Writes the Scheduled and Started events that a transient or speculative task has kept back. */
export function writeWithheldEvents(draft: Draft): void {
  const task = draft.state.workflowTask;
  if (task === undefined || task.kind === 'normal') return;
  for (const event of withheldEvents(draft.state, task)) {
    draft.write(event.eventType, event.attributes, { eventTimeMs: event.eventTimeMs });
    if (event.eventType === EventType.WORKFLOW_TASK_SCHEDULED && draft.state.workflowTask !== undefined) {
      setTask(draft, {
        ...draft.state.workflowTask,
        startToCloseMs: task.startToCloseMs,
        originalScheduledAtMs: task.originalScheduledAtMs,
      });
    }
  }
}

type WithheldEvent =
  | {
      eventType: typeof EventType.WORKFLOW_TASK_SCHEDULED;
      eventTimeMs: number;
      attributes: Init<import('@perdure/protocol').WorkflowTaskScheduledEventAttributes>;
    }
  | {
      eventType: typeof EventType.WORKFLOW_TASK_STARTED;
      eventTimeMs: number;
      attributes: Init<import('@perdure/protocol').WorkflowTaskStartedEventAttributes>;
    };

function withheldEvents(state: ExecutionState, task: PendingWorkflowTask): WithheldEvent[] {
  const kind = task.isSticky ? TaskQueueKind.STICKY : TaskQueueKind.NORMAL;
  const taskQueue = task.isSticky
    ? { name: task.queue, kind, normalName: state.start.taskQueue }
    : { name: task.queue, kind };
  const scheduled: WithheldEvent = {
    eventType: EventType.WORKFLOW_TASK_SCHEDULED,
    eventTimeMs: task.scheduledAtMs,
    attributes: { taskQueue, startToCloseTimeout: task.startToCloseMs, attempt: task.attempt },
  };
  if (task.startedEventId === 0) return [scheduled];
  const started: WithheldEvent = {
    eventType: EventType.WORKFLOW_TASK_STARTED,
    eventTimeMs: task.startedAtMs,
    attributes: {
      scheduledEventId: task.scheduledEventId,
      identity: task.identity,
      requestId: task.requestId,
      workerVersion: task.workerVersion,
      suggestContinueAsNew: task.suggestContinueAsNewReasons.length > 0,
      suggestContinueAsNewReasons: task.suggestContinueAsNewReasons,
      historySizeBytes: task.historySizeBytes,
    },
  };
  return [scheduled, started];
}

/** The same events encoded, for the poll answer and for SDK readers of history while the task is pending. */
export function encodedWithheldEvents(state: ExecutionState): Uint8Array[] {
  const task = state.workflowTask;
  if (task === undefined || task.kind === 'normal' || state.closedAtMs !== undefined) return [];
  return withheldEvents(state, task).map((event, index) =>
    HistoryEvent.encode({
      eventId: task.scheduledEventId + index,
      eventTime: event.eventTimeMs,
      eventType: event.eventType,
      attributes: event.attributes,
    } as Init<HistoryEvent>),
  );
}

/** The worker reported failure, or the server refused what it answered. */
export function failWorkflowTask(draft: Draft, attributes: Init<WorkflowTaskFailedEventAttributes>): void {
  const task = requireTask(draft);
  if (task.attempt === 1) {
    if (task.kind !== 'normal') writeWithheldEvents(draft);
    draft.write(EventType.WORKFLOW_TASK_FAILED, {
      ...attributes,
      scheduledEventId: task.scheduledEventId,
      startedEventId: task.startedEventId,
    });
  } else clearTask(draft, task);
  const cause = attributes.cause ?? WorkflowTaskFailedCause.UNSPECIFIED;
  noteProblem(draft, task, { cause, isTimeout: false }, attributes.failure);
  endFailedAttempt(draft, task);
}

export function failedAttributes(request: RespondWorkflowTaskFailedRequest): Init<WorkflowTaskFailedEventAttributes> {
  const { cause, failure, identity, binaryChecksum, workerVersion } = request;
  return { cause, failure, identity, binaryChecksum, workerVersion };
}

/** The started task ran out of time: the worker is slow, gone, or never got it. */
export function timeOutStartedTask(draft: Draft): void {
  const task = requireTask(draft);
  if (task.attempt === 1) {
    if (task.kind !== 'normal') writeWithheldEvents(draft);
    draft.write(EventType.WORKFLOW_TASK_TIMED_OUT, {
      scheduledEventId: task.scheduledEventId,
      startedEventId: task.startedEventId,
      timeoutType: TimeoutType.START_TO_CLOSE,
    });
  } else clearTask(draft, task);
  noteProblem(draft, task, { cause: WorkflowTaskFailedCause.UNSPECIFIED, isTimeout: true }, undefined);
  endFailedAttempt(draft, task);
}

/** Nobody took the sticky or speculative task in time: to the normal queue; the attempt stays. */
export function timeOutScheduledTask(draft: Draft): void {
  if (requireTask(draft).kind === 'speculative') writeWithheldEvents(draft);
  // Its id may be another than it would have been: something else may have been due in the same moment.
  const { scheduledEventId } = requireTask(draft);
  if (draft.state.sticky !== undefined) draft.fact({ record: 'fact', kind: 'sticky', sticky: undefined });
  draft.write(EventType.WORKFLOW_TASK_TIMED_OUT, {
    scheduledEventId,
    startedEventId: 0,
    timeoutType: TimeoutType.SCHEDULE_TO_START,
  });
  scheduleWorkflowTask(draft);
}

/** A waiting sticky task is offered on the normal queue instead; history is not touched. */
export function moveToNormalQueue(draft: Draft): void {
  const task = requireTask(draft);
  if (draft.state.sticky !== undefined) draft.fact({ record: 'fact', kind: 'sticky', sticky: undefined });
  const moved = { ...task, isSticky: false, queue: draft.state.start.taskQueue, scheduleToStartMs: 0 };
  if (task.kind === 'speculative') draft.setSpeculativeTask({ ...moved, scheduleToStartMs: task.scheduleToStartMs });
  else setTask(draft, moved);
  offer(draft);
}

function endFailedAttempt(draft: Draft, task: PendingWorkflowTask): void {
  if (draft.state.sticky !== undefined) draft.fact({ record: 'fact', kind: 'sticky', sticky: undefined });
  else setAttempt(draft, task.attempt + 1);
}

function noteProblem(
  draft: Draft,
  task: PendingWorkflowTask,
  kind: ProblemKind,
  failure: Uint8Array | undefined,
): void {
  const { state, env } = draft;
  const before = state.workflowTaskProblem;
  const problem = {
    ...kind,
    failure: failure?.slice(),
    atMs: env.nowMs,
    attempts: (before?.attempts ?? 0) + (state.sticky === undefined ? 1 : 0),
    written: task.attempt === 1 ? kind : (before?.written ?? kind),
  };
  draft.fact({ record: 'fact', kind: 'workflowTaskProblem', problem });
  const problems = newlyReported(before, problem, env.limits.reportedProblemAttemptsMin);
  if (problems !== undefined) draft.fact({ record: 'fact', kind: 'reportedProblems', problems });
}

export function clearTask(draft: Draft, task: PendingWorkflowTask): void {
  if (task.kind === 'speculative') draft.setSpeculativeTask(undefined);
  else setTask(draft, undefined);
}

function requireTask(draft: Draft): PendingWorkflowTask {
  const task = draft.state.workflowTask;
  if (task === undefined) throw new Error('no workflow task is pending');
  return task;
}

function setTask(draft: Draft, task: PendingWorkflowTask | undefined): void {
  draft.fact({ record: 'fact', kind: 'workflowTask', task });
}

function setAttempt(draft: Draft, attempt: number): void {
  if (draft.state.workflowTaskAttempt !== attempt) draft.fact({ record: 'fact', kind: 'workflowTaskAttempt', attempt });
}
