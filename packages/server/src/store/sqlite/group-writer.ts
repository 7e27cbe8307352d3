/** One commit group as statements: the transaction, its fence, and the rows of every kind of write. */
import type { CommitGroup, DispatchRow, ExecNo, OutboxRow, Write } from '../../ports/index.js';
import type { CurrentRuns } from './current-runs.js';
import { readNumber, resultCode, SQLITE } from './driver.js';
import type { SqliteDatabase } from './driver.js';
import { ExecutionWriter } from './execution-writer.js';
import { NameTable } from './name-table.js';
import { NumberReserve } from './number-reserve.js';
import type { NumberKind } from './number-reserve.js';
import { RecentMap } from './recent-map.js';
import { EXEC_NO_MAX, SEQ_MAX } from './schema.js';
import { RowBatch } from './row-batch.js';
import { prepareStatements, ROWS } from './statements.js';
import type { Statements } from './statements.js';

/** A write that contradicts what is stored, or does not fit: a defect of the caller. Nothing of its group is written. */
export class RefusedWrite extends Error {
  override readonly name = 'RefusedWrite';
}

/** A newer owner has raised the epoch. */
export class LostOwnership extends Error {
  override readonly name = 'LostOwnership';
}

const RECENT_MAX = 10_000;

export class GroupWriter {
  readonly #db: SqliteDatabase;
  readonly #statements: Statements;
  readonly #executions: ExecutionWriter;
  readonly #queues: NameTable;
  readonly #numbers: NumberReserve;
  readonly #transitions: RowBatch;
  readonly #timerRows: RowBatch;
  readonly #dispatchRows: RowBatch;
  /** Lowest number among the gathered dispatch rows. */
  #firstGatheredTask = 0;
  /** The timers of this group: only what is said last of each execution is written. Undefined = none. */
  readonly #timers = new Map<ExecNo, number | undefined>();
  /** Of the transitions written last. */
  readonly #lastSeqs = new RecentMap<ExecNo, number>(RECENT_MAX);

  constructor(db: SqliteDatabase, currents: CurrentRuns) {
    this.#db = db;
    this.#statements = prepareStatements(db);
    this.#queues = new NameTable(db, 'queue', 'name');
    this.#executions = new ExecutionWriter(db, currents);
    this.#numbers = new NumberReserve(db);
    this.#transitions = new RowBatch(db, ROWS.transition);
    this.#timerRows = new RowBatch(db, ROWS.timer);
    this.#dispatchRows = new RowBatch(db, ROWS.dispatch);
  }

  /** Writes all or throws and leaves the database as it was; if even that fails, the error is not one of ours. */
  write(group: CommitGroup): void {
    const { begin, commit } = this.#statements;
    begin.run();
    try {
      this.#checkEpoch(group.epoch);
      for (const write of group.writes) this.#write(write);
      this.#executions.finishGroup();
      this.#transitions.flush();
      this.#dispatchRows.flush();
      this.#writeTimers();
      this.#numbers.finishGroup();
      commit.run();
    } catch (error) {
      this.#queues.forget();
      this.#executions.forget();
      this.#transitions.forget();
      this.#dispatchRows.forget();
      this.#timers.clear();
      this.#timerRows.forget();
      this.#numbers.forget();
      this.#lastSeqs.clear();
      this.#rollback();
      throw error;
    }
  }

  get numbersUsed(): Readonly<Record<NumberKind, number>> {
    return this.#numbers.used;
  }

  /** Before the database is closed. */
  releaseNumbers(): void {
    this.#numbers.release();
  }

