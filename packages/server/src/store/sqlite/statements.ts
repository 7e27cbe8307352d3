/** The statements of a commit, prepared once. */
import type { SqliteDatabase, SqliteStatement } from './driver.js';
import type { RowShape } from './row-batch.js';
import { SEQ_BITS, SEQ_MAX } from './schema.js';

export interface Statements {
  readonly begin: SqliteStatement;
  readonly commit: SqliteStatement;
  readonly readEpoch: SqliteStatement;
  readonly hasTransition: SqliteStatement;
  readonly deleteTransitions: SqliteStatement;
  readonly readSnapshotSeq: SqliteStatement;
  readonly deleteFacts: SqliteStatement;
  readonly putSnapshot: SqliteStatement;
  readonly deleteSnapshot: SqliteStatement;
  readonly deleteTimer: SqliteStatement;
  readonly deleteDispatch: SqliteStatement;
  readonly deleteDispatchOf: SqliteStatement;
  readonly putOutbox: SqliteStatement;
  readonly deleteOutbox: SqliteStatement;
  readonly putRecord: SqliteStatement;
  readonly deleteRecord: SqliteStatement;
}

/** Numbers arrive as floating point; the shift makes integers of them. */
const PLACE = `((? << ${SEQ_BITS}) | ?)`;

/** Rows that a group has many of. */
export const ROWS = {
  transition: {
    insert: 'INSERT INTO transition',
    marks: `(NULL, ${PLACE}, ?, ?, ?, ?)`,
    width: 6,
    conflict: '',
  },
  timer: {
    insert: 'INSERT INTO timer',
    marks: '(?, ?)',
    width: 2,
    conflict: 'ON CONFLICT DO UPDATE SET due_ms = excluded.due_ms WHERE due_ms <> excluded.due_ms',
  },
  dispatch: {
    insert: 'INSERT OR REPLACE INTO dispatch',
    marks: '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    width: 12,
    conflict: '',
  },
} as const satisfies Readonly<Record<string, RowShape>>;

const SQL: Readonly<Record<keyof Statements, string>> = {
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  readEpoch: 'SELECT epoch FROM owner',
  hasTransition: `SELECT 1 FROM transition WHERE place = ${PLACE}`,
  deleteTransitions: `DELETE FROM transition WHERE place BETWEEN (? << ${SEQ_BITS}) AND ((? << ${SEQ_BITS}) | ${SEQ_MAX})`,
  readSnapshotSeq: 'SELECT seq FROM snapshot WHERE exec_no = ?',
  deleteFacts: `DELETE FROM transition WHERE place >= ${PLACE} AND place < ${PLACE} AND event_count = 0`,
  putSnapshot: 'INSERT OR REPLACE INTO snapshot VALUES (?, ?, ?)',
  deleteSnapshot: 'DELETE FROM snapshot WHERE exec_no = ?',
  deleteTimer: 'DELETE FROM timer WHERE exec_no = ?',
  deleteDispatch: 'DELETE FROM dispatch WHERE task_no = ?',
  deleteDispatchOf: 'DELETE FROM dispatch WHERE exec_no = ?',
  putOutbox: 'INSERT OR REPLACE INTO outbox VALUES (?, ?, ?, ?, ?)',
  deleteOutbox: 'DELETE FROM outbox WHERE outbox_no = ?',
  putRecord: 'INSERT OR REPLACE INTO record VALUES (?, ?, ?)',
  deleteRecord: 'DELETE FROM record WHERE kind = ? AND key = ?',
};

export function prepareStatements(db: SqliteDatabase): Statements {
  const entries = Object.entries(SQL).map(([name, sql]) => [name, db.prepare(sql)]);
  return Object.fromEntries(entries) as unknown as Statements;
}
