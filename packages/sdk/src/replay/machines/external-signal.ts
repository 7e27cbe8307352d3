/** A signal to another workflow (a child too). */
import {
  CommandType,
  EventType,
  enumName,
  SignalExternalWorkflowExecutionFailedCause as Cause,
} from '@perdure/protocol';
import { SignalExternalWorkflowExecutionFailedCauseNames } from '@perdure/protocol';
import type { HistoryEvent } from '@perdure/protocol';
import type { SignalExternal } from '../contract.js';
import { applicationFailure, cancelledFailure } from '../failures.js';
import type { MachineOutput, MachineRules } from './machine.js';
import { advance, go } from './table.js';
import type { Table } from './table.js';

export type ExternalSignalState = 'toSend' | 'sent' | 'closed';
export type ExternalSignalInput = 'initiated' | 'signaled' | 'failed' | 'cancel';
type Effect = 'drop' | 'resolve' | 'resolveFailed' | 'resolveCancelled';

export const externalSignalTable: Table<ExternalSignalState, ExternalSignalInput, Effect> = {
  toSend: {
    initiated: go('sent'),
    signaled: 'refuse',
    failed: 'refuse',
    cancel: go('closed', 'drop', 'resolveCancelled'),
  },
  // A signal that is under way cannot be called back.
  sent: {
    initiated: 'refuse',
    signaled: go('closed', 'resolve'),
    failed: go('closed', 'resolveFailed'),
    cancel: 'ignore',
  },
  closed: { initiated: 'refuse', signaled: 'refuse', failed: 'refuse', cancel: 'ignore' },
};

export interface ExternalSignalMachine {
  readonly kind: 'externalSignal';
  readonly command: SignalExternal;
  state: ExternalSignalState;
  /** Cancelled in the Workflow Task that asked for it: nothing is sent. */
  dropped: boolean;
}

export function signalExternal(command: SignalExternal, out: MachineOutput): ExternalSignalMachine {
  const machine: ExternalSignalMachine = { kind: 'externalSignal', command, state: 'toSend', dropped: false };
  out.outgoing.push({ machine, commandType: CommandType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION });
  return machine;
}

/** `event` is absent when the code cancels. */
export function externalSignalInput(
  machine: ExternalSignalMachine,
  input: ExternalSignalInput,
  event: HistoryEvent | undefined,
  out: MachineOutput,
): boolean {
  const effects = advance(externalSignalTable, machine, input);
  if (effects === undefined) return false;
  const { seq } = machine.command;
  for (const effect of effects)
    switch (effect) {
      case 'drop':
        machine.dropped = true;
        break;
      case 'resolve':
        out.jobs.push({ kind: 'resolveSignalExternal', seq, failure: undefined });
        break;
      case 'resolveFailed':
        out.jobs.push({ kind: 'resolveSignalExternal', seq, failure: failureOf(event) });
        break;
      case 'resolveCancelled':
        out.jobs.push({
          kind: 'resolveSignalExternal',
          seq,
          failure: cancelledFailure('The signal was cancelled before it was sent'),
        });
        break;
    }
  return true;
}

const WHY: { readonly [cause in Cause]: string } = {
  [Cause.UNSPECIFIED]: 'The signal could not be sent',
  [Cause.EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND]: 'The workflow to signal was not found',
  [Cause.NAMESPACE_NOT_FOUND]: 'The workflow to signal was not found',
  [Cause.SIGNAL_COUNT_LIMIT_EXCEEDED]: 'The workflow to signal takes no more signals',
};

function failureOf(event: HistoryEvent | undefined): Uint8Array {
  const cause =
    event?.eventType === EventType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED
      ? event.attributes.cause
      : Cause.UNSPECIFIED;
  return applicationFailure(WHY[cause], enumName(SignalExternalWorkflowExecutionFailedCauseNames, cause));
}

const INPUTS: { readonly [type in EventType]?: ExternalSignalInput } = {
  [EventType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED]: 'initiated',
  [EventType.EXTERNAL_WORKFLOW_EXECUTION_SIGNALED]: 'signaled',
  [EventType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED]: 'failed',
};

export const externalSignalRules: MachineRules<ExternalSignalMachine> = {
  isOver: (machine) => machine.state === 'closed',
  describe({ command: { attributes } }) {
    return `sent signal ${attributes.signalName ?? ''} to workflow ${attributes.execution?.workflowId ?? ''}`;
  },
  differs(machine, event, out) {
    if (event.eventType !== EventType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED || !out.checksIds) return undefined;
    const { attributes } = machine.command;
    if (event.attributes.signalName !== attributes.signalName) return 'the signal name differs';
    const id = event.attributes.workflowExecution?.workflowId;
    return id === attributes.execution?.workflowId ? undefined : 'the workflow id differs';
  },
  applyEvent(machine, event, out) {
    const input = INPUTS[event.eventType];
    return input !== undefined && externalSignalInput(machine, input, event, out);
  },
  toWire: (machine) => ({
    commandType: CommandType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION,
    attributes: machine.command.attributes,
    userMetadata: machine.command.userMetadata,
  }),
};
