/**
 * The Store: where everything lives that must survive. One commit is atomic and fenced; `commit` settles only when the
 * group is on disk (flushed), so whatever waits for it may be acknowledged.
 *
 * An execution is known by `execNo`: a number given once, rising, so that rows of runs of the same time lie together.
 */
import type { VisibilityRecord } from '../core/visibility/record.js';
import type { ListFilter, ListPage } from './visibility.js';

export interface Store {
  /**
   * Takes ownership: raises the epoch, which voids every commit of an earlier owner. Rejects with StoreError when the
   * store cannot be used (newer schema, not a database, read-only, owned by a living process).
   */
  open(owner: string): Promise<StoreOpened>;
  /**
   * Writes one group atomically and flushes it. Groups are numbered 1, 2, 3… within an epoch; a group whose epoch is not
   * the newest or whose number does not follow the last one is refused as 'fenced', and nothing of it is written.
   * Never rejects: every failure is an outcome.
   */
  commit(group: CommitGroup): Promise<CommitOutcome>;

  loadExecution(key: ExecutionKey): Promise<StoredExecution | undefined>;
  /** The newest run of a workflow id, open or closed. */
  loadCurrent(namespaceId: string, workflowId: string): Promise<CurrentRun | undefined>;
  readHistory(range: HistoryRange): Promise<HistoryBatch[]>;
  scanTimers(fromMs: number, beforeMs: number, limit: number): Promise<TimerRow[]>;
  scanDispatch(queue: string, after: DispatchOrder | undefined, limit: number): Promise<DispatchRow[]>;
  /** Queues with at least one dispatch row, with counts; read once at start. */
  listDispatchQueues(): Promise<DispatchQueue[]>;
  scanOutbox(afterNo: number, limit: number): Promise<OutboxRow[]>;
  loadRecords(kind: RecordKind): Promise<{ readonly key: string; readonly bytes: Uint8Array }[]>;
  list(filter: ListFilter): Promise<ListPage>;
  count(filter: ListFilter): Promise<CountGroup[]>;
  /** Executions of a namespace, for its deletion; any order. */
  scanNamespace(namespaceId: string, limit: number): Promise<ExecNo[]>;
  close(): Promise<void>;
}

export type ExecNo = number;

export interface StoreOpened {
  readonly epoch: number;
  /** Highest numbers in use, from which new ones count on. */
  readonly lastExecNo: ExecNo;
  readonly lastTaskNo: number;
  readonly lastOutboxNo: number;
}

/** Bytes in it are often views of larger arrays: a store that keeps them copies them. */
export interface CommitGroup {
  readonly epoch: number;
  readonly number: number;
  readonly writes: readonly Write[];
}

/**
 * committed: on disk. failed: nothing was written; the same group may be tried again under the same number.
 * fenced: another owner took over, this one must stop. unknown: it may or may not be there (power cut, lost answer of a
 * remote database): the owner must stop and recover. fatal: the disk cannot be trusted any more (failed flush, disk full).
 */
export type CommitOutcome =
  | { readonly kind: 'committed' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'fenced'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'fatal'; readonly reason: string };

export type Write =
  /** Inserts or replaces the execution's row: identity, whether it is open, and what lists show. */
  | {
      readonly kind: 'putExecution';
      readonly execNo: ExecNo;
      readonly slot: number;
      readonly row: VisibilityRecord;
      readonly isCurrent: boolean;
    }
  /** Appends one transition: encoded events (History) and facts. seq counts from 1 without gaps. */
  | {
      readonly kind: 'appendTransition';
      readonly execNo: ExecNo;
      readonly seq: number;
      readonly firstEventId: number;
      readonly eventCount: number;
      readonly events: Uint8Array;
      readonly facts: Uint8Array;
    }
  /** State after transition `seq`: loading begins here; facts of older transitions may be dropped, events may not. */
  | { readonly kind: 'putSnapshot'; readonly execNo: ExecNo; readonly seq: number; readonly bytes: Uint8Array }
  | { readonly kind: 'putTimer'; readonly execNo: ExecNo; readonly dueMs: number }
  | { readonly kind: 'deleteTimer'; readonly execNo: ExecNo }
  | { readonly kind: 'putDispatch'; readonly row: DispatchRow }
  | { readonly kind: 'deleteDispatch'; readonly taskNo: number }
  | { readonly kind: 'putOutbox'; readonly row: OutboxRow }
  | { readonly kind: 'deleteOutbox'; readonly outboxNo: number }
  /** Removes everything about one execution. */
  | { readonly kind: 'deleteExecution'; readonly execNo: ExecNo }
  | { readonly kind: 'putRecord'; readonly record: RecordKind; readonly key: string; readonly bytes: Uint8Array }
  | { readonly kind: 'deleteRecord'; readonly record: RecordKind; readonly key: string };

