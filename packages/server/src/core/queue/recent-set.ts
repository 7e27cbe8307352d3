/**
 * Numbers that are remembered until they are taken out, or until one to two periods have passed. For what is in flight:
 * the period is far longer than any flight, so forgetting only heals what was never reported back.
 */
export class RecentSet {
  readonly #periodMs: number;
  #young = new Set<number>();
  #old = new Set<number>();
  #turnedAtMs = 0;

  constructor(periodMs: number) {
    this.#periodMs = periodMs;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  has(value: number): boolean {
    return this.#young.has(value) || this.#old.has(value);
  }

  add(value: number, nowMs: number): void {
    this.age(nowMs);
    this.#old.delete(value);
    this.#young.add(value);
  }

  delete(value: number): boolean {
    return this.#young.delete(value) || this.#old.delete(value);
  }

  age(nowMs: number): void {
    if (this.size === 0 || nowMs < this.#turnedAtMs) {
      this.#turnedAtMs = nowMs;
    } else if (nowMs - this.#turnedAtMs >= this.#periodMs) {
      this.#old = this.#young;
      this.#young = new Set();
      this.#turnedAtMs = nowMs;
    }
  }
}
