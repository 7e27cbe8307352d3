/**
 * A pending activity's life on the server: start, heartbeat, complete, fail and retry, cancel, time out
 * (server-surface 3.6). History learns of an activity's attempts only when it closes: ActivityTaskStarted is written then,
 * with the time and the worker of the last attempt.
 */
import { EventType, Failure, RetryState, TimeoutType } from '@perdure/protocol';
import type { WorkerVersionStamp } from '@perdure/protocol';
import { activityTaskNotFound, invalidArgument } from '../rejection.js';
import type { Rejection } from '../rejection.js';
import type { Draft } from './draft.js';
import { BUFFERED_EVENT_ID } from './state.js';
import type { ActivityPoller, ActivityRef, Input } from './inputs.js';
import type { ActivityResidue } from './records.js';
import { decideRetry } from './retry.js';
import type { PendingActivity } from './state.js';

type InputOf<K extends Input['kind']> = Extract<Input, { kind: K }>;

/** A poller took the task. Refused when this dispatch is stale. */
export function startActivity(
  draft: Draft,
  scheduledEventId: number,
  stamp: number,
  poll: ActivityPoller,
): Rejection | undefined {
  const activity = draft.state.activities.get(scheduledEventId);
  if (activity === undefined || activity.stamp !== stamp) return activityTaskNotFound();
  if (activity.phase === 'started') return activity.requestId === poll.requestId ? undefined : activityTaskNotFound();
  if (activity.phase !== 'scheduled') return activityTaskNotFound();
  const { nowMs } = draft.env;
  update(draft, activity, {
    phase: 'started',
    startedAtMs: nowMs,
    requestId: poll.requestId,
    identity: poll.identity,
    heartbeatAtMs: 0,
  });
  return undefined;
}

/** The answer could not be delivered: the same attempt is offered again. */
export function activityNotDelivered(draft: Draft, ref: ActivityRef): Rejection | undefined {
  const activity = findActivity(draft, ref);
  if (activity === undefined || activity.phase !== 'started') return activityTaskNotFound();
  update(draft, activity, {
    phase: 'scheduled',
    startedAtMs: 0,
    requestId: '',
    identity: '',
    stamp: activity.stamp + 1,
  });
  draft.effect({ kind: 'offerActivityTask', scheduledEventId: activity.scheduledEventId, eager: false });
  return undefined;
}

export function completeActivity(
  draft: Draft,
  { activity: ref, request }: InputOf<'activityCompleted'>,
): Rejection | undefined {
  const activity = findStarted(draft, ref);
  if (activity === undefined) return activityTaskNotFound();
  const { blobSizeBytesMax } = draft.env.limits;
  const sizeBytes = request.result?.length ?? 0;
  if (sizeBytes > blobSizeBytesMax) {
    failAttempt(
      draft,
      activity,
      serverFailure('Activity result exceeds size limit.'),
      request.identity,
      request.workerVersion,
    );
    return undefined;
  }
  const startedEventId = writeStarted(draft, activity, request.workerVersion);
  draft.happen(EventType.ACTIVITY_TASK_COMPLETED, {
    result: request.result,
    scheduledEventId: activity.scheduledEventId,
    startedEventId,
    identity: request.identity,
  });
  draft.wantWorkflowTask();
  return undefined;
}

export function failActivity(
  draft: Draft,
  { activity: ref, request }: InputOf<'activityFailed'>,
): Rejection | undefined {
  const activity = findStarted(draft, ref);
  if (activity === undefined) return activityTaskNotFound();
  const { blobSizeBytesMax } = draft.env.limits;
  const isOversized = (request.failure?.length ?? 0) > blobSizeBytesMax;
  const failure = isOversized
    ? serverFailure('Activity failure exceeds size limit.')
    : (request.failure ?? Failure.encode({}));
  const withHeartbeat =
    request.lastHeartbeatDetails === undefined
      ? activity
      : { ...activity, heartbeatDetails: request.lastHeartbeatDetails.slice() };
  failAttempt(draft, withHeartbeat, failure, request.identity, request.workerVersion);
  return undefined;
}

function failAttempt(
  draft: Draft,
  activity: PendingActivity,
  failure: Uint8Array,
  identity: string,
  workerVersion?: WorkerVersionStamp,
): void {
  const state = retryOrStop(draft, activity, failure);
  if (state === RetryState.IN_PROGRESS) return;
  const startedEventId = writeStarted(draft, activity, workerVersion);
  draft.happen(EventType.ACTIVITY_TASK_FAILED, {
    failure,
    scheduledEventId: activity.scheduledEventId,
    startedEventId,
    identity,
    retryState: state,
  });
  draft.wantWorkflowTask();
}

