/**
 * What a memory store holds, and the one way it changes: `apply` takes a whole group or nothing, and hands out the way
 * back, so that a simulated power cut can take back the groups that were not flushed (newest first).
 */
import type {
  CommitGroup,
  DispatchOrder,
  DispatchRow,
  ExecNo,
  OutboxRow,
  RecordKind,
  TimerRow,
  Write,
} from '../../ports/index.js';
import type { VisibilityRecord } from '../../core/visibility/index.js';
import { NamespaceRows } from './namespace-rows.js';
import { OrderedSet } from './ordered-set.js';
import { TransitionLog } from './transition-log.js';

/** Everything about one execution but its tasks. */
export interface ExecutionEntry {
  /** Undefined until `putExecution`. */
  row: VisibilityRecord | undefined;
  log: TransitionLog;
  snapshot: { readonly seq: number; readonly bytes: Uint8Array } | undefined;
  timerDueMs: number | undefined;
}

/** Takes one applied group back: newest group first, and before the next `open`. */
export type Revert = () => void;

type Undo = (() => void)[];

type OutboxKey = Pick<OutboxRow, 'outboxNo'>;

export class MemoryTables {
  readonly executions = new Map<ExecNo, ExecutionEntry>();
  readonly execNoByRunId = new Map<string, ExecNo>();
  readonly namespaces = new Map<string, NamespaceRows>();
  readonly timers = new OrderedSet<TimerRow>(compareTimers);
  readonly dispatch = new Map<number, DispatchRow>();
  /** Which dispatch rows an execution has; executions without any are absent. */
  readonly taskNosOf = new Map<ExecNo, Set<number>>();
  readonly queues = new Map<string, OrderedSet<DispatchRow, DispatchOrder>>();
  readonly outbox = new OrderedSet<OutboxRow, OutboxKey>((left, right) => left.outboxNo - right.outboxNo);
  readonly records: Readonly<Record<RecordKind, Map<string, Uint8Array>>> = {
    namespace: new Map(),
    cluster: new Map(),
    taskQueue: new Map(),
  };
  /** Highest numbers ever used: those of deleted rows are not given out again. */
  lastExecNo: ExecNo = 0;
  lastTaskNo = 0;
  lastOutboxNo = 0;
  epoch = 0;
  /** Of this epoch. */
  lastGroupNumber = 0;

  /** Why the group must not be written: its owner is not the newest, or it does not follow the group before. */
  refuse({ epoch, number }: Pick<CommitGroup, 'epoch' | 'number'>): string | undefined {
    if (epoch !== this.epoch) return `epoch ${epoch} is over: the store is owned by epoch ${this.epoch}`;
    if (number !== this.lastGroupNumber + 1) return `group ${number} does not follow group ${this.lastGroupNumber}`;
    return undefined;
  }

  /**
   * Writes all or, if one write is impossible, throws a RefusedWrite and leaves everything as it was. Whether the group
   * may be written at all is asked with `refuse` before.
   */
  apply(group: Pick<CommitGroup, 'number' | 'writes'>): Revert {
    const lastNumber = this.lastGroupNumber;
    const undo: Undo = [() => (this.lastGroupNumber = lastNumber)];
    const revert = (): void => {
      for (let step = undo.pop(); step !== undefined; step = undo.pop()) step();
    };
    try {
      for (const write of group.writes) this.#write(write, undo);
      this.lastGroupNumber = group.number;
    } catch (error) {
      revert();
      throw error;
    }
    return revert;
  }

  /** A copy that later changes of either do not touch. Rows and bytes are shared: they never change. */
  clone(): MemoryTables {
    const copy = new MemoryTables();
    for (const [execNo, entry] of this.executions) copy.executions.set(execNo, { ...entry, log: entry.log.clone() });
    for (const [runId, execNo] of this.execNoByRunId) copy.execNoByRunId.set(runId, execNo);
    for (const [id, rows] of this.namespaces) copy.namespaces.set(id, rows.clone());
    for (const timer of this.timers.walk()) copy.timers.add(timer);
    for (const row of this.dispatch.values()) copy.#addDispatch(row);
    for (const row of this.outbox.walk()) copy.outbox.add(row);
    for (const kind of Object.keys(this.records) as RecordKind[]) {
      for (const [key, bytes] of this.records[kind]) copy.records[kind].set(key, bytes);
    }
    copy.lastExecNo = this.lastExecNo;
    copy.lastTaskNo = this.lastTaskNo;
    copy.lastOutboxNo = this.lastOutboxNo;
    copy.epoch = this.epoch;
    copy.lastGroupNumber = this.lastGroupNumber;
    return copy;
  }

