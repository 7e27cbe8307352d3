/** What the scan thread is asked, and how it answers: on a read-only connection, within a time, until interrupted. */
import type { CountGroup, HistoryBatch, HistoryRange, ListFilter, ListPage } from '../../ports/index.js';
import { openSqlite } from './driver.js';
import type { SqliteDatabase } from './driver.js';
import { HistoryReader } from './history.js';
import { countRows, listRows, MORE_TIME } from './visibility.js';

export type ScanRequest =
  | { readonly kind: 'list'; readonly filter: ListFilter }
  | { readonly kind: 'count'; readonly filter: ListFilter }
  | { readonly kind: 'history'; readonly range: HistoryRange };

export type ScanAnswer =
  | { readonly kind: 'list'; readonly page: ListPage }
  | { readonly kind: 'count'; readonly groups: readonly CountGroup[] }
  | { readonly kind: 'history'; readonly batches: readonly HistoryBatch[] }
  /** To be asked again once the log has been copied. */
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'timedOut' };

export interface TimedScan {
  readonly request: ScanRequest;
  /** By Date.now(). */
  readonly deadlineMs: number;
}

export interface ScanSettings {
  readonly file: string;
  /** One number, not 0 while scans must end. */
  readonly stop: Int32Array;
}

/** Thrown through SQLite by the function that each row calls. */
class ScanEnded extends Error {
  readonly kind: 'interrupted' | 'timedOut';
  constructor(kind: 'interrupted' | 'timedOut') {
    super(kind);
    this.kind = kind;
  }
}

/** Rows between two looks at the clock. */
const ROWS_PER_LOOK = 256;

export class Scanner {
  readonly #db: SqliteDatabase;
  readonly #stop: Int32Array;
  readonly #history: HistoryReader;
  #deadlineMs = 0;
  #rows = 0;
  #ended: ScanEnded | undefined;

  constructor({ file, stop }: ScanSettings) {
    this.#stop = stop;
    this.#db = openSqlite(file, { readOnly: true });
    this.#db.exec('PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY; PRAGMA busy_timeout = 1000');
    this.#db.function(MORE_TIME, { deterministic: false }, (_execNo) => this.#checkTime());
    this.#history = new HistoryReader(this.#db);
  }

  answer({ request, deadlineMs }: TimedScan): ScanAnswer {
    this.#deadlineMs = deadlineMs;
    this.#rows = 0;
    this.#ended = undefined;
    try {
      this.#look();
      return this.#scan(request);
    } catch (error) {
      if (this.#ended !== undefined) return { kind: (this.#ended as ScanEnded).kind };
      throw error;
    }
  }

  close(): void {
    this.#db.close();
  }

  #scan(request: ScanRequest): ScanAnswer {
    switch (request.kind) {
      case 'list':
        return { kind: 'list', page: listRows(this.#db, request.filter) };
      case 'count':
        return { kind: 'count', groups: countRows(this.#db, request.filter.namespaceId, request.filter.query) };
      case 'history': {
        const { batches } = this.#history.read(request.range, { batchesMax: Infinity, sizeBytesMax: Infinity });
        return { kind: 'history', batches };
      }
    }
  }

  /** Always 1, so that rows pass. */
  #checkTime(): number {
    this.#rows += 1;
    if (this.#rows % ROWS_PER_LOOK === 0) this.#look();
    return 1;
  }

  #look(): void {
    if (Atomics.load(this.#stop, 0) !== 0) this.#ended = new ScanEnded('interrupted');
    else if (Date.now() > this.#deadlineMs) this.#ended = new ScanEnded('timedOut');
    if (this.#ended !== undefined) throw this.#ended;
  }
}
