/** The simulated world: virtual time and one queue of events. Nothing in it is real: no clock, no timers, no chance
 * but the seed's. */
import { EventQueue } from './event-queue.js';
import type { Scheduled } from './event-queue.js';
import { Failures } from './failures.js';
import { Rng } from './rng.js';
import { TRACE_ORIGIN_MS } from './trace.js';
import type { Trace } from './trace.js';

/** More events than any sound world of this size needs: something runs in circles. */
const EVENTS_MAX = 400_000;

export class World {
  /** Milliseconds since the epoch, with fractions: the order of things within one millisecond matters. */
  nowMs = TRACE_ORIGIN_MS;
  readonly rng: Rng;
  readonly trace: Trace;
  readonly failures = new Failures();
  #events = 0;
  readonly #queue = new EventQueue();

  constructor(seed: number, trace: Trace) {
    this.rng = new Rng(seed);
    this.trace = trace;
  }

  after(delayMs: number, act: () => void): Scheduled {
    return this.#queue.add(this.nowMs + Math.max(0, delayMs), act);
  }

  log(who: string, what: string): void {
    this.trace.line(this.nowMs, who, what);
  }

  /** Only built and kept when somebody wants to read the trace. */
  detail(who: string, what: () => string): void {
    if (this.trace.isDetailed) this.log(who, what());
  }

  get events(): number {
    return this.#events;
  }

  /** Lets things happen until `isDone`, or nothing is left, or that much time has passed. True if done. */
  run(limitMs: number, isDone: () => boolean): boolean {
    const endMs = this.nowMs + limitMs;
    for (;;) {
      if (this.failures.any) return false;
      if (isDone()) return true;
      const next = this.#queue.take();
      if (next === undefined) return isDone();
      if (next.atMs > endMs) {
        this.#queue.putBack(next);
        this.nowMs = endMs;
        return isDone();
      }
      this.nowMs = Math.max(this.nowMs, next.atMs);
      this.#events += 1;
      if (this.#events > EVENTS_MAX) throw new Error(`more than ${EVENTS_MAX} events: the world runs in circles`);
      next.act?.();
    }
  }
}