  #write(write: Write, undo: Undo): void {
    switch (write.kind) {
      case 'putExecution':
        return this.#putExecution(write, undo);
      case 'appendTransition':
        return this.#append(write, undo);
      case 'putSnapshot':
        return this.#putSnapshot(write, undo);
      case 'putTimer':
        return this.#setTimer(write.execNo, write.dueMs, undo);
      case 'deleteTimer':
        return this.#setTimer(write.execNo, undefined, undo);
      case 'putDispatch':
        return this.#putDispatch(write.row, undo);
      case 'deleteDispatch':
        return this.#deleteDispatch(write.taskNo, undo);
      case 'putOutbox':
        return this.#putOutbox(write.row, undo);
      case 'deleteOutbox':
        return this.#deleteOutbox(write.outboxNo, undo);
      case 'deleteExecution':
        return this.#deleteExecution(write.execNo, undo);
      case 'putRecord':
        return setIn(this.records[write.record], write.key, write.bytes.slice(), undo);
      case 'deleteRecord':
        return setIn(this.records[write.record], write.key, undefined, undo);
    }
  }

  #putExecution(write: Extract<Write, { kind: 'putExecution' }>, undo: Undo): void {
    const { execNo, row } = write;
    const entry = this.#entry(execNo, undo);
    this.#setRow(execNo, entry, row, undo);
    const rows = this.#rowsOf(row.namespaceId);
    const current = rows.current.get(row.workflowId);
    if (write.isCurrent) setIn(rows.current, row.workflowId, execNo, undo);
    else if (current === execNo) setIn(rows.current, row.workflowId, undefined, undo);
  }

  #setRow(execNo: ExecNo, entry: ExecutionEntry, row: VisibilityRecord | undefined, undo: Undo): void {
    const before = entry.row;
    const exchange = (from: VisibilityRecord | undefined, to: VisibilityRecord | undefined): void => {
      if (from !== undefined) {
        this.#rowsOf(from.namespaceId).remove(execNo, from);
        this.execNoByRunId.delete(from.runId);
      }
      if (to !== undefined) {
        this.#rowsOf(to.namespaceId).add(execNo, to);
        this.execNoByRunId.set(to.runId, execNo);
      }
      entry.row = to;
    };
    exchange(before, row);
    undo.push(() => exchange(row, before));
  }

  #append(write: Extract<Write, { kind: 'appendTransition' }>, undo: Undo): void {
    const { log } = this.#entry(write.execNo, undo);
    if (write.seq !== log.lastSeq + 1) {
      throw new RefusedWrite(`transition ${write.seq} of execution ${write.execNo} does not follow ${log.lastSeq}`);
    }
    log.append(write);
    undo.push(() => log.removeLast());
  }

  #putSnapshot(write: Extract<Write, { kind: 'putSnapshot' }>, undo: Undo): void {
    const entry = this.#entry(write.execNo, undo);
    const { log, snapshot } = entry;
    entry.snapshot = { seq: write.seq, bytes: write.bytes.slice() };
    entry.log = log.withoutFactsBefore(write.seq);
    undo.push(() => {
      entry.snapshot = snapshot;
      entry.log = log;
    });
  }

  #setTimer(execNo: ExecNo, dueMs: number | undefined, undo: Undo): void {
    if (dueMs === undefined && !this.executions.has(execNo)) return;
    const entry = this.#entry(execNo, undo);
    const before = entry.timerDueMs;
    const exchange = (from: number | undefined, to: number | undefined): void => {
      if (from !== undefined) this.timers.delete({ execNo, dueMs: from });
      if (to !== undefined) this.timers.add({ execNo, dueMs: to });
      entry.timerDueMs = to;
    };
    exchange(before, dueMs);
    undo.push(() => exchange(dueMs, before));
  }

  #putDispatch(row: DispatchRow, undo: Undo): void {
    this.#deleteDispatch(row.taskNo, undo);
    this.#addDispatch(row);
    undo.push(() => this.#removeDispatch(row));
    const last = this.lastTaskNo;
    this.lastTaskNo = Math.max(last, row.taskNo);
    undo.push(() => (this.lastTaskNo = last));
  }

  #deleteDispatch(taskNo: number, undo: Undo): void {
    const row = this.dispatch.get(taskNo);
    if (row === undefined) return;
    this.#removeDispatch(row);
    undo.push(() => this.#addDispatch(row));
  }

  #addDispatch(row: DispatchRow): void {
    this.dispatch.set(row.taskNo, row);
    let queue = this.queues.get(row.queue);
    if (queue === undefined) this.queues.set(row.queue, (queue = new OrderedSet(compareDispatch)));
    queue.add(row);
    const taskNos = this.taskNosOf.get(row.execNo);
    if (taskNos === undefined) this.taskNosOf.set(row.execNo, new Set([row.taskNo]));
    else taskNos.add(row.taskNo);
  }

  #removeDispatch(row: DispatchRow): void {
    this.dispatch.delete(row.taskNo);
    const queue = this.queues.get(row.queue);
    queue?.delete(row);
    if (queue?.size === 0) this.queues.delete(row.queue);
    const taskNos = this.taskNosOf.get(row.execNo);
    taskNos?.delete(row.taskNo);
    if (taskNos?.size === 0) this.taskNosOf.delete(row.execNo);
  }

  #putOutbox(row: OutboxRow, undo: Undo): void {
    this.#deleteOutbox(row.outboxNo, undo);
    const kept = { ...row, bytes: row.bytes.slice() };
    this.outbox.add(kept);
    const last = this.lastOutboxNo;
    this.lastOutboxNo = Math.max(last, row.outboxNo);
    undo.push(() => {
      this.outbox.delete(kept);
      this.lastOutboxNo = last;
    });
  }

  #deleteOutbox(outboxNo: number, undo: Undo): void {
    const row = this.outbox.walk({ outboxNo }).next().value;
    if (row?.outboxNo !== outboxNo) return;
    this.outbox.delete(row);
    undo.push(() => this.outbox.add(row));
  }

  /** Its outbox rows stay: they are owed to others. */
  #deleteExecution(execNo: ExecNo, undo: Undo): void {
    for (const taskNo of [...(this.taskNosOf.get(execNo) ?? [])]) this.#deleteDispatch(taskNo, undo);
    const entry = this.executions.get(execNo);
    if (entry === undefined) return;
    const { row } = entry;
    this.#setTimer(execNo, undefined, undo);
    if (row !== undefined) {
      const { current } = this.#rowsOf(row.namespaceId);
      if (current.get(row.workflowId) === execNo) setIn(current, row.workflowId, undefined, undo);
      this.#setRow(execNo, entry, undefined, undo);
    }
    setIn(this.executions, execNo, undefined, undo);
  }

  /** The entry, made on its first write. */
  #entry(execNo: ExecNo, undo: Undo): ExecutionEntry {
    const present = this.executions.get(execNo);
    if (present !== undefined) return present;
    const entry: ExecutionEntry = {
      row: undefined,
      log: new TransitionLog(),
      snapshot: undefined,
      timerDueMs: undefined,
    };
    setIn(this.executions, execNo, entry, undo);
    const last = this.lastExecNo;
    this.lastExecNo = Math.max(last, execNo);
    undo.push(() => (this.lastExecNo = last));
    return entry;
  }

  #rowsOf(namespaceId: string): NamespaceRows {
    let rows = this.namespaces.get(namespaceId);
    if (rows === undefined) this.namespaces.set(namespaceId, (rows = new NamespaceRows()));
    return rows;
  }
}

/** A write that contradicts what is stored: a defect of the caller. */
export class RefusedWrite extends Error {
  override readonly name = 'RefusedWrite';
}

export function compareDispatch(left: DispatchOrder, right: DispatchOrder): number {
  return left.priorityKey - right.priorityKey || left.passTicket - right.passTicket || left.taskNo - right.taskNo;
}

function compareTimers(left: TimerRow, right: TimerRow): number {
  return left.dueMs - right.dueMs || left.execNo - right.execNo;
}

/** Sets or, with undefined, removes. */
function setIn<Key, Value>(map: Map<Key, Value>, key: Key, value: Value | undefined, undo: Undo): void {
  const before = map.get(key);
  const put = (next: Value | undefined): void => {
    if (next === undefined) map.delete(key);
    else map.set(key, next);
  };
  put(value);
  undo.push(() => put(before));
}
