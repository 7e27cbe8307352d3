/** Which of the patches in the code are on in this run. A decision holds for the rest of the run. */
import { IllegalStateError } from '../../conversion/errors.js';
import type { Run } from './run.js';

export class Patches {
  /** In history, seen or to come. */
  readonly #inHistory = new Set<string>();
  readonly #decisions = new Map<string, boolean>();

  addFromHistory(patchId: string): void {
    this.#inHistory.add(patchId);
  }

  decide(run: Run, patchId: string, deprecated: boolean): boolean {
    const decided = this.#decisions.get(patchId);
    if (decided !== undefined) return decided;
    // Not decided for good: the same cached run may get to new events, where the patch is on.
    if (run.isReplaying && !this.#inHistory.has(patchId)) return false;
    this.#decisions.set(patchId, true);
    run.push({ kind: 'setPatch', patchId, deprecated });
    return true;
  }
}

/** Whether the changed code is to run. */
export function isPatched(run: Run, patchId: string, deprecated = false): boolean {
  if (run.modules === undefined)
    throw new IllegalStateError(
      `patched('${patchId}') was called while the module was loaded, before any workflow has started: ` +
        "call it in the workflow's function, where the changed code is",
    );
  run.patches ??= new Patches();
  return run.patches.decide(run, patchId, deprecated);
}
