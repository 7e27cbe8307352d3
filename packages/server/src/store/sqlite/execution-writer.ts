/** The rows by which executions are found, listed and counted. */
import { decodeAttributes } from '../../core/visibility/index.js';
import type { VisibilityRecord } from '../../core/visibility/index.js';
import type { ExecNo } from '../../ports/index.js';
import { readNumber, readText } from './driver.js';
import type { SqliteDatabase, SqliteStatement } from './driver.js';
import { divisionKeyOf, EXECUTION_COLUMNS, executionValues } from './execution-row.js';
import { NameTable } from './name-table.js';
import { RecentMap } from './recent-map.js';
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
  /** Rows written last: most runs are written twice, at their start and soon after at their end. */
  readonly #recent = new RecentMap<ExecNo, WrittenRow>(RECENT_MAX);
  /** By hash of the workflow id, who was made its current run last. */
  readonly #currents = new RecentMap<number, ExecNo>(RECENT_MAX);

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
    const known = this.#recent.get(execNo);
    const isNew = known === undefined && Number(this.#insert.run(execNo, slot, namespaceNo, ...values).changes) === 1;
    const hasKey = !isNew && this.#forgetOld(execNo, known, idHash, runHash);
    if (!isNew) this.#update.run(slot, namespaceNo, ...values, execNo);
    const division = divisionKeyOf(row.attributes);
    this.#count(namespaceNo, division, row.status, 1);
    this.#recent.set(execNo, { namespaceNo, division, status: row.status, idHash, runHash, isCurrent });
    if (hasKey && known?.isCurrent === isCurrent && (!isCurrent || this.#currents.get(idHash) === execNo)) return;
    if (isCurrent) {
      this.#deleteOtherCurrent.run(idHash, execNo, namespaceNo, row.workflowId);
      this.#addKeyAndCurrent.run(idHash, runHash, execNo, idHash, execNo);
      this.#currents.set(idHash, execNo);
      return;
    }
    if (!hasKey) this.#addKey.run(idHash, runHash, execNo);
    if (!isNew) this.#deleteKey.run(idHash, CURRENT_RUN, execNo);
  }

  delete(execNo: ExecNo): void {
    this.#forgetOld(execNo, this.#recent.get(execNo), undefined, undefined);
    this.#delete.run(execNo);
    this.#recent.delete(execNo);
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
    this.#recent.clear();
    this.#currents.clear();
  }

  /** Takes the row that is there out of the counts, and out of the keys unless they stay the same: then true. */
  #forgetOld(
    execNo: ExecNo,
    known: WrittenRow | undefined,
    idHash: number | undefined,
    runHash: number | undefined,
  ): boolean {
    const old = known ?? this.#readOld(execNo);
    if (old === undefined) return false;
    this.#count(old.namespaceNo, old.division, old.status, -1);
    if (old.idHash === idHash && old.runHash === runHash) return true;
    this.#deleteKey.run(old.idHash, old.runHash, execNo);
    this.#deleteKey.run(old.idHash, CURRENT_RUN, execNo);
    return false;
  }

  #readOld(execNo: ExecNo): Omit<WrittenRow, 'isCurrent'> | undefined {
    const old = this.#read.get(execNo);
    if (old === undefined) return undefined;
    return {
      namespaceNo: readNumber(old, 'namespace_no'),
      division: divisionKeyOf(decodeAttributes(readText(old, 'attributes'))),
      status: readNumber(old, 'status'),
      idHash: hashWorkflowId(readText(old, 'namespace_id'), readText(old, 'workflow_id')),
      runHash: hashRunId(readText(old, 'run_id')),
    };
  }

  #count(namespaceNo: number, division: string, status: number, delta: number): void {
    const key = `${namespaceNo} ${status} ${division}`;
    const sum = (this.#deltas.get(key)?.delta ?? 0) + delta;
    this.#deltas.set(key, { namespaceNo, division, status, delta: sum });
  }
}

const RECENT_MAX = 10_000;

/** What must be known of a row to write it again. */
interface WrittenRow {
  readonly namespaceNo: number;
  readonly division: string;
  readonly status: number;
  readonly idHash: number;
  readonly runHash: number;
  /** It had the current run's key when it was written; another may have taken that since. */
  readonly isCurrent: boolean;
}

interface CountDelta {
  readonly namespaceNo: number;
  readonly division: string;
  readonly status: number;
  readonly delta: number;
}
