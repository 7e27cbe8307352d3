/** Activities as lists and descriptions show them. */
import type { DescribeActivityExecutionResponse } from '@perdure/protocol';
import { errorFromFailureBytes, valueFromBytes, valuesFromBytes } from '../../conversion/codec-pass.js';
import type { LoadedDataConverter } from '../../conversion/data-converter.js';
import { decodePriority } from '../../conversion/priority.js';
import { decompileRetryPolicy } from '../../conversion/retry-policy.js';
import { attributesOf } from '../workflow-description.js';
import { ActivityExecutionStatus, decodeActivityExecutionStatus, decodePendingActivityState } from './enums.js';
import type { ActivityExecutionDescription, ActivityExecutionInfo, RawActivityExecutionListInfo } from './types.js';

type Common = Omit<RawActivityExecutionListInfo, 'stateTransitionCount' | 'stateSizeBytes'>;

export function activityListInfo(raw: RawActivityExecutionListInfo): ActivityExecutionInfo {
  return { rawListInfo: raw, ...commonInfo(raw) };
}

function commonInfo(raw: Common): ActivityExecutionInfo {
  return {
    activityId: raw.activityId,
    activityRunId: raw.runId,
    activityType: raw.activityType?.name ?? '',
    scheduleTime: date(raw.scheduleTime),
    closeTime: date(raw.closeTime),
    status: decodeActivityExecutionStatus(raw.status) ?? ActivityExecutionStatus.RUNNING,
    typedSearchAttributes: attributesOf(raw.searchAttributes),
    taskQueue: raw.taskQueue,
    executionDurationMs: raw.executionDuration,
    executionTime: date(raw.executionTime),
  };
}

export function activityDescription(
  converter: LoadedDataConverter,
  { info, input, outcome, callbacks, runId }: DescribeActivityExecutionResponse,
): ActivityExecutionDescription {
  if (info === undefined) throw new TypeError('the server described no activity');
  const { heartbeatDetails, lastFailure } = info;
  const failureOf = async (bytes: Uint8Array | undefined): Promise<Error | undefined> =>
    bytes && errorFromFailureBytes(converter, bytes);
  return {
    ...commonInfo({ ...info, runId: info.runId || runId }),
    rawInfo: info,
    rawCallbacks: callbacks,
    runState: decodePendingActivityState(info.runState),
    scheduleToCloseTimeoutMs: info.scheduleToCloseTimeout,
    scheduleToStartTimeoutMs: info.scheduleToStartTimeout,
    startToCloseTimeoutMs: info.startToCloseTimeout,
    heartbeatTimeoutMs: info.heartbeatTimeout,
    retryPolicy: decompileRetryPolicy(info.retryPolicy) ?? {},
    lastHeartbeatTime: date(info.lastHeartbeatTime),
    lastStartedTime: date(info.lastStartedTime),
    attempt: info.attempt,
    expirationTime: date(info.expirationTime),
    lastWorkerIdentity: info.lastWorkerIdentity || undefined,
    currentRetryIntervalMs: info.currentRetryInterval,
    lastAttemptCompleteTime: date(info.lastAttemptCompleteTime),
    nextAttemptScheduleTime: date(info.nextAttemptScheduleTime),
    lastDeploymentVersion: info.lastDeploymentVersion && { ...info.lastDeploymentVersion },
    priority: decodePriority(info.priority),
    canceledReason: info.canceledReason || undefined,
    startDelayMs: info.startDelay,
    totalHeartbeatCount: info.totalHeartbeatCount,
    hasHeartbeatDetails: heartbeatDetails !== undefined,
    hasLastFailure: lastFailure !== undefined,
    hasInput: input !== undefined,
    hasResult: outcome?.result !== undefined,
    hasOutcomeFailure: outcome?.failure !== undefined,
    getHeartbeatDetails: () => valueFromBytes(converter, heartbeatDetails),
    getLastFailure: () => failureOf(lastFailure),
    getInput: async <T>() => (input && (await valuesFromBytes(converter, input))) as T | undefined,
    getResult: () => valueFromBytes(converter, outcome?.result),
    getOutcomeFailure: () => failureOf(outcome?.failure),
  };
}

function date(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(ms);
}
