/** Events a second over the last half minute, from two counters: this window's and the last one's, weighted. */
const WINDOW_MS = 30_000;
/** A meter that has just begun must not report one event in a millisecond as a thousand a second. */
const ELAPSED_MS_MIN = 1_000;

export class RateMeter {
  #startMs = 0;
  #firstMs: number | undefined;
  #count = 0;
  #earlierCount = 0;

  mark(nowMs: number): void {
    this.#roll(nowMs);
    this.#count += 1;
  }

  perSecond(nowMs: number): number {
    if (this.#firstMs === undefined) return 0;
    this.#roll(nowMs);
    const elapsedMs = Math.max(0, nowMs - this.#startMs);
    const carried = this.#earlierCount * (1 - Math.min(1, elapsedMs / WINDOW_MS));
    const knownMs = Math.min(WINDOW_MS, Math.max(ELAPSED_MS_MIN, nowMs - this.#firstMs));
    return ((carried + this.#count) * 1000) / knownMs;
  }

  #roll(nowMs: number): void {
    if (this.#firstMs === undefined) {
      this.#firstMs = nowMs;
      this.#startMs = nowMs;
    }
    const elapsedMs = nowMs - this.#startMs;
    if (elapsedMs < WINDOW_MS) return;
    this.#earlierCount = elapsedMs < 2 * WINDOW_MS ? this.#count : 0;
    this.#count = 0;
    this.#startMs = nowMs - (elapsedMs % WINDOW_MS);
  }
}
