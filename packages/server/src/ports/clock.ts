/** Time, from outside. */
export interface Clock {
  /** Milliseconds since the epoch, whole. */
  nowMs(): number;
  /** Calls back once at or after the time, never early; a later call replaces an earlier one. */
  wakeAt(timeMs: number, wake: () => void): void;
}
