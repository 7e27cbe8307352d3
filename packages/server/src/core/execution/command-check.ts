/** What can be wrong with any command: no attributes, its place among the others, a name that is too long. */
import { CommandType, CommandTypeNames, WorkflowTaskFailedCause as Cause, enumName } from '@perdure/protocol';
import type { Command } from '@perdure/protocol';
import { invalidArgument, reject } from '../rejection.js';
import type { Rejection } from '../rejection.js';
import type { CommandFailure } from './commands.js';
import type { Draft } from './draft.js';
import { tooLong, utf8Length } from './sizes.js';

/** The commands that end the run must come last. */
export const CLOSING_COMMANDS: ReadonlySet<CommandType> = new Set<CommandType>([
  CommandType.COMPLETE_WORKFLOW_EXECUTION,
  CommandType.FAIL_WORKFLOW_EXECUTION,
  CommandType.CANCEL_WORKFLOW_EXECUTION,
  CommandType.CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
]);

/** Refuses the whole completion: the task stays as it is. */
export function sequenceProblem(commands: readonly Command[]): Rejection | undefined {
  const misplaced = commands.slice(0, -1).find((command) => CLOSING_COMMANDS.has(command.commandType));
  if (misplaced === undefined) return undefined;
  const names = commands.map((command) => commandName(command.commandType)).join(', ');
  return invalidArgument(
    `invalid command sequence: [${names}], command ${commandName(misplaced.commandType)} must be the last command.`,
  );
}

/** START_TIMER → StartTimer, as users of the field know it. */
export function commandName(commandType: CommandType): string {
  return pascalCase(enumName(CommandTypeNames, commandType)?.replace('COMMAND_TYPE_', '') ?? String(commandType));
}

export function pascalCase(constant: string): string {
  return constant
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');
}

export type HandledCommandType = Exclude<CommandType, typeof CommandType.UNSPECIFIED>;

export function missingAttributes(commandType: HandledCommandType): CommandFailure {
  const name = commandName(commandType);
  return { cause: BAD_ATTRIBUTES[commandType], message: `${name}CommandAttributes is not set on ${name}Command.` };
}

const BAD_ATTRIBUTES: Readonly<Record<HandledCommandType, Cause>> = {
  [CommandType.SCHEDULE_ACTIVITY_TASK]: Cause.BAD_SCHEDULE_ACTIVITY_ATTRIBUTES,
  [CommandType.REQUEST_CANCEL_ACTIVITY_TASK]: Cause.BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES,
  [CommandType.START_TIMER]: Cause.BAD_START_TIMER_ATTRIBUTES,
  [CommandType.CANCEL_TIMER]: Cause.BAD_CANCEL_TIMER_ATTRIBUTES,
  [CommandType.COMPLETE_WORKFLOW_EXECUTION]: Cause.BAD_COMPLETE_WORKFLOW_EXECUTION_ATTRIBUTES,
  [CommandType.FAIL_WORKFLOW_EXECUTION]: Cause.BAD_FAIL_WORKFLOW_EXECUTION_ATTRIBUTES,
  [CommandType.CANCEL_WORKFLOW_EXECUTION]: Cause.BAD_CANCEL_WORKFLOW_EXECUTION_ATTRIBUTES,
  [CommandType.CONTINUE_AS_NEW_WORKFLOW_EXECUTION]: Cause.BAD_CONTINUE_AS_NEW_ATTRIBUTES,
  [CommandType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION]:
    Cause.BAD_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_ATTRIBUTES,
  [CommandType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION]: Cause.BAD_SIGNAL_WORKFLOW_EXECUTION_ATTRIBUTES,
  [CommandType.RECORD_MARKER]: Cause.BAD_RECORD_MARKER_ATTRIBUTES,
  [CommandType.START_CHILD_WORKFLOW_EXECUTION]: Cause.BAD_START_CHILD_EXECUTION_ATTRIBUTES,
  [CommandType.UPSERT_WORKFLOW_SEARCH_ATTRIBUTES]: Cause.BAD_SEARCH_ATTRIBUTES,
  [CommandType.MODIFY_WORKFLOW_PROPERTIES]: Cause.BAD_MODIFY_WORKFLOW_PROPERTIES_ATTRIBUTES,
  [CommandType.PROTOCOL_MESSAGE]: Cause.BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE,
  [CommandType.SCHEDULE_NEXUS_OPERATION]: Cause.BAD_SCHEDULE_NEXUS_OPERATION_ATTRIBUTES,
  [CommandType.REQUEST_CANCEL_NEXUS_OPERATION]: Cause.BAD_REQUEST_CANCEL_NEXUS_OPERATION_ATTRIBUTES,
};

/** `before` and `after` name the other facts of the command, as ` Name=value` texts. */
export function lengthProblem(
  draft: Draft,
  field: string,
  command: string,
  value: string | undefined,
  { before = '', after = '' }: { readonly before?: string; readonly after?: string } = {},
): string | undefined {
  if (value === undefined || !tooLong(draft, value)) return undefined;
  const { idLengthMax } = draft.env.limits;
  return `${field} on ${command} exceeds length limit.${before} ${field}=${value} Length=${utf8Length(value)} Limit=${idLengthMax}${after}`;
}

/** Commands act in their own namespace only. One that does not exist refuses the whole completion. */
export function namespaceProblem(
  draft: Draft,
  cause: Cause,
  namespace: string,
): CommandFailure | Rejection | undefined {
  if (namespace === '' || namespace === draft.state.namespace) return undefined;
  if (draft.env.namespaceId(namespace) !== undefined)
    return { cause, message: 'cross namespace commands are not allowed' };
  return reject('NAMESPACE_NOT_FOUND', `Namespace ${namespace} is not found.`, { kind: 'namespace', namespace });
}
