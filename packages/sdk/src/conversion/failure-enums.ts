/** Why something was not retried, which time-out struck, and how serious an application's failure is. */
import { ApplicationErrorCategoryNames, RetryStateNames, TimeoutTypeNames } from '@perdure/protocol';
import type {
  ApplicationErrorCategory as WireCategory,
  RetryState as WireRetryState,
  TimeoutType as WireTimeoutType,
} from '@perdure/protocol';
import { enumCodec } from './enum-codec.js';

/** Why there was no further attempt. */
export const RetryState = {
  /** There will be another attempt. */
  IN_PROGRESS: 'IN_PROGRESS',
  NON_RETRYABLE_FAILURE: 'NON_RETRYABLE_FAILURE',
  /** No time was left for another attempt. */
  TIMEOUT: 'TIMEOUT',
  MAXIMUM_ATTEMPTS_REACHED: 'MAXIMUM_ATTEMPTS_REACHED',
  RETRY_POLICY_NOT_SET: 'RETRY_POLICY_NOT_SET',
  INTERNAL_SERVER_ERROR: 'INTERNAL_SERVER_ERROR',
  CANCEL_REQUESTED: 'CANCEL_REQUESTED',
} as const;
export type RetryState = (typeof RetryState)[keyof typeof RetryState];

const retryStates = enumCodec<RetryState, WireRetryState>('RetryState', RetryState, RetryStateNames);
export const encodeRetryState = retryStates.encode;
export const decodeRetryState = retryStates.decode;

/** Which time-out it was. */
export const TimeoutType = {
  START_TO_CLOSE: 'START_TO_CLOSE',
  SCHEDULE_TO_START: 'SCHEDULE_TO_START',
  SCHEDULE_TO_CLOSE: 'SCHEDULE_TO_CLOSE',
  HEARTBEAT: 'HEARTBEAT',
} as const;
export type TimeoutType = (typeof TimeoutType)[keyof typeof TimeoutType];

const timeoutTypes = enumCodec<TimeoutType, WireTimeoutType>('TimeoutType', TimeoutType, TimeoutTypeNames);
export const encodeTimeoutType = timeoutTypes.encode;
export const decodeTimeoutType = timeoutTypes.decode;

/** How a failure is logged and counted. */
export const ApplicationFailureCategory = {
  /** Expected: logged at debug level, not counted as a failure in metrics. */
  BENIGN: 'BENIGN',
} as const;
export type ApplicationFailureCategory = (typeof ApplicationFailureCategory)[keyof typeof ApplicationFailureCategory];

const categories = enumCodec<ApplicationFailureCategory, WireCategory>(
  'ApplicationFailureCategory',
  ApplicationFailureCategory,
  ApplicationErrorCategoryNames,
);
export const encodeApplicationFailureCategory = categories.encode;
export const decodeApplicationFailureCategory = categories.decode;
