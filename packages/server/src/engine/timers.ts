/**
 * Timers: a window in memory over the stored rows (due time, execution), at most one row an execution. A million
 * sleeping executions cost nothing here; what is due soon fires to the millisecond.
 *
 * Invariants:
 * 1. There is a bound. An execution whose next timer is due before the bound is in memory from the decision on, commit
 *    in flight or not; one due at the bound or later is only in the store.
 * 2. To move the window, `wantsLoad` raises the bound first and then asks for all rows due below it; timers armed
 *    meanwhile go by the new bound. What the read returns for an execution that was touched since it began is stale, and
 *    is not taken: memory knows better.
 * 3. The bound moves down only to keep memory bounded (an answer that is not complete, too many timers armed); what is
 *    at or above it is let go, because a later read brings it.
 * 4. A timer taken is not brought back by a read until the engine has decided about its execution: `arm`, `disarm` or
 *    `rearm`.
 *
 * What the engine must hold to: a read asked for by `wantsLoad` sees every commit decided before (it waits for those in
 * flight). A commit that failed is told by `rearm` or `disarm`, with what the store still says.
 */
import { Heap } from '../core/queue/heap.js';
import type { HeapEntry } from '../core/queue/heap.js';
import { RecentSet } from '../core/queue/recent-set.js';

export interface TimerLimits {
  /** How far ahead of now rows are loaded. */
  readonly windowMs: number;
  /** Timers in memory; twice as many while they are being armed. */
  readonly windowRowsMax: number;
}

export interface TimerRow {
  readonly execNo: number;
  readonly dueMs: number;
}

/** Rows with `fromMs` <= due < `beforeMs` in order of due time, the first `limit` of them. */
export interface TimerLoad {
  readonly fromMs: number;
  readonly beforeMs: number;
  readonly limit: number;
}

interface RunningLoad extends TimerLoad {
  readonly touched: Set<number>;
}

interface Entry extends TimerRow, HeapEntry {}

/** Longer than an execution takes to be loaded and to decide about a timer that fired. */
const DECISION_MS = 60_000;

export class Timers {
  readonly #limits: TimerLimits;
  readonly #byExec = new Map<number, Entry>();
  readonly #byDue = new Heap<Entry>((a, b) => (a.dueMs - b.dueMs || a.execNo - b.execNo) < 0);
  /** Taken, nothing decided yet. */
  readonly #taken = new RecentSet(DECISION_MS);
  #boundMs = 0;
  #load: RunningLoad | undefined;
  /** Grows while more rows than it are due in the same millisecond. */
  #loadLimit: number;
  #shrinkAt: number;

  constructor(limits: TimerLimits) {
    this.#limits = { windowMs: Math.max(2, limits.windowMs), windowRowsMax: Math.max(1, limits.windowRowsMax) };
    this.#loadLimit = this.#limits.windowRowsMax;
    this.#shrinkAt = 2 * this.#limits.windowRowsMax;
  }

  /** Timers in memory. */
  get size(): number {
    return this.#byExec.size;
  }

  /** The execution's next timer, instead of any it had; decided now, its commit perhaps in flight. */
  arm(execNo: number, dueMs: number, nowMs: number): void {
    this.#taken.age(nowMs);
    this.rearm(execNo, dueMs);
  }

