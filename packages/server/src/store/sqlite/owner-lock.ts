/**
 * Keeps a second server off the file while the first one lives. The lock is one of the operating system, on a small
 * database beside the real one, so it ends with its process, however that ends; a row with a process id would have to
 * be believed. (It cannot be on the database itself: lists and checkpoints have connections of their own.)
 */
import { hostname } from 'node:os';
import { openSqlite, resultCode, SQLITE } from './driver.js';
import type { SqliteDatabase } from './driver.js';

export interface OwnerProcess {
  readonly name: string;
  readonly pid: number;
  readonly host: string;
  /** RFC 3339. */
  readonly since: string;
}

export class OwnerLock {
  readonly #db: SqliteDatabase;

  private constructor(db: SqliteDatabase) {
    this.#db = db;
  }

  /** Undefined when another store, of this or any other process, has it. */
  static take(file: string): OwnerLock | undefined {
    const db = openSqlite(`${file}-owner`);
    try {
      db.exec('PRAGMA busy_timeout = 0');
      db.exec('BEGIN EXCLUSIVE');
      return new OwnerLock(db);
    } catch (error) {
      db.close();
      if (resultCode(error) === SQLITE.busy) return undefined;
      throw error;
    }
  }

  release(): void {
    this.#db.close();
  }
}

export function thisProcess(name: string): OwnerProcess {
  return { name, pid: process.pid, host: hostname(), since: new Date().toISOString() };
}

/** For a message: who has the database, as far as the owner row says. */
export function describeOwner(json: string): string {
  try {
    const owner = JSON.parse(json) as Partial<OwnerProcess>;
    return `process ${owner.pid ?? '?'} on ${owner.host ?? '?'}, since ${owner.since ?? '?'}`;
  } catch {
    return 'another process';
  }
}
