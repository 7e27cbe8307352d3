/** Options of what workflow code asks for. */
import type { Duration } from '../../conversion/duration.js';
import type { Priority } from '../../conversion/priority.js';
import type { RetryPolicy } from '../../conversion/retry-policy.js';
import type { SearchAttributePair, TypedSearchAttributes } from '../../conversion/search-attributes.js';
import type { InitialVersioningBehavior } from '../../conversion/versioning.js';
import type { CommonWorkflowOptions } from '../../conversion/workflow-options.js';

export interface TimerOptions {
  /** One line of Markdown for the UI. */
  readonly summary?: string | undefined;
}

/** What a cancellation does with an activity that has been scheduled. Default TRY_CANCEL. */
export const ActivityCancellationType = {
  /** The activity is asked to stop, and the call throws at once. */
  TRY_CANCEL: 'TRY_CANCEL',
  /** The activity is asked to stop, and the call throws (or returns) when it has ended. */
  WAIT_CANCELLATION_COMPLETED: 'WAIT_CANCELLATION_COMPLETED',
  /** The call throws at once; the activity goes on and is not asked. */
  ABANDON: 'ABANDON',
} as const;
export type ActivityCancellationType = (typeof ActivityCancellationType)[keyof typeof ActivityCancellationType];

/** One of `startToCloseTimeout` and `scheduleToCloseTimeout` is required. */
export interface ActivityOptions {
  /** Default: a number. Set it to complete the activity by its id. */
  activityId?: string | undefined;
  /** Default: that of the workflow. */
  taskQueue?: string | undefined;
  /** The longest time between two heartbeats. Default: none, and no heartbeats are expected. */
  heartbeatTimeout?: Duration | undefined;
  /** Default: retried without limit, from 1 s on doubling up to 100 s. */
  retry?: RetryPolicy | undefined;
  /** For one attempt. */
  startToCloseTimeout?: Duration | undefined;
  /** How long an attempt may wait for a worker. Default: no limit. */
  scheduleToStartTimeout?: Duration | undefined;
  /** For all attempts together. */
  scheduleToCloseTimeout?: Duration | undefined;
  cancellationType?: ActivityCancellationType | undefined;
  /** Whether the server may hand it to this worker at once. Default true. */
  allowEagerDispatch?: boolean | undefined;
  /** One line of Markdown for the UI. */
  summary?: string | undefined;
  priority?: Priority | undefined;
}

/** One of `startToCloseTimeout` and `scheduleToCloseTimeout` is required. */
export interface LocalActivityOptions {
  retry?: RetryPolicy | undefined;
  /** For one attempt. */
  startToCloseTimeout?: Duration | undefined;
  /** How long an attempt may wait for a free slot. Default: no limit. */
  scheduleToStartTimeout?: Duration | undefined;
  /** For all attempts together. */
  scheduleToCloseTimeout?: Duration | undefined;
  /** From this back-off on, retries wait by a durable timer instead of in the worker. Default 1 minute. */
  localRetryThreshold?: Duration | undefined;
  cancellationType?: ActivityCancellationType | undefined;
  /** One line of Markdown for the UI. */
  summary?: string | undefined;
}

/** What a cancellation does with a child that has been started. Default WAIT_CANCELLATION_COMPLETED. */
export const ChildWorkflowCancellationType = {
  /** The call throws at once; the child is not asked. */
  ABANDON: 'ABANDON',
  /** The child is asked to stop, and the call throws at once. */
  TRY_CANCEL: 'TRY_CANCEL',
  /** The call throws when the request has reached the child. */
  WAIT_CANCELLATION_REQUESTED: 'WAIT_CANCELLATION_REQUESTED',
  /** The call throws (or returns) when the child has ended. */
  WAIT_CANCELLATION_COMPLETED: 'WAIT_CANCELLATION_COMPLETED',
} as const;
export type ChildWorkflowCancellationType =
  (typeof ChildWorkflowCancellationType)[keyof typeof ChildWorkflowCancellationType];

/** What becomes of a child when its parent ends. Default TERMINATE. */
export const ParentClosePolicy = {
  TERMINATE: 'TERMINATE',
  /** It goes on. */
  ABANDON: 'ABANDON',
  REQUEST_CANCEL: 'REQUEST_CANCEL',
} as const;
export type ParentClosePolicy = (typeof ParentClosePolicy)[keyof typeof ParentClosePolicy];

export interface ChildWorkflowOptions extends Omit<CommonWorkflowOptions, 'workflowIdConflictPolicy'> {
  /** Default: a random one. */
  workflowId?: string | undefined;
  /** Default: that of the parent. */
  taskQueue?: string | undefined;
  cancellationType?: ChildWorkflowCancellationType | undefined;
  parentClosePolicy?: ParentClosePolicy | undefined;
}

export type ChildWorkflowOptionsWithDefaults = ChildWorkflowOptions & {
  workflowId: string;
  cancellationType: ChildWorkflowCancellationType;
  args: unknown[];
};

/** What the next run has, where it differs from this one. */
export interface ContinueAsNewOptions {
  workflowType?: string | undefined;
  taskQueue?: string | undefined;
  workflowRunTimeout?: Duration | undefined;
  workflowTaskTimeout?: Duration | undefined;
  /** How long the next run waits before its first workflow task. */
  backoffStartInterval?: Duration | undefined;
  memo?: Record<string, unknown> | undefined;
  typedSearchAttributes?: SearchAttributePair[] | TypedSearchAttributes | undefined;
  initialVersioningBehavior?: InitialVersioningBehavior | undefined;
}
