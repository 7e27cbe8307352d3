/**
 * The waiting tasks of one queue as a bounded window over their stored rows. Every task has a row in the store from its
 * commit until its start is committed; this class holds those that are served next.
 *
 * A stored task is in one of four places:
 * - coming: assigned, its commit not flushed yet, not offered;
 * - waiting: in memory;
 * - out: handed to a poller, its start not committed yet;
 * - beyond: only in the store.
 *
 * Invariants:
 * 1. With a bound, a visible task is in memory (or out) if its key is <= bound, and beyond if its key is > bound.
 *    Without a bound nothing is beyond. So the first task in memory is the first of all, and
 *    "memory is empty and there is no bound" means that the queue is empty.
 * 2. A load reads rows > bound. The bound does not move while it runs, except down, which voids the load.
 *    What is offered beyond the bound meanwhile is kept as an arrival, since the read may or may not see it; what is
 *    dropped meanwhile is remembered, since the read may still see it.
 * 3. Rows that are coming or out are not taken from a load: the offer, or the task given back, brings them.
 * 4. How many tasks are beyond is only counted, for statistics. No decision hangs on that number.
 */
import { Backlog, FIRST_KEY, compareKeys, keyOf } from './backlog.js';
import type { OrderKey } from './backlog.js';
import { RecentSet } from './recent-set.js';

/** Longer than any commit takes: the engine retries or drops within seconds. */
const FLIGHT_MS = 60_000;

export interface WindowLoad {
  /** Tells a late answer of an earlier load. */
  readonly loadNo: number;
  /** Rows with a higher key are wanted, in order. */
  readonly after: OrderKey;
  /** Rows at most. */
  readonly limit: number;
}

interface RunningLoad<Task> extends WindowLoad {
  readonly arrivals: Map<number, Task>;
  readonly gone: Set<number>;
  isVoid: boolean;
}

export class BacklogWindow<Task extends OrderKey> {
  readonly #tasksMax: number;
  readonly #waiting = new Backlog<Task>();
  readonly #coming = new RecentSet(FLIGHT_MS);
  readonly #out = new RecentSet(FLIGHT_MS);
  #bound: OrderKey | undefined;
  /** Not below any key in memory. */
  #highest: OrderKey = FIRST_KEY;
  #beyondCount = 0;
  #load: RunningLoad<Task> | undefined;
  #loadNo = 0;

  /** `tasksMax`: tasks in memory; up to half as many more while better ones come than those in memory. */
  constructor(tasksMax: number) {
    this.#tasksMax = Math.max(1, tasksMax);
  }

  /** Nothing waits, in memory or beyond. */
  get isEmpty(): boolean {
    return this.#waiting.size === 0 && this.#bound === undefined;
  }

  /** Empty, and nothing is in flight either: the window may be thrown away. */
  isUnused(nowMs: number): boolean {
    this.#coming.age(nowMs);
    this.#out.age(nowMs);
    return this.isEmpty && this.#coming.size === 0 && this.#out.size === 0;
  }

  /** Part of the backlog may be in the store only. */
  get hasBound(): boolean {
    return this.#bound !== undefined;
  }

  get inMemoryCount(): number {
    return this.#waiting.size;
  }

  /** Approximate. */
  get beyondCount(): number {
    return this.#beyondCount + (this.#load?.arrivals.size ?? 0);
  }

  /** How many tasks will be offered soon: pollers parked now are theirs. */
  comingCount(nowMs: number): number {
    this.#coming.age(nowMs);
    return this.#coming.size;
  }

  levels(): ReturnType<Backlog<Task>['levels']> {
    return this.#waiting.levels();
  }

  /** A transition stores a row for this task: it is to be offered, or dropped if the commit fails. */
  expect(taskNo: number, nowMs: number): void {
    this.#coming.add(taskNo, nowMs);
  }

