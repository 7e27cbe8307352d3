/** Histories as they come: from a client, or as the JSON that tools of the field write. */
import { History } from '@perdure/protocol';
import type { HistoryEvent } from '@perdure/protocol';
import { JsonFormatError, messageFromJson } from '@perdure/protocol/json';
import type { Json } from '@perdure/protocol/json';
import { ValueError } from '../../conversion/errors.js';

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
  return eventsOfJson({ events: events as Json[] });
}

/** Fields that a newer server writes and this version does not know are none of the replay's business. */
function eventsOfJson(json: Json): HistoryEvent[] {
  try {
    return History.decode(messageFromJson(History.name, json, { ignoreUnknown: true })).events;
  } catch (error) {
    if (!(error instanceof JsonFormatError)) throw error;
    throw new ValueError(`This is no history in JSON: ${error.message}`);
  }
}
