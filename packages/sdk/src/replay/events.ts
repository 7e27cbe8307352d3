/** What each kind of history event is to a replay. */
import { CommandType, EventType } from '@perdure/protocol';
import type { HistoryEvent } from '@perdure/protocol';

/**
 * `command`: recorded because the code asked for it, so a command must match it. `outcome`: what became of an earlier
 * command. `task`: the Workflow Task's own. `closing`: the end, by the server. `ignored`: nothing to the code.
 */
export type EventRole =
  | 'started'
  | 'signaled'
  | 'cancelRequested'
  | 'updateAdmitted'
  | 'task'
  | 'command'
  | 'outcome'
  | 'closing'
  | 'ignored'
  | 'unsupported';

export const EVENT_ROLES: { readonly [type in EventType]: EventRole } = {
  [EventType.UNSPECIFIED]: 'unsupported',
  [EventType.WORKFLOW_EXECUTION_STARTED]: 'started',
  [EventType.WORKFLOW_EXECUTION_COMPLETED]: 'command',
  [EventType.WORKFLOW_EXECUTION_FAILED]: 'command',
  [EventType.WORKFLOW_EXECUTION_TIMED_OUT]: 'closing',
  [EventType.WORKFLOW_TASK_SCHEDULED]: 'task',
  [EventType.WORKFLOW_TASK_STARTED]: 'task',
  [EventType.WORKFLOW_TASK_COMPLETED]: 'task',
  [EventType.WORKFLOW_TASK_TIMED_OUT]: 'task',
  [EventType.WORKFLOW_TASK_FAILED]: 'task',
  [EventType.ACTIVITY_TASK_SCHEDULED]: 'command',
  [EventType.ACTIVITY_TASK_STARTED]: 'outcome',
  [EventType.ACTIVITY_TASK_COMPLETED]: 'outcome',
  [EventType.ACTIVITY_TASK_FAILED]: 'outcome',
  [EventType.ACTIVITY_TASK_TIMED_OUT]: 'outcome',
  [EventType.ACTIVITY_TASK_CANCEL_REQUESTED]: 'command',
  [EventType.ACTIVITY_TASK_CANCELED]: 'outcome',
  [EventType.TIMER_STARTED]: 'command',
  [EventType.TIMER_FIRED]: 'outcome',
  [EventType.TIMER_CANCELED]: 'command',
  [EventType.WORKFLOW_EXECUTION_CANCEL_REQUESTED]: 'cancelRequested',
  [EventType.WORKFLOW_EXECUTION_CANCELED]: 'command',
  [EventType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED]: 'command',
  [EventType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED]: 'outcome',
  [EventType.EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED]: 'outcome',
  [EventType.MARKER_RECORDED]: 'command',
  [EventType.WORKFLOW_EXECUTION_SIGNALED]: 'signaled',
  [EventType.WORKFLOW_EXECUTION_TERMINATED]: 'closing',
  [EventType.WORKFLOW_EXECUTION_CONTINUED_AS_NEW]: 'command',
  [EventType.START_CHILD_WORKFLOW_EXECUTION_INITIATED]: 'command',
  [EventType.START_CHILD_WORKFLOW_EXECUTION_FAILED]: 'outcome',
  [EventType.CHILD_WORKFLOW_EXECUTION_STARTED]: 'outcome',
  [EventType.CHILD_WORKFLOW_EXECUTION_COMPLETED]: 'outcome',
  [EventType.CHILD_WORKFLOW_EXECUTION_FAILED]: 'outcome',
  [EventType.CHILD_WORKFLOW_EXECUTION_CANCELED]: 'outcome',
  [EventType.CHILD_WORKFLOW_EXECUTION_TIMED_OUT]: 'outcome',
  [EventType.CHILD_WORKFLOW_EXECUTION_TERMINATED]: 'outcome',
  [EventType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED]: 'command',
  [EventType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED]: 'outcome',
  [EventType.EXTERNAL_WORKFLOW_EXECUTION_SIGNALED]: 'outcome',
  [EventType.UPSERT_WORKFLOW_SEARCH_ATTRIBUTES]: 'command',
  [EventType.WORKFLOW_EXECUTION_UPDATE_ADMITTED]: 'updateAdmitted',
  [EventType.WORKFLOW_EXECUTION_UPDATE_ACCEPTED]: 'command',
  [EventType.WORKFLOW_EXECUTION_UPDATE_REJECTED]: 'unsupported',
  [EventType.WORKFLOW_EXECUTION_UPDATE_COMPLETED]: 'command',
  [EventType.WORKFLOW_PROPERTIES_MODIFIED_EXTERNALLY]: 'ignored',
  [EventType.ACTIVITY_PROPERTIES_MODIFIED_EXTERNALLY]: 'ignored',
  [EventType.WORKFLOW_PROPERTIES_MODIFIED]: 'command',
  [EventType.NEXUS_OPERATION_SCHEDULED]: 'unsupported',
  [EventType.NEXUS_OPERATION_STARTED]: 'unsupported',
  [EventType.NEXUS_OPERATION_COMPLETED]: 'unsupported',
  [EventType.NEXUS_OPERATION_FAILED]: 'unsupported',
  [EventType.NEXUS_OPERATION_CANCELED]: 'unsupported',
  [EventType.NEXUS_OPERATION_TIMED_OUT]: 'unsupported',
  [EventType.NEXUS_OPERATION_CANCEL_REQUESTED]: 'unsupported',
  [EventType.WORKFLOW_EXECUTION_OPTIONS_UPDATED]: 'ignored',
  [EventType.NEXUS_OPERATION_CANCEL_REQUEST_COMPLETED]: 'unsupported',
  [EventType.NEXUS_OPERATION_CANCEL_REQUEST_FAILED]: 'unsupported',
  [EventType.WORKFLOW_EXECUTION_PAUSED]: 'ignored',
  [EventType.WORKFLOW_EXECUTION_UNPAUSED]: 'ignored',
  [EventType.WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED]: 'ignored',
};

