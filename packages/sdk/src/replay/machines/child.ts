/** A child workflow: initiated, started or refused, then closed. A cancel of it is a request to an external workflow. */
import { CommandType, EventType } from '@perdure/protocol';
import type { HistoryEvent } from '@perdure/protocol';
import type { ChildCancellation, Job, StartChild } from '../contract.js';
import { childCancelled, childFailed, childNeverStarted } from '../failures.js';
import { cancelExternalOfRun } from './external-cancel.js';
import type { MachineOutput, MachineRules } from './machine.js';
import { advance, go } from './table.js';
import type { Table } from './table.js';

/** `told`: the code has already been told that the child is cancelled, whatever comes. */
export type ChildState = 'toStart' | 'initiated' | 'started' | 'told' | 'closed';
export type ChildInput =
  | 'initiated'
  | 'startFailed'
  | 'started'
  | 'completed'
  | 'failed'
  | 'canceled'
  | 'timedOut'
  | 'terminated'
  | ChildCancellation;
type Effect =
  | 'drop'
  | 'askCancel'
  | 'resolveStarted'
  | 'resolveStartFailed'
  | 'resolveStartCancelled'
  | 'resolveCompleted'
  | 'resolveFailed'
  | 'resolveCancelled';

export const childTable: Table<ChildState, ChildInput, Effect> = {
  toStart: {
    initiated: go('initiated'),
    startFailed: 'refuse',
    started: 'refuse',
    completed: 'refuse',
    failed: 'refuse',
    canceled: 'refuse',
    timedOut: 'refuse',
    terminated: 'refuse',
    tryCancel: go('closed', 'drop', 'resolveStartCancelled'),
    waitCompleted: go('closed', 'drop', 'resolveStartCancelled'),
    waitRequested: go('closed', 'drop', 'resolveStartCancelled'),
    abandon: go('closed', 'drop', 'resolveStartCancelled'),
  },
  initiated: {
    initiated: 'refuse',
    startFailed: go('closed', 'resolveStartFailed'),
    started: go('started', 'resolveStarted'),
    completed: 'refuse',
    failed: 'refuse',
    canceled: 'refuse',
    timedOut: 'refuse',
    terminated: 'refuse',
    tryCancel: go('told', 'askCancel', 'resolveCancelled'),
    waitCompleted: go('initiated', 'askCancel'),
    waitRequested: go('initiated', 'askCancel'),
    abandon: go('told', 'resolveCancelled'),
  },
  started: {
    initiated: 'refuse',
    startFailed: 'refuse',
    started: 'refuse',
    completed: go('closed', 'resolveCompleted'),
    failed: go('closed', 'resolveFailed'),
    canceled: go('closed', 'resolveCancelled'),
    timedOut: go('closed', 'resolveFailed'),
    terminated: go('closed', 'resolveFailed'),
    tryCancel: go('told', 'askCancel', 'resolveCancelled'),
    waitCompleted: go('started', 'askCancel'),
    waitRequested: go('started', 'askCancel'),
    abandon: go('told', 'resolveCancelled'),
  },
  told: {
    initiated: 'refuse',
    startFailed: go('closed'),
    started: 'ignore',
    completed: go('closed'),
    failed: go('closed'),
    canceled: go('closed'),
    timedOut: go('closed'),
    terminated: go('closed'),
    tryCancel: 'ignore',
    waitCompleted: 'ignore',
    waitRequested: 'ignore',
    abandon: 'ignore',
  },
  closed: {
    initiated: 'refuse',
    startFailed: 'refuse',
    started: 'refuse',
    completed: 'refuse',
    failed: 'refuse',
    canceled: 'refuse',
    timedOut: 'refuse',
    terminated: 'refuse',
    tryCancel: 'ignore',
    waitCompleted: 'ignore',
    waitRequested: 'ignore',
    abandon: 'ignore',
  },
};

export interface ChildMachine {
  readonly kind: 'child';
  readonly command: StartChild;
  state: ChildState;
  /** Cancelled in the Workflow Task that asked for it: nothing is sent. */
  dropped: boolean;
  initiatedEventId: number;
  startedEventId: number;
  runId: string;
  cancelReason: string;
}

export function startChild(command: StartChild, out: MachineOutput): ChildMachine {
  const machine: ChildMachine = {
    kind: 'child',
    command,
    state: 'toStart',
    dropped: false,
    initiatedEventId: 0,
    startedEventId: 0,
    runId: '',
    cancelReason: '',
  };
  out.outgoing.push({ machine, commandType: CommandType.START_CHILD_WORKFLOW_EXECUTION });
  return machine;
}