export function cancelActivity(
  draft: Draft,
  { activity: ref, request }: InputOf<'activityCanceled'>,
): Rejection | undefined {
  const activity = findStarted(draft, ref);
  if (activity === undefined) return activityTaskNotFound();
  if (activity.cancelRequestedEventId === 0)
    return invalidArgument('unable to mark activity as canceled without activity being request canceled first');
  const startedEventId = writeStarted(draft, activity);
  draft.happen(EventType.ACTIVITY_TASK_CANCELED, {
    details: request.details,
    latestCancelRequestedEventId: activity.cancelRequestedEventId,
    scheduledEventId: activity.scheduledEventId,
    startedEventId,
    identity: request.identity,
  });
  draft.wantWorkflowTask();
  return undefined;
}

/** The caller reads from the state whether cancellation is asked for. An oversized heartbeat fails the activity. */
export function recordHeartbeat(
  draft: Draft,
  { activity: ref, request }: InputOf<'activityHeartbeat'>,
): Rejection | undefined {
  const activity = findStarted(draft, ref);
  if (activity === undefined) return activityTaskNotFound();
  if ((request.details?.length ?? 0) > draft.env.limits.blobSizeBytesMax) {
    failAttempt(draft, activity, serverFailure('Heartbeat details exceed size limit.'), request.identity);
    return undefined;
  }
  update(draft, activity, { heartbeatAtMs: draft.env.nowMs, heartbeatDetails: request.details?.slice() });
  return undefined;
}

/** Retries by policy (IN_PROGRESS), or says why not. */
function retryOrStop(draft: Draft, activity: PendingActivity, failure: Uint8Array): RetryState {
  if (activity.cancelRequestedEventId !== 0) return RetryState.CANCEL_REQUESTED;
  const { nowMs, limits } = draft.env;
  const expiresAtMs = activity.scheduleToCloseMs > 0 ? activity.scheduledAtMs + activity.scheduleToCloseMs : undefined;
  const decision = decideRetry({
    policy: activity.retryPolicy,
    attempt: activity.attempt,
    failure,
    nowMs,
    expiresAtMs,
  });
  if (decision.kind === 'stop') return decision.state;
  update(draft, activity, {
    phase: decision.delayMs > 0 ? 'backoff' : 'scheduled',
    attempt: activity.attempt + 1,
    stamp: activity.stamp + 1,
    attemptScheduledAtMs: nowMs + decision.delayMs,
    startedAtMs: 0,
    requestId: '',
    identity: '',
    heartbeatAtMs: 0,
    heartbeatDetails: activity.heartbeatDetails,
    lastFailure: truncatedFailure(failure, limits.lastFailureSizeBytesMax),
    lastAttemptCompletedAtMs: nowMs,
    lastIdentity: activity.identity,
  });
  if (decision.delayMs <= 0)
    draft.effect({ kind: 'offerActivityTask', scheduledEventId: activity.scheduledEventId, eager: false });
  return RetryState.IN_PROGRESS;
}

/** The pause between two attempts is over. */
export function endActivityBackoff(draft: Draft, activity: PendingActivity): void {
  update(draft, activity, {
    phase: 'scheduled',
    attemptScheduledAtMs: Math.max(activity.attemptScheduledAtMs, activity.scheduledAtMs),
  });
  draft.effect({ kind: 'offerActivityTask', scheduledEventId: activity.scheduledEventId, eager: false });
}

export function timeOutActivity(draft: Draft, activity: PendingActivity, timeoutType: TimeoutType): void {
  const failure = timeoutFailure(activity, timeoutType);
  const state = retryOrStop(draft, activity, failure);
  if (state === RetryState.IN_PROGRESS) return;
  const isStarted = activity.phase === 'started';
  const startedEventId = isStarted ? writeStarted(draft, activity) : 0;
  const isOutOfTime = state === RetryState.TIMEOUT && isAttemptTimeout(timeoutType);
  draft.happen(EventType.ACTIVITY_TASK_TIMED_OUT, {
    failure: isOutOfTime ? scheduleToCloseFailure(activity, failure) : failure,
    scheduledEventId: activity.scheduledEventId,
    startedEventId,
    retryState: isAttemptTimeout(timeoutType) ? state : RetryState.TIMEOUT,
  });
  draft.wantWorkflowTask();
}

function isAttemptTimeout(timeoutType: TimeoutType): boolean {
  return timeoutType === TimeoutType.START_TO_CLOSE || timeoutType === TimeoutType.HEARTBEAT;
}

const TIMEOUT_NAMES: Readonly<Record<TimeoutType, string>> = {
  [TimeoutType.UNSPECIFIED]: 'Unspecified',
  [TimeoutType.START_TO_CLOSE]: 'StartToClose',
  [TimeoutType.SCHEDULE_TO_START]: 'ScheduleToStart',
  [TimeoutType.SCHEDULE_TO_CLOSE]: 'ScheduleToClose',
  [TimeoutType.HEARTBEAT]: 'Heartbeat',
};

