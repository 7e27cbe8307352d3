/** The machine's clock behind the port. */
import type { Clock } from '../ports/index.js';

/**
 * Long waits are made of short ones, after each of which the calendar is read again: when the machine slept or its clock
 * was set forward, what is due meanwhile fires at most this late.
 */
const TIMEOUT_MS_MAX = 1_000;

export class SystemClock implements Clock {
  #timer: NodeJS.Timeout | undefined;

  nowMs(): number {
    return Date.now();
  }

  wakeAt(timeMs: number, wake: () => void): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    if (timeMs === Infinity) return;
    const waitMs = Math.min(Math.max(0, Math.ceil(timeMs - Date.now())), TIMEOUT_MS_MAX);
    // The event loop's clock may run a millisecond ahead of the calendar's: never early is checked, not assumed.
    this.#timer = setTimeout(() => (Date.now() < timeMs ? this.wakeAt(timeMs, wake) : wake()), waitMs);
  }

  stop(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
