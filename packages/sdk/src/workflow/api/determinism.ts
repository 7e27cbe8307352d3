/** Randomness and versions of the code that come out the same in every replay. */
import { currentRun, requireRun } from '../runtime/current.js';
import { isPatched } from '../runtime/patches.js';
import { uuid4From } from '../runtime/random.js';
import { currentRandom } from '../runtime/random-streams.js';

/** A random UUID, the same in every replay. Not for secrets. */
export function uuid4(): string {
  const run = currentRun();
  return uuid4From(run === undefined ? { random: Math.random } : currentRandom(run));
}

/**
 * True where the changed code is to run: in new runs, and in replays of runs that ran it. False in replays of older runs, so
 * that they go on as they began.
 *
 * @example
 * if (patched('my-change')) await newActivity();
 * else await oldActivity();
 */
export function patched(patchId: string): boolean {
  return isPatched(requireRun('patched()'), patchId);
}

/** When no run from before a patch is left: replaces `patched`, keeps histories with the patch valid, and can go later. */
export function deprecatePatch(patchId: string): void {
  isPatched(requireRun('deprecatePatch()'), patchId, true);
}
