/** Point look-ups and short scans, on the thread and the connection that commit: they see every group at once. */
import type {
  CurrentRun,
  DispatchOrder,
  DispatchQueue,
  DispatchRow,
  ExecNo,
  ExecutionKey,
  OutboxRow,
  RecordKind,
  StoredExecution,
  StoredTransition,
  TimerRow,
} from '../../ports/index.js';
import type { CurrentRuns } from './current-runs.js';
import { readBytes, readNumber, readText } from './driver.js';
import type { SqliteDatabase, SqliteStatement, SqlRow } from './driver.js';
import { readExecutionRow } from './execution-row.js';
import { hashRunId, hashWorkflowId } from './run-key.js';
import { CURRENT_RUN, SEQ_BITS, SEQ_MAX } from './schema.js';

const SQL = {
  anyCurrent: `SELECT 1 FROM run_key WHERE id_hash = ? AND run_hash = ${CURRENT_RUN} LIMIT 1`,
  current:
    'SELECT e.exec_no, e.run_id, e.status FROM run_key AS k CROSS JOIN execution AS e ON e.exec_no = k.exec_no ' +
    `WHERE k.id_hash = ? AND k.run_hash = ${CURRENT_RUN} ` +
    'AND e.workflow_id = ? AND e.namespace_no = (SELECT no FROM namespace WHERE id = ?)',
  run:
    'SELECT e.exec_no FROM run_key AS k CROSS JOIN execution AS e ON e.exec_no = k.exec_no ' +
    'WHERE k.id_hash = ? AND k.run_hash = ? AND e.run_id = ? ' +
    'AND e.workflow_id = ? AND e.namespace_no = (SELECT no FROM namespace WHERE id = ?)',
  execution:
    'SELECT *, (SELECT id FROM namespace WHERE no = namespace_no) AS namespace_id FROM execution WHERE exec_no = ?',
  isCurrent: `SELECT 1 FROM run_key WHERE id_hash = ? AND run_hash = ${CURRENT_RUN} AND exec_no = ?`,
  snapshot: 'SELECT seq, bytes FROM snapshot WHERE exec_no = ?',
  tail:
    `SELECT place & ${SEQ_MAX} AS seq, first_event_id, event_count, events, facts FROM transition ` +
    `WHERE place > ((? << ${SEQ_BITS}) | ?) AND place <= ((? << ${SEQ_BITS}) | ${SEQ_MAX}) ORDER BY place`,
  timer: 'SELECT due_ms FROM timer WHERE exec_no = ?',
  timers: 'SELECT exec_no, due_ms FROM timer WHERE due_ms >= ? AND due_ms < ? ORDER BY due_ms, exec_no LIMIT ?',
  queueNo: 'SELECT no FROM queue WHERE name = ?',
  dispatch:
    'SELECT * FROM dispatch WHERE queue_no = ? AND (priority_key, pass_ticket, task_no) > (?, ?, ?) ' +
    'ORDER BY priority_key, pass_ticket, task_no LIMIT ?',
  queues:
    'SELECT queue.name AS queue, c.count, c.pass_ticket_max FROM ' +
    '(SELECT queue_no, count(*) AS count, max(pass_ticket) AS pass_ticket_max FROM dispatch GROUP BY queue_no) AS c ' +
    'JOIN queue ON queue.no = c.queue_no',
  outbox: 'SELECT * FROM outbox WHERE outbox_no > ? ORDER BY outbox_no LIMIT ?',
  records: 'SELECT key, bytes FROM record WHERE kind = ?',
  namespaceNo: 'SELECT no FROM namespace WHERE id = ?',
  namespaceExecutions: 'SELECT exec_no FROM execution WHERE namespace_no = ? LIMIT ?',
  counts: 'SELECT status, count FROM execution_count WHERE namespace_no = ? AND division = ? AND count > 0',
} as const;

export class Reader {
  readonly #db: SqliteDatabase;
  readonly #currents: CurrentRuns;
  readonly #prepared = new Map<keyof typeof SQL, SqliteStatement>();

  constructor(db: SqliteDatabase, currents: CurrentRuns) {
    this.#db = db;
    this.#currents = currents;
  }

  execution(key: ExecutionKey): StoredExecution | undefined {
    const execNo = key.by === 'execNo' ? key.execNo : this.#findRun(key.namespaceId, key.workflowId, key.runId);
    const found = execNo === undefined ? undefined : this.#get('execution').get(execNo);
    if (execNo === undefined || found === undefined) return undefined;
    const row = readExecutionRow(readText(found, 'namespace_id'), found);
    const idHash = hashWorkflowId(row.namespaceId, row.workflowId);
    const snapshotRow = this.#get('snapshot').get(execNo);
    const snapshot =
      snapshotRow === undefined
        ? undefined
        : { seq: readNumber(snapshotRow, 'seq'), bytes: readBytes(snapshotRow, 'bytes') };
    const timer = this.#get('timer').get(execNo);
    return {
      execNo,
      row,
      isCurrent: this.#get('isCurrent').get(idHash, execNo) !== undefined,
      snapshot,
      tail: this.#get('tail')
        .all(execNo, snapshot?.seq ?? 0, execNo)
        .map(readTransition),
      timerDueMs: timer === undefined ? undefined : readNumber(timer, 'due_ms'),
    };
  }

