/** When a failed attempt is tried again: the arithmetic of retry policies, without a clock. */
import type { DurationMs, TimeMs } from './time.js';

/** A retry policy whose defaults are filled in. */
export interface RetrySchedule {
  readonly initialIntervalMs: DurationMs;
  readonly backoffCoefficient: number;
  readonly maximumIntervalMs: DurationMs;
  /** Including the first attempt; 0 is unlimited. */
  readonly maximumAttempts: number;
  /** Error types that are never retried. */
  readonly nonRetryableErrorTypes: readonly string[];
}

/** The fields of temporal.api.common.v1.RetryPolicy; 0 and absent mean "default". */
export interface RetryPolicyFields {
  readonly initialInterval?: DurationMs | undefined;
  readonly backoffCoefficient?: number | undefined;
  readonly maximumInterval?: DurationMs | undefined;
  readonly maximumAttempts?: number | undefined;
  readonly nonRetryableErrorTypes?: readonly string[] | undefined;
}

const INITIAL_INTERVAL_MS = 1000;
const BACKOFF_COEFFICIENT = 2;
const MAXIMUM_INTERVAL_FACTOR = 100;

/** Fills in the defaults: 1 s, doubled each time, at most 100 times the initial interval, unlimited attempts. */
export function retrySchedule(policy: RetryPolicyFields): RetrySchedule {
  const initialIntervalMs = policy.initialInterval || INITIAL_INTERVAL_MS;
  return {
    initialIntervalMs,
    backoffCoefficient: policy.backoffCoefficient || BACKOFF_COEFFICIENT,
    maximumIntervalMs: policy.maximumInterval || initialIntervalMs * MAXIMUM_INTERVAL_FACTOR,
    maximumAttempts: policy.maximumAttempts ?? 0,
    nonRetryableErrorTypes: policy.nonRetryableErrorTypes ?? [],
  };
}

/** Why there is no next attempt, or how long to wait for it. */
export type NextRetry =
  | { readonly kind: 'retry'; readonly delayMs: DurationMs }
  | { readonly kind: 'attemptsExhausted' }
  | { readonly kind: 'deadlineExceeded' };

export interface RetryQuestion {
  /** Number of the attempt that failed; the first is 1. */
  readonly attempt: number;
  readonly nowMs: TimeMs;
  /** The next attempt must be able to start before this time; undefined is no deadline. */
  readonly deadlineMs?: TimeMs | undefined;
  /** Set by the failure itself; replaces the computed interval, even past the maximum. */
  readonly nextRetryDelayMs?: DurationMs | undefined;
}

/** Decides on the attempt after `question.attempt`. Whether the error's type is retryable is the caller's to know. */
export function nextRetry(schedule: RetrySchedule, question: RetryQuestion): NextRetry {
  if (schedule.maximumAttempts > 0 && question.attempt >= schedule.maximumAttempts) {
    return { kind: 'attemptsExhausted' };
  }
  const delayMs = question.nextRetryDelayMs ?? retryIntervalMs(schedule, question.attempt);
  if (question.deadlineMs !== undefined && question.nowMs + delayMs >= question.deadlineMs) {
    return { kind: 'deadlineExceeded' };
  }
  return { kind: 'retry', delayMs };
}

/** The wait after `attempt` failed: initial × coefficient^(attempt − 1), at most the maximum, never an overflow. */
export function retryIntervalMs(schedule: RetrySchedule, attempt: number): DurationMs {
  const interval = schedule.initialIntervalMs * schedule.backoffCoefficient ** Math.max(0, attempt - 1);
  return Math.min(interval, schedule.maximumIntervalMs);
}
