/** How long to wait before polling again after failures in a row; for ever. Pure. */

const INITIAL_MS = 100;
const OVERLOAD_INITIAL_MS = 1000;
const FACTOR = 2;
const MAXIMUM_MS = 10_000;
/** Part of the wait that is random: all workers of a server that comes back must not come at once. */
const JITTER = 0.2;

/** `failureCount`: the first is 1. `random`: 0 to 1. */
export function pollBackoffMs(failureCount: number, isOverload: boolean, random: number): number {
  const initialMs = isOverload ? OVERLOAD_INITIAL_MS : INITIAL_MS;
  const waitMs = Math.min(MAXIMUM_MS, initialMs * FACTOR ** Math.min(30, failureCount - 1));
  return waitMs * (1 + JITTER * (random * 2 - 1));
}
