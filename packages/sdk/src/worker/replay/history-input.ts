/** Histories as they come: from a client, or as the JSON that tools of the field write. */
import { createRequire } from 'node:module';
import { History } from '@perdure/protocol';
import type { HistoryEvent } from '@perdure/protocol';
import { ValueError } from '../../conversion/errors.js';
import { messageFromJson } from '../../conversion/protobuf/proto-json.js';
import type { ReflectedType } from '../../conversion/protobuf/message-types.js';

/** `History` of `handle.fetchHistory()`, or an object parsed from JSON. Throws ValueError for anything else. */
export function eventsOfHistory(history: unknown): readonly HistoryEvent[] {
  const events = typeof history === 'object' && history !== null ? (history as { events?: unknown }).events : undefined;
  if (!Array.isArray(events)) {
    throw new ValueError(
      'This is no history: give what fetchHistory() returned, or an object parsed from JSON with a list `events`',
    );
  }
  const [first] = events as readonly { eventType?: unknown }[];
  if (first === undefined) throw new ValueError('The history has no events');
  if (typeof first.eventType === 'number' && 'attributes' in first) return events as readonly HistoryEvent[];
  return eventsOfJson(history as { events: unknown[] });
}

function eventsOfJson(json: { events: unknown[] }): HistoryEvent[] {
  const type = historyType();
  const message = messageFromJson(type, { ...json, events: json.events.map(withFullNames) });
  return History.decode(type.encode(message).finish()).events;
}

/** Older tools wrote `WorkflowExecutionStarted` for EVENT_TYPE_WORKFLOW_EXECUTION_STARTED. */
function withFullNames(event: unknown): unknown {
  const { eventType } = event as { eventType?: unknown };
  if (typeof eventType !== 'string' || eventType.startsWith('EVENT_TYPE_')) return event;
  const name = eventType.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase();
  return { ...(event as object), eventType: `EVENT_TYPE_${name}` };
}

let loaded: ReflectedType | undefined;

/** JSON needs the names of all fields, so the published contract is loaded: some 200 ms, once. */
function historyType(): ReflectedType {
  if (loaded !== undefined) return loaded;
  const fromProtocol = createRequire(createRequire(import.meta.url).resolve('@perdure/protocol'));
  const proto = fromProtocol('@temporalio/proto') as {
    temporal: { api: { history: { v1: { History: ReflectedType } } } };
  };
  loaded = proto.temporal.api.history.v1.History;
  return loaded;
}
