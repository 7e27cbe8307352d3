/** Deadlines of calls: thousands at once, armed and disarmed with every call, nearly never reached. */

/** A clock that can call back. Production uses `DeadlineClock`, tests and simulations their own. */
export interface Deadlines {
  /** Epoch milliseconds. */
  nowMs(): number;
  /** Calls `expire` at or shortly after the moment, unless `disarm` was called with the returned token. */
  arm(atMs: number, entry: Expiring): unknown;
  disarm(token: unknown, entry: Expiring): void;
}

export interface Expiring {
  expire(): void;
}

interface Bucket extends Set<Expiring> {
  timer?: NodeJS.Timeout;
}

/** The longest delay a Node timer takes (25 days); no call waits longer. */
const timerDelayMsMax = 2 ** 31 - 1;

/**
 * Real time. Deadlines share timers: moments are rounded up, by 10 ms when near and by up to 1.6 % when far, as the
 * client enforces its own deadline anyway. So there are a few hundred timers, and arming is one insertion into a set.
 */
export class DeadlineClock implements Deadlines {
  readonly #buckets = new Map<number, Bucket>();

  nowMs(): number {
    return Date.now();
  }

  arm(atMs: number, entry: Expiring): Bucket | undefined {
    const delayMs = atMs - Date.now();
    if (delayMs > timerDelayMsMax) return undefined;
    const grainMs = delayMs < 1000 ? 10 : 2 ** (Math.floor(Math.log2(delayMs)) - 6);
    const dueMs = Math.ceil(atMs / grainMs) * grainMs;
    let bucket = this.#buckets.get(dueMs);
    bucket ??= this.#open(dueMs);
    bucket.add(entry);
    return bucket;
  }

  disarm(token: unknown, entry: Expiring): void {
    (token as Bucket | undefined)?.delete(entry);
  }

  /** Forgets all deadlines. */
  close(): void {
    for (const bucket of this.#buckets.values()) clearTimeout(bucket.timer);
    this.#buckets.clear();
  }

  #open(dueMs: number): Bucket {
    const bucket: Bucket = new Set();
    this.#buckets.set(dueMs, bucket);
    const delayMs = Math.max(0, dueMs - Date.now());
    bucket.timer = setTimeout(() => this.#due(dueMs, bucket), Math.min(delayMs, timerDelayMsMax));
    bucket.timer.unref();
    return bucket;
  }

  #due(dueMs: number, bucket: Bucket): void {
    this.#buckets.delete(dueMs);
    for (const entry of bucket) entry.expire();
    bucket.clear();
  }
}
