/** What matters in each event of a history, on one line. */
import {
  EventTypeNames,
  RetryStateNames,
  TimeoutTypeNames,
  WorkflowTaskFailedCauseNames,
  Failure,
} from '@perdure/protocol';
import type { EventType, HistoryEvent, HistoryEventAttributes } from '@perdure/protocol';
import { enumText } from './enum-text.js';
import { failureLine } from './failure-text.js';
import { payloadTexts, shortText } from './payload-text.js';
import { durationText } from './time-text.js';

type Facts = { readonly [K in EventType]?: (of: HistoryEventAttributes[K]) => string };

export function eventName(event: HistoryEvent): string {
  return enumText(EventTypeNames, event.eventType);
}

export function eventFacts(event: HistoryEvent): string {
  const facts = FACTS[event.eventType] as ((of: HistoryEvent['attributes']) => string) | undefined;
  return facts?.(event.attributes) ?? '';
}

const joined = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== '').join('  ');
const values = (encoded: Uint8Array | undefined): string => shortText(payloadTexts(encoded));
const call = (name: string | undefined, input: Uint8Array | undefined): string => `${name ?? ''}(${values(input)})`;
const onQueue = (name: string | undefined): string => (name === undefined || name === '' ? '' : `on ${name}`);
const by = (identity: string): string => (identity === '' ? '' : `by ${identity}`);
const of = (eventId: number): string => `of ${eventId}`;
const because = (reason: string): string => (reason === '' ? '' : `because ${reason}`);

/** `StartToClose timeout`. */
function timeoutText(encoded: Uint8Array | undefined): string {
  const type = encoded === undefined ? undefined : Failure.decode(encoded).timeoutFailureInfo?.timeoutType;
  return type === undefined ? failureLine(encoded) : `${enumText(TimeoutTypeNames, type)} timeout`;
}

const FACTS: Facts = {
  1: (a) =>
    joined(
      call(a.workflowType?.name, a.input),
      onQueue(a.taskQueue?.name),
      a.attempt > 1 ? `attempt ${a.attempt}` : '',
      by(a.identity),
    ),
  2: (a) => values(a.result),
  3: (a) => failureLine(a.failure),
  4: (a) => enumText(RetryStateNames, a.retryState),
  5: (a) => joined(onQueue(a.taskQueue?.name), a.attempt > 1 ? `attempt ${a.attempt}` : ''),
  6: (a) => by(a.identity),
  7: (a) => by(a.identity),
  8: (a) => `${enumText(TimeoutTypeNames, a.timeoutType)} timeout`,
  9: (a) => joined(enumText(WorkflowTaskFailedCauseNames, a.cause), failureLine(a.failure)),
  10: (a) => joined(call(a.activityType?.name, a.input), `id ${a.activityId}`, onQueue(a.taskQueue?.name)),
  11: (a) => joined(of(a.scheduledEventId), a.attempt > 1 ? `attempt ${a.attempt}` : '', by(a.identity)),
  12: (a) => joined(of(a.scheduledEventId), values(a.result)),
  13: (a) => joined(of(a.scheduledEventId), failureLine(a.failure)),
  14: (a) => joined(of(a.scheduledEventId), timeoutText(a.failure)),
  15: (a) => of(a.scheduledEventId),
  16: (a) => joined(of(a.scheduledEventId), values(a.details)),
  17: (a) => joined(durationText(a.startToFireTimeout ?? 0), `id ${a.timerId}`),
  18: (a) => joined(of(a.startedEventId), `id ${a.timerId}`),
  19: (a) => joined(of(a.startedEventId), `id ${a.timerId}`),
  20: (a) => joined(because(a.cause), by(a.identity)),
  21: (a) => values(a.details),
  22: (a) => a.workflowExecution?.workflowId ?? '',
  23: (a) => joined(a.workflowExecution?.workflowId, of(a.initiatedEventId)),
  24: (a) => joined(a.workflowExecution?.workflowId, of(a.initiatedEventId)),
  25: (a) => a.markerName,
  26: (a) => joined(call(a.signalName, a.input), by(a.identity)),
  27: (a) => joined(because(a.reason), by(a.identity)),
  28: (a) => joined(call(a.workflowType?.name, a.input), `as run ${a.newExecutionRunId}`),
  29: (a) => joined(call(a.workflowType?.name, a.input), `id ${a.workflowId}`, onQueue(a.taskQueue?.name)),
  30: (a) => joined(`id ${a.workflowId}`, of(a.initiatedEventId)),
  31: (a) => joined(`id ${a.workflowExecution?.workflowId ?? ''}`, of(a.initiatedEventId)),
  32: (a) => joined(of(a.initiatedEventId), values(a.result)),
  33: (a) => joined(of(a.initiatedEventId), failureLine(a.failure)),
  34: (a) => joined(of(a.initiatedEventId), values(a.details)),
  35: (a) => joined(of(a.initiatedEventId), enumText(RetryStateNames, a.retryState)),
  36: (a) => of(a.initiatedEventId),
  37: (a) => joined(call(a.signalName, a.input), `to ${a.workflowExecution?.workflowId ?? ''}`),
  38: (a) => joined(`to ${a.workflowExecution?.workflowId ?? ''}`, of(a.initiatedEventId)),
  39: (a) => joined(`to ${a.workflowExecution?.workflowId ?? ''}`, of(a.initiatedEventId)),
  41: (a) => joined(call(a.acceptedRequest?.input?.name, a.acceptedRequest?.input?.args), `id ${a.protocolInstanceId}`),
  42: (a) => joined(`id ${a.protocolInstanceId}`, failureLine(a.failure)),
  43: (a) => joined(`id ${a.meta?.updateId ?? ''}`, values(a.outcome?.success), failureLine(a.outcome?.failure)),
  47: (a) => joined(call(a.request?.input?.name, a.request?.input?.args), `id ${a.request?.meta?.updateId ?? ''}`),
  48: (a) => `${a.endpoint} ${a.service}.${a.operation}`,
  49: (a) => of(a.scheduledEventId),
  50: (a) => of(a.scheduledEventId),
  51: (a) => joined(of(a.scheduledEventId), failureLine(a.failure)),
  52: (a) => of(a.scheduledEventId),
  53: (a) => of(a.scheduledEventId),
};
