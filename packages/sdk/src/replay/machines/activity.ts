/** An activity: scheduled, then closed by the server; the code may cancel it in three ways. */
import { CommandType, EventType, RetryState } from '@perdure/protocol';
import type { HistoryEvent } from '@perdure/protocol';
import type { ActivityCancellation, ScheduleActivity } from '../contract.js';
import { activityCancelled, activityFailed } from '../failures.js';
import type { MachineOutput, MachineRules } from './machine.js';
import { advance, go } from './table.js';
import type { Table } from './table.js';

/** `told…`: the code has already been told that it is cancelled, whatever comes. */
export type ActivityState = 'toSchedule' | 'open' | 'toCancel' | 'cancelAsked' | 'toldToCancel' | 'told' | 'closed';
export type ActivityInput =
  'scheduled' | 'started' | 'completed' | 'failed' | 'timedOut' | 'cancelRequested' | 'canceled' | ActivityCancellation;
type Effect = 'drop' | 'askCancel' | 'resolveCompleted' | 'resolveFailed' | 'resolveTimedOut' | 'resolveCanceled';

export const activityTable: Table<ActivityState, ActivityInput, Effect> = {
  toSchedule: {
    scheduled: go('open'),
    started: 'refuse',
    completed: 'refuse',
    failed: 'refuse',
    timedOut: 'refuse',
    cancelRequested: 'refuse',
    canceled: 'refuse',
    tryCancel: go('closed', 'drop', 'resolveCanceled'),
    waitCompleted: go('closed', 'drop', 'resolveCanceled'),
    abandon: go('closed', 'drop', 'resolveCanceled'),
  },
  open: {
    scheduled: 'refuse',
    started: 'ignore',
    completed: go('closed', 'resolveCompleted'),
    failed: go('closed', 'resolveFailed'),
    timedOut: go('closed', 'resolveTimedOut'),
    cancelRequested: 'refuse',
    canceled: go('closed', 'resolveCanceled'),
    tryCancel: go('toldToCancel', 'askCancel', 'resolveCanceled'),
    waitCompleted: go('toCancel', 'askCancel'),
    abandon: go('told', 'resolveCanceled'),
  },
  toCancel: {
    scheduled: 'refuse',
    started: 'refuse',
    completed: 'refuse',
    failed: 'refuse',
    timedOut: 'refuse',
    cancelRequested: go('cancelAsked'),
    canceled: 'refuse',
    tryCancel: 'ignore',
    waitCompleted: 'ignore',
    abandon: 'ignore',
  },
  cancelAsked: {
    scheduled: 'refuse',
    started: 'ignore',
    completed: go('closed', 'resolveCompleted'),
    failed: go('closed', 'resolveFailed'),
    timedOut: go('closed', 'resolveTimedOut'),
    cancelRequested: 'refuse',
    canceled: go('closed', 'resolveCanceled'),
    tryCancel: 'ignore',
    waitCompleted: 'ignore',
    abandon: 'ignore',
  },
  toldToCancel: {
    scheduled: 'refuse',
    started: 'refuse',
    completed: 'refuse',
    failed: 'refuse',
    timedOut: 'refuse',
    cancelRequested: go('told'),
    canceled: 'refuse',
    tryCancel: 'ignore',
    waitCompleted: 'ignore',
    abandon: 'ignore',
  },
  told: {
    scheduled: 'refuse',
    started: 'ignore',
    completed: go('closed'),
    failed: go('closed'),
    timedOut: go('closed'),
    cancelRequested: 'refuse',
    canceled: go('closed'),
    tryCancel: 'ignore',
    waitCompleted: 'ignore',
    abandon: 'ignore',
  },
  closed: {
    scheduled: 'refuse',
    started: 'refuse',
    completed: 'refuse',
    failed: 'refuse',
    timedOut: 'refuse',
    cancelRequested: 'refuse',
    canceled: 'refuse',
    tryCancel: 'ignore',
    waitCompleted: 'ignore',
    abandon: 'ignore',
  },
};

export interface ActivityMachine {
  readonly kind: 'activity';
  readonly command: ScheduleActivity;
  state: ActivityState;
  /** Cancelled in the Workflow Task that asked for it: nothing is sent. */
  dropped: boolean;
  scheduledEventId: number;
}

