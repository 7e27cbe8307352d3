/** The rows by which executions are found, listed and counted. */
import { decodeAttributes } from '../../core/visibility/index.js';
import type { ExecNo, Write } from '../../ports/index.js';
import type { CurrentRuns } from './current-runs.js';
import { readNumber, readText } from './driver.js';
import type { SqliteDatabase, SqliteStatement, SqlValue } from './driver.js';
import { divisionKeyOf, EXECUTION_COLUMNS, executionValues, IDENTITY_COLUMNS } from './execution-row.js';
import { NameTable } from './name-table.js';
import { RecentMap } from './recent-map.js';
import { RowBatch } from './row-batch.js';
import { hashRunId, hashWorkflowId } from './run-key.js';
import { CURRENT_RUN } from './schema.js';

type PutExecution = Extract<Write, { kind: 'putExecution' }>;

export class ExecutionWriter {
  readonly #namespaces: NameTable;
  readonly #insert: SqliteStatement;
  /** New rows and keys, gathered. */
  readonly #rows: RowBatch;
  readonly #keys: RowBatch;
  /** Numbers rise, so every gathered row has this number or a higher one. */
  #firstGathered: ExecNo = 0;
  readonly #update: SqliteStatement;
  readonly #updateFate: SqliteStatement;
  readonly #updateAttributes: SqliteStatement;
  readonly #read: SqliteStatement;
  readonly #delete: SqliteStatement;
  readonly #deleteKey: SqliteStatement;
  readonly #deleteOtherCurrent: SqliteStatement;
  readonly #addCount: SqliteStatement;
  /** Changes of counts in this group, so that each counter is written once. */
  readonly #deltas = new Map<string, CountDelta>();
  /** Rows written last: most runs are written twice, at their start and soon after at their end. */
  readonly #recent = new RecentMap<ExecNo, WrittenRow>(RECENT_MAX);
  readonly #currents: CurrentRuns;

