/**
 * The buffer's way into history (server-surface 3.2): while a workflow task runs, events wait without ids. On flush the
 * outcomes of activities and children go behind everything else, ids are dealt, and started ids that pointed into the
 * buffer are rewired to the real ones.
 */
import { EventType, HistoryEvent } from '@perdure/protocol';
import { BUFFERED_EVENT_ID } from './state.js';
import type { BufferedEvent } from './state.js';

const OUTCOMES: ReadonlySet<number> = new Set([
  EventType.ACTIVITY_TASK_COMPLETED,
  EventType.ACTIVITY_TASK_FAILED,
  EventType.ACTIVITY_TASK_TIMED_OUT,
  EventType.ACTIVITY_TASK_CANCELED,
  EventType.CHILD_WORKFLOW_EXECUTION_COMPLETED,
  EventType.CHILD_WORKFLOW_EXECUTION_FAILED,
  EventType.CHILD_WORKFLOW_EXECUTION_TIMED_OUT,
  EventType.CHILD_WORKFLOW_EXECUTION_CANCELED,
  EventType.CHILD_WORKFLOW_EXECUTION_TERMINATED,
]);

export function rewireBufferedEvents(buffered: readonly BufferedEvent[], firstEventId: number): HistoryEvent[] {
  const decoded = buffered.map((entry) => HistoryEvent.decode(entry.bytes));
  const ordered = [
    ...decoded.filter((event) => !OUTCOMES.has(event.eventType)),
    ...decoded.filter((event) => OUTCOMES.has(event.eventType)),
  ];
  const startedIds = new Map<string, number>();
  return ordered.map((event, index) => {
    const eventId = firstEventId + index;
    rememberStarted(event, eventId, startedIds);
    return { ...event, eventId, attributes: rewired(event, startedIds) } as HistoryEvent;
  });
}

function rememberStarted(event: HistoryEvent, eventId: number, startedIds: Map<string, number>): void {
  if (event.eventType === EventType.ACTIVITY_TASK_STARTED)
    startedIds.set(`activity/${event.attributes.scheduledEventId}`, eventId);
  if (event.eventType === EventType.CHILD_WORKFLOW_EXECUTION_STARTED)
    startedIds.set(`child/${event.attributes.initiatedEventId}`, eventId);
}

function rewired(event: HistoryEvent, startedIds: ReadonlyMap<string, number>): HistoryEvent['attributes'] {
  const attributes = event.attributes as {
    startedEventId?: number;
    scheduledEventId?: number;
    initiatedEventId?: number;
  };
  if (attributes.startedEventId !== BUFFERED_EVENT_ID) return event.attributes;
  const key = attributes.initiatedEventId
    ? `child/${attributes.initiatedEventId}`
    : `activity/${attributes.scheduledEventId}`;
  const startedEventId = startedIds.get(key);
  if (startedEventId === undefined) throw new Error(`buffered ${key} closes without its started event`);
  return { ...event.attributes, startedEventId } as HistoryEvent['attributes'];
}
