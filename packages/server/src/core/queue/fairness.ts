/**
 * Fairness inside one priority by stride scheduling: every fairness key has a pass number that advances by
 * STRIDE / weight with each of its tasks, and tasks are served by pass. A key with weight 2 thus gets two tasks for each
 * one of a key with weight 1, however many either has waiting. A key that comes back after a pause starts at the pass
 * now served, so that idleness earns no credit; for the same reason such keys need not be remembered.
 */
export const STRIDE = 1000;
export const DEFAULT_FAIRNESS_WEIGHT = 1;
export const FAIRNESS_WEIGHT_MIN = 0.001;
export const FAIRNESS_WEIGHT_MAX = 1000;

const SWEEP_FROM_KEYS = 64;

/** 0 or nonsense is the default weight. */
export function clampWeight(weight: number): number {
  if (!(weight > 0)) return DEFAULT_FAIRNESS_WEIGHT;
  return Math.min(FAIRNESS_WEIGHT_MAX, Math.max(FAIRNESS_WEIGHT_MIN, weight));
}

interface Level {
  /** Highest ticket served. */
  servedPass: number;
  /** Least pass of a key that is not remembered. */
  floorPass: number;
  readonly passes: Map<string, number>;
  sweepAtKeys: number;
}

export class FairnessClock {
  readonly #keysMax: number;
  readonly #levels = new Map<number, Level>();
  #floorPass = 0;

  /** `keysMax`: fairness keys remembered for one priority. */
  constructor(keysMax: number) {
    this.#keysMax = Math.max(1, keysMax);
  }

  /** The ticket of a new task: a whole number, higher than all earlier ones of its key. */
  assign(priorityKey: number, fairnessKey: string, weight: number): number {
    const level = this.#level(priorityKey);
    const pass = Math.max(level.passes.get(fairnessKey) ?? level.floorPass, level.servedPass);
    const ticket = pass + Math.round(STRIDE / clampWeight(weight));
    level.passes.set(fairnessKey, ticket);
    if (level.passes.size > level.sweepAtKeys) this.#sweep(level);
    return ticket;
  }

  served(priorityKey: number, ticket: number): void {
    const level = this.#level(priorityKey);
    level.servedPass = Math.max(level.servedPass, ticket);
  }

  /** Tasks with tickets up to this one are stored from an earlier life: all keys go on behind them. */
  goOnAfter(ticketMax: number): void {
    this.#floorPass = Math.max(this.#floorPass, ticketMax);
    for (const level of this.#levels.values()) {
      level.floorPass = Math.max(level.floorPass, ticketMax);
      for (const [key, pass] of level.passes) if (pass < ticketMax) level.passes.delete(key);
    }
  }

  /** Fairness keys remembered, over all priorities. */
  get keyCount(): number {
    let count = 0;
    for (const level of this.#levels.values()) count += level.passes.size;
    return count;
  }

  #level(priorityKey: number): Level {
    let level = this.#levels.get(priorityKey);
    if (level === undefined) {
      level = { servedPass: 0, floorPass: this.#floorPass, passes: new Map(), sweepAtKeys: SWEEP_FROM_KEYS };
      this.#levels.set(priorityKey, level);
    }
    return level;
  }

  /** Forgets idle keys; if too many are left, those that are least ahead, whose passes become the floor of all. */
  #sweep(level: Level): void {
    for (const [key, pass] of level.passes) if (pass <= level.servedPass) level.passes.delete(key);
    if (level.passes.size > this.#keysMax) {
      const byPass = [...level.passes].sort((a, b) => a[1] - b[1]);
      for (const [key, pass] of byPass.slice(0, byPass.length - (this.#keysMax >> 1))) {
        level.passes.delete(key);
        level.floorPass = Math.max(level.floorPass, pass);
      }
    }
    level.sweepAtKeys = Math.min(Math.max(SWEEP_FROM_KEYS, level.passes.size * 2), this.#keysMax);
  }
}
