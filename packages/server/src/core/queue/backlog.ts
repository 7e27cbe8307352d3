/**
 * Tasks that wait, in the order in which they are served: priority, then fairness pass, then age.
 * One heap per priority, because priorities are few and statistics are wanted per priority.
 */
import { Heap } from './heap.js';
import type { HeapEntry } from './heap.js';

/** Total order of the stored tasks of one queue. */
export interface OrderKey {
  /** 1..5, lower first. */
  readonly priorityKey: number;
  /** Fairness order inside one priority, see `fairness.ts`. */
  readonly passTicket: number;
  /** Order of creation; unique among stored tasks, from 1. */
  readonly taskNo: number;
}

/** Before every task. */
export const FIRST_KEY: OrderKey = { priorityKey: 0, passTicket: 0, taskNo: 0 };

export function keyOf(task: OrderKey): OrderKey {
  return { priorityKey: task.priorityKey, passTicket: task.passTicket, taskNo: task.taskNo };
}

/** Negative if `a` is served before `b`. */
export function compareKeys(a: OrderKey, b: OrderKey): number {
  return a.priorityKey - b.priorityKey || a.passTicket - b.passTicket || a.taskNo - b.taskNo;
}

interface Entry<Task> extends HeapEntry {
  readonly task: Task;
}

export class Backlog<Task extends OrderKey> {
  readonly #levels: (Heap<Entry<Task>> | undefined)[] = [];
  readonly #byNo = new Map<number, Entry<Task>>();

  get size(): number {
    return this.#byNo.size;
  }

  has(taskNo: number): boolean {
    return this.#byNo.has(taskNo);
  }

  /** The task must not be in the backlog yet. */
  add(task: Task): void {
    if (this.#byNo.has(task.taskNo)) throw new Error(`task ${task.taskNo} waits already`);
    const entry = { task, at: -1 };
    this.#byNo.set(task.taskNo, entry);
    this.#level(task.priorityKey).push(entry);
  }

  /** The task that is served next. */
  peek(): Task | undefined {
    return this.#best()?.peek()?.task;
  }

  pop(): Task | undefined {
    const entry = this.#best()?.pop();
    if (entry === undefined) return undefined;
    this.#byNo.delete(entry.task.taskNo);
    return entry.task;
  }

  remove(taskNo: number): Task | undefined {
    const entry = this.#byNo.get(taskNo);
    if (entry === undefined) return undefined;
    this.#byNo.delete(taskNo);
    this.#level(entry.task.priorityKey).remove(entry);
    return entry.task;
  }

  /** All tasks in order. O(n log n). */
  tasks(): Task[] {
    return Array.from(this.#byNo.values(), (entry) => entry.task).sort(compareKeys);
  }

  clear(): void {
    this.#byNo.clear();
    this.#levels.length = 0;
  }

  /** The tasks of each priority that has some: how many, and the one that is served next. */
  *levels(): Generator<{ readonly priorityKey: number; readonly count: number; readonly first: Task }> {
    for (const [priorityKey, level] of this.#levels.entries()) {
      const first = level?.peek()?.task;
      if (level !== undefined && first !== undefined) yield { priorityKey, count: level.size, first };
    }
  }

  #best(): Heap<Entry<Task>> | undefined {
    return this.#levels.find((level) => level !== undefined && level.size > 0);
  }

  #level(priorityKey: number): Heap<Entry<Task>> {
    return (this.#levels[priorityKey] ??= new Heap((a, b) => compareKeys(a.task, b.task) < 0));
  }
}
