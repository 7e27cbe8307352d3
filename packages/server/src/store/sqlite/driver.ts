/**
 * The SQLite driver: `node:sqlite` where the runtime has it, else `@photostructure/sqlite`, which has the same API and
 * brings its binary. Both are synchronous; one process uses one of them only, because the locks that SQLite holds on a
 * file belong to the process, and two copies of SQLite would take each other's away.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

export type SqlValue = string | number | bigint | null | Uint8Array;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** The part of `DatabaseSync` that the store uses. */
export interface SqliteDatabase {
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  /** The function of SQL takes as many arguments as `body` names. */
  function(name: string, options: { readonly deterministic: boolean }, body: (argument: SqlValue) => number): void;
  close(): void;
}

export interface SqliteStatement {
  run(...parameters: SqlValue[]): { readonly changes: number | bigint };
  get(...parameters: SqlValue[]): SqlRow | undefined;
  all(...parameters: SqlValue[]): SqlRow[];
  iterate(...parameters: SqlValue[]): IterableIterator<SqlRow>;
}

export interface OpenOptions {
  readonly readOnly?: boolean;
}

interface SqliteModule {
  readonly DatabaseSync: new (file: string, options?: OpenOptions) => SqliteDatabase;
}

export function openSqlite(file: string, options: OpenOptions = {}): SqliteDatabase {
  loaded ??= loadModule();
  return new loaded.DatabaseSync(file, options);
}

let loaded: SqliteModule | undefined;

const PACKAGE = '@photostructure/sqlite';

function loadModule(): SqliteModule {
  const require = createRequire(import.meta.url);
  return loadBuiltin() ?? loadBinary(require.resolve.paths(PACKAGE) ?? []) ?? (require(PACKAGE) as SqliteModule);
}

/**
 * The package's binary without the code around it, which takes 10 ms of every start to find it and adds what we do not use. Undefined
 * where it is not in its usual place or does not fit: then the package may look for itself.
 */
function loadBinary(folders: readonly string[]): SqliteModule | undefined {
  const libc = existsSync('/etc/alpine-release') ? 'musl' : 'glibc';
  const name = `${PACKAGE.replace('/', '+')}.${libc}.node`;
  const path = join(PACKAGE, 'prebuilds', `${process.platform}-${process.arch}`, name);
  const folder = folders.find((each) => existsSync(join(each, path)));
  if (folder === undefined) return undefined;
  try {
    const module: { exports: unknown } = { exports: {} };
    process.dlopen(module, join(folder, path));
    return module.exports as SqliteModule;
  } catch {
    return undefined;
  }
}

/** Node calls its module experimental in a warning on stderr; what we use of it has not changed since 22.13. */
function loadBuiltin(): SqliteModule | undefined {
  const emitWarning = process.emitWarning;
  process.emitWarning = () => undefined;
  try {
    return process.getBuiltinModule?.('node:sqlite') as SqliteModule | undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Primary result codes of SQLite that the store tells apart. */
export const SQLITE = {
  error: 1,
  busy: 5,
  locked: 6,
  readonly: 8,
  ioerr: 10,
  corrupt: 11,
  full: 13,
  cantopen: 14,
  toobig: 18,
  constraint: 19,
  mismatch: 20,
  range: 25,
  notadb: 26,
} as const;

/** The primary result code of an error thrown by the driver; undefined for any other error. */
export function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}

export function readNumber(row: SqlRow, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new TypeError(`column ${column} holds no number`);
  return value;
}

export function readText(row: SqlRow, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new TypeError(`column ${column} holds no text`);
  return value;
}

export function readBytes(row: SqlRow, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw new TypeError(`column ${column} holds no bytes`);
  return value;
}
