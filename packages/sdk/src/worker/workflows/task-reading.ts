/** A polled Workflow Task in the words of the replay core. */
import { History, UpdateRequest, unpackAny } from '@perdure/protocol';
import type { HistoryEvent, PollWorkflowTaskQueueResponse } from '@perdure/protocol';
import type { IncomingUpdate } from '../../replay/machines/update.js';
import type { WorkflowTask } from '../../replay/run.js';

export function eventsOf(history: Uint8Array | undefined): HistoryEvent[] {
  return history === undefined || history.length === 0 ? [] : History.decode(history).events;
}

export function taskOf(
  polled: PollWorkflowTaskQueueResponse,
  events: readonly HistoryEvent[],
  historyComplete: boolean,
): WorkflowTask {
  return {
    events,
    historyComplete,
    previousStartedEventId: polled.previousStartedEventId,
    updates: updatesOf(polled),
    queries: polled.queries,
    directQuery: polled.query,
  };
}

function updatesOf({ messages }: PollWorkflowTaskQueueResponse): IncomingUpdate[] {
  const updates: IncomingUpdate[] = [];
  for (const { id: messageId, protocolInstanceId, eventId: sequencingEventId = 0, body } of messages) {
    const request = body && unpackAny(UpdateRequest, body);
    if (request !== undefined) updates.push({ messageId, protocolInstanceId, sequencingEventId, request });
  }
  return updates;
}
