/** Reading a range of history: where it begins is found by bisection, for event ids rise with the transitions. */
import type { ExecNo, HistoryBatch, HistoryRange } from '../../ports/index.js';
import { readBytes, readNumber } from './driver.js';
import type { SqliteDatabase, SqliteStatement } from './driver.js';
import { SEQ_BITS, SEQ_MAX } from './schema.js';

/** How much to read at most, over the bounds of the range itself. */
export interface ReadBudget {
  readonly batchesMax: number;
  readonly sizeBytesMax: number;
}

export interface HistoryRead {
  readonly batches: readonly HistoryBatch[];
  /** What the budget left unread; undefined when the range was answered. */
  readonly rest: HistoryRange | undefined;
}

const COLUMNS = `place & ${SEQ_MAX} AS seq, first_event_id, event_count`;
const PLACE = `((? << ${SEQ_BITS}) | ?)`;

export class HistoryReader {
  readonly #last: SqliteStatement;
  readonly #probe: SqliteStatement;
  readonly #ascending: SqliteStatement;
  readonly #descending: SqliteStatement;

  constructor(db: SqliteDatabase) {
    const select = (columns: string, rest: string): SqliteStatement =>
      db.prepare(
        `SELECT ${columns} FROM transition WHERE event_count > 0 AND place BETWEEN ${PLACE} AND ${PLACE} ${rest}`,
      );
    this.#last = select(COLUMNS, 'ORDER BY place DESC LIMIT 1');
    this.#probe = select(COLUMNS, 'ORDER BY place LIMIT 1');
    this.#ascending = select(`${COLUMNS}, events`, 'ORDER BY place');
    this.#descending = select(`${COLUMNS}, events`, 'ORDER BY place DESC');
  }

  read(range: HistoryRange, budget: ReadBudget): HistoryRead {
    const { execNo, fromEventId, toEventId, reverse } = range;
    if (fromEventId >= toEventId) return { batches: [], rest: undefined };
    const firstSeq = reverse ? 1 : this.#seqOf(execNo, fromEventId);
    const lastSeq = reverse ? this.#seqOf(execNo, toEventId - 1) : SEQ_MAX;
    const statement = reverse ? this.#descending : this.#ascending;
    const batches: HistoryBatch[] = [];
    let events = 0;
    let sizeBytes = 0;
    for (const row of statement.iterate(execNo, firstSeq, execNo, lastSeq)) {
      const firstEventId = readNumber(row, 'first_event_id');
      const eventCount = readNumber(row, 'event_count');
      if (firstEventId >= toEventId || firstEventId + eventCount <= fromEventId) {
        // Before the range only where the bisection ended a row early; past it otherwise.
        if (batches.length === 0 && reverse === firstEventId >= toEventId) continue;
        break;
      }
      const bytes = readBytes(row, 'events');
      batches.push({ firstEventId, eventCount, events: bytes });
      events += eventCount;
      sizeBytes += bytes.length;
      if (events >= range.eventsMax || sizeBytes >= range.sizeBytesMax) break;
      if (batches.length >= budget.batchesMax || sizeBytes >= budget.sizeBytesMax) {
        return { batches, rest: restOf(range, batches, events, sizeBytes) };
      }
    }
    return { batches, rest: undefined };
  }

  /** The seq of the transition that has the event, or of the last one with events if all events are older. */
  #seqOf(execNo: ExecNo, eventId: number): number {
    const last = this.#last.get(execNo, 1, execNo, SEQ_MAX);
    let high = last === undefined ? 1 : readNumber(last, 'seq');
    let low = 1;
    // The transition wanted is the last one whose first event is not after eventId.
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      const row = this.#probe.get(execNo, middle, execNo, high);
      if (row !== undefined && readNumber(row, 'first_event_id') <= eventId)
        low = Math.max(middle, readNumber(row, 'seq'));
      else high = middle - 1;
    }
    return low;
  }
}

function restOf(range: HistoryRange, read: readonly HistoryBatch[], events: number, sizeBytes: number): HistoryRange {
  const last = read.at(-1);
  const bounds = { eventsMax: range.eventsMax - events, sizeBytesMax: range.sizeBytesMax - sizeBytes };
  if (last === undefined) return range;
  if (range.reverse) return { ...range, ...bounds, toEventId: last.firstEventId };
  return { ...range, ...bounds, fromEventId: last.firstEventId + last.eventCount };
}
