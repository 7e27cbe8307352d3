/** Long texts that many rows repeat, each stored once and replaced by a number. */
import { readNumber } from './driver.js';
import type { SqliteDatabase, SqliteStatement } from './driver.js';

/** Sticky queues come and go with their workers, so the names in memory are bounded. */
const NAMES_MAX = 10_000;

export class NameTable {
  readonly #find: SqliteStatement;
  readonly #insert: SqliteStatement;
  readonly #numbers = new Map<string, number>();

  constructor(db: SqliteDatabase, table: 'namespace' | 'queue', column: 'id' | 'name') {
    this.#find = db.prepare(`SELECT no FROM ${table} WHERE ${column} = ?`);
    this.#insert = db.prepare(`INSERT INTO ${table} (${column}) VALUES (?) RETURNING no`);
  }

  /** Undefined for a name that no row ever had. */
  find(name: string): number | undefined {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const row = this.#find.get(name);
    return row === undefined ? undefined : this.#keep(name, readNumber(row, 'no'));
  }

  /** Gives the name a number if it has none; inside a transaction only. */
  numberOf(name: string): number {
    const known = this.find(name);
    if (known !== undefined) return known;
    const row = this.#insert.get(name);
    if (row === undefined) throw new Error('assertion failed: an insert returned no row');
    return this.#keep(name, readNumber(row, 'no'));
  }

  /** To be called when a transaction was rolled back: its numbers are not there. */
  forget(): void {
    this.#numbers.clear();
  }

  #keep(name: string, number: number): number {
    if (this.#numbers.size >= NAMES_MAX) this.#numbers.clear();
    this.#numbers.set(name, number);
    return number;
  }
}
