/** The rows by which executions are found, listed and counted. */
import { decodeAttributes } from '../../core/visibility/index.js';
import type { VisibilityRecord } from '../../core/visibility/index.js';
import type { ExecNo } from '../../ports/index.js';
import { readNumber, readText } from './driver.js';
import type { SqliteDatabase, SqliteStatement } from './driver.js';
import { divisionKeyOf, EXECUTION_COLUMNS, executionValues } from './execution-row.js';
import { NameTable } from './name-table.js';
import { hashRunId, hashWorkflowId } from './run-key.js';
import { CURRENT_RUN } from './schema.js';

export class ExecutionWriter {
  readonly #namespaces: NameTable;
  readonly #insert: SqliteStatement;
  readonly #update: SqliteStatement;
  readonly #read: SqliteStatement;
  readonly #delete: SqliteStatement;
  readonly #addKey: SqliteStatement;
  readonly #addKeyAndCurrent: SqliteStatement;
  readonly #deleteKey: SqliteStatement;
  readonly #deleteOtherCurrent: SqliteStatement;
  readonly #addCount: SqliteStatement;
  /** Changes of counts in this group, so that each counter is written once. */
  readonly #deltas = new Map<string, CountDelta>();

  constructor(db: SqliteDatabase) {
    this.#namespaces = new NameTable(db, 'namespace', 'id');
    const columns = EXECUTION_COLUMNS.join(', ');
    const marks = EXECUTION_COLUMNS.map(() => '?').join(', ');
    this.#insert = db.prepare(
      `INSERT OR IGNORE INTO execution (exec_no, slot, namespace_no, ${columns}) VALUES (?, ?, ?, ${marks})`,
    );
    this.#update = db.prepare(
      `UPDATE execution SET slot = ?, namespace_no = ?, ${EXECUTION_COLUMNS.map((name) => `${name} = ?`).join(', ')} ` +
        'WHERE exec_no = ?',
    );
    this.#read = db.prepare(
      'SELECT namespace_no, (SELECT id FROM namespace WHERE no = namespace_no) AS namespace_id, workflow_id, run_id, ' +
        'status, attributes FROM execution WHERE exec_no = ?',
    );
    this.#delete = db.prepare('DELETE FROM execution WHERE exec_no = ?');
    this.#addKey = db.prepare('INSERT OR IGNORE INTO run_key VALUES (?, ?, ?)');
    this.#addKeyAndCurrent = db.prepare(`INSERT OR IGNORE INTO run_key VALUES (?, ?, ?), (?, ${CURRENT_RUN}, ?)`);
    this.#deleteKey = db.prepare('DELETE FROM run_key WHERE id_hash = ? AND run_hash = ? AND exec_no = ?');
    this.#deleteOtherCurrent = db.prepare(
      `DELETE FROM run_key WHERE id_hash = ? AND run_hash = ${CURRENT_RUN} AND exec_no <> ? AND exec_no IN ` +
        '(SELECT exec_no FROM execution WHERE exec_no = run_key.exec_no AND namespace_no = ? AND workflow_id = ?)',
    );
    this.#addCount = db.prepare(
      'INSERT INTO execution_count VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count',
    );
  }

  put(execNo: ExecNo, slot: number, row: VisibilityRecord, isCurrent: boolean): void {
    const namespaceNo = this.#namespaces.numberOf(row.namespaceId);
    const idHash = hashWorkflowId(row.namespaceId, row.workflowId);
    const runHash = hashRunId(row.runId);
    const values = executionValues(row);
    const isNew = Number(this.#insert.run(execNo, slot, namespaceNo, ...values).changes) === 1;
    const hasKey = !isNew && this.#forgetOld(execNo, idHash, runHash);
    if (!isNew) this.#update.run(slot, namespaceNo, ...values, execNo);
    this.#count(namespaceNo, divisionKeyOf(row.attributes), row.status, 1);
    if (isCurrent) {
      this.#deleteOtherCurrent.run(idHash, execNo, namespaceNo, row.workflowId);
      this.#addKeyAndCurrent.run(idHash, runHash, execNo, idHash, execNo);
      return;
    }
    if (!hasKey) this.#addKey.run(idHash, runHash, execNo);
    if (!isNew) this.#deleteKey.run(idHash, CURRENT_RUN, execNo);
  }

  delete(execNo: ExecNo): void {
    this.#forgetOld(execNo, undefined, undefined);
    this.#delete.run(execNo);
  }

  /** Inside the group's transaction. */
  finishGroup(): void {
    for (const { namespaceNo, division, status, delta } of this.#deltas.values()) {
      if (delta !== 0) this.#addCount.run(namespaceNo, division, status, delta);
    }
    this.#deltas.clear();
  }

  /** After a rollback. */
  forget(): void {
    this.#deltas.clear();
    this.#namespaces.forget();
  }

  /** Takes the row that is there out of the counts, and out of the keys unless they stay the same: then true. */
  #forgetOld(execNo: ExecNo, idHash: number | undefined, runHash: number | undefined): boolean {
    const old = this.#read.get(execNo);
    if (old === undefined) return false;
    const division = divisionKeyOf(decodeAttributes(readText(old, 'attributes')));
    this.#count(readNumber(old, 'namespace_no'), division, readNumber(old, 'status'), -1);
    const oldIdHash = hashWorkflowId(readText(old, 'namespace_id'), readText(old, 'workflow_id'));
    const oldRunHash = hashRunId(readText(old, 'run_id'));
    if (oldIdHash === idHash && oldRunHash === runHash) return true;
    this.#deleteKey.run(oldIdHash, oldRunHash, execNo);
    this.#deleteKey.run(oldIdHash, CURRENT_RUN, execNo);
    return false;
  }

  #count(namespaceNo: number, division: string, status: number, delta: number): void {
    const key = `${namespaceNo} ${status} ${division}`;
    const sum = (this.#deltas.get(key)?.delta ?? 0) + delta;
    this.#deltas.set(key, { namespaceNo, division, status, delta: sum });
  }
}

interface CountDelta {
  readonly namespaceNo: number;
  readonly division: string;
  readonly status: number;
  readonly delta: number;
}
