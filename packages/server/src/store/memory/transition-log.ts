/** The transitions of one execution, packed into one buffer: two arrays an execution instead of two a transition. */
import type { HistoryBatch, HistoryRange, StoredTransition } from '../../ports/index.js';

/** Numbers kept for each transition: seq, first event id, event count, end of its events, end of its facts. */
const FIELDS = 5;

/** Up to here an exact copy for each transition is cheap. */
const SHORT_LOG_FIELDS = 8 * FIELDS;

const EMPTY = new Uint8Array(0);

export class TransitionLog {
  #bytes: Uint8Array = EMPTY;
  #used = 0;
  #fields: number[] = [];

  get count(): number {
    return this.#fields.length / FIELDS;
  }

  /** 0 while there is none. */
  get lastSeq(): number {
    return this.#fields.at(-FIELDS) ?? 0;
  }

  /** Copies the bytes: what is passed in is often a view of a much larger buffer. */
  append(transition: StoredTransition): void {
    const eventsEnd = this.#used + transition.events.length;
    const factsEnd = eventsEnd + transition.facts.length;
    this.#reserve(factsEnd);
    this.#bytes.set(transition.events, this.#used);
    this.#bytes.set(transition.facts, eventsEnd);
    this.#used = factsEnd;
    const { seq, firstEventId, eventCount } = transition;
    const fields = [seq, firstEventId, eventCount, eventsEnd, factsEnd];
    // A push makes room for some twenty more numbers, which most executions never have.
    if (this.#fields.length < SHORT_LOG_FIELDS) this.#fields = [...this.#fields, ...fields];
    else this.#fields.push(...fields);
  }

  /** Takes back the last append. */
  removeLast(): void {
    this.#fields.length -= FIELDS;
    this.#used = this.#fields.at(-1) ?? 0;
  }

  after(seq: number): StoredTransition[] {
    const tail: StoredTransition[] = [];
    for (let index = this.count - 1; index >= 0 && this.#field(index, 0) > seq; index--) tail.push(this.#read(index));
    return tail.reverse();
  }

  /** A copy without the facts of transitions before `seq`, and without those that had nothing else. */
  withoutFactsBefore(seq: number): TransitionLog {
    const copy = new TransitionLog();
    for (let index = 0; index < this.count; index++) {
      const transition = this.#read(index);
      if (transition.seq >= seq) copy.append(transition);
      else if (transition.eventCount > 0) copy.append({ ...transition, facts: EMPTY });
    }
    return copy;
  }

  history(range: HistoryRange): HistoryBatch[] {
    const batches: HistoryBatch[] = [];
    let events = 0;
    let sizeBytes = 0;
    const step = range.reverse ? -1 : 1;
    for (let index = this.#firstOf(range); this.#touches(index, range); index += step) {
      const { firstEventId, eventCount, events: bytes } = this.#read(index);
      if (eventCount === 0) continue;
      batches.push({ firstEventId, eventCount, events: bytes });
      events += eventCount;
      sizeBytes += bytes.length;
      if (events >= range.eventsMax || sizeBytes >= range.sizeBytesMax) break;
    }
    return batches;
  }

  clone(): TransitionLog {
    const copy = new TransitionLog();
    copy.#bytes = this.#bytes.slice(0, this.#used);
    copy.#used = this.#used;
    copy.#fields = this.#fields.slice();
    return copy;
  }

  /** Where a reading of the range begins; out of bounds if nowhere. */
  #firstOf(range: HistoryRange): number {
    if (range.reverse) {
      let index = this.count - 1;
      while (index >= 0 && !this.#hasEvents(index, 1, range.toEventId - 1)) index--;
      return index;
    }
    let index = 0;
    while (index < this.count && !this.#hasEvents(index, range.fromEventId, Infinity)) index++;
    return index;
  }

  /** Whether the transition exists and is not yet past the range's far end; those without events never are. */
  #touches(index: number, range: HistoryRange): boolean {
    if (index < 0 || index >= this.count || range.fromEventId >= range.toEventId) return false;
    if (this.#field(index, 2) === 0) return true;
    return this.#hasEvents(index, range.fromEventId, range.toEventId - 1);
  }

  /** Whether the transition has an event from `firstId` to `lastId`, both included. */
  #hasEvents(index: number, firstId: number, lastId: number): boolean {
    const first = this.#field(index, 1);
    const count = this.#field(index, 2);
    return count > 0 && first <= lastId && first + count > firstId;
  }

  #read(index: number): StoredTransition {
    const start = index === 0 ? 0 : this.#field(index - 1, 4);
    const eventsEnd = this.#field(index, 3);
    return {
      seq: this.#field(index, 0),
      firstEventId: this.#field(index, 1),
      eventCount: this.#field(index, 2),
      events: this.#bytes.subarray(start, eventsEnd),
      facts: this.#bytes.subarray(eventsEnd, this.#field(index, 4)),
    };
  }

  #field(index: number, field: number): number {
    return this.#fields[index * FIELDS + field] ?? 0;
  }

  /** Grows by a quarter at least: most executions have few transitions, and half-empty buffers would be most memory. */
  #reserve(sizeBytes: number): void {
    if (sizeBytes <= this.#bytes.length) return;
    const grown = new Uint8Array(this.#used === 0 ? sizeBytes : Math.max(sizeBytes, this.#bytes.length * 1.25));
    grown.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = grown;
  }
}
