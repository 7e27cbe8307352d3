/** Counts the permits of one kind of task; a rule says when there may be one more. Waiters are served in order. */
import type { Clock } from '../clock.js';
import type { Permit, Slots } from './slots.js';
import type { SlotInfo } from './tuner-options.js';

export interface SlotRule {
  readonly kind: string;
  readonly slotsMax: number;
  /** 0: now. Infinity: when one has been released. Else: ask again after so long. */
  waitMs(issuedCount: number, nowMs: number): number;
  /** One more has been given out. */
  issued(nowMs: number): void;
}

/** At most so many. */
export function fixedRule(slotsMax: number): SlotRule {
  return {
    kind: 'Fixed',
    slotsMax,
    waitMs: (issuedCount) => (issuedCount < slotsMax ? 0 : Infinity),
    issued: () => undefined,
  };
}

interface Waiter<Info extends SlotInfo> {
  readonly give: (permit: Permit<Info>) => void;
}

export class SlotPool<Info extends SlotInfo = SlotInfo> implements Slots<Info> {
  readonly #rule: SlotRule;
  readonly #clock: Clock;
  readonly #waiting = new Set<Waiter<Info>>();
  #issuedCount = 0;
  #usedCount = 0;
  #stopAsking: (() => void) | undefined;

  constructor(rule: SlotRule, clock: Clock) {
    this.#rule = rule;
    this.#clock = clock;
  }

  get kind(): string {
    return this.#rule.kind;
  }

  get usedCount(): number {
    return this.#usedCount;
  }

  get availableCount(): number {
    return Math.max(0, this.#rule.slotsMax - this.#usedCount);
  }

  tryReserve(): Permit<Info> | undefined {
    if (this.#waiting.size > 0 || this.#rule.waitMs(this.#issuedCount, this.#clock.nowMs()) > 0) return undefined;
    return this.#issue();
  }

  reserve(_isSticky: boolean, signal: AbortSignal): Permit<Info> | Promise<Permit<Info>> {
    return this.tryReserve() ?? this.#wait(signal);
  }

  #wait(signal: AbortSignal): Promise<Permit<Info>> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#waiting.delete(waiter);
        reject(signal.reason as Error);
      };
      const waiter: Waiter<Info> = {
        give: (permit) => {
          signal.removeEventListener('abort', stop);
          resolve(permit);
        },
      };
      if (signal.aborted) return stop();
      signal.addEventListener('abort', stop, { once: true });
      this.#waiting.add(waiter);
      this.#serve();
    });
  }

  #issue(): Permit<Info> {
    this.#issuedCount += 1;
    this.#rule.issued(this.#clock.nowMs());
    let state: 'reserved' | 'used' | 'released' = 'reserved';
    return {
      use: () => {
        if (state !== 'reserved') return;
        state = 'used';
        this.#usedCount += 1;
      },
      release: () => {
        if (state === 'released') return;
        if (state === 'used') this.#usedCount -= 1;
        state = 'released';
        this.#issuedCount -= 1;
        if (this.#waiting.size > 0) this.#serve();
      },
    };
  }

  /** Gives to those who wait what there is, and asks again when the rule says so. */
  #serve(): void {
    this.#stopAsking?.();
    this.#stopAsking = undefined;
    for (const waiter of this.#waiting) {
      const waitMs = this.#rule.waitMs(this.#issuedCount, this.#clock.nowMs());
      if (waitMs > 0) {
        if (waitMs < Infinity) this.#stopAsking = this.#clock.after(waitMs, () => this.#serve());
        return;
      }
      this.#waiting.delete(waiter);
      waiter.give(this.#issue());
    }
  }
}
