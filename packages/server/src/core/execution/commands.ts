/** What workflow code asks for: one handler per command type, in one exhaustive table. */
import { CommandType } from '@perdure/protocol';
import type { Command, CommandAttributes, WorkflowTaskFailedCause } from '@perdure/protocol';
import { WorkflowTaskFailedCause as Cause } from '@perdure/protocol';
import { invalidArgument } from '../rejection.js';
import type { Rejection } from '../rejection.js';
import { requestCancelActivity, scheduleActivity } from './activity-commands.js';
import { modifyProperties, recordMarker, upsertSearchAttributes } from './attributes.js';
import { startChild } from './child.js';
import { cancelWorkflow, completeWorkflow, continueAsNew, failWorkflow } from './close-commands.js';
import { commandName, missingAttributes } from './command-check.js';
import type { HandledCommandType } from './command-check.js';
import type { Draft, EventOptions } from './draft.js';
import { requestCancelExternal, signalExternal } from './external.js';
import { cancelTimer, startTimer } from './timer.js';
import { protocolMessage } from './update-messages.js';
import type { TaskMessages } from './update-messages.js';

/** A command that breaks a rule: the workflow task fails with this cause, or (`terminates`) the whole run ends. */
export interface CommandFailure {
  readonly cause: WorkflowTaskFailedCause;
  readonly message: string;
  readonly terminates?: boolean;
}

export interface CommandContext {
  readonly draft: Draft;
  readonly completedEventId: number;
  readonly identity: string;
  /** What the command says of itself, for the event it causes. */
  readonly options: EventOptions;
  readonly messages: TaskMessages;
  /** Whether something waits in the buffer that happened before these commands: the workflow code has not seen it. */
  readonly hasUnseenEvents: () => boolean;
}

export type CommandHandler<K extends CommandType> = (
  context: CommandContext,
  attributes: CommandAttributes[K],
) => CommandOutcome;

/** Nothing wrong, the task fails, or (Rejection) the completion is refused and the task stays as it is. */
export type CommandOutcome = CommandFailure | Rejection | undefined;

type Handlers = { readonly [K in HandledCommandType]: CommandHandler<K> };

const unsupported = (name: string) => (): CommandFailure => ({
  cause: Cause.FEATURE_DISABLED,
  message: `${name} is not served by this server yet.`,
});

const HANDLERS: Handlers = {
  [CommandType.SCHEDULE_ACTIVITY_TASK]: scheduleActivity,
  [CommandType.REQUEST_CANCEL_ACTIVITY_TASK]: requestCancelActivity,
  [CommandType.START_TIMER]: startTimer,
  [CommandType.CANCEL_TIMER]: cancelTimer,
  [CommandType.COMPLETE_WORKFLOW_EXECUTION]: completeWorkflow,
  [CommandType.FAIL_WORKFLOW_EXECUTION]: failWorkflow,
  [CommandType.CANCEL_WORKFLOW_EXECUTION]: cancelWorkflow,
  [CommandType.CONTINUE_AS_NEW_WORKFLOW_EXECUTION]: continueAsNew,
  [CommandType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION]: requestCancelExternal,
  [CommandType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION]: signalExternal,
  [CommandType.RECORD_MARKER]: recordMarker,
  [CommandType.START_CHILD_WORKFLOW_EXECUTION]: startChild,
  [CommandType.UPSERT_WORKFLOW_SEARCH_ATTRIBUTES]: upsertSearchAttributes,
  [CommandType.MODIFY_WORKFLOW_PROPERTIES]: modifyProperties,
  [CommandType.PROTOCOL_MESSAGE]: protocolMessage,
  [CommandType.SCHEDULE_NEXUS_OPERATION]: unsupported('ScheduleNexusOperation'),
  [CommandType.REQUEST_CANCEL_NEXUS_OPERATION]: unsupported('RequestCancelNexusOperation'),
};

export function runCommand(context: CommandContext, command: Command): CommandOutcome {
  const commandType = command.commandType as HandledCommandType;
  const handler = HANDLERS[commandType] as CommandHandler<CommandType> | undefined;
  if (handler === undefined) return invalidArgument(`unknown command type: ${commandName(command.commandType)}`);
  if (command.attributesMissing === true) return missingAttributes(commandType);
  return handler(context, command.attributes as CommandAttributes[CommandType]);
}
