/** Whether misfortune strikes: by kind, at its rate, while the faulty phase lasts. Every strike is counted. */
import type { Coverage } from './coverage.js';
import type { FaultKind, SimOptions } from './options.js';
import type { Rng } from './rng.js';

export class Faults {
  readonly #options: SimOptions;
  readonly #rngs: Map<FaultKind, Rng>;
  readonly #coverage: Coverage;
  isActive = true;
  /** When the faulty phase ended; slow things that began in it may still be on their way. */
  healedAtMs = Infinity;

  constructor(options: SimOptions, rng: Rng, coverage: Coverage) {
    this.#options = options;
    this.#coverage = coverage;
    this.#rngs = new Map([...options.faults].map((kind) => [kind, rng.split(kind)]));
  }

  heal(nowMs: number): void {
    this.isActive = false;
    this.healedAtMs = nowMs;
  }

  has(kind: FaultKind): boolean {
    return this.isActive && this.#options.faults.has(kind);
  }

  /** Draws; a hit is counted against what the servers were doing. */
  strikes(kind: FaultKind, probability: number): boolean {
    if (!this.isActive) return false;
    const rng = this.#rngs.get(kind);
    if (rng === undefined || !rng.chance(Math.min(0.9, probability * this.#options.intensity))) return false;
    this.#coverage.struck(kind);
    return true;
  }

  /** The stream of a kind, for details of a strike. */
  rng(kind: FaultKind): Rng {
    const rng = this.#rngs.get(kind);
    if (rng === undefined) throw new Error(`${kind} does not strike in this world`);
    return rng;
  }

  /** A strike that the world has scheduled. */
  count(kind: FaultKind): void {
    this.#coverage.struck(kind);
  }
}