  current(namespaceId: string, workflowId: string): CurrentRun | undefined {
    const idHash = hashWorkflowId(namespaceId, workflowId);
    // Most who ask are about to start a new workflow id.
    if (this.#get('anyCurrent').get(idHash) === undefined) {
      this.#currents.noteNobody(idHash);
      return undefined;
    }
    const row = this.#get('current').get(idHash, workflowId, namespaceId);
    if (row === undefined) return undefined;
    return { execNo: readNumber(row, 'exec_no'), runId: readText(row, 'run_id'), status: readNumber(row, 'status') };
  }

  timers(fromMs: number, beforeMs: number, limit: number): TimerRow[] {
    const rows = this.#get('timers').all(fromMs, beforeMs, limit);
    return rows.map((row) => ({ execNo: readNumber(row, 'exec_no'), dueMs: readNumber(row, 'due_ms') }));
  }

  dispatch(queue: string, after: DispatchOrder | undefined, limit: number): DispatchRow[] {
    const found = this.#get('queueNo').get(queue);
    if (found === undefined) return [];
    const { priorityKey, passTicket, taskNo } = after ?? BEFORE_ALL;
    const rows = this.#get('dispatch').all(readNumber(found, 'no'), priorityKey, passTicket, taskNo, limit);
    return rows.map((row) => readDispatch(queue, row));
  }

  dispatchQueues(): DispatchQueue[] {
    const rows = this.#get('queues').all();
    return rows.map((row) => ({
      queue: readText(row, 'queue'),
      count: readNumber(row, 'count'),
      passTicketMax: readNumber(row, 'pass_ticket_max'),
    }));
  }

  outbox(afterNo: number, limit: number): OutboxRow[] {
    return this.#get('outbox').all(afterNo, limit).map(readOutbox);
  }

  records(kind: RecordKind): { readonly key: string; readonly bytes: Uint8Array }[] {
    const rows = this.#get('records').all(kind);
    return rows.map((row) => ({ key: readText(row, 'key'), bytes: readBytes(row, 'bytes') }));
  }

  namespaceExecutions(namespaceId: string, limit: number): ExecNo[] {
    const namespaceNo = this.#namespaceNo(namespaceId);
    if (namespaceNo === undefined) return [];
    const rows = this.#get('namespaceExecutions').all(namespaceNo, limit);
    return rows.map((row) => readNumber(row, 'exec_no'));
  }

  /** How many runs of a division (by `divisionKey`) have each status; from counters, not by counting. */
  countsByStatus(namespaceId: string, division: string): { readonly value: number; readonly count: number }[] {
    const namespaceNo = this.#namespaceNo(namespaceId);
    if (namespaceNo === undefined) return [];
    const rows = this.#get('counts').all(namespaceNo, division);
    return rows.map((row) => ({ value: readNumber(row, 'status'), count: readNumber(row, 'count') }));
  }

  #findRun(namespaceId: string, workflowId: string, runId: string): ExecNo | undefined {
    const idHash = hashWorkflowId(namespaceId, workflowId);
    const row = this.#get('run').get(idHash, hashRunId(runId), runId, workflowId, namespaceId);
    return row === undefined ? undefined : readNumber(row, 'exec_no');
  }

  #namespaceNo(namespaceId: string): number | undefined {
    const row = this.#get('namespaceNo').get(namespaceId);
    return row === undefined ? undefined : readNumber(row, 'no');
  }

  /** Prepared on first use: a server that has just started needs few of them. */
  #get(name: keyof typeof SQL): SqliteStatement {
    let statement = this.#prepared.get(name);
    if (statement === undefined) this.#prepared.set(name, (statement = this.#db.prepare(SQL[name])));
    return statement;
  }
}

const BEFORE_ALL: DispatchOrder = { priorityKey: -Infinity, passTicket: -Infinity, taskNo: -Infinity };

function readTransition(row: SqlRow): StoredTransition {
  return {
    seq: readNumber(row, 'seq'),
    firstEventId: readNumber(row, 'first_event_id'),
    eventCount: readNumber(row, 'event_count'),
    events: readBytes(row, 'events'),
    facts: readBytes(row, 'facts'),
  };
}

function readDispatch(queue: string, row: SqlRow): DispatchRow {
  return {
    queue,
    priorityKey: readNumber(row, 'priority_key'),
    passTicket: readNumber(row, 'pass_ticket'),
    taskNo: readNumber(row, 'task_no'),
    execNo: readNumber(row, 'exec_no'),
    runId: readText(row, 'run_id'),
    scheduledEventId: readNumber(row, 'scheduled_event_id'),
    attempt: readNumber(row, 'attempt'),
    stamp: readNumber(row, 'stamp'),
    createdAtMs: readNumber(row, 'created_ms'),
    fairnessKey: readText(row, 'fairness_key'),
    fairnessWeight: readNumber(row, 'fairness_weight'),
  };
}

function readOutbox(row: SqlRow): OutboxRow {
  return {
    outboxNo: readNumber(row, 'outbox_no'),
    sourceExecNo: readNumber(row, 'source_exec_no'),
    namespaceId: readText(row, 'namespace_id'),
    workflowId: readText(row, 'workflow_id'),
    bytes: readBytes(row, 'bytes'),
  };
}
