/** All that an open database consists of, put together and taken apart in the right order. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoreOpened } from '../../ports/index.js';
import { CheckpointPacer, DEFAULT_PACER_LIMITS } from './checkpoint-pacer.js';
import type { CheckpointAnswer, PacerLimits } from './checkpoint-pacer.js';
import { Committer } from './committer.js';
import { CurrentRuns } from './current-runs.js';
import { readNumber } from './driver.js';
import type { SqliteDatabase } from './driver.js';
import { toStoreError } from './failure.js';
import { GroupWriter } from './group-writer.js';
import { HistoryReader } from './history.js';
import { LogFlusher } from './log-flusher.js';
import type { FlushFile } from './log-flusher.js';
import { measureLog } from './log-size.js';
import { openDatabase, takeOwnership } from './open.js';
import type { OwnerLock } from './owner-lock.js';
import { Reader } from './read.js';
import { ScanQueue } from './scan-queue.js';
import { WorkerCall } from './worker-call.js';

export interface ConnectionOptions {
  readonly file: string;
  readonly pragmas: ReadonlyMap<string, string>;
  readonly pacerLimits: PacerLimits | undefined;
  readonly scanTimeLimitMs: number | undefined;
  readonly flushFile: FlushFile | undefined;
}

/**
 * Connections of stores that failed. They are kept and never closed: to close the last connection is to copy the log
 * into the database, and after a failed flush nobody knows what the log holds. The next process reads it from disk.
 */
const failed: SqliteDatabase[] = [];

export class Connection {
  readonly #db: SqliteDatabase;
  readonly #file: string;
  readonly #lock: OwnerLock;
  readonly #writer: GroupWriter;
  readonly #flusher: LogFlusher;
  readonly #pacer: CheckpointPacer;
  readonly #checkpoints: WorkerCall<null, CheckpointAnswer>;
  readonly committer: Committer;
  readonly reader: Reader;
  readonly history: HistoryReader;
  readonly scans: ScanQueue;

  constructor(options: ConnectionOptions, owner: string) {
    const { db, file, lock, busyMsMax } = openDatabase(options.file, owner, options.pragmas);
    this.#db = db;
    this.#file = file;
    this.#lock = lock;
    const currents = new CurrentRuns();
    this.#writer = new GroupWriter(db, currents);
    this.#flusher = new LogFlusher(`${file}-wal`, options.flushFile);
    this.#checkpoints = new WorkerCall(new URL('./checkpoint-worker.js', import.meta.url), file);
    this.scans = new ScanQueue(file, () => this.#pacer.hold, options.scanTimeLimitMs);
    this.#pacer = new CheckpointPacer(
      {
        checkpoint: () => this.#checkpoints.call(null),
        measureLog: () => measureLog(this.#flusher.fd, this.#flusher.sizeBytes),
        interruptReads: () => this.scans.interrupt(),
        onFailure: (error) => this.committer.fail(error),
        sleep,
      },
      options.pacerLimits ?? DEFAULT_PACER_LIMITS,
    );
    const parts = { writer: this.#writer, flusher: this.#flusher, pacer: this.#pacer, busyMsMax };
    this.committer = new Committer({ ...parts, rescueLog: () => this.#rescueLog() }, this.#epoch());
    this.reader = new Reader(db, currents);
    this.history = new HistoryReader(db);
  }

  get opened(): StoreOpened {
    const { exec, task, outbox } = this.#writer.numbersUsed;
    return { epoch: this.#epoch(), lastExecNo: exec, lastTaskNo: task, lastOutboxNo: outbox };
  }

  /** Raises the epoch of the open database: its owner so far is fenced off. */
  async takeOver(owner: string): Promise<void> {
    try {
      takeOwnership(this.#db, owner);
    } catch (error) {
      throw toStoreError(error, this.#file);
    }
    this.committer.beginEpoch(this.#epoch());
    await this.#flusher.flush();
  }

  async close(): Promise<void> {
    this.#pacer.close();
    await this.scans.end();
    await this.#checkpoints.end();
    await this.#flusher.close();
    if (this.committer.fatal === undefined) this.#closeDatabase();
    else failed.push(this.#db);
    this.#lock.release();
  }

  /** Copies the log into the database, as SQLite does on closing, with flushes of its own. */
  #closeDatabase(): void {
    this.#db.exec('PRAGMA synchronous = FULL');
    this.#writer.releaseNumbers();
    this.#db.close();
  }

  #rescueLog(): void {
    this.#db.exec('PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE)');
  }

  #epoch(): number {
    const row = this.#db.prepare('SELECT epoch FROM owner').get();
    if (row === undefined) throw new Error('assertion failed: the owner row is missing');
    return readNumber(row, 'epoch');
  }
}
