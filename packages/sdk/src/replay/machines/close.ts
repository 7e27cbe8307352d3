/** The end of the run: complete, fail, cancel or continue as new. */
import { CommandType, EventType } from '@perdure/protocol';
import type { CloseWorkflow } from '../contract.js';
import type { MachineOutput, MachineRules } from './machine.js';
import { advance, go } from './table.js';
import type { Table } from './table.js';

export type CloseState = 'toSend' | 'recorded';
export type CloseInput = 'recorded';

export const closeTable: Table<CloseState, CloseInput, never> = {
  toSend: { recorded: go('recorded') },
  recorded: { recorded: 'refuse' },
};

export interface CloseMachine {
  readonly kind: 'close';
  readonly command: CloseWorkflow;
  readonly dropped: false;
  state: CloseState;
}

const COMMANDS = {
  completeWorkflow: CommandType.COMPLETE_WORKFLOW_EXECUTION,
  failWorkflow: CommandType.FAIL_WORKFLOW_EXECUTION,
  cancelWorkflow: CommandType.CANCEL_WORKFLOW_EXECUTION,
  continueAsNew: CommandType.CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
} as const satisfies { readonly [kind in CloseWorkflow['kind']]: CommandType };

const WORDS: { readonly [kind in CloseWorkflow['kind']]: string } = {
  completeWorkflow: 'completed the workflow',
  failWorkflow: 'failed the workflow',
  cancelWorkflow: 'ended the workflow as cancelled',
  continueAsNew: 'continued as new',
};

export function closeWorkflow(command: CloseWorkflow, out: MachineOutput): void {
  const machine: CloseMachine = { kind: 'close', command, dropped: false, state: 'toSend' };
  out.outgoing.push({ machine, commandType: COMMANDS[command.kind] });
}

const EVENTS: ReadonlySet<EventType> = new Set([
  EventType.WORKFLOW_EXECUTION_COMPLETED,
  EventType.WORKFLOW_EXECUTION_FAILED,
  EventType.WORKFLOW_EXECUTION_CANCELED,
  EventType.WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
]);

export const closeRules: MachineRules<CloseMachine> = {
  isOver: (machine) => machine.state === 'recorded',
  describe: (machine) => WORDS[machine.command.kind],
  differs: () => undefined,
  applyEvent: (machine, event) => EVENTS.has(event.eventType) && advance(closeTable, machine, 'recorded') !== undefined,
  toWire({ command }) {
    const { userMetadata } = command;
    switch (command.kind) {
      case 'completeWorkflow':
        return { commandType: COMMANDS[command.kind], attributes: { result: command.result }, userMetadata };
      case 'failWorkflow':
        return { commandType: COMMANDS[command.kind], attributes: { failure: command.failure }, userMetadata };
      case 'cancelWorkflow':
        return { commandType: COMMANDS[command.kind], attributes: { details: command.details }, userMetadata };
      case 'continueAsNew':
        return { commandType: COMMANDS[command.kind], attributes: command.attributes, userMetadata };
    }
  },
};
