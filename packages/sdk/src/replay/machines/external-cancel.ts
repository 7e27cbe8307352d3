/** A request to cancel another workflow, by the code or by the core on behalf of a cancelled child. */
import {
  CancelExternalWorkflowExecutionFailedCause as Cause,
  CommandType,
  EventType,
  enumName,
} from '@perdure/protocol';
import { CancelExternalWorkflowExecutionFailedCauseNames } from '@perdure/protocol';
import type { HistoryEvent } from '@perdure/protocol';
import type { CancelExternal } from '../contract.js';
import { applicationFailure } from '../failures.js';
import type { MachineOutput, MachineRules } from './machine.js';
import { advance, go } from './table.js';
import type { Table } from './table.js';

export type ExternalCancelState = 'toSend' | 'sent' | 'closed';
export type ExternalCancelInput = 'initiated' | 'requested' | 'failed';
type Effect = 'resolve' | 'resolveFailed';

export const externalCancelTable: Table<ExternalCancelState, ExternalCancelInput, Effect> = {
  toSend: { initiated: go('sent'), requested: 'refuse', failed: 'refuse' },
  sent: { initiated: 'refuse', requested: go('closed', 'resolve'), failed: go('closed', 'resolveFailed') },
  closed: { initiated: 'refuse', requested: 'refuse', failed: 'refuse' },
};

export interface ExternalCancelMachine {
  readonly kind: 'externalCancel';
  readonly command: CancelExternal;
  /** False for the core's own: nobody waits for the answer. */
  readonly byCode: boolean;
  readonly dropped: false;
  state: ExternalCancelState;
}

export function cancelExternal(command: CancelExternal, out: MachineOutput): ExternalCancelMachine {
  return queue(command, true, out);
}

/** The core's own request, for a child that the code cancels. */
export function cancelExternalOfRun(attributes: CancelExternal['attributes'], out: MachineOutput): void {
  queue({ kind: 'cancelExternal', seq: 0, attributes }, false, out);
}

function queue(command: CancelExternal, byCode: boolean, out: MachineOutput): ExternalCancelMachine {
  const machine: ExternalCancelMachine = { kind: 'externalCancel', command, byCode, dropped: false, state: 'toSend' };
  out.outgoing.push({ machine, commandType: CommandType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION });
  return machine;
}

const INPUTS: { readonly [type in EventType]?: ExternalCancelInput } = {
  [EventType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED]: 'initiated',
  [EventType.EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED]: 'requested',
  [EventType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED]: 'failed',
};

function failureOf(event: HistoryEvent): Uint8Array {
  const cause =
    event.eventType === EventType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED
      ? event.attributes.cause
      : Cause.UNSPECIFIED;
  return applicationFailure(
    cause === Cause.UNSPECIFIED ? 'The workflow could not be cancelled' : 'The workflow to cancel was not found',
    enumName(CancelExternalWorkflowExecutionFailedCauseNames, cause),
  );
}

export const externalCancelRules: MachineRules<ExternalCancelMachine> = {
  isOver: (machine) => machine.state === 'closed',
  describe: (machine) => `asked to cancel workflow ${machine.command.attributes.workflowId ?? ''}`,
  differs(machine, event) {
    if (event.eventType !== EventType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED) return undefined;
    const id = event.attributes.workflowExecution?.workflowId;
    return id === machine.command.attributes.workflowId ? undefined : 'the workflow id differs';
  },
  applyEvent(machine, event, out) {
    const input = INPUTS[event.eventType];
    const effects = input && advance(externalCancelTable, machine, input);
    if (effects === undefined) return false;
    for (const effect of effects)
      if (machine.byCode)
        out.jobs.push({
          kind: 'resolveCancelExternal',
          seq: machine.command.seq,
          failure: effect === 'resolveFailed' ? failureOf(event) : undefined,
        });
    return true;
  },
  toWire: (machine) => ({
    commandType: CommandType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION,
    attributes: machine.command.attributes,
    userMetadata: machine.command.userMetadata,
  }),
};
