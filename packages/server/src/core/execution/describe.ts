/** A run as DescribeWorkflowExecution shows it. */
import {
  EventType,
  PendingActivityState,
  PendingWorkflowTaskState,
  TaskQueueKind,
  retryIntervalMs,
  retrySchedule,
} from '@perdure/protocol';
import type {
  ActivityOptions,
  DescribeWorkflowExecutionResponse,
  Init,
  PendingActivityInfo,
  PendingChildExecutionInfo,
  PendingWorkflowTaskInfo,
  RequestIdInfo,
  WorkflowExecutionConfig,
  WorkflowExecutionExtendedInfo,
  WorkflowExecutionInfo,
} from '@perdure/protocol';
import type { ExecutionState, PendingActivity, PendingChild, PendingWorkflowTask } from './state.js';
import { resetPointsOf } from './close.js';
import { encodedMemo, encodedSearchAttributes } from './visibility-record.js';
import { hasId } from './id-set.js';

export interface DescribeFacts {
  readonly nowMs: number;
  /** Custom search attributes of the namespace: name → IndexedValueType number. */
  readonly customAttributes: ReadonlyMap<string, number>;
  /** How long the namespace keeps closed runs. */
  readonly retentionMs: number;
}

export function describeExecution(
  state: ExecutionState,
  facts: DescribeFacts,
): Init<DescribeWorkflowExecutionResponse> {
  return {
    executionConfig: executionConfig(state),
    workflowExecutionInfo: executionInfo(state, facts),
    pendingActivities: [...state.activities.values()].map((activity) => pendingActivity(activity, facts.nowMs)),
    pendingChildren: [...state.children.values()].map(pendingChild),
    pendingWorkflowTask: state.workflowTask === undefined ? undefined : pendingWorkflowTask(state.workflowTask),
    workflowExtendedInfo: extendedInfo(state),
  };
}

function executionConfig({ start }: ExecutionState): Init<WorkflowExecutionConfig> {
  return {
    taskQueue: { name: start.taskQueue, kind: TaskQueueKind.NORMAL },
    workflowExecutionTimeout: start.isExecutionTimeoutGiven ? start.executionTimeoutMs : undefined,
    workflowRunTimeout: start.isRunTimeoutGiven ? start.runTimeoutMs : undefined,
    defaultWorkflowTaskTimeout: start.taskTimeoutMs,
    userMetadata: start.userMetadata,
  };
}

function executionInfo(
  state: ExecutionState,
  { customAttributes, retentionMs }: DescribeFacts,
): Init<WorkflowExecutionInfo> {
  const { start, closedAtMs } = state;
  return {
    execution: { workflowId: state.workflowId, runId: state.runId },
    type: { name: start.workflowType },
    startTime: start.startedAtMs,
    closeTime: closedAtMs,
    status: state.status,
    historyLength: state.nextEventId - 1,
    parentNamespaceId: start.parent?.namespaceId ?? '',
    parentExecution: start.parent && { workflowId: start.parent.workflowId, runId: start.parent.runId },
    executionTime: start.executionTimeMs,
    memo: encodedMemo(state),
    searchAttributes: encodedSearchAttributes(state, customAttributes),
    autoResetPoints: resetPointsOf(
      state,
      state.successorRunId === '' || closedAtMs === undefined ? undefined : closedAtMs + retentionMs,
    ),
    mostRecentWorkerVersionStamp: state.workerVersion,
    taskQueue: start.taskQueue,
    stateTransitionCount: state.transitionCount,
    historySizeBytes: state.historySizeBytes,
    executionDuration: closedAtMs === undefined ? undefined : closedAtMs - start.executionTimeMs,
    rootExecution: { workflowId: start.rootWorkflowId, runId: start.rootRunId },
    firstRunId: start.firstRunId,
    priority: start.priority,
  };
}

function extendedInfo(state: ExecutionState): Init<WorkflowExecutionExtendedInfo> {
  const { start } = state;
  return {
    executionExpirationTime: start.executionExpiresAtMs,
    runExpirationTime: start.runExpiresAtMs ?? NO_TIME_MS,
    cancelRequested: state.cancelRequested,
    originalStartTime: start.startedAtMs,
    requestIdInfos: requestIdInfos(state),
  };
}

/** Midnight of 1 January of the year 1: how the field says "none" where a time must be set. */
const NO_TIME_MS = -62_135_596_800_000;

