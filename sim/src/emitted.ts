/** A command that a workflow asked for, and the event that history must show for it. */
import { CommandType, EventType } from '@perdure/protocol';
import type { Command, HistoryEvent, Init, Message } from '@perdure/protocol';

export interface Emitted {
  readonly label: string;
  /** The Service may leave it out: a cancel request that comes too late. */
  readonly isOptional: boolean;
  readonly command: Init<Command>;
  readonly message?: Init<Message>;
  /** Why the event is not this command's, or undefined. */
  problem(event: HistoryEvent): string | undefined;
  /** The event got an id that the workflow needs. */
  bound?: (event: HistoryEvent) => void;
}

type CommandInit = Init<Command>;

export interface EmitOptions {
  readonly isOptional?: boolean;
  readonly message?: Init<Message>;
  readonly bound?: (event: HistoryEvent) => void;
}

/** `key`: what must be the same in the command's event, read by `keyOf`. */
export function emitted<K extends CommandType>(
  commandType: K,
  attributes: Extract<CommandInit, { commandType?: K | undefined }>['attributes'],
  key: string,
  options: EmitOptions = {},
): Emitted {
  const eventType = EVENT_OF[commandType];
  const { isOptional = false, message, bound } = options;
  const problem = (event: HistoryEvent): string | undefined => {
    if (event.eventType !== eventType) return `expected an event of type ${String(eventType)}`;
    const found = keyOf(event);
    return found === key ? undefined : `expected ${key}, found ${found}`;
  };
  const command = { commandType, attributes } as unknown as CommandInit;
  return {
    label: `command ${commandType} ${key}`,
    isOptional,
    command,
    problem,
    ...(message && { message }),
    ...(bound && { bound }),
  };
}

/** Protocol messages write different events: accepted and completed. */
export function emittedMessage(eventType: EventType, message: Init<Message>, updateId: string): Emitted {
  const problem = (event: HistoryEvent): string | undefined => {
    if (event.eventType !== eventType) return `expected an event of type ${eventType}`;
    return keyOf(event) === updateId ? undefined : `expected update ${updateId}, found ${keyOf(event)}`;
  };
  const command = {
    commandType: CommandType.PROTOCOL_MESSAGE,
    attributes: { messageId: message.id ?? '' },
  } as CommandInit;
  return { label: `message ${eventType} ${updateId}`, isOptional: false, command, message, problem };
}

const EVENT_OF: Readonly<Partial<Record<CommandType, EventType>>> = {
  [CommandType.SCHEDULE_ACTIVITY_TASK]: EventType.ACTIVITY_TASK_SCHEDULED,
  [CommandType.REQUEST_CANCEL_ACTIVITY_TASK]: EventType.ACTIVITY_TASK_CANCEL_REQUESTED,
  [CommandType.START_TIMER]: EventType.TIMER_STARTED,
  [CommandType.CANCEL_TIMER]: EventType.TIMER_CANCELED,
  [CommandType.COMPLETE_WORKFLOW_EXECUTION]: EventType.WORKFLOW_EXECUTION_COMPLETED,
  [CommandType.FAIL_WORKFLOW_EXECUTION]: EventType.WORKFLOW_EXECUTION_FAILED,
  [CommandType.CANCEL_WORKFLOW_EXECUTION]: EventType.WORKFLOW_EXECUTION_CANCELED,
  [CommandType.CONTINUE_AS_NEW_WORKFLOW_EXECUTION]: EventType.WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
  [CommandType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION]:
    EventType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
  [CommandType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION]: EventType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
  [CommandType.RECORD_MARKER]: EventType.MARKER_RECORDED,
  [CommandType.START_CHILD_WORKFLOW_EXECUTION]: EventType.START_CHILD_WORKFLOW_EXECUTION_INITIATED,
  [CommandType.UPSERT_WORKFLOW_SEARCH_ATTRIBUTES]: EventType.UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
  [CommandType.MODIFY_WORKFLOW_PROPERTIES]: EventType.WORKFLOW_PROPERTIES_MODIFIED,
};

const text = new TextDecoder();

/** What tells one event of a type from another. */
export function keyOf(event: HistoryEvent): string {
  switch (event.eventType) {
    case EventType.ACTIVITY_TASK_SCHEDULED:
      return event.attributes.activityId;
    case EventType.ACTIVITY_TASK_CANCEL_REQUESTED:
      return String(event.attributes.scheduledEventId);
    case EventType.TIMER_STARTED:
    case EventType.TIMER_CANCELED:
      return event.attributes.timerId;
    case EventType.WORKFLOW_EXECUTION_COMPLETED:
      return text.decode(event.attributes.result);
    case EventType.WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
      return text.decode(event.attributes.input);
    case EventType.MARKER_RECORDED:
      return event.attributes.markerName;
    case EventType.START_CHILD_WORKFLOW_EXECUTION_INITIATED:
      return event.attributes.workflowId;
    case EventType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
      return `${event.attributes.workflowExecution?.workflowId ?? ''}/${text.decode(event.attributes.input)}`;
    case EventType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
      return event.attributes.workflowExecution?.workflowId ?? '';
    case EventType.WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
      return event.attributes.protocolInstanceId;
    case EventType.WORKFLOW_EXECUTION_UPDATE_COMPLETED:
      return event.attributes.meta?.updateId ?? '';
    default:
      return '';
  }
}
