/** The marker of a patch: it tells replays that this run took the new path. */
import { CommandType, EventType } from '@perdure/protocol';
import { PATCH_MARKER, patchDetails, readPatchMarker } from '../markers.js';
import type { MachineOutput, MachineRules } from './machine.js';
import { advance, go } from './table.js';
import type { Table } from './table.js';

export type PatchState = 'toRecord' | 'recorded';
export type PatchInput = 'recorded';

export const patchTable: Table<PatchState, PatchInput, never> = {
  toRecord: { recorded: go('recorded') },
  recorded: { recorded: 'refuse' },
};

export interface PatchMachine {
  readonly kind: 'patch';
  readonly patchId: string;
  readonly deprecated: boolean;
  readonly dropped: false;
  state: PatchState;
}

export function recordPatch(patchId: string, deprecated: boolean, out: MachineOutput): void {
  const machine: PatchMachine = { kind: 'patch', patchId, deprecated, dropped: false, state: 'toRecord' };
  out.outgoing.push({ machine, commandType: CommandType.RECORD_MARKER });
}

export const patchRules: MachineRules<PatchMachine> = {
  isOver: (machine) => machine.state === 'recorded',
  describe: (machine) => `asked for patch ${machine.patchId}`,
  differs(machine, event) {
    const marker = readPatchMarker(event);
    return marker?.id === machine.patchId ? undefined : 'it is another patch';
  },
  applyEvent: (machine, event) =>
    event.eventType === EventType.MARKER_RECORDED && advance(patchTable, machine, 'recorded') !== undefined,
  toWire: (machine) => ({
    commandType: CommandType.RECORD_MARKER,
    attributes: { markerName: PATCH_MARKER, details: patchDetails(machine.patchId, machine.deprecated) },
  }),
};
