/** What all machines have in common: where their output goes, and the rules by which a run drives them. */
import type { Command, CommandType, HistoryEvent, Init, Message } from '@perdure/protocol';
import type { Job, ScheduleLocalActivity } from '../contract.js';
import type { ActivityMachine } from './activity.js';
import type { UpsertMachine } from './attributes.js';
import type { ChildMachine } from './child.js';
import type { CloseMachine } from './close.js';
import type { ExternalCancelMachine } from './external-cancel.js';
import type { ExternalSignalMachine } from './external-signal.js';
import type { LocalActivityMachine } from './local-activity.js';
import type { PatchMachine } from './patch.js';
import type { TimerMachine } from './timer.js';
import type { UpdateMachine } from './update.js';

/** The machines that have commands; the Workflow Task's has none. */
export type Machine =
  | ActivityMachine
  | ChildMachine
  | CloseMachine
  | ExternalCancelMachine
  | ExternalSignalMachine
  | LocalActivityMachine
  | PatchMachine
  | TimerMachine
  | UpdateMachine
  | UpsertMachine;

/** A command that waits for its event in history, or to be sent. */
export interface Outgoing {
  readonly machine: Machine;
  readonly commandType: CommandType;
  /** For messages of an update: which of the two. */
  readonly part?: 'accept' | 'complete';
}

/** Where machines put what they have to say; the run owns it. */
export interface MachineOutput {
  /** For the next activation. */
  jobs: Job[];
  /** In the order in which events must match them. */
  outgoing: Outgoing[];
  /** Of updates; empty while replaying. */
  messages: Init<Message>[];
  /** Local activities that the worker must run, and those (by seq) that it must cancel. */
  localToRun: ScheduleLocalActivity[];
  localToCancel: number[];
  readonly replaying: boolean;
  /** The workflow's clock. */
  timeMs: number;
  /** Event ids and types must match, not only the kind of command: older histories were made without this. */
  readonly checksIds: boolean;
}

/** How a run drives the machines of one kind. */
export interface MachineRules<M> {
  /** No event and no command can reach it any more. */
  isOver(machine: M): boolean;
  /** "scheduled activity charge (id 3)": what the code did, for people. */
  describe(machine: M, outgoing: Outgoing): string;
  /** How the event differs from the command that it should record; the kind of command is known to fit. */
  differs(machine: M, event: HistoryEvent, out: MachineOutput): string | undefined;
  /** What is not as it was and replays all the same, because history decides it: "lasts 60000 ms, history has 30000 ms". */
  deviates?(machine: M, event: HistoryEvent): string | undefined;
  /** False if the event cannot come now. */
  applyEvent(machine: M, event: HistoryEvent, out: MachineOutput): boolean;
  toWire(machine: M, outgoing: Outgoing): Init<Command>;
}
