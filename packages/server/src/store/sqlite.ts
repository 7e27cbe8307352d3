/**
 * The store in one SQLite file, for one server process. Commits and look-ups run on the caller's thread and never wait
 * for the disk; flushes, checkpoints, lists and long histories run elsewhere. docs/notes/sqlite-durability.md has the
 * reasons and the figures.
 */
import type {
  CommitGroup,
  CommitOutcome,
  CountGroup,
  CurrentRun,
  DispatchOrder,
  DispatchQueue,
  DispatchRow,
  ExecNo,
  ExecutionKey,
  HistoryBatch,
  HistoryRange,
  ListFilter,
  ListPage,
  OutboxRow,
  RecordKind,
  Store,
  StoredExecution,
  StoreOpened,
  TimerRow,
} from '../ports/index.js';
import { sortGroups, systemAttribute } from '../core/visibility/index.js';
import { StoreError } from '../ports/index.js';
import { countGroups } from './count-groups.js';
import { Connection } from './sqlite/connection.js';
import type { PacerLimits } from './sqlite/checkpoint-pacer.js';
import type { FlushFile } from './sqlite/log-flusher.js';
import { asStatusCount } from './sqlite/visibility.js';

export interface SqliteStoreOptions {
  /** The database file; made if it does not exist, its directory is not. */
  readonly file: string;
  /** Settings of SQLite, by name. Those that could lose acknowledged writes are refused by `open`. */
  readonly pragmas?: ReadonlyMap<string, string>;
  /** When the log is copied into the database; for tests. */
  readonly pacerLimits?: PacerLimits;
  /** How long a list or count may take. Default 10 s. */
  readonly scanTimeLimitMs?: number;
  /** Default fdatasync; for tests of disks that fail. */
  readonly flushFile?: FlushFile;
}

/** A longer history than this is read on the scan thread, from here on. */
const SHORT_HISTORY = { batchesMax: 64, sizeBytesMax: 256 * 1024 };

export class SqliteStore implements Store {
  readonly #options: SqliteStoreOptions;
  #connection: Connection | undefined;

  constructor(options: SqliteStoreOptions) {
    this.#options = options;
  }

  /** Blocks for some milliseconds. Opened again, it only raises the epoch. */
  async open(owner: string): Promise<StoreOpened> {
    if (this.#connection === undefined) this.#connection = this.#connect(owner);
    else await this.#connection.takeOver(owner);
    return this.#connection.opened;
  }

  async commit(group: CommitGroup): Promise<CommitOutcome> {
    if (this.#connection === undefined) return { kind: 'failed', reason: NOT_OPEN };
    return this.#connection.committer.commit(group);
  }

  async loadExecution(key: ExecutionKey): Promise<StoredExecution | undefined> {
    return this.#open.reader.execution(key);
  }

  async loadCurrent(namespaceId: string, workflowId: string): Promise<CurrentRun | undefined> {
    return this.#open.reader.current(namespaceId, workflowId);
  }

  async readHistory(range: HistoryRange): Promise<HistoryBatch[]> {
    const { history, scans } = this.#open;
    const { batches, rest } = history.read(range, SHORT_HISTORY);
    if (rest === undefined) return [...batches];
    const answer = await scans.ask<'history'>({ kind: 'history', range: rest });
    return [...batches, ...answer.batches];
  }

  async scanTimers(fromMs: number, beforeMs: number, limit: number): Promise<TimerRow[]> {
    return this.#open.reader.timers(fromMs, beforeMs, limit);
  }

  async scanDispatch(queue: string, after: DispatchOrder | undefined, limit: number): Promise<DispatchRow[]> {
    return this.#open.reader.dispatch(queue, after, limit);
  }

  async listDispatchQueues(): Promise<DispatchQueue[]> {
    return this.#open.reader.dispatchQueues();
  }

  async scanOutbox(afterNo: number, limit: number): Promise<OutboxRow[]> {
    return this.#open.reader.outbox(afterNo, limit);
  }

  async loadRecords(kind: RecordKind): Promise<{ readonly key: string; readonly bytes: Uint8Array }[]> {
    return this.#open.reader.records(kind);
  }

  /** Sees all that was committed before the call, and waits until what it may have seen is on disk. */
  async list(filter: ListFilter): Promise<ListPage> {
    const { scans, committer } = this.#open;
    const { page } = await scans.ask<'list'>({ kind: 'list', filter });
    await committer.settle();
    return page;
  }

  /** As `list`. Counts by status are answered at once, from counters. */
  async count(filter: ListFilter): Promise<CountGroup[]> {
    const { scans, committer } = this.#open;
    const groups = this.#countByStatus(filter) ?? (await scans.ask<'count'>({ kind: 'count', filter })).groups;
    await committer.settle();
    return [...groups];
  }

  async scanNamespace(namespaceId: string, limit: number): Promise<ExecNo[]> {
    return this.#open.reader.namespaceExecutions(namespaceId, limit);
  }

  /** Copies the log into the database, which takes a moment. After a fatal failure the files stay as they are. */
  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.close();
  }

  get #open(): Connection {
    if (this.#connection === undefined) throw new StoreError('IO', NOT_OPEN);
    return this.#connection;
  }

  #connect(owner: string): Connection {
    const { file, pragmas = new Map(), pacerLimits, scanTimeLimitMs, flushFile } = this.#options;
    return new Connection({ file, pragmas, pacerLimits, scanTimeLimitMs, flushFile }, owner);
  }

  #countByStatus({ namespaceId, query }: ListFilter): CountGroup[] | undefined {
    const wanted = asStatusCount(query);
    if (wanted === undefined) return undefined;
    const counts = this.#open.reader
      .countsByStatus(namespaceId, wanted.division)
      .filter(({ value }) => wanted.status === undefined || wanted.status === value);
    if (query.groupBy !== undefined) return countGroups(systemAttribute('ExecutionStatus'), sortGroups(counts));
    return [{ value: undefined, count: counts.reduce((sum, { count }) => sum + count, 0) }];
  }
}

const NOT_OPEN = 'the store is not open: call open() first';
