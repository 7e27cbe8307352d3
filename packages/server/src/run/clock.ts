/** The machine's clock behind the port. */
import type { Clock } from '../ports/index.js';

/** setTimeout counts in 31 bits; longer waits are made of several. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

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
