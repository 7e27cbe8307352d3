/** Which heartbeats are sent: the first at once, then at most one in an interval, always the newest. */
import type { Clock } from '../clock.js';

export interface HeartbeatLimits {
  /** Without a heartbeat time-out. */
  readonly defaultIntervalMs: number;
  readonly maxIntervalMs: number;
}

/** 0.8 of the time-out: so one lost heartbeat is not yet the end. */
export function heartbeatIntervalMs(heartbeatTimeoutMs: number, limits: HeartbeatLimits): number {
  const { defaultIntervalMs, maxIntervalMs } = limits;
  return Math.min(maxIntervalMs, heartbeatTimeoutMs > 0 ? 0.8 * heartbeatTimeoutMs : defaultIntervalMs);
}

export class HeartbeatThrottle {
  readonly #intervalMs: number;
  readonly #clock: Clock;
  /** Sends the details. Settles when the server has answered; never rejects. */
  readonly #send: (details: unknown) => Promise<void>;
  #held: { readonly details: unknown } | undefined;
  #cancelTimer: (() => void) | undefined;
  #isSending = false;
  #isStopped = false;

  constructor(intervalMs: number, clock: Clock, send: (details: unknown) => Promise<void>) {
    this.#intervalMs = intervalMs;
    this.#clock = clock;
    this.#send = send;
  }

  beat(details: unknown): void {
    if (this.#isStopped) return;
    this.#held = { details };
    this.#sendHeld();
  }

  /** No more is sent. Answers what was not. */
  stop(): { readonly details: unknown } | undefined {
    this.#isStopped = true;
    this.#cancelTimer?.();
    return this.#held;
  }

  #sendHeld(): void {
    if (this.#held === undefined || this.#cancelTimer !== undefined || this.#isSending || this.#isStopped) return;
    const { details } = this.#held;
    this.#held = undefined;
    this.#isSending = true;
    this.#cancelTimer = this.#clock.after(this.#intervalMs, () => {
      this.#cancelTimer = undefined;
      this.#sendHeld();
    });
    void this.#send(details).then(() => {
      this.#isSending = false;
      this.#sendHeld();
    });
  }
}
