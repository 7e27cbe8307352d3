/**
 * A local activity: the worker runs it, history gets one marker with the result. On replay the result comes from the
 * marker, which the reader has looked ahead to; only when replay ends without one does the worker run it again.
 */
import { CommandType, RetryState } from '@perdure/protocol';
import type { ActivityCancellation, LocalResult, Resolution, ScheduleLocalActivity } from '../contract.js';
import { activityCancelled } from '../failures.js';
import { LOCAL_ACTIVITY_MARKER, localActivityDetails, readLocalActivityMarker } from '../markers.js';
import type { LocalActivityMarker } from '../markers.js';
import type { MachineOutput, MachineRules } from './machine.js';
import { advance, go } from './table.js';
import type { Table } from './table.js';

export type LocalActivityState = 'running' | 'toRecord' | 'awaitingMarker' | 'known' | 'recorded';
export type LocalActivityInput =
  /** The worker has a result. */
  | 'result'
  /** The marker was seen ahead. */
  | 'ahead'
  /** Its event is reached. */
  | 'marker'
  /** A Workflow Task that is no replay has begun. */
  | 'live'
  | ActivityCancellation;
type Effect = 'run' | 'askCancel' | 'resolve' | 'resolveCanceled' | 'record';

export const localActivityTable: Table<LocalActivityState, LocalActivityInput, Effect> = {
  running: {
    result: go('toRecord', 'resolve', 'record'),
    ahead: 'refuse',
    marker: 'refuse',
    live: 'ignore',
    tryCancel: go('toRecord', 'askCancel', 'resolveCanceled', 'record'),
    waitCompleted: go('running', 'askCancel'),
    abandon: go('toRecord', 'resolveCanceled', 'record'),
  },
  toRecord: {
    result: 'ignore',
    ahead: 'refuse',
    marker: go('recorded'),
    live: 'ignore',
    tryCancel: 'ignore',
    waitCompleted: 'ignore',
    abandon: 'ignore',
  },
  // The marker decides, whatever the code asks for meanwhile.
  awaitingMarker: {
    result: 'refuse',
    ahead: go('known', 'resolve'),
    marker: go('recorded', 'resolve'),
    live: go('running', 'run'),
    tryCancel: 'ignore',
    waitCompleted: 'ignore',
    abandon: 'ignore',
  },
  known: {
    result: 'refuse',
    ahead: 'refuse',
    marker: go('recorded'),
    live: 'ignore',
    tryCancel: 'ignore',
    waitCompleted: 'ignore',
    abandon: 'ignore',
  },
  recorded: {
    result: 'ignore',
    ahead: 'refuse',
    marker: 'refuse',
    live: 'ignore',
    tryCancel: 'ignore',
    waitCompleted: 'ignore',
    abandon: 'ignore',
  },
};

export interface LocalActivityMachine {
  readonly kind: 'localActivity';
  readonly command: ScheduleLocalActivity;
  readonly dropped: false;
  state: LocalActivityState;
  /** What the marker will say. */
  outcome: LocalResult | undefined;
}

/** `ahead`: its marker, if the reader has seen it. */
export function scheduleLocalActivity(
  command: ScheduleLocalActivity,
  ahead: LocalActivityMarker | undefined,
  out: MachineOutput,
): LocalActivityMachine {
  const state = out.replaying || ahead !== undefined ? 'awaitingMarker' : 'running';
  const machine: LocalActivityMachine = { kind: 'localActivity', command, dropped: false, state, outcome: undefined };
  if (state === 'running') out.localToRun.push(command);
  else if (ahead !== undefined) localActivityInput(machine, 'ahead', ahead.outcome, out);
  return machine;
}

/** `outcome`: of the inputs `result`, `ahead` and `marker`. */
export function localActivityInput(
  machine: LocalActivityMachine,
  input: LocalActivityInput,
  outcome: LocalResult | undefined,
  out: MachineOutput,
): boolean {
  const effects = advance(localActivityTable, machine, input);
  if (effects === undefined) return false;
  const { command } = machine;
  for (const effect of effects)
    switch (effect) {
      case 'run':
        out.localToRun.push(command);
        break;
      case 'askCancel':
        out.localToCancel.push(command.seq);
        break;
      case 'resolve':
        if (outcome !== undefined) resolve(machine, outcome, out);
        break;
      case 'resolveCanceled':
        resolve(machine, cancelledOutcome(machine, out), out);
        break;
      case 'record':
        out.outgoing.push({ machine, commandType: CommandType.RECORD_MARKER });
        break;
    }
  return true;
}

function resolve(machine: LocalActivityMachine, outcome: LocalResult, out: MachineOutput): void {
  machine.outcome = outcome;
  out.timeMs = Math.max(out.timeMs, outcome.completeTimeMs);
  out.jobs.push({ kind: 'resolveActivity', seq: machine.command.seq, isLocal: true, result: outcome.result });
}

function cancelledOutcome({ command }: LocalActivityMachine, out: MachineOutput): LocalResult {
  const result: Resolution = {
    status: 'cancelled',
    failure: activityCancelled(command, undefined, RetryState.CANCEL_REQUESTED),
  };
  const originalScheduleTimeMs = command.originalScheduleTimeMs ?? out.timeMs;
  return { seq: command.seq, attempt: command.attempt, result, completeTimeMs: out.timeMs, originalScheduleTimeMs };
}

export const localActivityRules: MachineRules<LocalActivityMachine> = {
  isOver: (machine) => machine.state === 'recorded',
  describe: ({ command }) => `ran local activity ${command.activityType} (id ${command.activityId})`,
  differs(machine, event, out) {
    const marker = readLocalActivityMarker(event);
    const { command } = machine;
    if (marker?.seq !== command.seq) return 'it is another local activity';
    if (!out.checksIds) return undefined;
    if (marker.activityType !== command.activityType) return 'the activity type differs';
    return marker.activityId === command.activityId ? undefined : 'the activity id differs';
  },
  applyEvent: (machine, event, out) =>
    localActivityInput(machine, 'marker', readLocalActivityMarker(event)?.outcome, out),
  toWire({ command, outcome }) {
    const result = outcome?.result;
    return {
      commandType: CommandType.RECORD_MARKER,
      attributes: {
        markerName: LOCAL_ACTIVITY_MARKER,
        details: localActivityDetails(command, outcome),
        failure: result?.status === 'failed' || result?.status === 'cancelled' ? result.failure : undefined,
      },
      userMetadata: command.userMetadata,
    };
  },
};
