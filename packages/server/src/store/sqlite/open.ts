/** From a file name to a database that this process owns: checked, migrated, with a new epoch. */
import { accessSync, closeSync, constants, fsyncSync, openSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StoreError } from '../../ports/index.js';
import { openSqlite, readNumber, readText } from './driver.js';
import type { SqliteDatabase } from './driver.js';
import { toStoreError } from './failure.js';
import { describeOwner, OwnerLock, thisProcess } from './owner-lock.js';
import { pragmaStatements } from './pragmas.js';
import { APPLICATION_ID, migrate, SCHEMA_VERSION } from './schema.js';

export interface OpenedDatabase {
  readonly db: SqliteDatabase;
  /** Absolute. */
  readonly file: string;
  readonly lock: OwnerLock;
  /** How long to wait for the locks of other programs. */
  readonly busyMsMax: number;
}

/** Opens or creates the database and takes ownership. Blocks for a flush or two. Throws StoreError. */
export function openDatabase(fileName: string, owner: string, pragmas: ReadonlyMap<string, string>): OpenedDatabase {
  const statements = pragmaStatements(pragmas);
  const file = resolve(fileName);
  checkPlace(file);
  let lock: OwnerLock | undefined;
  let db: SqliteDatabase | undefined;
  try {
    lock = OwnerLock.take(file);
    if (lock === undefined) throw ownedError(file);
    db = openSqlite(file);
    prepareConnection(db, file);
    for (const statement of statements) db.exec(statement);
    takeOwnership(db, owner);
    flushDirectory(file);
    // From here on the log is flushed by LogFlusher and the database file by the checkpointer.
    db.exec('PRAGMA synchronous = OFF');
    const busyMsMax = readPragma(db, 'busy_timeout', 'timeout');
    // The committer waits instead, without blocking.
    db.exec('PRAGMA busy_timeout = 0');
    return { db, file, lock, busyMsMax };
  } catch (error) {
    db?.close();
    lock?.release();
    throw toStoreError(error, file);
  }
}

/**
 * Raises the epoch, which voids every commit of an earlier owner. The caller's connection flushes (synchronous=FULL), and
 * with it all of the log: what a killed owner wrote and did not flush, this one reads, so it must be on disk before
 * anything built on it leaves.
 */
export function takeOwnership(db: SqliteDatabase, owner: string): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    migrate(db, readPragma(db, 'user_version'));
    db.prepare('UPDATE owner SET epoch = epoch + 1, process = ?').run(JSON.stringify(thisProcess(owner)));
    db.exec('DELETE FROM queue WHERE NOT EXISTS (SELECT 1 FROM dispatch WHERE queue_no = queue.no)');
    db.exec('COMMIT');
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

/** What the file system can say, it says better than SQLite's one "unable to open". */
function checkPlace(file: string): void {
  const directory = dirname(file);
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new StoreError('IO', `The directory ${directory} does not exist. Create it, or name another database file.`);
  }
  const found = statSync(file, { throwIfNoEntry: false });
  if (found !== undefined && !found.isFile()) {
    throw new StoreError('NOT_A_DATABASE', `${file} is not a file. Name a database file, which may be a new one.`);
  }
  if (!isWritable(directory)) {
    throw new StoreError(
      'READ_ONLY',
      `The directory ${directory} is not writable; SQLite keeps its log beside the database. ` +
        'Give this user write permission, or name a database file elsewhere.',
    );
  }
  if (found !== undefined && !isWritable(file)) {
    throw new StoreError(
      'READ_ONLY',
      `The database ${file} is not writable. Give this user write permission, or name another file.`,
    );
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function prepareConnection(db: SqliteDatabase, file: string): void {
  db.exec('PRAGMA busy_timeout = 5000');
  checkIdentity(db, file);
  const mode = db.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode'];
  if (mode !== 'wal') {
    throw new StoreError(
      'IO',
      `${file} cannot have a write-ahead log (its journal mode stays ${String(mode)}). ` +
        'Put the database on a local disk: network file systems lack the shared memory that SQLite needs.',
    );
  }
  db.exec('PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY');
  db.exec(`PRAGMA cache_size = -${CACHE_KIB}; PRAGMA journal_size_limit = ${LOG_FILE_BYTES_MAX}`);
}

/** Page cache of the connection that commits. */
const CACHE_KIB = 16 * 1024;

/** The log's file is cut back to this when the log starts again; what is kept is overwritten, which flushes faster. */
const LOG_FILE_BYTES_MAX = 64 * 1024 * 1024;

function checkIdentity(db: SqliteDatabase, file: string): void {
  const applicationId = readPragma(db, 'application_id');
  const version = readPragma(db, 'user_version');
  const isEmpty = db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
  if (applicationId !== APPLICATION_ID && !(isEmpty && applicationId === 0 && version === 0)) {
    throw new StoreError(
      'NOT_A_DATABASE',
      `${file} is an SQLite database of another program. Name another file; this one was not changed.`,
    );
  }
  if (version > SCHEMA_VERSION) {
    throw new StoreError(
      'NEWER_SCHEMA',
      `${file} has schema version ${version}; this server knows up to ${SCHEMA_VERSION}. ` +
        'Run the newer server that wrote it; the file was not changed.',
    );
  }
}

/** Reads beside the living owner: in WAL mode that disturbs nobody. */
function ownedError(file: string): StoreError {
  let owner = 'another process';
  let db: SqliteDatabase | undefined;
  try {
    db = openSqlite(file, { readOnly: true });
    const row = db.prepare('SELECT process FROM owner').get();
    if (row !== undefined) owner = describeOwner(readText(row, 'process'));
  } catch {
    // The owner may be just about to create the tables.
  } finally {
    db?.close();
  }
  return new StoreError(
    'OWNED',
    `The database ${file} is in use by ${owner}. Stop that server first, or name another database file.`,
  );
}

function readPragma(db: SqliteDatabase, name: string, column = name): number {
  const row = db.prepare(`PRAGMA ${name}`).get();
  return row === undefined ? 0 : readNumber(row, column);
}

/** So that the names of new files outlive a power cut. Windows has no such thing and does without. */
function flushDirectory(file: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(dirname(file), constants.O_RDONLY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
