/** What an activity may know of itself. */
import type { Anything } from '../conversion/anything.js';
import type { Priority } from '../conversion/priority.js';
import type { RetryPolicy } from '../conversion/retry-policy.js';

/** Facts of one attempt of an activity. Times are milliseconds since the epoch, durations milliseconds. */
export interface Info {
  /** For completion from outside of the worker (`AsyncCompletionClient`). */
  readonly taskToken: Uint8Array;
  readonly base64TaskToken: string;
  readonly activityId: string;
  readonly activityType: string;
  /** Of the activity's own namespace, as `namespace`. */
  readonly activityNamespace: string;
  /** The first is 1. */
  readonly attempt: number;
  /** Local activities run in the worker of their workflow; they cannot heartbeat. */
  readonly isLocal: boolean;
  /** Undefined when no workflow has scheduled it. */
  readonly workflowExecution?: { readonly workflowId: string; readonly runId: string };
  readonly workflowNamespace?: string;
  readonly workflowType?: string;
  /** Of the first attempt. */
  readonly scheduledTimestampMs: number;
  /** 0 when there is no such limit. */
  readonly scheduleToCloseTimeoutMs: number;
  readonly startToCloseTimeoutMs: number;
  readonly currentAttemptScheduledTimestampMs: number;
  /** Undefined when heartbeats are not required. */
  readonly heartbeatTimeoutMs?: number;
  /** What the last heartbeat of an earlier attempt carried. */
  readonly heartbeatDetails: Anything;
  readonly taskQueue: string;
  readonly priority?: Priority;
  readonly retryPolicy?: RetryPolicy;
  readonly namespace: string;
  /** Of an activity that no workflow has scheduled. */
  readonly activityRunId?: string;
  readonly inWorkflow: boolean;
}
