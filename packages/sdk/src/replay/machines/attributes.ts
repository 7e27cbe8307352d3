/** Search attributes and memo: sent, recorded, over. The core's own upsert, of patches, is one of them. */
import { CommandType, EventType } from '@perdure/protocol';
import type { Upsert } from '../contract.js';
import type { MachineOutput, MachineRules } from './machine.js';
import { advance, go } from './table.js';
import type { Table } from './table.js';

export type UpsertState = 'toSend' | 'recorded';
export type UpsertInput = 'recorded';

export const upsertTable: Table<UpsertState, UpsertInput, never> = {
  toSend: { recorded: go('recorded') },
  recorded: { recorded: 'refuse' },
};

export interface UpsertMachine {
  readonly kind: 'upsert';
  readonly command: Upsert;
  /** Set for the list of patches, which the core upserts itself: which patch it was for. */
  readonly forPatch: string | undefined;
  readonly dropped: false;
  state: UpsertState;
}

const COMMANDS = {
  upsertSearchAttributes: CommandType.UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
  modifyMemo: CommandType.MODIFY_WORKFLOW_PROPERTIES,
} as const;

export function upsert(command: Upsert, forPatch: string | undefined, out: MachineOutput): void {
  const machine: UpsertMachine = { kind: 'upsert', command, forPatch, dropped: false, state: 'toSend' };
  out.outgoing.push({ machine, commandType: COMMANDS[command.kind] });
}

export const upsertRules: MachineRules<UpsertMachine> = {
  isOver: (machine) => machine.state === 'recorded',
  describe(machine) {
    if (machine.forPatch !== undefined) return `listed patch ${machine.forPatch} in the search attributes`;
    return machine.command.kind === 'modifyMemo' ? 'changed the memo' : 'changed search attributes';
  },
  differs: () => undefined,
  applyEvent: (machine, event) =>
    (event.eventType === EventType.UPSERT_WORKFLOW_SEARCH_ATTRIBUTES ||
      event.eventType === EventType.WORKFLOW_PROPERTIES_MODIFIED) &&
    advance(upsertTable, machine, 'recorded') !== undefined,
  toWire: ({ command: { kind, value, userMetadata } }) =>
    kind === 'modifyMemo'
      ? { commandType: COMMANDS.modifyMemo, attributes: { upsertedMemo: value }, userMetadata }
      : { commandType: COMMANDS.upsertSearchAttributes, attributes: { searchAttributes: value }, userMetadata },
};
