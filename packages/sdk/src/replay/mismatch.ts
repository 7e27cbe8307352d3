/** What is said when the code does not do what history says, or history is not one: values, never exceptions. */
import { EventType, EventTypeNames, enumName } from '@perdure/protocol';
import type { HistoryEvent } from '@perdure/protocol';
import { readLocalActivityMarker, readPatchMarker } from './markers.js';

/** The first command that differs from history. The runtime adds the file and line of the call. */
export interface Mismatch {
  readonly kind: 'mismatch';
  readonly eventId: number;
  readonly eventType: EventType;
  /** For people: "scheduled activity charge (id 3)". */
  readonly historyHas: string;
  readonly codeDid: string;
  /** Where both are of one kind: what differs. */
  readonly difference: string | undefined;
  /** The patch to write. */
  readonly hint: string;
}

/** The code changed in a way that this run does not notice: history decides. New runs go by the code. */
export interface Deviation {
  readonly eventId: number;
  /** "started timer 3: it lasts 60000 ms, history has 30000 ms". */
  readonly message: string;
}

/** The history itself cannot be replayed: damaged, or with events that this version does not know. */
export interface BrokenHistory {
  readonly kind: 'brokenHistory';
  readonly eventId: number;
  readonly eventType: EventType;
  readonly message: string;
}

/** The runtime broke its contract with the core: a bug in the SDK. */
export interface BrokenContract {
  readonly kind: 'brokenContract';
  readonly message: string;
}

export type Fault = Mismatch | BrokenHistory | BrokenContract;

const NOTHING = 'nothing';

/** `codeDid` is undefined where the code asked for nothing, `history` false where nothing was recorded. */
export function mismatch(
  event: HistoryEvent,
  history: boolean,
  codeDid: string | undefined,
  difference?: string,
): Mismatch {
  const historyHas = history ? describeEvent(event) : NOTHING;
  return {
    kind: 'mismatch',
    eventId: event.eventId,
    eventType: event.eventType,
    historyHas,
    codeDid: codeDid ?? NOTHING,
    difference,
    hint: hintFor(historyHas, codeDid ?? NOTHING),
  };
}

function hintFor(historyHas: string, codeDid: string): string {
  if (historyHas === NOTHING)
    return `This run began before the code ${codeDid}. Write: if (patched('my-change')) { /* ${codeDid} */ }`;
  if (codeDid === NOTHING)
    return `The code no longer did what it had done: ${historyHas}. Write: if (!patched('my-change')) { /* ${historyHas} */ }`;
  return `Keep both: if (patched('my-change')) { /* ${codeDid} */ } else { /* ${historyHas} */ }`;
}

export function brokenHistory(event: HistoryEvent, message: string): BrokenHistory {
  return { kind: 'brokenHistory', eventId: event.eventId, eventType: event.eventType, message };
}

/** In the words that machines use for their commands. */
export function describeEvent(event: HistoryEvent): string {
  switch (event.eventType) {
    case EventType.ACTIVITY_TASK_SCHEDULED:
      return `scheduled activity ${event.attributes.activityType?.name ?? ''} (id ${event.attributes.activityId})`;
    case EventType.ACTIVITY_TASK_CANCEL_REQUESTED:
      return `cancelled the activity of event ${event.attributes.scheduledEventId}`;
    case EventType.TIMER_STARTED:
      return `started timer ${event.attributes.timerId}`;
    case EventType.TIMER_CANCELED:
      return `cancelled timer ${event.attributes.timerId}`;
    case EventType.START_CHILD_WORKFLOW_EXECUTION_INITIATED:
      return `started child workflow ${event.attributes.workflowType?.name ?? ''} (id ${event.attributes.workflowId})`;
    case EventType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
      return `sent signal ${event.attributes.signalName} to workflow ${event.attributes.workflowExecution?.workflowId ?? ''}`;
    case EventType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
      return `asked to cancel workflow ${event.attributes.workflowExecution?.workflowId ?? ''}`;
    case EventType.WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
      return `accepted update ${event.attributes.acceptedRequest?.input?.name ?? ''} (id ${event.attributes.protocolInstanceId})`;
    case EventType.WORKFLOW_EXECUTION_UPDATE_COMPLETED:
      return `completed update ${event.attributes.meta?.updateId ?? ''}`;
    case EventType.MARKER_RECORDED:
      return describeMarker(event);
    default:
      return WORDS[event.eventType] ?? enumName(EventTypeNames, event.eventType);
  }
}

function describeMarker(event: HistoryEvent): string {
  const patch = readPatchMarker(event);
  if (patch !== undefined) return `asked for patch ${patch.id}`;
  const local = readLocalActivityMarker(event);
  if (local !== undefined) return `ran local activity ${local.activityType} (id ${local.activityId})`;
  return event.eventType === EventType.MARKER_RECORDED ? `recorded marker ${event.attributes.markerName}` : '';
}

const WORDS: { readonly [type in EventType]?: string } = {
  [EventType.WORKFLOW_EXECUTION_COMPLETED]: 'completed the workflow',
  [EventType.WORKFLOW_EXECUTION_FAILED]: 'failed the workflow',
  [EventType.WORKFLOW_EXECUTION_CANCELED]: 'ended the workflow as cancelled',
  [EventType.WORKFLOW_EXECUTION_CONTINUED_AS_NEW]: 'continued as new',
  [EventType.UPSERT_WORKFLOW_SEARCH_ATTRIBUTES]: 'changed search attributes',
  [EventType.WORKFLOW_PROPERTIES_MODIFIED]: 'changed the memo',
};
