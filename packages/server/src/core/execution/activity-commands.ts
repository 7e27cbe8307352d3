/** Commands about activities: schedule, ask to cancel. */
import { EventType, HistoryEvent, Payloads, WorkflowTaskFailedCause as Cause } from '@perdure/protocol';
import type {
  Init,
  RequestCancelActivityTaskCommandAttributes,
  ScheduleActivityTaskCommandAttributes,
} from '@perdure/protocol';
import { encodeJsonPayload } from '../attributes/payloads.js';
import type { CommandContext, CommandFailure } from './commands.js';
import type { Draft } from './draft.js';
import { priorityProblem } from './priority.js';
import { retryPolicyProblem, retryPolicyWithDefaults } from './retry.js';
import { oversized, tooLong, utf8Length } from './sizes.js';

export function scheduleActivity(
  { draft, completedEventId, options }: CommandContext,
  a: ScheduleActivityTaskCommandAttributes,
): CommandFailure | undefined {
  const cause = Cause.BAD_SCHEDULE_ACTIVITY_ATTRIBUTES;
  const problem = activityProblem(draft, a);
  if (problem !== undefined) return { cause, message: problem };
  const tooBig = oversized(draft, cause, 'ScheduleActivityTaskCommandAttributes.Input', a.input);
  if (tooBig !== undefined) return tooBig;
  if (draft.state.activityIds.has(a.activityId)) {
    return {
      cause: Cause.SCHEDULE_ACTIVITY_DUPLICATE_ID,
      message: `invalid history builder state for action: add-activitytask-scheduled-event, ActivityID: ${a.activityId}`,
    };
  }
  const { pendingActivitiesMax } = draft.env.limits;
  if (draft.state.activities.size >= pendingActivitiesMax) {
    return {
      cause: Cause.PENDING_ACTIVITIES_LIMIT_EXCEEDED,
      message: `the number of pending activities, ${draft.state.activities.size}, has reached the per-workflow limit of ${pendingActivitiesMax}`,
    };
  }
  const timeouts = filledTimeouts(a, draft.state.start.runTimeoutMs);
  const scheduledEventId = draft.write(
    EventType.ACTIVITY_TASK_SCHEDULED,
    {
      activityId: a.activityId,
      activityType: a.activityType,
      taskQueue: { name: a.taskQueue?.name ?? '', kind: 1 },
      header: a.header,
      input: a.input,
      scheduleToCloseTimeout: timeouts.scheduleToCloseTimeout,
      scheduleToStartTimeout: timeouts.scheduleToStartTimeout,
      startToCloseTimeout: timeouts.startToCloseTimeout,
      heartbeatTimeout: timeouts.heartbeatTimeout,
      workflowTaskCompletedEventId: completedEventId,
      retryPolicy: retryPolicyWithDefaults(a.retryPolicy),
      useWorkflowBuildId: a.useWorkflowBuildId,
      priority: a.priority,
    },
    options,
  );
  const isEager = a.requestEagerExecution && a.taskQueue?.name === draft.state.start.taskQueue;
  draft.effect({ kind: 'offerActivityTask', scheduledEventId, eager: isEager });
  return undefined;
}

function activityProblem(draft: Draft, a: ScheduleActivityTaskCommandAttributes): string | undefined {
  const { idLengthMax } = draft.env.limits;
  for (const [name, value] of [
    ['activityId', a.activityId],
    ['activityType', a.activityType?.name ?? ''],
  ] as const) {
    if (value === '') return `${name} is not set`;
    if (tooLong(draft, value)) return `${name} exceeds length limit. Length=${utf8Length(value)} Limit=${idLengthMax}`;
  }
  if ((a.taskQueue?.name ?? '') === '') return 'taskQueue is not set';
  if (tooLong(draft, a.taskQueue?.name)) return 'taskQueue length exceeds limit';
  for (const [name, value] of Object.entries({
    ScheduleToCloseTimeout: a.scheduleToCloseTimeout,
    ScheduleToStartTimeout: a.scheduleToStartTimeout,
    StartToCloseTimeout: a.startToCloseTimeout,
    HeartbeatTimeout: a.heartbeatTimeout,
  })) {
    if ((value ?? 0) < 0) return `invalid ${name}: negative duration`;
  }
  if (!((a.scheduleToCloseTimeout ?? 0) > 0) && !((a.startToCloseTimeout ?? 0) > 0)) {
    return `a valid StartToCloseTimeout or ScheduleToCloseTimeout must be set on the activity. ActivityId=${a.activityId} ActivityType=${a.activityType?.name ?? ''}`;
  }
  const badPriority = priorityProblem(a.priority);
  return retryPolicyProblem(a.retryPolicy) ?? (badPriority && `invalid priorities: ${badPriority}`);
}

