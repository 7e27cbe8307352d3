/**
 * The tables, as a list of migrations: a database of version n has had the first n applied. A migration is never
 * changed once released; a newer layout is a new entry.
 *
 * Rows lie in the order of their numbers, which rise, so commits append to few pages. What is random by nature (hashes
 * of ids) is kept in one small table. See docs/notes/sqlite-durability.md for the figures.
 */
import type { SqliteDatabase } from './driver.js';

/** 'Perd': tells our databases from those of other programs. */
export const APPLICATION_ID = 0x50657264;

/** Bits of a transition's place that hold its seq; the execution's number is above them. */
export const SEQ_BITS = 26;
export const SEQ_MAX = 2 ** SEQ_BITS - 1;
export const EXEC_NO_MAX = 2 ** (63 - SEQ_BITS) - 1;

/** Stands in `run_key.run_hash` for "the run that has the workflow id's place". Hashes of run ids are never negative. */
export const CURRENT_RUN = -1;

const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE owner (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    epoch INTEGER NOT NULL,
    -- JSON for humans: name, pid, host, since.
    process TEXT NOT NULL,
    -- No number above these was ever used.
    exec_no_reserved INTEGER NOT NULL,
    task_no_reserved INTEGER NOT NULL,
    outbox_no_reserved INTEGER NOT NULL
  );
  INSERT INTO owner VALUES (1, 0, '{}', 0, 0, 0);

  CREATE TABLE namespace (no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);

  CREATE TABLE execution (
    exec_no INTEGER PRIMARY KEY,
    slot INTEGER NOT NULL,
    namespace_no INTEGER NOT NULL,
    workflow_id TEXT NOT NULL,
    run_id TEXT NOT NULL,
    workflow_type TEXT NOT NULL,
    task_queue TEXT NOT NULL,
    status INTEGER NOT NULL,
    start_ms INTEGER NOT NULL,
    execution_ms INTEGER NOT NULL,
    close_ms INTEGER,
    history_length INTEGER,
    history_size_bytes INTEGER,
    transition_count INTEGER,
    duration_ms INTEGER,
    parent_workflow_id TEXT,
    parent_run_id TEXT,
    -- NULL where the run is its own root.
    root_workflow_id TEXT,
    root_run_id TEXT,
    attributes TEXT NOT NULL
  );
  -- The default order of lists; the year 9999 stands for "still open", as in OPEN_CLOSE_TIME_MS.
  CREATE INDEX execution_list ON execution (namespace_no, coalesce(close_ms, 253402300799999), start_ms);
  CREATE INDEX execution_parent ON execution (parent_workflow_id) WHERE parent_workflow_id IS NOT NULL;

  -- By hashes, which keep it small: whoever finds a row here compares the ids in the execution row.
  CREATE TABLE run_key (
    id_hash INTEGER NOT NULL,
    run_hash INTEGER NOT NULL,
    exec_no INTEGER NOT NULL,
    PRIMARY KEY (id_hash, run_hash, exec_no)
  ) WITHOUT ROWID;

  CREATE TABLE execution_count (
    namespace_no INTEGER NOT NULL,
    -- TemporalNamespaceDivision; empty for plain workflows.
    division TEXT NOT NULL,
    status INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (namespace_no, division, status)
  ) WITHOUT ROWID;

  -- In the order of commits, which fills one page after the other whatever runs are active. place: exec_no << 26 | seq.
  -- The blobs come last, so that reading the numbers does not read them.
  CREATE TABLE transition (
    no INTEGER PRIMARY KEY,
    place INTEGER NOT NULL UNIQUE,
    first_event_id INTEGER NOT NULL,
    event_count INTEGER NOT NULL,
    events BLOB NOT NULL,
    facts BLOB NOT NULL
  );

  CREATE TABLE snapshot (exec_no INTEGER PRIMARY KEY, seq INTEGER NOT NULL, bytes BLOB NOT NULL);

  CREATE TABLE timer (exec_no INTEGER PRIMARY KEY, due_ms INTEGER NOT NULL);
  CREATE INDEX timer_due ON timer (due_ms);

  CREATE TABLE queue (no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

  CREATE TABLE dispatch (
    task_no INTEGER PRIMARY KEY,
    queue_no INTEGER NOT NULL,
    priority_key INTEGER NOT NULL,
    pass_ticket INTEGER NOT NULL,
    exec_no INTEGER NOT NULL,
    run_id TEXT NOT NULL,
    scheduled_event_id INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    stamp INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    fairness_key TEXT NOT NULL,
    fairness_weight REAL NOT NULL
  );
  CREATE INDEX dispatch_order ON dispatch (queue_no, priority_key, pass_ticket);
  CREATE INDEX dispatch_execution ON dispatch (exec_no);

  CREATE TABLE outbox (
    outbox_no INTEGER PRIMARY KEY,
    source_exec_no INTEGER NOT NULL,
    namespace_id TEXT NOT NULL,
    workflow_id TEXT NOT NULL,
    bytes BLOB NOT NULL
  );

  CREATE TABLE record (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (kind, key)
  ) WITHOUT ROWID;
  `,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** Brings a database from `version` (0: empty) to this program's. Runs inside the caller's transaction. */
export function migrate(db: SqliteDatabase, version: number): void {
  for (const migration of MIGRATIONS.slice(version)) db.exec(migration);
  if (version === SCHEMA_VERSION) return;
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
}
