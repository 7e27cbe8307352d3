/**
 * A module of workflow interceptors, for tests: an assertion that fails in a workflow fails the workflow. Otherwise it would fail
 * the Workflow Task, again and again, and whoever awaits the result would wait for ever.
 */
import { ApplicationFailure } from '../conversion/failure.js';
import type { WorkflowInterceptors } from '../workflow/runtime/interceptors.js';

export function interceptors(): WorkflowInterceptors {
  return {
    inbound: [
      {
        execute: (input, next) => told(() => next(input)),
        handleSignal: (input, next) => told(() => next(input)),
        handleUpdate: (input, next) => told(() => next(input)),
      },
    ],
  };
}

/** Known by its name: those of assertion libraries are told too. */
async function told<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Error) || !/^AssertionError/.test(error.name)) throw error;
    const failure = ApplicationFailure.nonRetryable(error.message, 'AssertionError');
    failure.stack = error.stack ?? '';
    throw failure;
  }
}
