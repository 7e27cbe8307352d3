/** How failed activities and workflows are tried again. */
import type { RetryPolicy as WireRetryPolicy } from '@perdure/protocol';
import { durationMs } from './duration.js';
import type { Duration } from './duration.js';
import { ValueError } from './errors.js';

export interface RetryPolicy {
  /** By how much the wait grows from one attempt to the next; 1 or more. Default 2. */
  backoffCoefficient?: number | undefined;
  /** Before the second attempt. Default 1 s. */
  initialInterval?: Duration | undefined;
  /** With the first attempt; 1 is no retry. Default: unlimited. */
  maximumAttempts?: number | undefined;
  /** Bounds the growing wait. Default: 100 times the initial interval. */
  maximumInterval?: Duration | undefined;
  /** Types of ApplicationFailure that are not retried. */
  nonRetryableErrorTypes?: string[] | undefined;
}

/** The policy for the wire. Throws ValueError for numbers that cannot be. */
export function compileRetryPolicy(policy: RetryPolicy): WireRetryPolicy {
  const { backoffCoefficient, maximumAttempts, nonRetryableErrorTypes } = policy;
  if (backoffCoefficient !== undefined && backoffCoefficient < 1) {
    throw new ValueError('retry.backoffCoefficient must be 1 or more');
  }
  const initialInterval = intervalMs('initialInterval', policy.initialInterval);
  const maximumInterval = intervalMs('maximumInterval', policy.maximumInterval);
  if ((maximumInterval ?? Infinity) < (initialInterval ?? 1000)) {
    throw new ValueError('retry.maximumInterval cannot be less than retry.initialInterval, which is 1 s by default');
  }
  return {
    backoffCoefficient: backoffCoefficient ?? 0,
    initialInterval,
    maximumInterval,
    maximumAttempts: attempts(maximumAttempts),
    nonRetryableErrorTypes: nonRetryableErrorTypes ?? [],
  };
}

/** The policy as users write it. */
export function decompileRetryPolicy(policy: WireRetryPolicy | null | undefined): RetryPolicy | undefined {
  if (policy === null || policy === undefined) return undefined;
  return {
    backoffCoefficient: policy.backoffCoefficient || undefined,
    initialInterval: policy.initialInterval,
    maximumAttempts: policy.maximumAttempts || undefined,
    maximumInterval: policy.maximumInterval,
    nonRetryableErrorTypes: policy.nonRetryableErrorTypes,
  };
}

function intervalMs(name: string, interval: Duration | undefined): number | undefined {
  if (interval === undefined) return undefined;
  const ms = durationMs(interval);
  if (ms === 0) throw new ValueError(`retry.${name} cannot be 0`);
  return ms;
}

/** 0 is unlimited on the wire. */
function attempts(maximum: number | undefined): number {
  if (maximum === undefined || maximum === Infinity) return 0;
  if (Number.isInteger(maximum) && maximum >= 1) return maximum;
  throw new ValueError(
    `retry.maximumAttempts is ${maximum}: give a whole number from 1 (no retry), or leave it out for no limit`,
  );
}
