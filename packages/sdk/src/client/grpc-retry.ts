/** Repetition of calls: the one place of this package that does it. */
import { StatusCode } from '@perdure/protocol';
import type { GrpcCallInterceptor } from './call-interceptor.js';
import { isCertificateCode, isGrpcServiceError } from './grpc-error.js';
import type { GrpcServiceError } from './grpc-error.js';

/** When a call is repeated, and after how long. */
export interface GrpcRetryOptions {
  /** Milliseconds to wait before the next attempt. The first attempt is 1. */
  delayFunction: (attempt: number, error: GrpcServiceError) => number;
  retryableDecider: (attempt: number, error: GrpcServiceError) => boolean;
}

export interface BackoffOptions {
  /** By how much the wait grows. Default 1.7. */
  factor: number;
  /** Part of the wait that is random, so that many clients do not come back at once. 0 to 1, default 0.2. */
  maxJitter: number;
  /** Default 100 ms; 1,000 ms when the server says that it is overloaded. */
  initialIntervalMs: (error: GrpcServiceError) => number;
  /** Default 5,000 ms. */
  maxIntervalMs: number;
  /** Default 10. */
  maxRetries: number;
}

/** Ten times with growing, jittered waits, and only what may succeed the next time. */
export function defaultGrpcRetryOptions(options: Partial<BackoffOptions> = {}): GrpcRetryOptions {
  const { factor = 1.7, maxJitter = 0.2, maxIntervalMs = 5000, maxRetries = 10 } = options;
  const initialIntervalMs =
    options.initialIntervalMs ?? ((error) => (error.code === StatusCode.RESOURCE_EXHAUSTED ? 1000 : 100));
  return {
    delayFunction(attempt, error) {
      const waitMs = Math.min(maxIntervalMs, initialIntervalMs(error) * factor ** (attempt - 1));
      return waitMs * (1 + maxJitter * (Math.random() * 2 - 1));
    },
    retryableDecider: (attempt, error) => attempt <= maxRetries && isRetryableError(error),
  };
}

const retryable: ReadonlySet<number> = new Set([
  StatusCode.UNKNOWN,
  StatusCode.RESOURCE_EXHAUSTED,
  StatusCode.ABORTED,
  StatusCode.OUT_OF_RANGE,
  StatusCode.UNAVAILABLE,
  StatusCode.DATA_LOSS,
]);

/** Whether the same call may succeed the next time. Starts, signals and updates carry ids: repeating them does nothing twice. */
export function isRetryableError(error: GrpcServiceError): boolean {
  const { systemCode = '' } = (error.cause ?? {}) as { readonly systemCode?: string | undefined };
  if (isCertificateCode(systemCode)) return false;
  return retryable.has(error.code);
}

/**
 * An interceptor that repeats calls as the options say, for one that is put among others. Turn the connection's own repetition off
 * then: `Connection.connect({ retry: false, interceptors: [makeGrpcRetryInterceptor(options)] })`.
 */
export function makeGrpcRetryInterceptor(retryOptions: GrpcRetryOptions): GrpcCallInterceptor {
  return async (call, next) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await next(call);
      } catch (error) {
        if (!isGrpcServiceError(error) || !retryOptions.retryableDecider(attempt, error)) throw error;
        await pause(retryOptions.delayFunction(attempt, error), undefined);
      }
    }
  };
}

/** Waits; ends early, without an error, when the signal is aborted. */
export async function pause(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted === true) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, delayMs);
    signal?.addEventListener('abort', done, { once: true });
  });
}
