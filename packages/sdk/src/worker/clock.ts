/** Time for the parts of a worker that decide: real in production, a number in tests. */

export interface Clock {
  /** Since the epoch. */
  nowMs(): number;
  /** Calls once after the delay; answers how to prevent it. */
  after(delayMs: number, callback: () => void): () => void;
}

/** The longest delay a Node timer takes. */
const TIMER_MS_MAX = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(TIMER_MS_MAX, Math.max(0, delayMs)));
    return () => clearTimeout(timer);
  },
};
