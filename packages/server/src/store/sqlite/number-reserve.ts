/**
 * Remembers which numbers were ever used, so that those of deleted rows are not given out again. It does so ahead of
 * use and in blocks, because a row changed by every commit would be a page in every commit.
 */
import { readNumber } from './driver.js';
import type { SqliteDatabase, SqliteStatement } from './driver.js';

export type NumberKind = 'exec' | 'task' | 'outbox';

const KINDS: readonly NumberKind[] = ['exec', 'task', 'outbox'];

/** Numbers that a killed process may leave unused. */
const BLOCK = 4096;

export class NumberReserve {
  readonly #read: SqliteStatement;
  readonly #update: SqliteStatement;
  #used: Record<NumberKind, number>;
  #reserved: Record<NumberKind, number>;

  constructor(db: SqliteDatabase) {
    this.#read = db.prepare('SELECT exec_no_reserved, task_no_reserved, outbox_no_reserved FROM owner');
    this.#update = db.prepare('UPDATE owner SET exec_no_reserved = ?, task_no_reserved = ?, outbox_no_reserved = ?');
    this.#reserved = this.#load();
    this.#used = { ...this.#reserved };
  }

  /** Highest numbers that were used, or may have been by a process that was killed. */
  get used(): Readonly<Record<NumberKind, number>> {
    return this.#used;
  }

  /** True if no row can have it: it is higher than all that were ever used. */
  use(kind: NumberKind, number: number): boolean {
    if (number <= this.#used[kind]) return false;
    this.#used[kind] = number;
    return true;
  }

  /** Inside the group's transaction. */
  finishGroup(): void {
    if (KINDS.every((kind) => this.#used[kind] <= this.#reserved[kind])) return;
    for (const kind of KINDS) {
      if (this.#used[kind] > this.#reserved[kind]) this.#reserved[kind] = this.#used[kind] + BLOCK;
    }
    this.#store(this.#reserved);
  }

  /** After a rollback. Numbers only seem higher than they are, which does no harm. */
  forget(): void {
    this.#reserved = this.#load();
  }

  /** Gives the unused rest of the blocks back, before the database is closed. */
  release(): void {
    this.#store(this.#used);
  }

  #store(numbers: Readonly<Record<NumberKind, number>>): void {
    this.#update.run(numbers.exec, numbers.task, numbers.outbox);
  }

  #load(): Record<NumberKind, number> {
    const row = this.#read.get();
    if (row === undefined) throw new Error('assertion failed: the owner row is missing');
    return {
      exec: readNumber(row, 'exec_no_reserved'),
      task: readNumber(row, 'task_no_reserved'),
      outbox: readNumber(row, 'outbox_no_reserved'),
    };
  }
}
