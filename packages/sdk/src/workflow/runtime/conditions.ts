/** Conditions that code waits for, looked at after every job and whenever nothing else moves. */

export interface Condition {
  readonly fn: () => boolean;
  readonly resolve: () => void;
  /** Where the code waits; formatted only when somebody asks. */
  readonly place: Error;
}

export class Conditions {
  #waiting: Set<Condition> | undefined;

  add(condition: Condition): void {
    (this.#waiting ??= new Set()).add(condition);
  }

  delete(condition: Condition): void {
    this.#waiting?.delete(condition);
  }

  all(): Iterable<Condition> {
    return this.#waiting ?? [];
  }

  /** Ends those that hold, in the order in which they came, until none does. The number of them. */
  unblock(check: () => void): number {
    let total = 0;
    for (;;) {
      check();
      let round = 0;
      for (const condition of this.#waiting ?? []) {
        if (!condition.fn()) continue;
        condition.resolve();
        round += 1;
        this.#waiting?.delete(condition);
      }
      if (round === 0) return total;
      total += round;
    }
  }
}
