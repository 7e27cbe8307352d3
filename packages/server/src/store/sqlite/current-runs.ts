/**
 * What is known of the current runs of workflow ids, by the ids' hashes: who took the key last, or that nobody has it. It
 * spares a start the search for a run that it would have to replace, which the look-up before it has just made in vain.
 */
import type { ExecNo } from '../../ports/index.js';
import { RecentMap } from './recent-map.js';

/** No execution has this number. */
const NOBODY = 0;
const RECENT_MAX = 10_000;

export class CurrentRuns {
  readonly #byIdHash = new RecentMap<number, ExecNo>(RECENT_MAX);

  /** No workflow id of that hash has a current run. Whoever gets one is noted by `take`, so this stays true until then. */
  noteNobody(idHash: number): void {
    this.#byIdHash.set(idHash, NOBODY);
  }

  take(idHash: number, execNo: ExecNo): void {
    this.#byIdHash.set(idHash, execNo);
  }

  isNobody(idHash: number): boolean {
    return this.#byIdHash.get(idHash) === NOBODY;
  }

  /** False when another took the key since, or when it is not known. */
  isLast(idHash: number, execNo: ExecNo): boolean {
    return this.#byIdHash.get(idHash) === execNo;
  }

  /** After a rollback. */
  forget(): void {
    this.#byIdHash.clear();
  }
}