  /** The commit that took or changed the timer failed, or it fired early: this is the row that counts. */
  rearm(execNo: number, dueMs: number): void {
    this.#touch(execNo);
    this.#forget(execNo);
    if (dueMs < this.#boundMs) this.#hold(execNo, dueMs);
  }

  /** The execution has no timer any more. */
  disarm(execNo: number): void {
    this.#touch(execNo);
    this.#forget(execNo);
  }

  /** Some executions whose timer is due, in order of due time. For each, `arm`, `disarm` or `rearm` must follow. */
  takeDue(nowMs: number, countMax = Infinity): number[] {
    const due: number[] = [];
    for (;;) {
      const entry = this.#byDue.peek();
      if (entry === undefined || entry.dueMs > nowMs || due.length >= countMax) return due;
      this.#forget(entry.execNo);
      this.#taken.add(entry.execNo, nowMs);
      due.push(entry.execNo);
    }
  }

  /** When something is to be done next: a timer is due, or the window must move. Undefined while only a load runs. */
  nextDueMs(): number | undefined {
    const dueMs = this.#byDue.peek()?.dueMs;
    if (this.#load !== undefined || !this.#hasRoom) return dueMs;
    return Math.min(dueMs ?? Infinity, this.#moveAtMs);
  }

  /** Rows to read now, if the window must move. The bound is raised at once; `loaded` or `loadFailed` must follow. */
  wantsLoad(nowMs: number): TimerLoad | undefined {
    if (this.#load !== undefined || !this.#hasRoom || nowMs < this.#moveAtMs) return undefined;
    const load = { fromMs: this.#boundMs, beforeMs: nowMs + this.#limits.windowMs, limit: this.#loadLimit };
    this.#boundMs = load.beforeMs;
    this.#load = { ...load, touched: new Set() };
    return load;
  }

  /** The answer; `isComplete` if there were no more rows in the range. Else the rest is wanted by another load. */
  loaded(rows: readonly TimerRow[], isComplete: boolean): void {
    const load = this.#load;
    if (load === undefined) return;
    this.#load = undefined;
    this.#loadLimit = this.#limits.windowRowsMax;
    if (!isComplete) this.#stopAt(rows.at(-1)?.dueMs ?? load.fromMs, load);
    for (const row of rows) {
      const isKnown = load.touched.has(row.execNo) || this.#taken.has(row.execNo) || this.#byExec.has(row.execNo);
      if (!isKnown && row.dueMs < this.#boundMs) this.#hold(row.execNo, row.dueMs);
    }
  }

  /** The read failed: it is wanted again. */
  loadFailed(): void {
    const load = this.#load;
    if (load === undefined) return;
    this.#load = undefined;
    this.#lower(load.fromMs);
  }

  get #hasRoom(): boolean {
    return 2 * this.#byExec.size < this.#limits.windowRowsMax;
  }

  get #moveAtMs(): number {
    return this.#boundMs - (this.#limits.windowMs >> 1);
  }

  /** Rows due in the last millisecond read may be missing, so that millisecond is read again. */
  #stopAt(lastDueMs: number, load: TimerLoad): void {
    if (lastDueMs <= load.fromMs) this.#loadLimit = 2 * load.limit;
    this.#lower(Math.max(lastDueMs, load.fromMs));
  }

  #lower(boundMs: number): void {
    if (boundMs >= this.#boundMs) return;
    this.#boundMs = boundMs;
    for (const entry of this.#byDue.retain((kept) => kept.dueMs < boundMs)) this.#byExec.delete(entry.execNo);
  }

  #hold(execNo: number, dueMs: number): void {
    const entry = { execNo, dueMs, at: -1 };
    this.#byExec.set(execNo, entry);
    this.#byDue.push(entry);
    if (this.#byExec.size > this.#shrinkAt) this.#shrink();
  }

  /** Keeps about `windowRowsMax`, the earliest. Cannot shrink what is due in one millisecond. */
  #shrink(): void {
    const dues = Array.from(this.#byExec.values(), (entry) => entry.dueMs).sort((a, b) => a - b);
    const boundMs = dues[this.#limits.windowRowsMax];
    if (boundMs !== undefined) this.#lower(boundMs === dues[0] ? boundMs + 1 : boundMs);
    this.#shrinkAt = 2 * Math.max(this.#limits.windowRowsMax, this.#byExec.size);
  }

  #touch(execNo: number): void {
    this.#taken.delete(execNo);
    this.#load?.touched.add(execNo);
  }

  #forget(execNo: number): void {
    const entry = this.#byExec.get(execNo);
    if (entry === undefined) return;
    this.#byExec.delete(execNo);
    this.#byDue.remove(entry);
  }
}
