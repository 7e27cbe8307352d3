/** One run in memory: its decided state, what of it is still on the way to disk, and who waits for it. */
import { passing } from '@perdure/protocol';
import type { ExecutionState } from '../core/execution/index.js';
import type { ExecNo, StoredTransition } from '../ports/index.js';
import type { RunQueries } from './queries.js';
import type { HistoryWaiter } from './history.js';
import type { UpdateWaiter } from './updates.js';
import { WaiterSet } from './waiter-set.js';

export class Run {
  readonly execNo: ExecNo;
  state: ExecutionState;
  /** The newest state whose commit is on disk: what readers may see. Valid behind `Engine.afterRun`. */
  durable: ExecutionState;
  /** Of the last stored (or decided) transition. */
  seq: number;
  isCurrent: boolean;
  /** The timer row as decided. */
  armedDueMs: number | undefined;
  /** Number of the newest commit group with a change of this run; 0 = none. */
  groupNumber = 0;
  bytesSinceSnapshot = 0;
  transitionsSinceSnapshot = 0;
  readonly tail = new HistoryTail();
  readonly historyWaiters = new WaiterSet<HistoryWaiter>();
  readonly updateWaiters = new WaiterSet<UpdateWaiter>();
  queries: RunQueries | undefined;
  /** Its commit failed: this object is not the run any more. */
  isVoid = false;
  lastUsedMs = 0;
  /** As counted by the directory; 0 while the run is not in it. */
  sizeBytes = 0;
  changesUntilSized = 0;
  /** Why the run is set aside after a broken invariant. */
  quarantined: string | undefined;

  constructor(execNo: ExecNo, state: ExecutionState, seq: number, isCurrent: boolean) {
    this.execNo = execNo;
    this.state = state;
    this.durable = state;
    this.seq = seq;
    this.isCurrent = isCurrent;
  }

  get runId(): string {
    return this.state.runId;
  }

  /** Whether the run may leave memory: nothing waits for it and nothing volatile would be lost. */
  get isIdle(): boolean {
    const { state } = this;
    return (
      this.historyWaiters.size === 0 &&
      this.updateWaiters.size === 0 &&
      this.queries === undefined &&
      state.volatile.admitted.size === 0 &&
      state.workflowTask?.kind !== 'speculative'
    );
  }
}

/** The newest events of a run, encoded, so that sticky tasks and waiting readers need no disk. */
export class HistoryTail {
  #pieces: StoredPiece[] = [];
  sizeBytes = 0;

  append({ firstEventId, eventCount, events }: StoredPiece): void {
    if (eventCount === 0) return;
    this.#pieces.push({ firstEventId, eventCount, events });
    this.sizeBytes += events.length;
  }

  /** What it takes in memory, about. */
  get heldBytes(): number {
    return this.sizeBytes + this.#pieces.length * PIECE_BYTES;
  }

  /** All of it is on disk, and may be read from there. */
  drop(): void {
    this.#pieces = [];
    this.sizeBytes = 0;
  }

  /** Drops what lies wholly before `eventId`, oldest first, while the tail is larger than the bound. */
  trim(eventId: number): void {
    while (this.sizeBytes > TAIL_BYTES_KEPT) {
      const first = this.#pieces[0];
      if (first === undefined || first.firstEventId + first.eventCount > eventId) return;
      this.#pieces.shift();
      this.sizeBytes -= first.events.length;
    }
  }

  /** Pieces from the event on, if all of it is here; a piece is a whole transition and may begin earlier. */
  from(eventId: number): readonly StoredPiece[] | undefined {
    const first = this.#pieces[0];
    if (first === undefined || eventId < first.firstEventId) return undefined;
    return this.#pieces.filter((piece) => piece.firstEventId + piece.eventCount > eventId);
  }
}

export type StoredPiece = Pick<StoredTransition, 'firstEventId' | 'eventCount' | 'events'>;
const TAIL_BYTES_KEPT = 16 * 1024;
/** A piece without its bytes. */
const PIECE_BYTES = 300;

/** Several encoded Histories as one, for an answer: encoded repeated fields concatenate. */
export function concatHistory(pieces: readonly { readonly events: Uint8Array }[]): Uint8Array {
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) return only.events;
  const bytes = passing.take(pieces.reduce((sum, piece) => sum + piece.events.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece.events, offset);
    offset += piece.events.length;
  }
  return bytes;
}

/** The part of an encoded History from the nth event on, without decoding it. */
export function skipEvents(history: Uint8Array, count: number): Uint8Array {
  let offset = 0;
  for (let index = 0; index < count && offset < history.length; index += 1) offset = endOfEvent(history, offset);
  return history.subarray(offset);
}

/** The last event of an encoded History, as a History. */
export function lastEvent(history: Uint8Array): Uint8Array {
  let offset = 0;
  for (;;) {
    const end = endOfEvent(history, offset);
    if (end >= history.length) return history.subarray(offset);
    offset = end;
  }
}

function endOfEvent(history: Uint8Array, start: number): number {
  let offset = start + 1;
  let length = 0;
  let factor = 1;
  for (;;) {
    const byte = history[offset] ?? 0;
    offset += 1;
    length += (byte & 0x7f) * factor;
    if (byte < 0x80) return offset + length;
    factor *= 128;
  }
}