export function scheduleActivity(command: ScheduleActivity, out: MachineOutput): ActivityMachine {
  const machine: ActivityMachine = {
    kind: 'activity',
    command,
    state: 'toSchedule',
    dropped: false,
    scheduledEventId: 0,
  };
  out.outgoing.push({ machine, commandType: CommandType.SCHEDULE_ACTIVITY_TASK });
  return machine;
}

/** `event` is absent when the code cancels. */
export function activityInput(
  machine: ActivityMachine,
  input: ActivityInput,
  event: HistoryEvent | undefined,
  out: MachineOutput,
): boolean {
  const effects = advance(activityTable, machine, input);
  if (effects === undefined) return false;
  const { seq } = machine.command;
  for (const effect of effects)
    switch (effect) {
      case 'drop':
        machine.dropped = true;
        break;
      case 'askCancel':
        out.outgoing.push({ machine, commandType: CommandType.REQUEST_CANCEL_ACTIVITY_TASK });
        break;
      case 'resolveCompleted':
        if (event?.eventType === EventType.ACTIVITY_TASK_COMPLETED)
          out.jobs.push({
            kind: 'resolveActivity',
            seq,
            isLocal: false,
            result: { status: 'completed', result: event.attributes.result },
          });
        break;
      case 'resolveFailed':
      case 'resolveTimedOut':
        if (
          event?.eventType === EventType.ACTIVITY_TASK_FAILED ||
          event?.eventType === EventType.ACTIVITY_TASK_TIMED_OUT
        )
          out.jobs.push({
            kind: 'resolveActivity',
            seq,
            isLocal: false,
            result: { status: 'failed', failure: activityFailed(machine, event) },
          });
        break;
      case 'resolveCanceled':
        out.jobs.push({
          kind: 'resolveActivity',
          seq,
          isLocal: false,
          result: {
            status: 'cancelled',
            failure: activityCancelled(
              activityNames(machine),
              event?.eventType === EventType.ACTIVITY_TASK_CANCELED ? event.attributes : undefined,
              RetryState.CANCEL_REQUESTED,
            ),
          },
        });
        break;
    }
  return true;
}

const INPUTS: { readonly [type in EventType]?: ActivityInput } = {
  [EventType.ACTIVITY_TASK_SCHEDULED]: 'scheduled',
  [EventType.ACTIVITY_TASK_STARTED]: 'started',
  [EventType.ACTIVITY_TASK_COMPLETED]: 'completed',
  [EventType.ACTIVITY_TASK_FAILED]: 'failed',
  [EventType.ACTIVITY_TASK_TIMED_OUT]: 'timedOut',
  [EventType.ACTIVITY_TASK_CANCEL_REQUESTED]: 'cancelRequested',
  [EventType.ACTIVITY_TASK_CANCELED]: 'canceled',
};

export function activityNames(machine: ActivityMachine): { activityId: string; activityType: string } {
  const { activityId, activityType } = machine.command.attributes;
  return { activityId: activityId ?? '', activityType: activityType?.name ?? '' };
}

export const activityRules: MachineRules<ActivityMachine> = {
  isOver: (machine) => machine.state === 'closed',
  describe(machine, { commandType }) {
    const { activityId, activityType } = activityNames(machine);
    const verb = commandType === CommandType.REQUEST_CANCEL_ACTIVITY_TASK ? 'cancelled' : 'scheduled';
    return `${verb} activity ${activityType} (id ${activityId})`;
  },
  differs(machine, event, out) {
    const { activityId, activityType } = activityNames(machine);
    if (event.eventType === EventType.ACTIVITY_TASK_CANCEL_REQUESTED)
      return event.attributes.scheduledEventId === machine.scheduledEventId ? undefined : 'it is another activity';
    if (event.eventType !== EventType.ACTIVITY_TASK_SCHEDULED || !out.checksIds) return undefined;
    if (event.attributes.activityType?.name !== activityType) return 'the activity type differs';
    return event.attributes.activityId === activityId ? undefined : 'the activity id differs';
  },
  applyEvent(machine, event, out) {
    const input = INPUTS[event.eventType];
    if (input === 'scheduled') machine.scheduledEventId = event.eventId;
    return input !== undefined && activityInput(machine, input, event, out);
  },
  toWire: (machine, { commandType }) =>
    commandType === CommandType.REQUEST_CANCEL_ACTIVITY_TASK
      ? { commandType, attributes: { scheduledEventId: machine.scheduledEventId } }
      : {
          commandType: CommandType.SCHEDULE_ACTIVITY_TASK,
          attributes: machine.command.attributes,
          userMetadata: machine.command.userMetadata,
        },
};
