/** Whether and when to try again: the retry policy against a failure (server-surface 3.4, 3.6). Pure. */
import { Failure, RetryState, TimeoutType, retryIntervalMs, retrySchedule } from '@perdure/protocol';
import type { Init, RetryPolicy } from '@perdure/protocol';

export type RetryDecision =
  { readonly kind: 'retry'; readonly delayMs: number } | { readonly kind: 'stop'; readonly state: RetryState };

export interface RetryInput {
  readonly policy: RetryPolicy;
  /** The attempt that just failed, from 1. */
  readonly attempt: number;
  readonly failure: Uint8Array | undefined;
  readonly nowMs: number;
  /** No attempt may begin after this; undefined = no end. */
  readonly expiresAtMs: number | undefined;
}

export function decideRetry({ policy, attempt, failure, nowMs, expiresAtMs }: RetryInput): RetryDecision {
  const facts = failure === undefined ? undefined : Failure.decode(failure);
  if (facts !== undefined && !isRetryable(facts, policy.nonRetryableErrorTypes))
    return { kind: 'stop', state: RetryState.NON_RETRYABLE_FAILURE };
  if (policy.maximumAttempts > 0 && attempt >= policy.maximumAttempts)
    return { kind: 'stop', state: RetryState.MAXIMUM_ATTEMPTS_REACHED };
  const delayMs = facts?.applicationFailureInfo?.nextRetryDelay ?? retryIntervalMs(retrySchedule(policy), attempt);
  if (expiresAtMs !== undefined && nowMs + delayMs > expiresAtMs) return { kind: 'stop', state: RetryState.TIMEOUT };
  return { kind: 'retry', delayMs };
}

function isRetryable(failure: Failure, nonRetryableTypes: readonly string[]): boolean {
  if (failure.terminatedFailureInfo !== undefined || failure.canceledFailureInfo !== undefined) return false;
  const { timeoutFailureInfo, serverFailureInfo, applicationFailureInfo } = failure;
  if (timeoutFailureInfo !== undefined) {
    const { timeoutType } = timeoutFailureInfo;
    if (timeoutType !== TimeoutType.START_TO_CLOSE && timeoutType !== TimeoutType.HEARTBEAT) return false;
    return !nonRetryableTypes.includes(
      timeoutType === TimeoutType.HEARTBEAT ? 'TemporalTimeout:Heartbeat' : 'TemporalTimeout:StartToClose',
    );
  }
  if (serverFailureInfo !== undefined) return !serverFailureInfo.nonRetryable;
  if (applicationFailureInfo !== undefined)
    return !applicationFailureInfo.nonRetryable && !nonRetryableTypes.includes(applicationFailureInfo.type);
  return true;
}

/** The policy every activity has, with the field's defaults filled in: 1 s, ×2, 100 × the first interval, no end. */
export function retryPolicyWithDefaults(policy: Init<RetryPolicy> | undefined): RetryPolicy {
  const initialInterval = positive(policy?.initialInterval) ?? 1_000;
  return {
    initialInterval,
    backoffCoefficient: positive(policy?.backoffCoefficient) ?? 2,
    maximumInterval: positive(policy?.maximumInterval) ?? initialInterval * 100,
    maximumAttempts: policy?.maximumAttempts ?? 0,
    nonRetryableErrorTypes: [...(policy?.nonRetryableErrorTypes ?? [])],
  };
}

function positive(value: number | undefined | null): number | undefined {
  return value !== undefined && value !== null && value > 0 ? value : undefined;
}

/** What is wrong with a policy as given, or undefined. */
export function retryPolicyProblem(policy: Init<RetryPolicy> | undefined | null): string | undefined {
  if (policy === undefined || policy === null) return undefined;
  if (policy.maximumAttempts === 1) return undefined;
  if ((policy.initialInterval ?? 0) < 0) return 'invalid InitialInterval set on retry policy: negative duration';
  if ((policy.maximumInterval ?? 0) < 0) return 'invalid MaximumInterval set on retry policy: negative duration';
  const coefficient = policy.backoffCoefficient ?? 0;
  if (coefficient !== 0 && coefficient < 1) return 'BackoffCoefficient cannot be less than 1 on retry policy.';
  const maximumInterval = policy.maximumInterval ?? 0;
  if (maximumInterval > 0 && maximumInterval < (policy.initialInterval ?? 0))
    return 'MaximumInterval cannot be less than InitialInterval on retry policy.';
  if ((policy.maximumAttempts ?? 0) < 0) return 'MaximumAttempts cannot be negative on retry policy.';
  return undefined;
}
