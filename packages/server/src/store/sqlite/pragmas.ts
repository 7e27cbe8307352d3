/** Which settings of SQLite a user may change: those that cannot cost anybody an acknowledged write. */
import { StoreError } from '../../ports/index.js';

/** Of the connection that commits; each takes an integer or a word. */
const HARMLESS: ReadonlySet<string> = new Set([
  'analysis_limit',
  'busy_timeout',
  'cache_size',
  'cache_spill',
  'cell_size_check',
  'mmap_size',
  'secure_delete',
  'soft_heap_limit',
  'temp_store',
  'threads',
]);

/** Accepted and without effect, because the store does this or better anyway. Values in lower case. */
const ALREADY_SO: Readonly<Record<string, ReadonlySet<string>>> = {
  journal_mode: new Set(['wal']),
  synchronous: new Set(['normal', '1', 'full', '2', 'extra', '3']),
  locking_mode: new Set(['normal']),
  foreign_keys: new Set(['on', 'true', 'yes', '1', 'off', 'false', 'no', '0']),
  auto_vacuum: new Set(['none', '0']),
  read_uncommitted: new Set(['off', 'false', 'no', '0']),
  query_only: new Set(['off', 'false', 'no', '0']),
  checkpoint_fullfsync: new Set(['on', 'true', 'yes', '1']),
  fullfsync: new Set(['on', 'true', 'yes', '1']),
};

/** Why others are refused, where it is not plain that they are unknown. */
const REASONS: Readonly<Record<string, string>> = {
  journal_mode: 'the store needs the write-ahead log (wal) to commit without losing writes',
  synchronous: 'it would acknowledge writes that are not on disk',
  locking_mode: 'lists and checkpoints use connections of their own',
  wal_autocheckpoint: 'the store makes checkpoints itself',
  wal_checkpoint: 'the store makes checkpoints itself',
  journal_size_limit: 'the store bounds the log itself',
  writable_schema: 'it allows the database to be damaged',
  ignore_check_constraints: 'it allows the database to be damaged',
};

/** The statements for the settings asked for. Throws UNSAFE_PRAGMA for the first that is not allowed. */
export function pragmaStatements(pragmas: ReadonlyMap<string, string>): string[] {
  const statements: string[] = [];
  for (const [name, value] of pragmas) {
    const key = name.toLowerCase();
    if (ALREADY_SO[key]?.has(value.toLowerCase()) === true) continue;
    if (!HARMLESS.has(key)) {
      const reason = REASONS[key] ?? `allowed are ${[...HARMLESS].join(', ')}`;
      throw new StoreError('UNSAFE_PRAGMA', `SQLite pragma ${name}=${value} is refused: ${reason}. Leave it out.`);
    }
    if (!/^[+-]?\w+$/.test(value)) {
      throw new StoreError('UNSAFE_PRAGMA', `SQLite pragma ${name}=${value} is refused: write a number or a word.`);
    }
    statements.push(`PRAGMA ${key} = ${value}`);
  }
  return statements;
}