function requestIdInfos(state: ExecutionState): ReadonlyMap<string, Init<RequestIdInfo>> {
  const infos = new Map<string, Init<RequestIdInfo>>();
  if (state.start.requestId !== '') {
    // Signal-with-start has one request id for both; the reference shows the place of the signal.
    const eventId = hasId(state.signalRequestIds, state.start.requestId) ? 2 : 1;
    infos.set(state.start.requestId, { eventType: EventType.WORKFLOW_EXECUTION_STARTED, eventId });
  }
  for (const [requestId, { eventId, eventType }] of state.requestIds) {
    const buffered = eventId <= 0;
    infos.set(requestId, { eventType: eventType as EventType, eventId: buffered ? 0 : eventId, buffered });
  }
  return infos;
}

function pendingWorkflowTask(task: PendingWorkflowTask): Init<PendingWorkflowTaskInfo> {
  const isStarted = task.startedEventId !== 0;
  return {
    state: isStarted ? PendingWorkflowTaskState.STARTED : PendingWorkflowTaskState.SCHEDULED,
    scheduledTime: task.scheduledAtMs,
    originalScheduledTime: task.originalScheduledAtMs,
    startedTime: isStarted ? task.startedAtMs : undefined,
    attempt: task.attempt,
  };
}

function pendingChild(child: PendingChild): Init<PendingChildExecutionInfo> {
  return {
    workflowId: child.workflowId,
    runId: child.runId,
    workflowTypeName: child.workflowType,
    initiatedId: child.initiatedEventId,
    parentClosePolicy: child.parentClosePolicy as PendingChildExecutionInfo['parentClosePolicy'],
  };
}

function pendingActivity(activity: PendingActivity, nowMs: number): Init<PendingActivityInfo> {
  const { scheduleToCloseMs, heartbeatAtMs } = activity;
  return {
    activityId: activity.activityId,
    activityType: { name: activity.activityType },
    state: activityState(activity),
    heartbeatDetails: activity.heartbeatDetails,
    lastHeartbeatTime: positive(heartbeatAtMs),
    lastStartedTime: activity.phase === 'started' ? activity.startedAtMs : undefined,
    attempt: activity.attempt,
    maximumAttempts: activity.retryPolicy.maximumAttempts,
    scheduledTime: activity.attemptScheduledAtMs,
    expirationTime: scheduleToCloseMs > 0 ? activity.scheduledAtMs + scheduleToCloseMs : undefined,
    lastFailure: activity.lastFailure,
    lastWorkerIdentity: activity.identity === '' ? activity.lastIdentity : activity.identity,
    lastAttemptCompleteTime: positive(activity.lastAttemptCompletedAtMs),
    ...retryTimes(activity, nowMs),
    priority: activity.priority,
    activityOptions: activityOptions(activity),
  };
}

function activityState(activity: PendingActivity): PendingActivityState {
  if (activity.cancelRequestedEventId !== 0) return PendingActivityState.CANCEL_REQUESTED;
  return activity.phase === 'started' ? PendingActivityState.STARTED : PendingActivityState.SCHEDULED;
}

/** While an attempt is waited for: when it comes, and how long the wait is. Shown for activities that were not cancelled. */
function retryTimes(
  activity: PendingActivity,
  nowMs: number,
): Pick<Init<PendingActivityInfo>, 'currentRetryInterval' | 'nextAttemptScheduleTime'> {
  const { attempt, attemptScheduledAtMs, lastAttemptCompletedAtMs, retryPolicy } = activity;
  if (activityState(activity) !== PendingActivityState.SCHEDULED || attempt < 2) return {};
  if (nowMs >= attemptScheduledAtMs)
    return { currentRetryInterval: retryIntervalMs(retrySchedule(retryPolicy), attempt - 1) };
  return {
    currentRetryInterval: attemptScheduledAtMs - lastAttemptCompletedAtMs,
    nextAttemptScheduleTime: attemptScheduledAtMs,
  };
}

function activityOptions(activity: PendingActivity): Init<ActivityOptions> {
  const { taskQueue, scheduleToCloseMs, scheduleToStartMs, startToCloseMs, heartbeatMs, retryPolicy, priority } =
    activity;
  return {
    taskQueue: { name: taskQueue, kind: TaskQueueKind.UNSPECIFIED, normalName: taskQueue },
    scheduleToCloseTimeout: scheduleToCloseMs,
    scheduleToStartTimeout: scheduleToStartMs,
    startToCloseTimeout: startToCloseMs,
    heartbeatTimeout: heartbeatMs,
    retryPolicy,
    priority,
  };
}

function positive(value: number): number | undefined {
  return value > 0 ? value : undefined;
}