/** The role; a kind of event that this version does not know is ignored only where the server says that it may be. */
export function roleOf(event: HistoryEvent): EventRole {
  // At run time the wire may bring types that the table does not list.
  const role = (EVENT_ROLES as { readonly [type: number]: EventRole | undefined })[event.eventType];
  if (role !== undefined && role !== 'unsupported') return role;
  return event.workerMayIgnore ? 'ignored' : 'unsupported';
}

/** The command that an event of role `command` records. */
export const COMMAND_OF_EVENT: { readonly [type in EventType]?: CommandType } = {
  [EventType.WORKFLOW_EXECUTION_COMPLETED]: CommandType.COMPLETE_WORKFLOW_EXECUTION,
  [EventType.WORKFLOW_EXECUTION_FAILED]: CommandType.FAIL_WORKFLOW_EXECUTION,
  [EventType.WORKFLOW_EXECUTION_CANCELED]: CommandType.CANCEL_WORKFLOW_EXECUTION,
  [EventType.WORKFLOW_EXECUTION_CONTINUED_AS_NEW]: CommandType.CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
  [EventType.ACTIVITY_TASK_SCHEDULED]: CommandType.SCHEDULE_ACTIVITY_TASK,
  [EventType.ACTIVITY_TASK_CANCEL_REQUESTED]: CommandType.REQUEST_CANCEL_ACTIVITY_TASK,
  [EventType.TIMER_STARTED]: CommandType.START_TIMER,
  [EventType.TIMER_CANCELED]: CommandType.CANCEL_TIMER,
  [EventType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED]:
    CommandType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION,
  [EventType.MARKER_RECORDED]: CommandType.RECORD_MARKER,
  [EventType.START_CHILD_WORKFLOW_EXECUTION_INITIATED]: CommandType.START_CHILD_WORKFLOW_EXECUTION,
  [EventType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED]: CommandType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION,
  [EventType.UPSERT_WORKFLOW_SEARCH_ATTRIBUTES]: CommandType.UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
  [EventType.WORKFLOW_PROPERTIES_MODIFIED]: CommandType.MODIFY_WORKFLOW_PROPERTIES,
  [EventType.WORKFLOW_EXECUTION_UPDATE_ACCEPTED]: CommandType.PROTOCOL_MESSAGE,
  [EventType.WORKFLOW_EXECUTION_UPDATE_COMPLETED]: CommandType.PROTOCOL_MESSAGE,
};

export function isCommandEvent(event: HistoryEvent): boolean {
  return COMMAND_OF_EVENT[event.eventType] !== undefined;
}

const FINAL: ReadonlySet<EventType> = new Set([
  EventType.WORKFLOW_EXECUTION_COMPLETED,
  EventType.WORKFLOW_EXECUTION_FAILED,
  EventType.WORKFLOW_EXECUTION_TIMED_OUT,
  EventType.WORKFLOW_EXECUTION_TERMINATED,
  EventType.WORKFLOW_EXECUTION_CANCELED,
  EventType.WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
]);

/** The last event of a run. */
export function isFinal(event: HistoryEvent): boolean {
  return FINAL.has(event.eventType);
}

/** For an event of role `outcome`: the event that recorded the command. */
export function commandEventId(event: HistoryEvent): number | undefined {
  switch (event.eventType) {
    case EventType.TIMER_FIRED:
      return event.attributes.startedEventId;
    case EventType.ACTIVITY_TASK_STARTED:
    case EventType.ACTIVITY_TASK_COMPLETED:
    case EventType.ACTIVITY_TASK_FAILED:
    case EventType.ACTIVITY_TASK_TIMED_OUT:
    case EventType.ACTIVITY_TASK_CANCELED:
      return event.attributes.scheduledEventId;
    case EventType.START_CHILD_WORKFLOW_EXECUTION_FAILED:
    case EventType.CHILD_WORKFLOW_EXECUTION_STARTED:
    case EventType.CHILD_WORKFLOW_EXECUTION_COMPLETED:
    case EventType.CHILD_WORKFLOW_EXECUTION_FAILED:
    case EventType.CHILD_WORKFLOW_EXECUTION_CANCELED:
    case EventType.CHILD_WORKFLOW_EXECUTION_TIMED_OUT:
    case EventType.CHILD_WORKFLOW_EXECUTION_TERMINATED:
    case EventType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
    case EventType.EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
    case EventType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
    case EventType.EXTERNAL_WORKFLOW_EXECUTION_SIGNALED:
      return event.attributes.initiatedEventId;
    default:
      return undefined;
  }
}
