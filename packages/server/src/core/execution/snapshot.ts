/** State and facts as bytes. What is volatile is left out. */
import { History, Slab, decodeValue, encodePassingValue, encodeValue } from '@perdure/protocol';
import { apply, workingCopy } from './apply.js';
import { idSetOf, idsOf } from './id-set.js';
import type { EventRecord, Fact, StateRecord } from './records.js';
import { NO_VOLATILE } from './state.js';
import type { ExecutionState } from './state.js';

export function encodeSnapshot(state: ExecutionState): Uint8Array {
  return encodeValue({ ...persisted(state), signalRequestIds: idsOf(state.signalRequestIds) });
}

export function decodeSnapshot(bytes: Uint8Array): ExecutionState {
  const stored = decodeValue(bytes) as Omit<ExecutionState, 'signalRequestIds'> & {
    readonly signalRequestIds: readonly string[];
  };
  return { ...stored, signalRequestIds: idSetOf(stored.signalRequestIds), volatile: NO_VOLATILE };
}

/** The part of a state that survives the process. */
export function persisted(state: ExecutionState): Omit<ExecutionState, 'volatile'> {
  const { volatile: _volatile, ...rest } = state;
  return rest.workflowTask?.kind === 'speculative' ? { ...rest, workflowTask: undefined } : rest;
}

/** Facts of one transition with their place among its events: [events before it, fact]. */
export function encodeFacts(records: readonly StateRecord[]): Uint8Array {
  const placed: [number, Fact][] = [];
  let events = 0;
  for (const record of records) {
    if (record.record === 'event') events += 1;
    if (record.record === 'fact') placed.push([events, record]);
  }
  return placed.length === 0 ? EMPTY : encodePassingValue(placed);
}
const EMPTY = new Uint8Array(0);

/** Replays one stored transition. `events` is an encoded History. */
export function replayTransition(state: ExecutionState, events: Uint8Array, facts: Uint8Array): ExecutionState {
  const working = workingCopy(state);
  const decoded = events.length === 0 ? [] : History.decode(events).events;
  const sizes = events.length === 0 ? [] : eventSizes(events);
  const placed = facts.length === 0 ? [] : (decodeValue(facts) as [number, Fact][]);
  let next = 0;
  for (let index = 0; index <= decoded.length; index += 1) {
    for (; next < placed.length && placed[next]?.[0] === index; next += 1) {
      const fact = placed[next]?.[1];
      if (fact !== undefined) apply(working, fact, 0);
    }
    const event = decoded[index];
    if (event === undefined) continue;
    const { eventType, eventId, eventTime, attributes, userMetadata } = event;
    const record = { record: 'event', eventType, eventId, eventTimeMs: eventTime ?? 0, attributes, userMetadata };
    apply(working, record as unknown as EventRecord, sizes[index] ?? 0);
  }
  working.state.transitionCount += 1;
  return working.state;
}

/** Encoded length of each event in a History: field 1, length-delimited, one after the other. */
function eventSizes(history: Uint8Array): number[] {
  const sizes: number[] = [];
  for (let offset = 0; offset < history.length;) {
    offset += 1;
    let length = 0;
    let factor = 1;
    for (;;) {
      const byte = history[offset] ?? 0;
      offset += 1;
      length += (byte & 0x7f) * factor;
      if (byte < 0x80) break;
      factor *= 128;
    }
    sizes.push(length);
    offset += length;
  }
  return sizes;
}

/**
 * Runs in memory keep their newest history, so its slabs are small: what else is in one is kept with it.
 */
const historySlab = new Slab(4 * 1024, 1024);

/** Encoded HistoryEvents as one encoded History. */
export function joinHistory(events: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const event of events) size += 1 + varintSize(event.length) + event.length;
  const bytes = historySlab.take(size);
  let offset = 0;
  for (const event of events) {
    bytes[offset] = 0x0a;
    offset += 1;
    let rest = event.length;
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) {
      bytes[offset] = (rest % 128) | 0x80;
      offset += 1;
    }
    bytes[offset] = rest;
    offset += 1;
    bytes.set(event, offset);
    offset += event.length;
  }
  return bytes;
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) size += 1;
  return size;
}
