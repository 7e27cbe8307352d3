/** How a run ends, or why its task fails. */
import { ensureTemporalFailure, TemporalFailure } from '../../conversion/failure.js';
import { ContinueAsNew, isCancellation } from './errors.js';
import type { Run } from './run.js';
import { encodeValue } from './values.js';

export function completes(run: Run, result: unknown): void {
  run.close({ kind: 'completeWorkflow', result: encodeValue(run.conversion, result) });
}

/** Failures end the run; other errors only fail the task, which is tried again once the code is mended. */
export function fails(run: Run, error: unknown): void {
  if (run.isCancelled && isCancellation(error)) run.close({ kind: 'cancelWorkflow' });
  else if (error instanceof ContinueAsNew) run.close(error.command);
  else if (error instanceof TemporalFailure || isFailureByOptions(run, error)) {
    run.handlers.forgetRunning();
    run.close({ kind: 'failWorkflow', failure: run.failureOf(ensureTemporalFailure(error)) });
  } else run.failTask(error);
}

/** By class, as the workflow's options say, or by the name of a class, as the worker's do. */
function isFailureByOptions(run: Run, error: unknown): boolean {
  const names = run.options.workflowFailureErrorTypes ?? [];
  if (names.includes('Error') || run.failureClasses.some((failureClass) => failureClass === Error)) return true;
  if (run.failureClasses.some((failureClass) => error instanceof failureClass)) return true;
  return names.length > 0 && classNames(error).some((name) => names.includes(name));
}

function classNames(error: unknown): string[] {
  const names: string[] = [];
  if (typeof error !== 'object' || error === null) return names;
  let errorClass: unknown = error.constructor;
  while (typeof errorClass === 'function' && errorClass !== Function.prototype) {
    names.push(errorClass.name);
    errorClass = Object.getPrototypeOf(errorClass);
  }
  return names;
}
