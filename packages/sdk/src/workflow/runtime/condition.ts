/** Waiting until something holds. */
import type { Duration } from '../../conversion/duration.js';
import { CancellationScope } from './cancellation-scope.js';
import type { Condition } from './conditions.js';
import { requireRun } from './current.js';
import type { TimerOptions } from './options.js';
import { isPatched } from './patches.js';
import type { Run } from './run.js';
import { sleep } from './timers.js';
import { placeBelow } from './waits.js';

/** Histories name it so: a time-out of 0 once meant none. */
const ZERO_TIMEOUT_PATCH = '__sdk_internal_patch_number:1';

/**
 * Waits until `fn` returns true. It is called after everything that happens to the workflow, so it must be quick and must
 * change nothing.
 *
 * @example
 * let isApproved = false;
 * setHandler(approve, () => void (isApproved = true));
 * if (!(await condition(() => isApproved, '7 days'))) await remind();
 */
export function condition(fn: () => boolean, timeout: Duration, options?: TimerOptions): Promise<boolean>;
export function condition(fn: () => boolean): Promise<void>;
export async function condition(
  fn: () => boolean,
  timeout?: Duration,
  options?: TimerOptions,
): Promise<void | boolean> {
  const run = requireRun('condition()');
  if (typeof fn !== 'function')
    throw new TypeError(`condition() was given ${String(fn)} instead of a function: write condition(() => isReady)`);
  const place = placeBelow(condition);
  if (timeout === 0 && !isPatched(run, ZERO_TIMEOUT_PATCH)) return holds(run, fn, place);
  if (timeout === undefined || timeout === null) return holds(run, fn, place);
  return CancellationScope.cancellable(async () => {
    try {
      return await Promise.race([sleep(timeout, options).then(() => false), holds(run, fn, place).then(() => true)]);
    } finally {
      CancellationScope.current().cancel();
    }
  });
}

function holds(run: Run, fn: () => boolean, place: Error): Promise<void> {
  return new Promise((resolve, reject) => {
    const scope = CancellationScope.current();
    if (scope.consideredCancelled) {
      scope.listen({ onCancel: reject });
      return;
    }
    const listener = {
      onCancel(error: Error): void {
        run.conditions.delete(waiting);
        reject(error);
      },
    };
    if (scope.cancellable) scope.listen(listener);
    const end = (): void => {
      scope.unlisten(listener);
      resolve();
    };
    const waiting: Condition = { fn, resolve: end, place };
    if (fn()) end();
    else run.conditions.add(waiting);
  });
}
