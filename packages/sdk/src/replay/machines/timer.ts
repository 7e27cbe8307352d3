/** A durable timer: started, then fired or cancelled. Cancelled before it was sent, it leaves no trace. */
import { CommandType, EventType } from '@perdure/protocol';
import type { HistoryEvent } from '@perdure/protocol';
import type { StartTimer } from '../contract.js';
import type { MachineOutput, MachineRules } from './machine.js';
import { advance, go } from './table.js';
import type { Table } from './table.js';

export type TimerState = 'toStart' | 'running' | 'toCancel' | 'closed';
export type TimerInput = 'started' | 'fired' | 'canceled' | 'cancel';
type Effect = 'drop' | 'askCancel' | 'resolve';

export const timerTable: Table<TimerState, TimerInput, Effect> = {
  toStart: { started: go('running'), fired: 'refuse', canceled: 'refuse', cancel: go('closed', 'drop') },
  running: {
    started: 'refuse',
    fired: go('closed', 'resolve'),
    canceled: 'refuse',
    cancel: go('toCancel', 'askCancel'),
  },
  toCancel: { started: 'refuse', fired: 'refuse', canceled: go('closed'), cancel: 'ignore' },
  closed: { started: 'refuse', fired: 'refuse', canceled: 'refuse', cancel: 'ignore' },
};

export interface TimerMachine {
  readonly kind: 'timer';
  readonly command: StartTimer;
  state: TimerState;
  /** Cancelled in the Workflow Task that asked for it: nothing is sent. */
  dropped: boolean;
}

export function scheduleTimer(command: StartTimer, out: MachineOutput): TimerMachine {
  const machine: TimerMachine = { kind: 'timer', command, state: 'toStart', dropped: false };
  out.outgoing.push({ machine, commandType: CommandType.START_TIMER });
  return machine;
}

export function timerInput(machine: TimerMachine, input: TimerInput, out: MachineOutput): boolean {
  const effects = advance(timerTable, machine, input);
  if (effects === undefined) return false;
  for (const effect of effects)
    switch (effect) {
      case 'drop':
        machine.dropped = true;
        break;
      case 'askCancel':
        out.outgoing.push({ machine, commandType: CommandType.CANCEL_TIMER });
        break;
      case 'resolve':
        out.jobs.push({ kind: 'fireTimer', seq: machine.command.seq });
        break;
    }
  return true;
}

const INPUTS: { readonly [type in EventType]?: TimerInput } = {
  [EventType.TIMER_STARTED]: 'started',
  [EventType.TIMER_FIRED]: 'fired',
  [EventType.TIMER_CANCELED]: 'canceled',
};

/** A timer's id on the wire. */
function timerId(machine: TimerMachine): string {
  return String(machine.command.seq);
}

export const timerRules: MachineRules<TimerMachine> = {
  isOver: (machine) => machine.state === 'closed',
  describe: (machine, { commandType }) =>
    `${commandType === CommandType.CANCEL_TIMER ? 'cancelled' : 'started'} timer ${timerId(machine)}`,
  differs(machine, event) {
    const id = timerIdOf(event);
    return id === timerId(machine) ? undefined : `the timer's id is ${timerId(machine)}, history has ${id}`;
  },
  deviates({ command }, event) {
    if (event.eventType !== EventType.TIMER_STARTED) return undefined;
    const recordedMs = event.attributes.startToFireTimeout;
    return recordedMs === undefined || recordedMs === command.durationMs
      ? undefined
      : `it lasts ${command.durationMs} ms, history has ${recordedMs} ms`;
  },
  applyEvent(machine, event, out) {
    const input = INPUTS[event.eventType];
    return input !== undefined && timerInput(machine, input, out);
  },
  toWire: (machine, { commandType }) =>
    commandType === CommandType.CANCEL_TIMER
      ? { commandType, attributes: { timerId: timerId(machine) } }
      : {
          commandType: CommandType.START_TIMER,
          attributes: { timerId: timerId(machine), startToFireTimeout: machine.command.durationMs },
          userMetadata: machine.command.userMetadata,
        },
};

function timerIdOf(event: HistoryEvent): string {
  return event.eventType === EventType.TIMER_STARTED || event.eventType === EventType.TIMER_CANCELED
    ? event.attributes.timerId
    : '';
}
