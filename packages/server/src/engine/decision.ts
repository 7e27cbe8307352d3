/**
 * One decision: the changes of one or more runs that belong into one commit, and what is to be done when the commit is on
 * disk, or when it is void.
 */
import {
  countedState,
  encodeFacts,
  encodeSnapshot,
  isClosed,
  joinHistory,
  nextDueMs,
} from '../core/execution/index.js';
import type { ExecutionState, StateRecord, Transition } from '../core/execution/index.js';
import type { Limits } from '../core/limits.js';
import type { Write } from '../ports/index.js';
import type { Run } from './run.js';

/** What the decided transitions of one run add up to: one stored row. */
export interface Change {
  readonly run: Run;
  readonly isNew: boolean;
  firstEventId: number;
  readonly events: Uint8Array[];
  readonly records: StateRecord[];
  isStored: boolean;
  /** The run's list row must be written again. */
  isRowChanged: boolean;
}

export class Decision {
  readonly changes = new Map<Run, Change>();
  readonly writes: Write[] = [];
  readonly #sealed: [Run, ExecutionState][] = [];
  readonly #onCommitted: (() => void)[] = [];
  readonly #onVoided: (() => void)[] = [];

  /** Runs after the commit is flushed, in the order given. */
  onCommitted(act: () => void): void {
    this.#onCommitted.push(act);
  }

  /** Runs when the commit did not happen: gives back what was taken for it. */
  onVoided(act: () => void): void {
    this.#onVoided.push(act);
  }

  /** Nothing is decided in it any more: its states are what will be on disk. */
  seal(): void {
    for (const run of this.changes.keys()) this.#sealed.push([run, run.state]);
  }

  committed(): void {
    for (const [run, state] of this.#sealed)
      if (state.transitionCount >= run.durable.transitionCount) run.durable = state;
    for (const act of this.#onCommitted) act();
  }

  voided(): void {
    for (const act of this.#onVoided) act();
  }

  /** The decision hangs on the run's state, though it does not change it: it is void if that state is. */
  touch(run: Run, isNew = false): Change {
    let change = this.changes.get(run);
    if (change === undefined) {
      const firstEventId = run.state.nextEventId;
      change = { run, isNew, firstEventId, events: [], records: [], isStored: false, isRowChanged: isNew };
      this.changes.set(run, change);
    }
    return change;
  }

  absorb(run: Run, transition: Transition, isNew = false): void {
    const isFirst = !this.changes.has(run);
    const change = this.touch(run, isNew);
    if (isFirst) change.firstEventId = transition.firstEventId;
    const before = run.state;
    run.state = transition.state;
    for (const event of transition.events) change.events.push(event);
    for (const record of transition.records) change.records.push(record);
    change.isStored ||= transition.isStored;
    change.isRowChanged ||=
      before.status !== transition.state.status ||
      before.searchAttributes !== transition.state.searchAttributes ||
      before.memo !== transition.state.memo;
  }

  get hasWrites(): boolean {
    if (this.writes.length > 0) return true;
    for (const change of this.changes.values()) if (change.isStored) return true;
    return false;
  }
}

export interface SealContext {
  readonly limits: Limits;
  readonly putExecution: (run: Run) => Write;
  /** Until when a closed run is kept. */
  readonly retentionDueMs: (run: Run) => number;
}

/** Appends the writes of a run's change; the run's own bookkeeping advances with them. */
export function sealChange(change: Change, context: SealContext, writes: Write[]): void {
  const { run } = change;
  if (!change.isStored) return;
  const { execNo } = run;
  const events = joinHistory(change.events);
  const facts = encodeFacts(change.records);
  const { firstEventId } = change;
  const eventCount = change.events.length;
  run.seq += 1;
  writes.push({ kind: 'appendTransition', execNo, seq: run.seq, firstEventId, eventCount, events, facts });
  run.tail.append({ firstEventId, eventCount, events });
  run.tail.trim(run.state.previousStartedEventId + 1);
  run.bytesSinceSnapshot += events.length + facts.length;
  run.transitionsSinceSnapshot += 1;
  // Several transitions of one decision are one stored row, and are counted as one.
  run.state = countedState(run.state, run.seq);
  if (change.isRowChanged) writes.push(context.putExecution(run));
  sealTimer(run, context, writes);
  if (wantsSnapshot(run, context.limits)) {
    writes.push({ kind: 'putSnapshot', execNo, seq: run.seq, bytes: encodeSnapshot(run.state) });
    run.bytesSinceSnapshot = 0;
    run.transitionsSinceSnapshot = 0;
  }
}

function wantsSnapshot(run: Run, limits: Limits): boolean {
  if (isClosed(run.state.status)) return false;
  return (
    run.bytesSinceSnapshot >= limits.snapshotEveryBytes ||
    run.transitionsSinceSnapshot >= limits.snapshotEveryTransitions
  );
}

/** The stored timer is never later than the true deadline; it may be earlier (lazy disarming). */
function sealTimer(run: Run, context: SealContext, writes: Write[]): void {
  const { execNo, state } = run;
  const dueMs = isClosed(state.status) ? context.retentionDueMs(run) : nextDueMs(state);
  if (dueMs === undefined) return;
  if (run.armedDueMs !== undefined && run.armedDueMs <= dueMs && !isClosed(state.status)) return;
  if (run.armedDueMs === dueMs) return;
  run.armedDueMs = dueMs;
  writes.push({ kind: 'putTimer', execNo, dueMs });
}