/** Small records read whole at start: namespaces, cluster identity, settings of task queues. */
export type RecordKind = 'namespace' | 'cluster' | 'taskQueue';

export type ExecutionKey =
  | { readonly by: 'execNo'; readonly execNo: ExecNo }
  | { readonly by: 'runId'; readonly namespaceId: string; readonly workflowId: string; readonly runId: string };

export interface StoredExecution {
  readonly execNo: ExecNo;
  readonly row: VisibilityRecord;
  readonly isCurrent: boolean;
  readonly snapshot: { readonly seq: number; readonly bytes: Uint8Array } | undefined;
  /** Transitions after the snapshot, in order. */
  readonly tail: readonly StoredTransition[];
  /** The armed timer, if any. */
  readonly timerDueMs: number | undefined;
}

export interface StoredTransition {
  readonly seq: number;
  readonly firstEventId: number;
  readonly eventCount: number;
  readonly events: Uint8Array;
  readonly facts: Uint8Array;
}

export interface CurrentRun {
  readonly execNo: ExecNo;
  readonly runId: string;
  readonly status: number;
}

export interface HistoryRange {
  readonly execNo: ExecNo;
  /** Inclusive. */
  readonly fromEventId: number;
  /** Exclusive. */
  readonly toEventId: number;
  /** Stops after the batch that reaches either bound; a batch is never split. */
  readonly eventsMax: number;
  readonly sizeBytesMax: number;
  readonly reverse: boolean;
}

/** The events of one transition, encoded as History. Batches come in the order asked for; events inside stay ascending. */
export interface HistoryBatch {
  readonly firstEventId: number;
  readonly eventCount: number;
  readonly events: Uint8Array;
}

export interface TimerRow {
  readonly execNo: ExecNo;
  readonly dueMs: number;
}

export interface DispatchOrder {
  readonly priorityKey: number;
  readonly passTicket: number;
  readonly taskNo: number;
}

/** A task that found no parked poller. */
export interface DispatchRow extends DispatchOrder {
  /** `kind/namespaceId/name`. */
  readonly queue: string;
  readonly execNo: ExecNo;
  readonly runId: string;
  readonly scheduledEventId: number;
  readonly attempt: number;
  readonly stamp: number;
  readonly createdAtMs: number;
  readonly fairnessKey: string;
  readonly fairnessWeight: number;
}

/** A message to another execution, delivered in order of its number. */
export interface OutboxRow {
  readonly outboxNo: number;
  readonly sourceExecNo: ExecNo;
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly bytes: Uint8Array;
}

export interface CountGroup {
  readonly value: string | undefined;
  readonly count: number;
}

/** The store cannot be used; `message` says what to do about it. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export type StoreErrorCode =
  'NEWER_SCHEMA' | 'NOT_A_DATABASE' | 'READ_ONLY' | 'DISK_FULL' | 'OWNED' | 'UNSAFE_PRAGMA' | 'TIME_LIMIT' | 'IO';

/** A queue with stored tasks. */
export interface DispatchQueue {
  readonly queue: string;
  readonly count: number;
  /** Highest pass ticket among its rows: new tasks go on behind it. */
  readonly passTicketMax: number;
}
