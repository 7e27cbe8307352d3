/**
 * Cuts a history into chunks: what one activation of the workflow's code saw when it first ran.
 *
 * 1. A chunk ends with the start of a Workflow Task that was completed, or with the end of the run.
 * 2. Tasks that failed or timed out end no chunk: their code's work was lost, and the next task saw their events too.
 * 3. A task that was completed with nothing and followed at once by another only kept a long local activity alive: it
 *    ends no chunk either, unless the next task accepted an update, which must be delivered where it was first.
 * 4. What a task's code asked for stands behind its end, in the next chunk; markers and accepted updates are looked
 *    ahead to, because the code had their results in the chunk before.
 */
import { EventType } from '@perdure/protocol';
import type { HistoryEvent, HistoryEventAttributes } from '@perdure/protocol';
import { isCommandEvent, isFinal } from './events.js';
import { readLocalActivityMarker, readPatchMarker } from './markers.js';
import type { LocalActivityMarker } from './markers.js';
import type { IncomingUpdate } from './machines/update.js';

export interface HistoryReader {
  /** Read and unread; what is read is dropped when more is added. */
  events: HistoryEvent[];
  /** Index of the first unread event. */
  next: number;
  /** No page of the history is missing behind `events`. */
  complete: boolean;
  /** End of the next chunk, if it was looked for already. */
  nextEnd: number | undefined;
}

export interface Chunk {
  readonly events: readonly HistoryEvent[];
  /** Nothing stands behind it: its events are new, unless they were processed before. */
  readonly isLast: boolean;
  /** It ends with a started task or the end of the run; else the last task has not been started yet. */
  readonly isWhole: boolean;
  readonly ahead: Lookahead;
}

/** What the next chunk says about the answers that the code had in this one. */
export interface Lookahead {
  readonly completed: HistoryEventAttributes[typeof EventType.WORKFLOW_TASK_COMPLETED] | undefined;
  readonly patchIds: readonly string[];
  readonly localActivities: readonly LocalActivityMarker[];
  readonly updates: readonly IncomingUpdate[];
}

export function createReader(): HistoryReader {
  return { events: [], next: 0, complete: false, nextEnd: undefined };
}

/**
 * Adds what came with a task or a page. `complete`: the last page. Events up to `lastReadId` are dropped. Returns false
 * if an event is missing in between.
 */
export function addEvents(
  reader: HistoryReader,
  events: readonly HistoryEvent[],
  complete: boolean,
  lastReadId: number,
): boolean {
  if (reader.next > 0) reader.events.splice(0, reader.next);
  reader.next = 0;
  reader.nextEnd = undefined;
  reader.complete = complete;
  let last = reader.events.at(-1)?.eventId ?? lastReadId;
  for (const event of events) {
    if (event.eventId <= last) continue;
    if (event.eventId !== last + 1) return false;
    last = event.eventId;
    reader.events.push(event);
  }
  return true;
}

/** The next chunk; `more`: the next page is needed first; `over`: everything is read. */
export function nextChunk(reader: HistoryReader): Chunk | 'more' | 'over' {
  const { events, next, complete } = reader;
  const end = reader.nextEnd ?? endOfChunk(events, next, complete);
  if (end === undefined && !complete) return 'more';
  if (next >= events.length) return 'over';
  const stop = end ?? events.length;
  const aheadEnd = endOfChunk(events, stop, complete);
  if (aheadEnd === undefined && !complete) {
    reader.nextEnd = end;
    return 'more';
  }
  reader.next = stop;
  reader.nextEnd = aheadEnd;
  return {
    events: events.slice(next, stop),
    isLast: complete && stop === events.length,
    isWhole: end !== undefined,
    ahead: lookAhead(events, stop, aheadEnd ?? events.length),
  };
}

/** Index behind the chunk's last event; undefined if the events end before. */
function endOfChunk(events: readonly HistoryEvent[], from: number, complete: boolean): number | undefined {
  let sawCommand = false;
  const kept: number[] = [];
  for (let at = from; at < events.length; at += 1) {
    const event = events[at];
    if (event === undefined) return undefined;
    sawCommand ||= isCommandEvent(event);
    if (isFinal(event)) return at + 1;
    if (event.eventType !== EventType.WORKFLOW_TASK_STARTED) continue;
    const after = events[at + 1];
    if (after === undefined) return complete ? at + 1 : undefined;
    if (LOSES_TASK.has(after.eventType)) continue;
    kept.push(at);
    const second = events[at + 2];
    if (second === undefined && !complete && after.eventType === EventType.WORKFLOW_TASK_COMPLETED) return undefined;
    const onlyKeptAlive =
      after.eventType === EventType.WORKFLOW_TASK_COMPLETED &&
      second?.eventType === EventType.WORKFLOW_TASK_SCHEDULED &&
      !sawCommand;
    if (!onlyKeptAlive) return whereUpdateCame(events, kept, second) ?? at + 1;
  }
  return undefined;
}

const LOSES_TASK: ReadonlySet<EventType> = new Set([
  EventType.WORKFLOW_TASK_FAILED,
  EventType.WORKFLOW_TASK_TIMED_OUT,
  EventType.WORKFLOW_EXECUTION_TIMED_OUT,
  EventType.WORKFLOW_EXECUTION_TERMINATED,
  EventType.WORKFLOW_EXECUTION_CANCELED,
]);

/** End of the last of the tasks `kept` that began before the update which the current one accepted, if it did. */
function whereUpdateCame(
  events: readonly HistoryEvent[],
  kept: readonly number[],
  second: HistoryEvent | undefined,
): number | undefined {
  if (second?.eventType !== EventType.WORKFLOW_EXECUTION_UPDATE_ACCEPTED) return undefined;
  const { acceptedRequestSequencingEventId } = second.attributes;
  const at = kept.findLast((index) => (events[index]?.eventId ?? 0) < acceptedRequestSequencingEventId);
  return at === undefined ? undefined : at + 1;
}

function lookAhead(events: readonly HistoryEvent[], from: number, to: number): Lookahead {
  const patchIds: string[] = [];
  const localActivities: LocalActivityMarker[] = [];
  const updates: IncomingUpdate[] = [];
  let completed: Lookahead['completed'];
  for (let at = from; at < to; at += 1) {
    const event = events[at];
    if (event === undefined) break;
    if (event.eventType === EventType.WORKFLOW_TASK_COMPLETED) completed ??= event.attributes;
    else if (event.eventType === EventType.MARKER_RECORDED) {
      const patch = readPatchMarker(event);
      const marker = readLocalActivityMarker(event);
      if (patch !== undefined) patchIds.push(patch.id);
      if (marker !== undefined) localActivities.push(marker);
    } else if (event.eventType === EventType.WORKFLOW_EXECUTION_UPDATE_ACCEPTED) {
      const { protocolInstanceId, acceptedRequestMessageId, acceptedRequestSequencingEventId } = event.attributes;
      updates.push({
        messageId: acceptedRequestMessageId,
        protocolInstanceId,
        sequencingEventId: acceptedRequestSequencingEventId,
        request: event.attributes.acceptedRequest ?? { requestId: '', completionCallbacks: [], links: [] },
      });
    }
  }
  return { completed, patchIds, localActivities, updates };
}