/** Missing timeouts are filled from each other and capped by the run timeout (server-surface 3.6). */
export function filledTimeouts(
  a: Pick<
    Init<ScheduleActivityTaskCommandAttributes>,
    'scheduleToCloseTimeout' | 'scheduleToStartTimeout' | 'startToCloseTimeout' | 'heartbeatTimeout'
  >,
  runTimeoutMs: number,
): {
  scheduleToCloseTimeout: number;
  scheduleToStartTimeout: number;
  startToCloseTimeout: number;
  heartbeatTimeout: number;
} {
  const cap = (valueMs: number): number =>
    runTimeoutMs > 0 && valueMs > 0 ? Math.min(valueMs, runTimeoutMs) : valueMs;
  const given = (valueMs: number | undefined | null, otherwiseMs: number): number =>
    (valueMs ?? 0) > 0 ? (valueMs as number) : otherwiseMs;
  let scheduleToClose = given(a.scheduleToCloseTimeout, 0);
  let scheduleToStart = given(a.scheduleToStartTimeout, 0);
  let startToClose = given(a.startToCloseTimeout, 0);
  if (scheduleToClose > 0) {
    scheduleToStart = scheduleToStart > 0 ? Math.min(scheduleToStart, scheduleToClose) : scheduleToClose;
    startToClose = startToClose > 0 ? Math.min(startToClose, scheduleToClose) : scheduleToClose;
  } else {
    scheduleToClose = runTimeoutMs;
    scheduleToStart = given(scheduleToStart, runTimeoutMs);
  }
  scheduleToClose = cap(scheduleToClose);
  startToClose = cap(startToClose);
  const heartbeat = cap(given(a.heartbeatTimeout, 0));
  return {
    scheduleToCloseTimeout: scheduleToClose,
    scheduleToStartTimeout: cap(scheduleToStart),
    startToCloseTimeout: startToClose,
    heartbeatTimeout: heartbeat > 0 ? Math.min(heartbeat, startToClose) : 0,
  };
}

/** What a canceled activity says that no worker had begun: the JSON text "ACTIVITY_ID_NOT_STARTED". */
const NOT_STARTED_DETAILS = Payloads.encode({ payloads: [encodeJsonPayload('ACTIVITY_ID_NOT_STARTED')] });

export function requestCancelActivity(
  { draft, completedEventId, identity }: CommandContext,
  a: RequestCancelActivityTaskCommandAttributes,
): CommandFailure | undefined {
  const cause = Cause.BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES;
  if (a.scheduledEventId <= 0)
    return { cause, message: 'ScheduledEventId is not set on RequestCancelActivityTaskCommand.' };
  const activity = draft.state.activities.get(a.scheduledEventId);
  // It may have closed while this task ran: its outcome waits in the buffer, and the request is simply late.
  if (activity === undefined && !hasBufferedOutcome(draft, a.scheduledEventId)) {
    const message = `invalid history builder state for action: add-activitytask-cancel-requested-event, ScheduledEventID: ${a.scheduledEventId}`;
    return { cause, message };
  }
  if (activity !== undefined && activity.cancelRequestedEventId !== 0) return undefined;
  const requestedEventId = draft.write(EventType.ACTIVITY_TASK_CANCEL_REQUESTED, {
    scheduledEventId: a.scheduledEventId,
    workflowTaskCompletedEventId: completedEventId,
  });
  if (activity !== undefined && activity.phase !== 'started') {
    draft.happen(EventType.ACTIVITY_TASK_CANCELED, {
      details: NOT_STARTED_DETAILS,
      latestCancelRequestedEventId: requestedEventId,
      scheduledEventId: a.scheduledEventId,
      startedEventId: 0,
      identity,
    });
    draft.wantWorkflowTask();
  }
  return undefined;
}

function hasBufferedOutcome(draft: Draft, scheduledEventId: number): boolean {
  return draft.state.buffered.some(({ bytes }) => {
    const { attributes } = HistoryEvent.decode(bytes);
    return (
      attributes !== undefined && 'scheduledEventId' in attributes && attributes.scheduledEventId === scheduledEventId
    );
  });
}
