/** Permits for tasks of one kind: a task is polled for only when there is room for it. */
import type { SlotInfo } from './tuner-options.js';

/** Room for one task. Release it exactly once. */
export interface Permit<Info extends SlotInfo = SlotInfo> {
  /** A task has come. */
  use(info: Info): void;
  release(): void;
}

export interface Slots<Info extends SlotInfo = SlotInfo> {
  /** For heartbeats and status: `Fixed`, `ResourceBased`, `Custom`. */
  readonly kind: string;
  /** Permits whose task has come. */
  readonly usedCount: number;
  /** How many more there could be; undefined where nobody knows. */
  readonly availableCount: number | undefined;
  tryReserve(isSticky: boolean): Permit<Info> | undefined;
  /** Waits for room. Rejects only when the signal is aborted. */
  reserve(isSticky: boolean, signal: AbortSignal): Permit<Info> | Promise<Permit<Info>>;
}
