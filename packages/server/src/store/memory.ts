/**
 * The store in memory: the reference that every other store must agree with, the dev server's store when it has no
 * database file, and (as `MemoryTables`) the disk of the simulator. Pure: no Node.
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
import { NamespaceRows } from './memory/namespace-rows.js';
import { MemoryTables, RefusedWrite } from './memory/tables.js';
import type { ExecutionEntry } from './memory/tables.js';

export { MemoryTables, RefusedWrite } from './memory/tables.js';
export type { Revert } from './memory/tables.js';

export class MemoryStore implements Store {
  /** Not changed by `close`: another store over the same tables is the same database opened again. */
  readonly tables: MemoryTables;
  #isOpen = false;

  constructor(tables = new MemoryTables()) {
    this.tables = tables;
  }

  async open(_owner: string): Promise<StoreOpened> {
    const { tables } = this;
    tables.epoch += 1;
    tables.lastGroupNumber = 0;
    this.#isOpen = true;
    const { epoch, lastExecNo, lastTaskNo, lastOutboxNo } = tables;
    return { epoch, lastExecNo, lastTaskNo, lastOutboxNo };
  }

  /** The write is done when this returns; only the answer comes later, on a microtask. */
  async commit(group: CommitGroup): Promise<CommitOutcome> {
    if (!this.#isOpen) return { kind: 'failed', reason: 'the store is not open' };
    const fence = this.tables.refuse(group);
    if (fence !== undefined) return { kind: 'fenced', reason: fence };
    try {
      this.tables.apply(group);
      return { kind: 'committed' };
    } catch (error) {
      if (error instanceof RefusedWrite) return { kind: 'failed', reason: error.message };
      throw error;
    }
  }

  async loadExecution(key: ExecutionKey): Promise<StoredExecution | undefined> {
    const execNo = key.by === 'execNo' ? key.execNo : this.tables.execNoByRunId.get(key.runId);
    const entry = execNo === undefined ? undefined : this.tables.executions.get(execNo);
    if (execNo === undefined || entry?.row === undefined) return undefined;
    const { namespaceId, workflowId } = entry.row;
    if (key.by === 'runId' && (key.namespaceId !== namespaceId || key.workflowId !== workflowId)) return undefined;
    const current = this.tables.namespaces.get(namespaceId)?.current.get(workflowId);
    return storedExecution(execNo, entry.row, current === execNo, entry);
  }

  async loadCurrent(namespaceId: string, workflowId: string): Promise<CurrentRun | undefined> {
    const execNo = this.tables.namespaces.get(namespaceId)?.current.get(workflowId);
    const row = execNo === undefined ? undefined : this.tables.executions.get(execNo)?.row;
    if (execNo === undefined || row === undefined) return undefined;
    return { execNo, runId: row.runId, status: row.status };
  }

  async readHistory(range: HistoryRange): Promise<HistoryBatch[]> {
    return this.tables.executions.get(range.execNo)?.log.history(range) ?? [];
  }

  async scanTimers(fromMs: number, beforeMs: number, limit: number): Promise<TimerRow[]> {
    const due: TimerRow[] = [];
    for (const timer of this.tables.timers.walk({ dueMs: fromMs, execNo: 0 })) {
      if (timer.dueMs >= beforeMs || due.length >= limit) break;
      due.push(timer);
    }
    return due;
  }

  async scanDispatch(queue: string, after: DispatchOrder | undefined, limit: number): Promise<DispatchRow[]> {
    const rows: DispatchRow[] = [];
    for (const row of this.tables.queues.get(queue)?.walk(after) ?? []) {
      if (row.taskNo === after?.taskNo) continue;
      if (rows.length >= limit) break;
      rows.push(row);
    }
    return rows;
  }

  async listDispatchQueues(): Promise<DispatchQueue[]> {
    return [...this.tables.queues].map(([queue, rows]) => {
      let passTicketMax = -Infinity;
      for (const { passTicket } of rows.walk()) passTicketMax = Math.max(passTicketMax, passTicket);
      return { queue, count: rows.size, passTicketMax };
    });
  }

  async scanOutbox(afterNo: number, limit: number): Promise<OutboxRow[]> {
    const rows: OutboxRow[] = [];
    for (const row of this.tables.outbox.walk({ outboxNo: afterNo + 1 })) {
      if (rows.length >= limit) break;
      rows.push(row);
    }
    return rows;
  }

  async loadRecords(kind: RecordKind): Promise<{ readonly key: string; readonly bytes: Uint8Array }[]> {
    return [...this.tables.records[kind]].map(([key, bytes]) => ({ key, bytes }));
  }

  async list(filter: ListFilter): Promise<ListPage> {
    return (this.tables.namespaces.get(filter.namespaceId) ?? NO_ROWS).list(filter);
  }

  async count(filter: ListFilter): Promise<CountGroup[]> {
    return (this.tables.namespaces.get(filter.namespaceId) ?? NO_ROWS).count(filter.query);
  }

  async scanNamespace(namespaceId: string, limit: number): Promise<ExecNo[]> {
    const execNos: ExecNo[] = [];
    for (const execNo of this.tables.namespaces.get(namespaceId)?.execNos ?? []) {
      if (execNos.length >= limit) break;
      execNos.push(execNo);
    }
    return execNos;
  }

  async close(): Promise<void> {
    this.#isOpen = false;
  }
}

const NO_ROWS = new NamespaceRows();

function storedExecution(
  execNo: ExecNo,
  row: StoredExecution['row'],
  isCurrent: boolean,
  entry: ExecutionEntry,
): StoredExecution {
  const { snapshot, log, timerDueMs } = entry;
  return { execNo, row, isCurrent, snapshot, tail: log.after(snapshot?.seq ?? 0), timerDueMs };
}
