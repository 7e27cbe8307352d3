/** Enums of activities without a workflow. */
import {
  ActivityExecutionStatusNames,
  ActivityIdConflictPolicyNames,
  ActivityIdReusePolicyNames,
  PendingActivityStateNames,
} from '@perdure/protocol';
import type {
  ActivityExecutionStatus as WireStatus,
  ActivityIdConflictPolicy as WireConflictPolicy,
  ActivityIdReusePolicy as WireReusePolicy,
  PendingActivityState as WireState,
} from '@perdure/protocol';
import { enumCodec } from '../../conversion/enum-codec.js';

/** Whether an id may be used again once its last execution is closed. Default ALLOW_DUPLICATE. */
export const ActivityIdReusePolicy = {
  ALLOW_DUPLICATE: 'ALLOW_DUPLICATE',
  /** Only if the last one did not complete. */
  ALLOW_DUPLICATE_FAILED_ONLY: 'ALLOW_DUPLICATE_FAILED_ONLY',
  REJECT_DUPLICATE: 'REJECT_DUPLICATE',
} as const;
export type ActivityIdReusePolicy = (typeof ActivityIdReusePolicy)[keyof typeof ActivityIdReusePolicy];
const reusePolicies = enumCodec<ActivityIdReusePolicy, WireReusePolicy>(
  'ActivityIdReusePolicy',
  ActivityIdReusePolicy,
  ActivityIdReusePolicyNames,
);
export const encodeActivityIdReusePolicy = reusePolicies.encode;
export const decodeActivityIdReusePolicy = reusePolicies.decode;

/** What happens when an execution of the same id is running. Default FAIL. */
export const ActivityIdConflictPolicy = {
  FAIL: 'FAIL',
  /** The start answers with the running one. */
  USE_EXISTING: 'USE_EXISTING',
} as const;
export type ActivityIdConflictPolicy = (typeof ActivityIdConflictPolicy)[keyof typeof ActivityIdConflictPolicy];
const conflictPolicies = enumCodec<ActivityIdConflictPolicy, WireConflictPolicy>(
  'ActivityIdConflictPolicy',
  ActivityIdConflictPolicy,
  ActivityIdConflictPolicyNames,
);
export const encodeActivityIdConflictPolicy = conflictPolicies.encode;
export const decodeActivityIdConflictPolicy = conflictPolicies.decode;

export const ActivityExecutionStatus = {
  RUNNING: 'RUNNING',
  COMPLETED: 'COMPLETED',
  FAILED: 'FAILED',
  CANCELED: 'CANCELED',
  TERMINATED: 'TERMINATED',
  TIMED_OUT: 'TIMED_OUT',
  PAUSED: 'PAUSED',
} as const;
export type ActivityExecutionStatus = (typeof ActivityExecutionStatus)[keyof typeof ActivityExecutionStatus];
const statuses = enumCodec<ActivityExecutionStatus, WireStatus>(
  'ActivityExecutionStatus',
  ActivityExecutionStatus,
  ActivityExecutionStatusNames,
);
export const encodeActivityExecutionStatus = statuses.encode;
export const decodeActivityExecutionStatus = statuses.decode;

/** What a running activity is at. */
export const PendingActivityState = {
  SCHEDULED: 'SCHEDULED',
  STARTED: 'STARTED',
  CANCEL_REQUESTED: 'CANCEL_REQUESTED',
  PAUSED: 'PAUSED',
  PAUSE_REQUESTED: 'PAUSE_REQUESTED',
} as const;
export type PendingActivityState = (typeof PendingActivityState)[keyof typeof PendingActivityState];
const states = enumCodec<PendingActivityState, WireState>(
  'PendingActivityState',
  PendingActivityState,
  PendingActivityStateNames,
);
export const encodePendingActivityState = states.encode;
export const decodePendingActivityState = states.decode;
