/** The grammar of one history: ids, pairs, what may stand where (server-surface 3.1, 3.2). */
import { EventType } from '@perdure/protocol';
import type { HistoryEvent } from '@perdure/protocol';
import { COMMAND_EVENTS } from '../replay.js';
import type { RunHistory } from './histories.js';

type Report = (message: string) => void;

export function checkOrder(run: RunHistory, report: Report): void {
  const say = (message: string): void => report(`${run.workflowId} ${run.runId}: ${message}`);
  run.events.forEach((event, index) => {
    if (event.eventId !== index + 1) say(`event ${event.eventId} stands at ${index + 1}`);
  });
  if (run.events[0]?.eventType !== EventType.WORKFLOW_EXECUTION_STARTED) say('does not begin with the Started event');
  checkTasks(run.events, say);
  checkClose(run.events, say);
  for (const pairs of [activities, timers, children, externals, updates]) pairs(run.events, say);
}

/** Scheduled → started → completed, failed or timed out; nothing happens visibly while one runs. */
function checkTasks(events: readonly HistoryEvent[], say: Report): void {
  let scheduled = 0;
  let started = 0;
  for (const event of events) {
    switch (event.eventType) {
      case EventType.WORKFLOW_TASK_SCHEDULED:
        if (scheduled !== 0) say(`task ${event.eventId} is scheduled while ${scheduled} is pending`);
        scheduled = event.eventId;
        break;
      case EventType.WORKFLOW_TASK_STARTED:
        if (event.attributes.scheduledEventId !== scheduled || started !== 0)
          say(`task started event ${event.eventId} fits no scheduled one`);
        started = event.eventId;
        break;
      case EventType.WORKFLOW_TASK_COMPLETED:
      case EventType.WORKFLOW_TASK_FAILED:
      case EventType.WORKFLOW_TASK_TIMED_OUT:
        if (event.attributes.scheduledEventId !== scheduled || event.attributes.startedEventId !== started) {
          say(
            `task ended event ${event.eventId} names ${event.attributes.scheduledEventId}/${event.attributes.startedEventId}, pending is ${scheduled}/${started}`,
          );
        }
        scheduled = 0;
        started = 0;
        break;
      default:
        if (started !== 0)
          say(`event ${event.eventId} (type ${event.eventType}) stands between a task's start ${started} and its end`);
    }
  }
}

const CLOSED_BY_COMMAND: ReadonlySet<number> = new Set([
  EventType.WORKFLOW_EXECUTION_COMPLETED,
  EventType.WORKFLOW_EXECUTION_FAILED,
  EventType.WORKFLOW_EXECUTION_CANCELED,
  EventType.WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
]);
const CLOSED_BY_FORCE: ReadonlySet<number> = new Set([
  EventType.WORKFLOW_EXECUTION_TERMINATED,
  EventType.WORKFLOW_EXECUTION_TIMED_OUT,
]);

/** What a command may cause at once, beside its own event. */
const AT_ONCE: ReadonlySet<number> = new Set([
  EventType.ACTIVITY_TASK_CANCELED,
  EventType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED,
  EventType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED,
]);

/** A close comes once and last; a close by command follows its task's completion, with commands only in between. */
function checkClose(events: readonly HistoryEvent[], say: Report): void {
  const index = events.findIndex(
    (event) => CLOSED_BY_COMMAND.has(event.eventType) || CLOSED_BY_FORCE.has(event.eventType),
  );
  const close = events[index];
  if (close === undefined) return;
  if (index !== events.length - 1) say(`events follow the close ${close.eventId}`);
  if (!CLOSED_BY_COMMAND.has(close.eventType)) return;
  for (let before = index - 1; before >= 0; before -= 1) {
    const event = events[before];
    if (event === undefined || event.eventType === EventType.WORKFLOW_TASK_COMPLETED) return;
    if (!COMMAND_EVENTS.has(event.eventType) && !AT_ONCE.has(event.eventType)) {
      say(`the run closed over event ${event.eventId} (type ${event.eventType}) that its program had not seen`);
      return;
    }
  }
}

function activities(events: readonly HistoryEvent[], say: Report): void {
  const scheduled = new Map<number, { isClosed: boolean; startedEventId: number }>();
  for (const event of events) {
    switch (event.eventType) {
      case EventType.ACTIVITY_TASK_SCHEDULED:
        scheduled.set(event.eventId, { isClosed: false, startedEventId: 0 });
        break;
      case EventType.ACTIVITY_TASK_STARTED: {
        const activity = scheduled.get(event.attributes.scheduledEventId);
        if (activity === undefined || activity.startedEventId !== 0)
          say(`activity started event ${event.eventId} is a second one or fits none`);
        else activity.startedEventId = event.eventId;
        break;
      }
      case EventType.ACTIVITY_TASK_COMPLETED:
      case EventType.ACTIVITY_TASK_FAILED:
      case EventType.ACTIVITY_TASK_TIMED_OUT:
      case EventType.ACTIVITY_TASK_CANCELED: {
        const activity = scheduled.get(event.attributes.scheduledEventId);
        if (activity === undefined) say(`activity outcome ${event.eventId} fits no scheduled event`);
        else if (activity.isClosed)
          say(`activity ${event.attributes.scheduledEventId} has a second outcome, event ${event.eventId}`);
        else if (activity.startedEventId !== event.attributes.startedEventId) {
          say(
            `activity outcome ${event.eventId} names start ${event.attributes.startedEventId}, it started with ${activity.startedEventId}`,
          );
        } else activity.isClosed = true;
        break;
      }
    }
  }
}

