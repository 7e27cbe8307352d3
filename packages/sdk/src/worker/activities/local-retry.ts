/** What happens after an attempt of a local activity: again here, again after a durable timer, or not again. Pure. */
import { Failure, nextRetry, retrySchedule, RetryState } from '@perdure/protocol';
import type { Init, RetryPolicy } from '@perdure/protocol';

/** Longer waits are a timer of the workflow, so that its task need not be kept alive. */
export const LOCAL_RETRY_THRESHOLD_MS = 60_000;

export interface LocalRetryQuestion {
  readonly attempt: number;
  readonly failure: Uint8Array;
  readonly retryPolicy: Init<RetryPolicy> | undefined;
  readonly nowMs: number;
  /** Of all attempts. */
  readonly deadlineMs: number | undefined;
  readonly thresholdMs: number | undefined;
}

export type LocalRetry =
  | { readonly kind: 'again'; readonly afterMs: number }
  | { readonly kind: 'timer'; readonly backoffMs: number }
  | { readonly kind: 'over'; readonly retryState: RetryState };

export function localRetry(question: LocalRetryQuestion): LocalRetry {
  const { attempt, retryPolicy, nowMs, deadlineMs, thresholdMs = LOCAL_RETRY_THRESHOLD_MS } = question;
  const info = Failure.decode(question.failure).applicationFailureInfo;
  const schedule = retrySchedule(retryPolicy ?? {});
  const isRefused = info?.nonRetryable === true || schedule.nonRetryableErrorTypes.includes(info?.type ?? '');
  if (isRefused) return { kind: 'over', retryState: RetryState.NON_RETRYABLE_FAILURE };
  const next = nextRetry(schedule, { attempt, nowMs, deadlineMs, nextRetryDelayMs: info?.nextRetryDelay });
  switch (next.kind) {
    case 'attemptsExhausted':
      return { kind: 'over', retryState: RetryState.MAXIMUM_ATTEMPTS_REACHED };
    case 'deadlineExceeded':
      return { kind: 'over', retryState: RetryState.TIMEOUT };
    case 'retry':
      if (next.delayMs > thresholdMs) return { kind: 'timer', backoffMs: next.delayMs };
      return { kind: 'again', afterMs: next.delayMs };
  }
}
