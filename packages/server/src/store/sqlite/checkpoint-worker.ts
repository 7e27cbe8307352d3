/**
 * Copies the log into the database, off the thread that commits. On this connection SQLite flushes: first the log, then
 * the database file once all of the log is in it. Only after that may a commit begin the log again from the start.
 */
import { workerData } from 'node:worker_threads';
import { openSqlite, readNumber } from './driver.js';
import type { SqliteDatabase } from './driver.js';
import type { CheckpointAnswer } from './checkpoint-pacer.js';
import { serve } from './worker-serve.js';

let db: SqliteDatabase | undefined;

serve<null, CheckpointAnswer>(
  () => {
    db ??= connect(workerData as string);
    const row = db.prepare('PRAGMA wal_checkpoint(PASSIVE)').get();
    if (row === undefined) throw new Error('assertion failed: a checkpoint answers with a row');
    return { logFrames: readNumber(row, 'log'), copiedFrames: readNumber(row, 'checkpointed') };
  },
  () => db?.close(),
);

function connect(file: string): SqliteDatabase {
  const connection = openSqlite(file);
  connection.exec(
    'PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -256; PRAGMA busy_timeout = 5000',
  );
  return connection;
}