/** `event` is absent when the code cancels. */
export function childInput(
  machine: ChildMachine,
  input: ChildInput,
  event: HistoryEvent | undefined,
  out: MachineOutput,
): boolean {
  const effects = advance(childTable, machine, input);
  if (effects === undefined) return false;
  for (const effect of effects) {
    if (effect === 'drop') machine.dropped = true;
    else if (effect === 'askCancel') askCancel(machine, out);
    else {
      const job = jobFor(effect, machine, event);
      if (job !== undefined) out.jobs.push(job);
    }
  }
  return true;
}

function askCancel(machine: ChildMachine, out: MachineOutput): void {
  const { namespace = '', workflowId = '' } = machine.command.attributes;
  cancelExternalOfRun(
    { namespace, workflowId, runId: machine.runId, childWorkflowOnly: true, reason: machine.cancelReason },
    out,
  );
}

function jobFor(
  effect: Exclude<Effect, 'drop' | 'askCancel'>,
  machine: ChildMachine,
  event: HistoryEvent | undefined,
): Job | undefined {
  const { seq } = machine.command;
  const { workflowId, workflowType } = childNames(machine);
  switch (effect) {
    case 'resolveStarted':
      return { kind: 'resolveChildStart', seq, result: { status: 'started', runId: machine.runId } };
    case 'resolveStartFailed':
      return event?.eventType !== EventType.START_CHILD_WORKFLOW_EXECUTION_FAILED
        ? undefined
        : {
            kind: 'resolveChildStart',
            seq,
            result: { status: 'failed', workflowId, workflowType, cause: event.attributes.cause },
          };
    case 'resolveStartCancelled':
      return { kind: 'resolveChildStart', seq, result: { status: 'cancelled', failure: childNeverStarted(machine) } };
    case 'resolveCompleted':
      return event?.eventType !== EventType.CHILD_WORKFLOW_EXECUTION_COMPLETED
        ? undefined
        : { kind: 'resolveChild', seq, result: { status: 'completed', result: event.attributes.result } };
    case 'resolveFailed':
      return event === undefined
        ? undefined
        : { kind: 'resolveChild', seq, result: { status: 'failed', failure: childFailed(machine, event) } };
    case 'resolveCancelled':
      return { kind: 'resolveChild', seq, result: { status: 'cancelled', failure: childCancelled(machine, event) } };
  }
}

const INPUTS: { readonly [type in EventType]?: ChildInput } = {
  [EventType.START_CHILD_WORKFLOW_EXECUTION_INITIATED]: 'initiated',
  [EventType.START_CHILD_WORKFLOW_EXECUTION_FAILED]: 'startFailed',
  [EventType.CHILD_WORKFLOW_EXECUTION_STARTED]: 'started',
  [EventType.CHILD_WORKFLOW_EXECUTION_COMPLETED]: 'completed',
  [EventType.CHILD_WORKFLOW_EXECUTION_FAILED]: 'failed',
  [EventType.CHILD_WORKFLOW_EXECUTION_CANCELED]: 'canceled',
  [EventType.CHILD_WORKFLOW_EXECUTION_TIMED_OUT]: 'timedOut',
  [EventType.CHILD_WORKFLOW_EXECUTION_TERMINATED]: 'terminated',
};

export function childNames(machine: ChildMachine): { workflowId: string; workflowType: string } {
  const { workflowId, workflowType } = machine.command.attributes;
  return { workflowId: workflowId ?? '', workflowType: workflowType?.name ?? '' };
}

export const childRules: MachineRules<ChildMachine> = {
  isOver: (machine) => machine.state === 'closed',
  describe(machine) {
    const { workflowId, workflowType } = childNames(machine);
    return `started child workflow ${workflowType} (id ${workflowId})`;
  },
  differs(machine, event, out) {
    if (event.eventType !== EventType.START_CHILD_WORKFLOW_EXECUTION_INITIATED || !out.checksIds) return undefined;
    const { workflowId, workflowType } = childNames(machine);
    if (event.attributes.workflowType?.name !== workflowType) return 'the workflow type differs';
    return event.attributes.workflowId === workflowId ? undefined : 'the workflow id differs';
  },
  applyEvent(machine, event, out) {
    const input = INPUTS[event.eventType];
    if (event.eventType === EventType.START_CHILD_WORKFLOW_EXECUTION_INITIATED)
      machine.initiatedEventId = event.eventId;
    if (event.eventType === EventType.CHILD_WORKFLOW_EXECUTION_STARTED) {
      machine.startedEventId = event.eventId;
      machine.runId = event.attributes.workflowExecution?.runId ?? '';
    }
    return input !== undefined && childInput(machine, input, event, out);
  },
  toWire: (machine) => ({
    commandType: CommandType.START_CHILD_WORKFLOW_EXECUTION,
    attributes: machine.command.attributes,
    userMetadata: machine.command.userMetadata,
  }),
};
