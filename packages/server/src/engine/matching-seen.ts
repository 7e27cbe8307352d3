/** Who polled a queue lately: kept for a while after the poll is answered, bounded in number. */
import type { ParkedPoller, PollerInfo } from './matching-contract.js';

/** What the field reports for a worker that declares no limit. */
const RATE_PER_SECOND_UNLIMITED = 100_000;

interface Sighting {
  lastAccessMs: number;
  ratePerSecond: number;
}

export class PollersSeen {
  readonly #keptMs: number;
  readonly #identitiesMax: number;
  readonly #byIdentity = new Map<string, Sighting>();
  #lastMs = -Infinity;

  constructor(keptMs: number, identitiesMax: number) {
    this.#keptMs = keptMs;
    this.#identitiesMax = identitiesMax;
  }

  /** When anybody was last seen; -Infinity if never. */
  get lastMs(): number {
    return this.#lastMs;
  }

  /** Identities, old ones among them until they are swept out. */
  get count(): number {
    return this.#byIdentity.size;
  }

  note(poller: ParkedPoller, nowMs: number): void {
    this.#lastMs = Math.max(this.#lastMs, nowMs);
    const known = this.#byIdentity.get(poller.identity);
    if (known !== undefined) {
      known.lastAccessMs = Math.max(known.lastAccessMs, nowMs);
      known.ratePerSecond = poller.ratePerSecond ?? RATE_PER_SECOND_UNLIMITED;
      return;
    }
    if (this.#byIdentity.size >= this.#identitiesMax) this.#makeRoom(nowMs);
    const ratePerSecond = poller.ratePerSecond ?? RATE_PER_SECOND_UNLIMITED;
    this.#byIdentity.set(poller.identity, { lastAccessMs: nowMs, ratePerSecond });
  }

  list(nowMs: number): PollerInfo[] {
    this.#forgetBefore(nowMs - this.#keptMs);
    return Array.from(this.#byIdentity, ([identity, sighting]) => ({ identity, ...sighting }));
  }

  clear(): void {
    this.#byIdentity.clear();
    this.#lastMs = -Infinity;
  }

  /** Half of them go if all are recent, so that a flood of names costs O(1) a name. */
  #makeRoom(nowMs: number): void {
    this.#forgetBefore(nowMs - this.#keptMs);
    if (this.#byIdentity.size * 2 <= this.#identitiesMax) return;
    const accesses = Array.from(this.#byIdentity.values(), (sighting) => sighting.lastAccessMs).sort((a, b) => a - b);
    this.#forgetBefore((accesses[accesses.length >> 1] ?? nowMs) + 1);
  }

  #forgetBefore(oldestMs: number): void {
    for (const [identity, { lastAccessMs }] of this.#byIdentity) {
      if (lastAccessMs < oldestMs) this.#byIdentity.delete(identity);
    }
  }
}