  /** The task's row is visible, or its start did not come to pass. False if it waits already. */
  add(task: Task): boolean {
    this.#coming.delete(task.taskNo);
    this.#out.delete(task.taskNo);
    if (this.#waiting.has(task.taskNo)) return false;
    this.#place(task);
    return true;
  }

  /** An offered task goes to a poller without waiting. Only when the window is empty. */
  pass(task: Task, nowMs: number): void {
    this.#coming.delete(task.taskNo);
    this.#out.add(task.taskNo, nowMs);
  }

  peek(): Task | undefined {
    return this.#waiting.peek();
  }

  pop(nowMs: number): Task | undefined {
    const task = this.#waiting.pop();
    if (task !== undefined) this.#out.add(task.taskNo, nowMs);
    return task;
  }

  /** The task's row is gone: it was started, or became invalid. */
  drop(taskNo: number): void {
    const load = this.#load;
    if (load !== undefined && !load.isVoid) {
      load.gone.add(taskNo);
      if (load.gone.size > 2 * this.#tasksMax) this.#voidLoad();
    }
    if (load?.arrivals.delete(taskNo) === true) return;
    if (this.#waiting.remove(taskNo) !== undefined) return;
    if (this.#coming.delete(taskNo) || this.#out.delete(taskNo)) return;
    this.#beyondCount = Math.max(0, this.#beyondCount - 1);
  }

  /** Rows to read now, if some are wanted. The read must see all that was offered before this call. */
  beginLoad(): WindowLoad | undefined {
    if (!this.isLoadWanted || this.#bound === undefined) return undefined;
    this.#loadNo += 1;
    const limit = this.#tasksMax - this.#waiting.size;
    const request = { loadNo: this.#loadNo, after: this.#bound, limit };
    this.#load = { ...request, arrivals: new Map(), gone: new Set(), isVoid: false };
    return request;
  }

  get isLoadWanted(): boolean {
    return this.#load === undefined && this.#bound !== undefined && 2 * this.#waiting.size < this.#tasksMax;
  }

  /** The answer: rows in order; `isEnd` if the store had no more. Without `loadNo` it belongs to the running load. */
  endLoad(rows: readonly Task[], isEnd: boolean, loadNo?: number): void {
    const load = this.#load;
    if (load === undefined || (loadNo !== undefined && loadNo !== load.loadNo)) return;
    this.#load = undefined;
    if (load.isVoid) return;
    const last = rows.at(-1);
    this.#bound = isEnd ? undefined : keyOf(last ?? load.after);
    this.#beyondCount = isEnd ? 0 : Math.max(0, this.#beyondCount - rows.length);
    for (const row of rows) if (this.#isNew(row, load)) this.#place(row);
    for (const task of load.arrivals.values()) this.#place(task);
  }

  /** The read failed: it is wanted again. */
  failLoad(): void {
    this.#voidLoad();
    this.#load = undefined;
  }

  /** Rows that this window has never seen are in the store: all is read again from the start. */
  addBeyond(count: number): void {
    this.#voidLoad();
    this.#beyondCount += this.#waiting.size + count;
    this.#waiting.clear();
    this.#bound = FIRST_KEY;
  }

  /** Removes and returns all tasks in memory, in order; what is beyond is forgotten. */
  clear(): Task[] {
    const tasks = [...this.#waiting.tasks(), ...(this.#load?.arrivals.values() ?? [])].sort(compareKeys);
    this.#waiting.clear();
    this.#load = undefined;
    this.#bound = undefined;
    this.#beyondCount = 0;
    return tasks;
  }

  #isNew(row: Task, load: RunningLoad<Task>): boolean {
    const no = row.taskNo;
    if (load.gone.has(no) || load.arrivals.has(no)) return false;
    return !this.#coming.has(no) && !this.#out.has(no) && !this.#waiting.has(no);
  }

  #place(task: Task): void {
    if (this.#bound === undefined && this.#waiting.size >= this.#tasksMax) this.#bound = this.#highest;
    if (this.#bound === undefined || compareKeys(task, this.#bound) <= 0) this.#hold(task);
    else if (this.#load === undefined || this.#load.isVoid) this.#beyondCount += 1;
    else this.#keepArrival(task, this.#load);
  }

  #keepArrival(task: Task, load: RunningLoad<Task>): void {
    load.arrivals.set(task.taskNo, task);
    if (load.arrivals.size > this.#tasksMax) this.#voidLoad();
  }

  #hold(task: Task): void {
    if (this.#waiting.size === 0) this.#highest = FIRST_KEY;
    if (compareKeys(task, this.#highest) > 0) this.#highest = keyOf(task);
    this.#waiting.add(task);
    if (this.#waiting.size > this.#tasksMax + (this.#tasksMax >> 1)) this.#evict();
  }

  #evict(): void {
    const evicted = this.#waiting.tasks().slice(this.#tasksMax - 1);
    const highest = evicted.shift();
    if (highest === undefined) return;
    for (const task of evicted) this.#waiting.remove(task.taskNo);
    this.#beyondCount += evicted.length;
    this.#highest = keyOf(highest);
    this.#bound = this.#highest;
    this.#voidLoad();
  }

  /** The answer of the running load will be thrown away; arrivals are beyond like all that it would have read. */
  #voidLoad(): void {
    const load = this.#load;
    if (load === undefined || load.isVoid) return;
    load.isVoid = true;
    this.#beyondCount += load.arrivals.size;
    load.arrivals.clear();
    load.gone.clear();
  }
}
