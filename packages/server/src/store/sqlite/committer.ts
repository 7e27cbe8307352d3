/**
 * Commits groups in their order: each is one transaction on this thread, which only reaches the operating system, and is
 * acknowledged when the log has been flushed. The next group may be written while that flush is under way.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { CommitGroup, CommitOutcome } from '../../ports/index.js';
import type { CheckpointPacer } from './checkpoint-pacer.js';
import { resultCode, SQLITE } from './driver.js';
import { fatalOutcome, outcomeOfFailedWrite } from './failure.js';
import type { GroupWriter } from './group-writer.js';
import { LogRemoved } from './log-flusher.js';
import type { LogFlusher } from './log-flusher.js';

export interface CommitterParts {
  readonly writer: GroupWriter;
  readonly flusher: LogFlusher;
  readonly pacer: CheckpointPacer;
  /** How long another program may hold the write lock before a group fails, to be tried again by its owner. */
  readonly busyMsMax: number;
  /** Copies the log into the database and flushes that, while SQLite still has the log. Blocks. */
  readonly rescueLog: () => void;
}

type Fatal = Extract<CommitOutcome, { kind: 'fatal' }>;
type Written = CommitOutcome | { readonly kind: 'busy' };

const BUSY_RETRY_MS = 20;

export class Committer {
  readonly #parts: CommitterParts;
  #epoch: number;
  #lastNumber = 0;
  #fatal: Fatal | undefined;
  /** Settles when the last of the groups that wait has been written; undefined while none waits. */
  #lastWaiting: Promise<CommitOutcome> | undefined;

  constructor(parts: CommitterParts, epoch: number) {
    this.#parts = parts;
    this.#epoch = epoch;
  }

  /** Why nothing can be committed any more; undefined while all is well. */
  get fatal(): Fatal | undefined {
    return this.#fatal;
  }

  beginEpoch(epoch: number): void {
    this.#epoch = epoch;
    this.#lastNumber = 0;
  }

  async commit(group: CommitGroup): Promise<CommitOutcome> {
    const mayWriteNow = this.#lastWaiting === undefined && this.#parts.pacer.hold === undefined;
    const written: Written = mayWriteNow ? this.#write(group) : { kind: 'busy' };
    const outcome = written.kind === 'busy' ? await this.#writeInTurn(group) : written;
    return outcome.kind === 'committed' ? this.#flush() : outcome;
  }

  /** Settles when all that was committed before the call is on disk; what is read from there may then leave. */
  async settle(): Promise<void> {
    await this.#parts.flusher.settle();
  }

  /** Ends all commits, those under way included. The first reason stays. */
  fail(error: unknown): Fatal {
    this.#fatal ??= fatalOutcome(error);
    return this.#fatal;
  }

  #write(group: CommitGroup): Written {
    if (this.#fatal !== undefined) return this.#fatal;
    const { epoch, number } = group;
    if (epoch !== this.#epoch) return { kind: 'fenced', reason: `epoch ${epoch} is not ${this.#epoch}, the newest` };
    if (number !== this.#lastNumber + 1) {
      return { kind: 'fenced', reason: `group ${number} does not follow group ${this.#lastNumber}` };
    }
    try {
      this.#parts.writer.write(group);
    } catch (error) {
      if (resultCode(error) === SQLITE.busy) return { kind: 'busy' };
      const outcome = outcomeOfFailedWrite(error);
      return outcome.kind === 'fatal' ? this.fail(error) : outcome;
    }
    this.#lastNumber = number;
    this.#parts.pacer.noteWritten(group);
    return { kind: 'committed' };
  }

  #writeInTurn(group: CommitGroup): Promise<CommitOutcome> {
    const before = this.#lastWaiting;
    const turn = (async () => {
      await before;
      return this.#writeWhenFree(group);
    })();
    this.#lastWaiting = turn;
    void turn.then(() => {
      if (this.#lastWaiting === turn) this.#lastWaiting = undefined;
    });
    return turn;
  }

  async #writeWhenFree(group: CommitGroup): Promise<CommitOutcome> {
    const { busyMsMax } = this.#parts;
    for (let waitedMs = 0; waitedMs <= busyMsMax; waitedMs += BUSY_RETRY_MS) {
      while (this.#parts.pacer.hold !== undefined) await this.#parts.pacer.hold;
      const written = this.#write(group);
      if (written.kind !== 'busy') return written;
      await delay(BUSY_RETRY_MS);
    }
    return { kind: 'failed', reason: `another program has held the database's write lock for ${busyMsMax} ms` };
  }

  async #flush(): Promise<CommitOutcome> {
    try {
      await this.#parts.flusher.flush();
      return { kind: 'committed' };
    } catch (error) {
      const fatal = this.fail(error);
      if (error instanceof LogRemoved) this.#parts.rescueLog();
      return fatal;
    }
  }
}
