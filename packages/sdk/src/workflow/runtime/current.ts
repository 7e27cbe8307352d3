/**
 * The run that the realm is working on. Set for the time between `begin` and `conclude`: microtasks are only drained in
 * between, so code that runs belongs to this run.
 */
import { IllegalStateError } from '../../conversion/errors.js';
import type { Run } from './run.js';

let current: Run | undefined;

export function setCurrentRun(run: Run | undefined): void {
  current = run;
}

export function currentRun(): Run | undefined {
  return current;
}

/** `what`: the function that was called, for people. Throws IllegalStateError outside of a run. */
export function requireRun(what: string): Run {
  if (current !== undefined) return current;
  throw new IllegalStateError(
    `${what} was called where no workflow runs. It works only in code that a workflow function calls while a worker runs it: ` +
      'not in activities or clients, and not when a module is loaded outside of a worker. ' +
      'Clients have their own calls in perdure/client, activities in perdure/activity.',
  );
}
