/**
 * One rate limit for each fairness key of a queue, the same for all, times the key's weight. Tasks stand in order of
 * fairness, so a key that may not go on holds back what stands behind it.
 */
import { newBucket, nextTokenMs, returnToken, takeToken } from './rate.js';
import type { Bucket } from './rate.js';

export class KeyRates {
  readonly perSecond: number;
  readonly #keysMax: number;
  readonly #buckets = new Map<string, Bucket>();

  /** `perSecond`: of a key with weight 1; 0 stops all. `keysMax`: buckets kept. */
  constructor(perSecond: number, keysMax: number) {
    this.perSecond = perSecond;
    this.#keysMax = Math.max(1, keysMax);
  }

  take(key: string, weight: number, nowMs: number): boolean {
    const rest = takeToken(this.#bucket(key, weight, nowMs), nowMs);
    if (rest === undefined) return false;
    // Back in, so that the map stays in order of use.
    this.#buckets.delete(key);
    this.#buckets.set(key, rest);
    if (this.#buckets.size > this.#keysMax) this.#forgetOldest();
    return true;
  }

  /** A token that was taken for nothing. */
  giveBack(key: string): void {
    const bucket = this.#buckets.get(key);
    if (bucket !== undefined) this.#buckets.set(key, returnToken(bucket));
  }

  /** When a task of the key may leave; undefined if never. */
  nextMs(key: string, weight: number, nowMs: number): number | undefined {
    return nextTokenMs(this.#bucket(key, weight, nowMs), nowMs);
  }

  #bucket(key: string, weight: number, nowMs: number): Bucket {
    return this.#buckets.get(key) ?? newBucket(this.perSecond * weight, nowMs);
  }

  #forgetOldest(): void {
    for (const key of this.#buckets.keys()) {
      this.#buckets.delete(key);
      return;
    }
  }
}
