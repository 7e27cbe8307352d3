/**
 * Advice for workers that choose the number of their polls: one fewer after a poll that waited for long, one more while
 * tasks wait or come faster than they are taken. It goes with a task, never with an empty answer.
 */
const IDLE_WAIT_MS = 1_000;
const BACKLOG_AGE_MS = 200;
const ADDED_PER_DISPATCHED_MAX = 1.2;
/** Of one queue, for each worker that was seen on it; more of them would make the number of polls jump. */
const DECISION_INTERVAL_MS = 100;
const BURST_MS = 1_000;

export interface QueueLoadFacts {
  readonly backlogAgeMs: number;
  readonly addRate: number;
  readonly dispatchRate: number;
}

/** Of one queue. */
export class PollerScaling {
  #spentUntilMs = -Infinity;

  /** By how much the number of polls should change; 0 = no advice. `facts` is asked for only when it counts. */
  delta(parkedAtMs: number, nowMs: number, workers: number, facts: () => QueueLoadFacts): -1 | 0 | 1 {
    if (nowMs - parkedAtMs >= IDLE_WAIT_MS) return -1;
    if (!this.#mayDecide(nowMs, DECISION_INTERVAL_MS / Math.max(1, workers))) return 0;
    const { backlogAgeMs, addRate, dispatchRate } = facts();
    return backlogAgeMs > BACKLOG_AGE_MS || addRate > dispatchRate * ADDED_PER_DISPATCHED_MAX ? 1 : 0;
  }

  #mayDecide(nowMs: number, costMs: number): boolean {
    // Further ahead than it can be: the clock was set back.
    if (this.#spentUntilMs > nowMs + BURST_MS) this.#spentUntilMs = nowMs;
    const spentUntilMs = Math.max(this.#spentUntilMs, nowMs) + costMs;
    if (spentUntilMs > nowMs + BURST_MS) return false;
    this.#spentUntilMs = spentUntilMs;
    return true;
  }
}
