/**
 * Flushes the write-ahead log without blocking: SQLite writes commits into the log on this thread and never flushes
 * (synchronous=OFF); this flushes the log through a descriptor of its own, in Node's thread pool.
 *
 * One flush is under way at a time; whatever is written meanwhile shares the next one. A flush that fails is never
 * tried again: the kernel may have dropped the pages and would report success.
 */
import { close, fdatasync, fstatSync, openSync, statSync } from 'node:fs';

/** Flushes a file's data; the size and place of it too. */
export type FlushFile = (fd: number, done: (error?: Error | null) => void) => void;

/** What is in the log is lost with this process, unless it is checkpointed first. */
export class LogRemoved extends Error {
  override readonly name = 'LogRemoved';
}

export class LogFlusher {
  readonly #file: string;
  readonly #flushFile: FlushFile;
  readonly #fd: number;
  #flushing: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  /** Flushes done; for tests and figures. */
  flushes = 0;

  /** Opens the log, which must exist. Only ever the log: closing the database file itself would drop SQLite's locks. */
  constructor(logFile: string, flushFile: FlushFile = fdatasync) {
    this.#file = logFile;
    this.#flushFile = flushFile;
    this.#fd = openSync(logFile, 'r+');
  }

  get fd(): number {
    return this.#fd;
  }

  /** Settles when all that was written before the call is on disk. */
  flush(): Promise<void> {
    if (this.#next !== undefined) return this.#next;
    if (this.#flushing === undefined) return this.#begin();
    this.#next = this.#flushing.then(() => {
      this.#next = undefined;
      return this.#begin();
    });
    return this.#next;
  }

  /** Settles when the flushes asked for so far have settled; never rejects. */
  async settle(): Promise<void> {
    await (this.#next ?? this.#flushing)?.catch(() => undefined);
  }

  /** Bytes of log file on disk, of which SQLite may use less. */
  get sizeBytes(): number {
    return fstatSync(this.#fd).size;
  }

  /** Whether the file of that name is the log that SQLite has open: it writes on into one that was moved or removed. */
  get isLogInPlace(): boolean {
    return statSync(this.#file, { throwIfNoEntry: false })?.ino === fstatSync(this.#fd).ino;
  }

  async close(): Promise<void> {
    await this.settle();
    await new Promise<void>((resolve) => close(this.#fd, () => resolve()));
  }

  #begin(): Promise<void> {
    const flushing = new Promise<void>((resolve, reject) => {
      this.#flushFile(this.#fd, (error) => {
        if (error) return reject(error);
        this.flushes += 1;
        if (!this.isLogInPlace) return reject(new LogRemoved(`${this.#file} was removed while it was in use`));
        // A failed flush stays the flush in flight, so that all later ones fail with it.
        this.#flushing = undefined;
        resolve();
      });
    });
    this.#flushing = flushing;
    return flushing;
  }
}
