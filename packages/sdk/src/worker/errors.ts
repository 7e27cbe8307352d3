/** Why a worker stopped, or could not do what it was asked for. */
import { namedErrorClass } from '../conversion/error-class.js';

/** `Worker.run` ended before all activities had, because `shutdownForceTime` had passed. */
export class GracefulShutdownPeriodExpiredError extends Error {}
namedErrorClass(GracefulShutdownPeriodExpiredError, 'GracefulShutdownPeriodExpiredError');

/** A promise in workflow code was rejected, and nothing handled it. */
export class UnhandledRejectionError extends Error {
  declare readonly cause: unknown;

  constructor(message: string, cause: unknown) {
    super(message, { cause });
  }
}
namedErrorClass(UnhandledRejectionError, 'UnhandledRejectionError');

export interface CombinedWorkerRunErrorCause {
  /** What `Worker.run` rejected with. */
  workerError: unknown;
  /** What the promise given to `Worker.runUntil` rejected with. */
  innerError: unknown;
}

/** Both the worker and the promise given to `runUntil` failed. */
export class CombinedWorkerRunError extends Error {
  declare readonly cause: CombinedWorkerRunErrorCause;

  constructor(message: string, { cause }: { cause: CombinedWorkerRunErrorCause }) {
    super(message, { cause });
  }
}
namedErrorClass(CombinedWorkerRunError, 'CombinedWorkerRunError');

/** The worker stopped, and the promise given to `runUntil` had not settled `promiseCompletionTimeout` later. */
export class PromiseCompletionTimeoutError extends Error {}
namedErrorClass(PromiseCompletionTimeoutError, 'PromiseCompletionTimeoutError');

/** The server refused a worker's calls in a way that waiting does not mend; `cause` is the gRPC status. */
export class TransportError extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
  }
}
namedErrorClass(TransportError, 'TransportError');

/** The worker has been shut down, so it does no more work. */
export class ShutdownError extends Error {}
namedErrorClass(ShutdownError, 'ShutdownError');

/** Something that cannot happen did: a bug in this package. */
export class UnexpectedError extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
  }
}
namedErrorClass(UnexpectedError, 'UnexpectedError');
