/**
 * Deadlines are read off the state, never kept beside it: the store holds one timer row per execution, for the earliest.
 * A row may be earlier than the true deadline (lazy disarming); firing then finds nothing due.
 */
import { TimeoutType } from '@perdure/protocol';
import { endActivityBackoff, timeOutActivity } from './activity.js';
import { isClosed, timeOutRun } from './close.js';
import type { Draft } from './draft.js';
import type { ExecutionState, PendingActivity, PendingTimer } from './state.js';
import { fireTimer } from './timer.js';
import { resendUpdates } from './update.js';
import { scheduleWorkflowTask, timeOutScheduledTask, timeOutStartedTask } from './workflow-task.js';

type Deadline =
  | { readonly kind: 'firstTask'; readonly dueMs: number }
  | { readonly kind: 'run'; readonly dueMs: number }
  | { readonly kind: 'taskStarted'; readonly dueMs: number }
  | { readonly kind: 'taskScheduled'; readonly dueMs: number }
  | { readonly kind: 'timer'; readonly dueMs: number; readonly timer: PendingTimer }
  | { readonly kind: 'activityBackoff'; readonly dueMs: number; readonly activity: PendingActivity }
  | {
      readonly kind: 'activityTimeout';
      readonly dueMs: number;
      readonly activity: PendingActivity;
      readonly timeoutType: TimeoutType;
    };

type Visit = (deadline: Deadline) => void;

/** The earliest moment at which time alone changes this execution; undefined = never. */
export function nextDueMs(state: ExecutionState): number | undefined {
  let earliest: number | undefined;
  visitDeadlines(state, ({ dueMs }) => {
    if (earliest === undefined || dueMs < earliest) earliest = dueMs;
  });
  return earliest;
}

/** Does everything that is due, in order of its time. */
export function passTime(draft: Draft): void {
  const due: Deadline[] = [];
  visitDeadlines(draft.state, (deadline) => {
    if (deadline.dueMs <= draft.env.nowMs) due.push(deadline);
  });
  due.sort((a, b) => a.dueMs - b.dueMs);
  for (const deadline of due) {
    if (isClosed(draft.state.status)) return;
    act(draft, deadline);
  }
}

function visitDeadlines(state: ExecutionState, visit: Visit): void {
  if (isClosed(state.status)) return;
  if (state.firstTaskDueMs !== undefined) visit({ kind: 'firstTask', dueMs: state.firstTaskDueMs });
  if (state.start.runExpiresAtMs !== undefined) visit({ kind: 'run', dueMs: state.start.runExpiresAtMs });
  const task = state.workflowTask;
  if (task !== undefined) {
    if (task.startedEventId !== 0) visit({ kind: 'taskStarted', dueMs: task.startedAtMs + task.startToCloseMs });
    else if (task.scheduleToStartMs > 0)
      visit({ kind: 'taskScheduled', dueMs: task.scheduledAtMs + task.scheduleToStartMs });
  }
  for (const timer of state.timers.values()) visit({ kind: 'timer', dueMs: timer.dueMs, timer });
  for (const activity of state.activities.values()) visitActivity(activity, visit);
}

function visitActivity(activity: PendingActivity, visit: Visit): void {
  const timeout = (fromMs: number, lengthMs: number, timeoutType: TimeoutType): void => {
    if (lengthMs > 0) visit({ kind: 'activityTimeout', dueMs: fromMs + lengthMs, activity, timeoutType });
  };
  timeout(activity.scheduledAtMs, activity.scheduleToCloseMs, TimeoutType.SCHEDULE_TO_CLOSE);
  switch (activity.phase) {
    case 'backoff':
      visit({ kind: 'activityBackoff', dueMs: activity.attemptScheduledAtMs, activity });
      return;
    case 'scheduled':
      timeout(activity.attemptScheduledAtMs, activity.scheduleToStartMs, TimeoutType.SCHEDULE_TO_START);
      return;
    case 'started':
      timeout(activity.startedAtMs, activity.startToCloseMs, TimeoutType.START_TO_CLOSE);
      timeout(Math.max(activity.startedAtMs, activity.heartbeatAtMs), activity.heartbeatMs, TimeoutType.HEARTBEAT);
      return;
  }
}

function act(draft: Draft, deadline: Deadline): void {
  switch (deadline.kind) {
    case 'firstTask':
      draft.fact({ record: 'fact', kind: 'firstTaskDue', dueMs: undefined });
      draft.wantWorkflowTask();
      return;
    case 'run':
      timeOutRun(draft);
      return;
    case 'taskStarted':
      timeOutStartedTask(draft);
      resendUpdates(draft);
      scheduleWorkflowTask(draft);
      return;
    case 'taskScheduled':
      timeOutScheduledTask(draft);
      return;
    case 'timer':
      fireTimer(draft, deadline.timer);
      return;
    case 'activityBackoff':
      endActivityBackoff(draft, deadline.activity);
      return;
    case 'activityTimeout': {
      // An earlier deadline of the same activity may have ended this attempt already.
      const activity = draft.state.activities.get(deadline.activity.scheduledEventId);
      if (activity !== undefined && activity.stamp === deadline.activity.stamp)
        timeOutActivity(draft, activity, deadline.timeoutType);
      return;
    }
  }
}