  constructor(db: SqliteDatabase, currents: CurrentRuns) {
    this.#currents = currents;
    this.#namespaces = new NameTable(db, 'namespace', 'id');
    const columns = EXECUTION_COLUMNS.join(', ');
    const marks = EXECUTION_COLUMNS.map(() => '?').join(', ');
    const into = `INTO execution (exec_no, slot, namespace_no, ${columns})`;
    this.#insert = db.prepare(`INSERT OR IGNORE ${into} VALUES (?, ?, ?, ${marks})`);
    const width = 3 + EXECUTION_COLUMNS.length;
    this.#rows = new RowBatch(db, { insert: `INSERT ${into}`, marks: `(?, ?, ?, ${marks})`, width, conflict: '' });
    this.#keys = new RowBatch(db, {
      insert: 'INSERT OR IGNORE INTO run_key',
      marks: '(?, ?, ?)',
      width: 3,
      conflict: '',
    });
    const set = (names: readonly string[]): string => names.map((name) => `${name} = ?`).join(', ');
    this.#update = db.prepare(
      `UPDATE execution SET slot = ?, namespace_no = ?, ${set(EXECUTION_COLUMNS)} WHERE exec_no = ?`,
    );
    this.#updateFate = db.prepare(
      `UPDATE execution SET ${set(EXECUTION_COLUMNS.slice(IDENTITY_COLUMNS))} WHERE exec_no = ?`,
    );
    this.#updateAttributes = db.prepare(`UPDATE execution SET ${set(EXECUTION_COLUMNS.slice(-1))} WHERE exec_no = ?`);
    this.#read = db.prepare(
      'SELECT namespace_no, (SELECT id FROM namespace WHERE no = namespace_no) AS namespace_id, workflow_id, run_id, ' +
        'status, attributes FROM execution WHERE exec_no = ?',
    );
    this.#delete = db.prepare('DELETE FROM execution WHERE exec_no = ?');
    this.#deleteKey = db.prepare('DELETE FROM run_key WHERE id_hash = ? AND run_hash = ? AND exec_no = ?');
    this.#deleteOtherCurrent = db.prepare(
      `DELETE FROM run_key WHERE id_hash = ? AND run_hash = ${CURRENT_RUN} AND exec_no <> ? AND exec_no IN ` +
        '(SELECT exec_no FROM execution WHERE exec_no = run_key.exec_no AND namespace_no = ? AND workflow_id = ?)',
    );
    this.#addCount = db.prepare(
      'INSERT INTO execution_count VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count',
    );
  }

  /** `isFresh`: no row can have this number yet. */
  put({ execNo, slot, row, isCurrent }: PutExecution, isFresh: boolean): void {
    const namespaceNo = this.#namespaces.numberOf(row.namespaceId);
    const idHash = hashWorkflowId(row.namespaceId, row.workflowId);
    const runHash = hashRunId(row.runId);
    const values = executionValues(row);
    const known = this.#recent.get(execNo);
    const isNew = known === undefined && this.#addRow(isFresh, execNo, slot, namespaceNo, values);
    const hasKey = !isNew && this.#forgetOld(execNo, known, idHash, runHash);
    if (!isNew) this.#rewrite(execNo, slot, namespaceNo, values, known);
    const division = divisionKeyOf(row.attributes);
    this.#count(namespaceNo, division, row.status, 1);
    // The values of a closed run are not kept: it is hardly ever written again.
    const kept = row.closeTimeMs === undefined ? values : undefined;
    this.#recent.set(execNo, {
      namespaceNo,
      slot,
      division,
      status: row.status,
      idHash,
      runHash,
      isCurrent,
      values: kept,
    });
    if (hasKey && known?.isCurrent === isCurrent && (!isCurrent || this.#currents.isLast(idHash, execNo))) return;
    if (isCurrent) {
      if (!this.#currents.isNobody(idHash)) {
        this.#flushRows();
        this.#deleteOtherCurrent.run(idHash, execNo, namespaceNo, row.workflowId);
      }
      this.#keys.add(idHash, runHash, execNo, idHash, CURRENT_RUN, execNo);
      this.#currents.take(idHash, execNo);
      return;
    }
    if (!hasKey) this.#keys.add(idHash, runHash, execNo);
    if (!isNew) this.#dropKey(idHash, CURRENT_RUN, execNo);
  }

  /** False if the row is there already. */
  #addRow(isFresh: boolean, execNo: ExecNo, slot: number, namespaceNo: number, values: readonly SqlValue[]): boolean {
    if (!isFresh) return Number(this.#insert.run(execNo, slot, namespaceNo, ...values).changes) === 1;
    if (this.#rows.isEmpty) this.#firstGathered = execNo;
    this.#rows.add(execNo, slot, namespaceNo, ...values);
    return true;
  }

  #dropKey(idHash: number, runHash: number, execNo: ExecNo): void {
    this.#keys.flush();
    this.#deleteKey.run(idHash, runHash, execNo);
  }

  #flushRows(): void {
    this.#rows.flush();
    this.#keys.flush();
  }

  /** Only what changed since the row was written last: a statement costs by the values that it is given. */
  #rewrite(
    execNo: ExecNo,
    slot: number,
    namespaceNo: number,
    values: readonly SqlValue[],
    known: WrittenRow | undefined,
  ): void {
    if (execNo >= this.#firstGathered) this.#flushRows();
    const before = known?.slot === slot && known.namespaceNo === namespaceNo ? known.values : undefined;
    const changedFrom = before === undefined ? 0 : values.findIndex((value, index) => value !== before[index]);
    if (changedFrom === values.length - 1) this.#updateAttributes.run(values[changedFrom] ?? null, execNo);
    else if (changedFrom >= IDENTITY_COLUMNS) this.#updateFate.run(...values.slice(IDENTITY_COLUMNS), execNo);
    else if (changedFrom >= 0) this.#update.run(slot, namespaceNo, ...values, execNo);
  }

  delete(execNo: ExecNo): void {
    this.#flushRows();
    this.#forgetOld(execNo, this.#recent.get(execNo), undefined, undefined);
    this.#delete.run(execNo);
    this.#recent.delete(execNo);
  }

  /** Inside the group's transaction. */
  finishGroup(): void {
    this.#flushRows();
    for (const { namespaceNo, division, status, delta } of this.#deltas.values()) {
      if (delta !== 0) this.#addCount.run(namespaceNo, division, status, delta);
    }
    this.#deltas.clear();
  }

  /** After a rollback. */
  forget(): void {
    this.#rows.forget();
    this.#keys.forget();
    this.#deltas.clear();
    this.#namespaces.forget();
    this.#recent.clear();
    this.#currents.forget();
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
    this.#dropKey(old.idHash, old.runHash, execNo);
    this.#dropKey(old.idHash, CURRENT_RUN, execNo);
    return false;
  }

  #readOld(execNo: ExecNo): OldRow | undefined {
    this.#flushRows();
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
  readonly slot: number;
  readonly division: string;
  readonly status: number;
  readonly idHash: number;
  readonly runHash: number;
  /** It had the current run's key when it was written; another may have taken that since. */
  readonly isCurrent: boolean;
  /** Of an open run, all that was written. */
  readonly values: readonly SqlValue[] | undefined;
}

type OldRow = Omit<WrittenRow, 'isCurrent' | 'values' | 'slot'>;

interface CountDelta {
  readonly namespaceNo: number;
  readonly division: string;
  readonly status: number;
  readonly delta: number;
}
