/** Reads of the simulated disk, at one moment, without promises: the same answers as the memory store's. */
import type { Read, ReadAnswer } from '@perdure/server/engine';
import type {
  CountGroup,
  DispatchOrder,
  DispatchRow,
  ExecNo,
  ExecutionKey,
  ListFilter,
  StoredExecution,
} from '@perdure/server/ports';
import type { MemoryTables } from '@perdure/server/store/memory';

export function readTables(tables: MemoryTables, read: Read): ReadAnswer {
  switch (read.kind) {
    case 'execution':
      return { kind: 'execution', execution: loadExecution(tables, read.key) };
    case 'current':
      return { kind: 'current', current: loadCurrent(tables, read.namespaceId, read.workflowId) };
    case 'history':
      return { kind: 'history', batches: tables.executions.get(read.range.execNo)?.log.history(read.range) ?? [] };
    case 'timers':
      return { kind: 'timers', rows: scanTimers(tables, read.fromMs, read.beforeMs, read.limit) };
    case 'dispatch':
      return { kind: 'dispatch', rows: scanDispatch(tables, read.queue, read.after, read.limit) };
    case 'outbox':
      return { kind: 'outbox', rows: take(tables.outbox.walk({ outboxNo: read.afterNo + 1 }), read.limit) };
    case 'list':
      return { kind: 'list', page: tables.namespaces.get(read.filter.namespaceId)?.list(read.filter) ?? NO_PAGE };
    case 'count':
      return { kind: 'count', groups: countGroups(tables, read.filter) };
    case 'namespaceExecutions':
      return {
        kind: 'namespaceExecutions',
        execNos: take(tables.namespaces.get(read.namespaceId)?.execNos ?? [], read.limit),
      };
  }
}

const NO_PAGE = { kind: 'page', rows: [], cursor: '' } as const;

export function loadExecution(tables: MemoryTables, key: ExecutionKey): StoredExecution | undefined {
  const execNo = key.by === 'execNo' ? key.execNo : tables.execNoByRunId.get(key.runId);
  const entry = execNo === undefined ? undefined : tables.executions.get(execNo);
  if (execNo === undefined || entry?.row === undefined) return undefined;
  const { row, snapshot, log, timerDueMs } = entry;
  if (key.by === 'runId' && (key.namespaceId !== row.namespaceId || key.workflowId !== row.workflowId))
    return undefined;
  const isCurrent = tables.namespaces.get(row.namespaceId)?.current.get(row.workflowId) === execNo;
  return { execNo, row, isCurrent, snapshot, tail: log.after(snapshot?.seq ?? 0), timerDueMs };
}

function loadCurrent(
  tables: MemoryTables,
  namespaceId: string,
  workflowId: string,
): { execNo: ExecNo; runId: string; status: number } | undefined {
  const execNo = tables.namespaces.get(namespaceId)?.current.get(workflowId);
  const row = execNo === undefined ? undefined : tables.executions.get(execNo)?.row;
  return execNo === undefined || row === undefined ? undefined : { execNo, runId: row.runId, status: row.status };
}

function scanTimers(
  tables: MemoryTables,
  fromMs: number,
  beforeMs: number,
  limit: number,
): { execNo: ExecNo; dueMs: number }[] {
  const due: { execNo: ExecNo; dueMs: number }[] = [];
  for (const timer of tables.timers.walk({ dueMs: fromMs, execNo: 0 })) {
    if (timer.dueMs >= beforeMs || due.length >= limit) break;
    due.push(timer);
  }
  return due;
}

function scanDispatch(
  tables: MemoryTables,
  queue: string,
  after: DispatchOrder | undefined,
  limit: number,
): DispatchRow[] {
  const rows: DispatchRow[] = [];
  for (const row of tables.queues.get(queue)?.walk(after) ?? []) {
    if (row.taskNo === after?.taskNo) continue;
    if (rows.length >= limit) break;
    rows.push(row);
  }
  return rows;
}

function countGroups(tables: MemoryTables, filter: ListFilter): CountGroup[] {
  return tables.namespaces.get(filter.namespaceId)?.count(filter.query) ?? [{ value: undefined, count: 0 }];
}

function take<T>(rows: Iterable<T>, limit: number): T[] {
  const taken: T[] = [];
  for (const row of rows) {
    if (taken.length >= limit) break;
    taken.push(row);
  }
  return taken;
}
