/** Bounds how often a peer does what costs us more than it: so many at once, and so many a second after that. */

export class FloodGuard {
  readonly #burst: number;
  readonly #perSecond: number;
  #left: number;
  #countedAtMs = 0;

  constructor(burst: number, perSecond: number) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#left = burst;
  }

  /** Counts one. False: that was too often. */
  allows(nowMs: number): boolean {
    const regained = ((nowMs - this.#countedAtMs) / 1000) * this.#perSecond;
    this.#left = Math.min(this.#burst, this.#left + Math.max(0, regained)) - 1;
    this.#countedAtMs = nowMs;
    return this.#left >= 0;
  }
}