const OUT_OF_TIME =
  'Not enough time to schedule next retry before activity ScheduleToClose timeout, giving up retrying';

function timeoutFailure(activity: PendingActivity, timeoutType: TimeoutType): Uint8Array {
  return Failure.encode({
    message:
      timeoutType === TimeoutType.SCHEDULE_TO_CLOSE ? OUT_OF_TIME : `activity ${TIMEOUT_NAMES[timeoutType]} timeout`,
    source: 'Server',
    cause: activity.lastFailure,
    timeoutFailureInfo: { timeoutType, lastHeartbeatDetails: activity.heartbeatDetails },
  });
}

/** An attempt timed out and no time is left for another: to the workflow that is ScheduleToClose, with the attempt as cause. */
function scheduleToCloseFailure(activity: PendingActivity, cause: Uint8Array): Uint8Array {
  return Failure.encode({
    message: OUT_OF_TIME,
    source: 'Server',
    cause,
    timeoutFailureInfo: { timeoutType: TimeoutType.SCHEDULE_TO_CLOSE, lastHeartbeatDetails: activity.heartbeatDetails },
  });
}

export function serverFailure(message: string, nonRetryable = true): Uint8Array {
  return Failure.encode({ message, source: 'Server', serverFailureInfo: { nonRetryable } });
}

/** Kept small: it travels with every describe and with the next attempt's Started event. */
function truncatedFailure(failure: Uint8Array, sizeBytesMax: number): Uint8Array {
  if (failure.length <= sizeBytesMax) return failure.slice();
  const { message, source, stackTrace, applicationFailureInfo, timeoutFailureInfo, serverFailureInfo } =
    Failure.decode(failure);
  const cut = (text: string): string => text.slice(0, Math.floor(sizeBytesMax / 4));
  return Failure.encode({
    message: cut(message),
    source,
    stackTrace: cut(stackTrace),
    applicationFailureInfo: applicationFailureInfo && {
      type: applicationFailureInfo.type,
      nonRetryable: applicationFailureInfo.nonRetryable,
    },
    timeoutFailureInfo: timeoutFailureInfo && { timeoutType: timeoutFailureInfo.timeoutType },
    serverFailureInfo,
  });
}

/** Writes the Started event at last, with the time of the start; its id, or the placeholder while it is buffered. */
function writeStarted(draft: Draft, activity: PendingActivity, workerVersion?: WorkerVersionStamp): number {
  const eventId = draft.happen(
    EventType.ACTIVITY_TASK_STARTED,
    {
      scheduledEventId: activity.scheduledEventId,
      identity: activity.identity,
      requestId: activity.requestId,
      attempt: activity.attempt,
      lastFailure: activity.lastFailure,
      workerVersion,
    },
    { eventTimeMs: activity.startedAtMs === 0 ? draft.env.nowMs : activity.startedAtMs },
  );
  return eventId ?? BUFFERED_EVENT_ID;
}

export function findActivity(draft: Draft, ref: ActivityRef): PendingActivity | undefined {
  const { activities, activityIds } = draft.state;
  const scheduledEventId =
    ref.by === 'id' || ref.scheduledEventId === 0 ? activityIds.get(ref.activityId) : ref.scheduledEventId;
  const activity = scheduledEventId === undefined ? undefined : activities.get(scheduledEventId);
  if (activity === undefined || ref.by === 'id') return activity;
  if (ref.scheduledEventId === 0) return activity;
  return activity.attempt === ref.attempt && activity.stamp === ref.stamp ? activity : undefined;
}

function findStarted(draft: Draft, ref: ActivityRef): PendingActivity | undefined {
  const activity = findActivity(draft, ref);
  // By id an activity can be closed that no worker ever started: whoever knows its outcome may say it.
  return activity?.phase === 'started' || ref.by === 'id' ? activity : undefined;
}

function update(draft: Draft, activity: PendingActivity, change: Partial<ActivityResidue>): void {
  const { phase, attempt, stamp, attemptScheduledAtMs, startedAtMs, requestId, identity } = activity;
  const { heartbeatAtMs, heartbeatDetails, lastFailure, lastAttemptCompletedAtMs, lastIdentity } = activity;
  const residue: ActivityResidue = {
    phase,
    attempt,
    stamp,
    attemptScheduledAtMs,
    startedAtMs,
    requestId,
    identity,
    heartbeatAtMs,
    heartbeatDetails,
    lastFailure,
    lastAttemptCompletedAtMs,
    lastIdentity,
    ...change,
  };
  draft.fact({ record: 'fact', kind: 'activity', scheduledEventId: activity.scheduledEventId, residue });
}