/** Fired or cancelled once, and never early. */
function timers(events: readonly HistoryEvent[], say: Report): void {
  const open = new Map<string, { eventId: number; dueMs: number }>();
  for (const event of events) {
    if (event.eventType === EventType.TIMER_STARTED) {
      const { timerId, startToFireTimeout = 0 } = event.attributes;
      open.set(timerId, { eventId: event.eventId, dueMs: (event.eventTime ?? 0) + startToFireTimeout });
    } else if (event.eventType === EventType.TIMER_FIRED || event.eventType === EventType.TIMER_CANCELED) {
      const timer = open.get(event.attributes.timerId);
      open.delete(event.attributes.timerId);
      if (timer?.eventId !== event.attributes.startedEventId) say(`timer event ${event.eventId} fits no running timer`);
      else if (event.eventType === EventType.TIMER_FIRED && (event.eventTime ?? 0) < timer.dueMs) {
        say(`timer ${event.attributes.timerId} fired ${timer.dueMs - (event.eventTime ?? 0)} ms early`);
      }
    }
  }
}

function children(events: readonly HistoryEvent[], say: Report): void {
  const initiated = new Map<number, { startedEventId: number; isClosed: boolean }>();
  for (const event of events) {
    switch (event.eventType) {
      case EventType.START_CHILD_WORKFLOW_EXECUTION_INITIATED:
        initiated.set(event.eventId, { startedEventId: 0, isClosed: false });
        break;
      case EventType.CHILD_WORKFLOW_EXECUTION_STARTED: {
        const child = initiated.get(event.attributes.initiatedEventId);
        if (child === undefined || child.startedEventId !== 0 || child.isClosed)
          say(`child started event ${event.eventId} is a second one or fits none`);
        else child.startedEventId = event.eventId;
        break;
      }
      case EventType.START_CHILD_WORKFLOW_EXECUTION_FAILED: {
        const child = initiated.get(event.attributes.initiatedEventId);
        if (child === undefined || child.startedEventId !== 0 || child.isClosed)
          say(`child start failed event ${event.eventId} fits none`);
        else child.isClosed = true;
        break;
      }
      case EventType.CHILD_WORKFLOW_EXECUTION_COMPLETED:
      case EventType.CHILD_WORKFLOW_EXECUTION_FAILED:
      case EventType.CHILD_WORKFLOW_EXECUTION_CANCELED:
      case EventType.CHILD_WORKFLOW_EXECUTION_TIMED_OUT:
      case EventType.CHILD_WORKFLOW_EXECUTION_TERMINATED: {
        const child = initiated.get(event.attributes.initiatedEventId);
        if (child === undefined || child.isClosed) say(`child outcome ${event.eventId} is a second one or fits none`);
        else if (child.startedEventId === 0 || child.startedEventId !== event.attributes.startedEventId) {
          say(
            `child outcome ${event.eventId} names start ${event.attributes.startedEventId}, the child started with ${child.startedEventId}`,
          );
        } else child.isClosed = true;
        break;
      }
    }
  }
}

function externals(events: readonly HistoryEvent[], say: Report): void {
  const open = new Set<number>();
  for (const event of events) {
    switch (event.eventType) {
      case EventType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
      case EventType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
        open.add(event.eventId);
        break;
      case EventType.EXTERNAL_WORKFLOW_EXECUTION_SIGNALED:
      case EventType.EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
      case EventType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
      case EventType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
        if (!open.delete(event.attributes.initiatedEventId))
          say(`external outcome ${event.eventId} is a second one or fits none`);
        break;
    }
  }
}

function updates(events: readonly HistoryEvent[], say: Report): void {
  const accepted = new Map<string, number>();
  const completed = new Set<string>();
  for (const event of events) {
    if (event.eventType === EventType.WORKFLOW_EXECUTION_UPDATE_ACCEPTED) {
      const updateId = event.attributes.protocolInstanceId;
      if (accepted.has(updateId)) say(`update ${updateId} is accepted twice`);
      accepted.set(updateId, event.eventId);
    } else if (event.eventType === EventType.WORKFLOW_EXECUTION_UPDATE_COMPLETED) {
      const updateId = event.attributes.meta?.updateId ?? '';
      if (accepted.get(updateId) !== event.attributes.acceptedEventId)
        say(`update ${updateId} completes another acceptance`);
      if (completed.has(updateId)) say(`update ${updateId} is completed twice`);
      completed.add(updateId);
    }
  }
}
