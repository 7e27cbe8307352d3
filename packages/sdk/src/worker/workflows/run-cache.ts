/** Which executions stay in memory: the ones used last, within bounds of bytes and of number. Pure. */

export interface RunCacheLimits {
  readonly bytesMax: number;
  readonly runsMax: number;
}

export class RunCache {
  readonly #limits: RunCacheLimits;
  /** Oldest use first. */
  readonly #bytesOf = new Map<string, number>();
  #bytes = 0;

  constructor(limits: RunCacheLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#bytesOf.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The run was used just now and takes so many bytes. */
  touch(runId: string, bytes: number): void {
    this.remove(runId);
    this.#bytesOf.set(runId, bytes);
    this.#bytes += bytes;
  }

  remove(runId: string): void {
    const bytes = this.#bytesOf.get(runId);
    if (bytes === undefined) return;
    this.#bytesOf.delete(runId);
    this.#bytes -= bytes;
  }

  /** Takes out those that must go, oldest use first; what `isBusy` stays whatever the bounds say. */
  overflow(isBusy: (runId: string) => boolean): string[] {
    const gone: string[] = [];
    if (!this.#isOver()) return gone;
    for (const runId of this.#bytesOf.keys()) {
      if (!this.#isOver()) break;
      if (isBusy(runId)) continue;
      this.remove(runId);
      gone.push(runId);
    }
    return gone;
  }

  #isOver(): boolean {
    return this.#bytes > this.#limits.bytesMax || this.#bytesOf.size > this.#limits.runsMax;
  }
}