  #writeTimers(): void {
    for (const [execNo, dueMs] of this.#timers) {
      if (dueMs === undefined) this.#statements.deleteTimer.run(execNo);
      else this.#timerRows.add(execNo, dueMs);
    }
    this.#timers.clear();
    this.#timerRows.flush();
  }

  #rollback(): void {
    try {
      this.#db.exec('ROLLBACK');
    } catch (error) {
      // After some errors, such as a full disk, SQLite has rolled back by itself; then this is no error.
      if (resultCode(error) !== SQLITE.error) throw error;
    }
  }

  #checkEpoch(epoch: number): void {
    const row = this.#statements.readEpoch.get();
    const newest = row === undefined ? undefined : readNumber(row, 'epoch');
    if (newest !== epoch) {
      throw new LostOwnership(`epoch ${epoch} is over: the database is owned by epoch ${newest ?? 'unknown'}`);
    }
  }

  #write(write: Write): void {
    const statements = this.#statements;
    switch (write.kind) {
      case 'putExecution':
        if (write.execNo > EXEC_NO_MAX) throw new RefusedWrite(`execution number ${write.execNo} is too large`);
        this.#executions.put(write, this.#numbers.use('exec', write.execNo));
        return;
      case 'appendTransition':
        return this.#append(write);
      case 'putSnapshot':
        return this.#putSnapshot(write.execNo, write.seq, write.bytes);
      case 'putTimer':
        this.#timers.set(write.execNo, write.dueMs);
        return;
      case 'deleteTimer':
        this.#timers.set(write.execNo, undefined);
        return;
      case 'putDispatch':
        return this.#putDispatch(write.row);
      case 'deleteDispatch':
        if (write.taskNo >= this.#firstGatheredTask) this.#dispatchRows.flush();
        statements.deleteDispatch.run(write.taskNo);
        return;
      case 'putOutbox':
        return this.#putOutbox(write.row);
      case 'deleteOutbox':
        statements.deleteOutbox.run(write.outboxNo);
        return;
      case 'deleteExecution':
        return this.#deleteExecution(write.execNo);
      case 'putRecord':
        statements.putRecord.run(write.record, write.key, write.bytes);
        return;
      case 'deleteRecord':
        statements.deleteRecord.run(write.record, write.key);
        return;
    }
  }

  /** A second transition in one place is refused by its index; what must be looked at is that there is no gap. */
  #append(write: Extract<Write, { kind: 'appendTransition' }>): void {
    const { execNo, seq, firstEventId, eventCount, events, facts } = write;
    if (seq > SEQ_MAX) throw new RefusedWrite(`execution ${execNo} has more than ${SEQ_MAX} transitions`);
    const follows = seq === 1 || this.#lastSeqs.get(execNo) === seq - 1 || this.#hasTransition(execNo, seq - 1);
    if (!follows) throw new RefusedWrite(`transition ${seq} of execution ${execNo} follows none`);
    this.#transitions.add(execNo, seq, firstEventId, eventCount, events, facts);
    this.#lastSeqs.set(execNo, seq);
  }

  #hasTransition(execNo: ExecNo, seq: number): boolean {
    this.#transitions.flush();
    return this.#statements.hasTransition.get(execNo, seq) !== undefined;
  }

  /** Transitions before it that hold only facts go: an activity retried for months must not fill the disk. */
  #putSnapshot(execNo: ExecNo, seq: number, bytes: Uint8Array): void {
    this.#transitions.flush();
    const before = this.#statements.readSnapshotSeq.get(execNo);
    const beforeSeq = before === undefined ? 1 : readNumber(before, 'seq');
    this.#statements.deleteFacts.run(execNo, beforeSeq, execNo, seq);
    this.#statements.putSnapshot.run(execNo, seq, bytes);
  }

  #putDispatch(row: DispatchRow): void {
    this.#numbers.use('task', row.taskNo);
    this.#firstGatheredTask = this.#dispatchRows.isEmpty ? row.taskNo : Math.min(row.taskNo, this.#firstGatheredTask);
    this.#dispatchRows.add(
      row.taskNo,
      this.#queues.numberOf(row.queue),
      row.priorityKey,
      row.passTicket,
      row.execNo,
      row.runId,
      row.scheduledEventId,
      row.attempt,
      row.stamp,
      row.createdAtMs,
      row.fairnessKey,
      row.fairnessWeight,
    );
  }

  #putOutbox(row: OutboxRow): void {
    this.#numbers.use('outbox', row.outboxNo);
    const { outboxNo, sourceExecNo, namespaceId, workflowId, bytes } = row;
    this.#statements.putOutbox.run(outboxNo, sourceExecNo, namespaceId, workflowId, bytes);
  }

  /** Its outbox rows stay: they are owed to others. */
  #deleteExecution(execNo: ExecNo): void {
    const statements = this.#statements;
    this.#transitions.flush();
    this.#dispatchRows.flush();
    this.#executions.delete(execNo);
    this.#lastSeqs.delete(execNo);
    statements.deleteTransitions.run(execNo, execNo);
    statements.deleteSnapshot.run(execNo);
    this.#timers.set(execNo, undefined);
    statements.deleteDispatchOf.run(execNo);
  }
}
