/** Activities without a workflow: options, and what the server says of them. */
import type {
  ActivityCallbackInfo,
  ActivityExecutionInfo as WireInfo,
  ActivityExecutionListInfo as WireListInfo,
} from '@perdure/protocol';
import type { Anything } from '../../conversion/anything.js';
import type { Duration } from '../../conversion/duration.js';
import type { Priority } from '../../conversion/priority.js';
import type { RetryPolicy } from '../../conversion/retry-policy.js';
import type { SearchAttributePair, TypedSearchAttributes } from '../../conversion/search-attributes.js';
import type { WorkerDeploymentVersion } from '../../conversion/versioning.js';
import type { ActivityFunction } from '../../conversion/workflow-types.js';
import type {
  ActivityExecutionStatus,
  ActivityIdConflictPolicy,
  ActivityIdReusePolicy,
  PendingActivityState,
} from './enums.js';

export interface ActivityOptions {
  /** Unique among the running ones of a namespace. */
  id: string;
  taskQueue: string;
  args?: readonly Anything[] | undefined;
  /** The attempt fails when it is silent for longer. Default: no heartbeats are expected. */
  heartbeatTimeout?: Duration | undefined;
  retry?: RetryPolicy | undefined;
  /** For one attempt. This or `scheduleToCloseTimeout` must be given. */
  startToCloseTimeout?: Duration | undefined;
  /** Until a worker has it. Default: no limit. */
  scheduleToStartTimeout?: Duration | undefined;
  /** For all attempts together. */
  scheduleToCloseTimeout?: Duration | undefined;
  /** One line of Markdown for the UI. */
  summary?: string | undefined;
  priority?: Priority | undefined;
  startDelay?: Duration | undefined;
  idReusePolicy?: ActivityIdReusePolicy | undefined;
  idConflictPolicy?: ActivityIdConflictPolicy | undefined;
  typedSearchAttributes?: SearchAttributePair[] | TypedSearchAttributes | undefined;
}

/** Names of the activities of an object of functions. */
export type ActivityName<T> = {
  [N in keyof T & string]: T[N] extends ActivityFunction ? N : never;
}[keyof T & string];
export type ActivityArgs<T, N extends ActivityName<T>> = T[N] extends ActivityFunction<infer P> ? P : never;
export type ActivityResult<T, N extends ActivityName<T>> =
  T[N] extends ActivityFunction<Anything[], infer R> ? R : never;
export type ActivityOptionsWithArgs<Args extends Anything[]> = Omit<ActivityOptions, 'args'> &
  (Args extends [Anything, ...Anything[]]
    ? { args: Args | Readonly<Args> }
    : { args?: Args | Readonly<Args> | undefined });
export type ActivityOptionsFor<T, N extends ActivityName<T>> = ActivityOptionsWithArgs<ActivityArgs<T, N>>;

export interface GetActivityHandleOptions {
  /** The newest run when absent. */
  runId?: string | undefined;
}

/** What a description has beside the rest. Default: none of it. */
export interface ActivityDescribeOptions {
  includeInput?: boolean | undefined;
  includeOutcome?: boolean | undefined;
  includeHeartbeatDetails?: boolean | undefined;
  includeLastFailure?: boolean | undefined;
}

export interface ActivityPauseOptions {
  reason?: string | undefined;
}

export interface ActivityUnpauseOptions {
  reason?: string | undefined;
  /** The next attempt is put off at random by up to this much. */
  jitter?: Duration | undefined;
}

/** What changes; null takes a limit away, and what is left out stays. */
export interface ActivityOptionsUpdate {
  taskQueue?: string | undefined;
  scheduleToCloseTimeout?: Duration | null | undefined;
  scheduleToStartTimeout?: Duration | null | undefined;
  startToCloseTimeout?: Duration | null | undefined;
  heartbeatTimeout?: Duration | null | undefined;
  retry?: RetryPolicy | null | undefined;
  priority?: Priority | null | undefined;
  startDelay?: Duration | null | undefined;
}

/** The options from then on. */
export type ActivityOptionsUpdateResult = {
  [K in keyof ActivityOptionsUpdate]: Exclude<ActivityOptionsUpdate[K], null>;
};

export type RawActivityExecutionInfo = WireInfo;
export type RawActivityExecutionListInfo = WireListInfo;
export type RawActivityExecutionCallbacks = ActivityCallbackInfo[];

export interface ActivityExecutionInfo {
  /** The message of the server, for one of a list. */
  rawListInfo?: RawActivityExecutionListInfo | undefined;
  activityId: string;
  activityRunId: string;
  activityType: string;
  scheduleTime?: Date | undefined;
  closeTime?: Date | undefined;
  status: ActivityExecutionStatus;
  typedSearchAttributes: TypedSearchAttributes;
  taskQueue: string;
  executionDurationMs?: number | undefined;
  executionTime?: Date | undefined;
}

export interface ActivityExecutionDescription extends ActivityExecutionInfo {
  rawInfo: RawActivityExecutionInfo;
  rawCallbacks: RawActivityExecutionCallbacks;
  runState?: PendingActivityState | undefined;
  scheduleToCloseTimeoutMs?: number | undefined;
  scheduleToStartTimeoutMs?: number | undefined;
  startToCloseTimeoutMs?: number | undefined;
  heartbeatTimeoutMs?: number | undefined;
  retryPolicy: RetryPolicy;
  lastHeartbeatTime?: Date | undefined;
  lastStartedTime?: Date | undefined;
  attempt: number;
  expirationTime?: Date | undefined;
  lastWorkerIdentity?: string | undefined;
  currentRetryIntervalMs?: number | undefined;
  lastAttemptCompleteTime?: Date | undefined;
  nextAttemptScheduleTime?: Date | undefined;
  lastDeploymentVersion?: WorkerDeploymentVersion | undefined;
  priority: Priority;
  canceledReason?: string | undefined;
  startDelayMs?: number | undefined;
  totalHeartbeatCount?: number | undefined;
  /** What was not asked for is not there: see ActivityDescribeOptions. */
  hasHeartbeatDetails: boolean;
  hasLastFailure: boolean;
  hasInput: boolean;
  hasResult: boolean;
  hasOutcomeFailure: boolean;
  /** Decoded when asked for. */
  getHeartbeatDetails<T = Anything>(): Promise<T | undefined>;
  getLastFailure(): Promise<Error | undefined>;
  getInput<T extends Anything[] = Anything[]>(): Promise<T | undefined>;
  getResult<T = Anything>(): Promise<T | undefined>;
  getOutcomeFailure(): Promise<Error | undefined>;
}

export interface CountActivityExecutions {
  count: number;
  /** One for each value of the query's GROUP BY. */
  groups: { count: number; groupValues: unknown[] }[];
}
