/** Started tasks as workers get them. Built after the commit that started them, from state and stored bytes. */
import { TaskQueueKind, TaskTokenKind, encodeTaskToken } from '@perdure/protocol';
import type {
  Init,
  PollActivityTaskQueueResponse,
  PollWorkflowTaskQueueResponse,
  WorkflowQuery,
} from '@perdure/protocol';
import { encodedWithheldEvents, joinHistory, updateMessages } from '../core/execution/index.js';
import type { ActivityRef, WorkflowTaskRef } from '../core/execution/index.js';
import type { Engine } from './engine.js';
import { readEvents } from './history.js';
import type { ParkedPoller } from './matching.js';
import type { StartedTaskHandle } from './messages.js';
import { concatHistory } from './run.js';
import type { Run } from './run.js';

type TaskHandle<K extends StartedTaskHandle['kind']> = Extract<StartedTaskHandle, { kind: K }>;

export function startedRef(run: Run): WorkflowTaskRef {
  const task = run.state.workflowTask;
  return {
    scheduledEventId: task?.scheduledEventId ?? 0,
    startedEventId: task?.startedEventId ?? 0,
    attempt: task?.attempt ?? 0,
  };
}

export function activityHandle(run: Run, scheduledEventId: number): TaskHandle<'activity'> {
  const activity = run.state.activities.get(scheduledEventId);
  const ref: ActivityRef = {
    by: 'token',
    scheduledEventId,
    attempt: activity?.attempt ?? 0,
    stamp: activity?.stamp ?? 0,
    activityId: activity?.activityId ?? '',
  };
  return { kind: 'activity', runId: run.runId, execNo: run.execNo, activity: ref };
}

/** Answers a poll with the task that was started for it. */
export function deliverWorkflowTask(engine: Engine, run: Run, poller: ParkedPoller, ref: WorkflowTaskRef): void {
  const { pollId } = poller;
  const handle: StartedTaskHandle = { kind: 'workflow', runId: run.runId, execNo: run.execNo, task: ref };
  buildWorkflowTask(engine, run, ref, (response) => {
    engine.starting.delete(pollId);
    if (engine.gone.delete(pollId)) engine.undelivered(handle);
    else if (response === undefined) engine.reply(pollId, {});
    else engine.reply(pollId, advised(engine, poller, response), handle);
  });
}

/** Only with a task: an empty answer must be the default message. */
export function advised<Task extends object>(engine: Engine, poller: ParkedPoller, task: Task): Task {
  const delta = engine.matching.scalingDelta(poller, engine.realNowMs);
  return delta === 0 ? task : { ...task, pollerScalingDecision: { pollRequestDeltaSuggestion: delta } };
}

export interface TaskDelivery {
  /** The worker has the run in memory whatever queue the task is on, for it has just completed the task before. */
  readonly isCached?: boolean;
  /** It may have been given out before: queries that came since must not be answered from what it shows. */
  readonly isRepeated?: boolean;
}

/** The poll answer, or undefined when the task is not the run's started task any more. */
export function buildWorkflowTask(
  engine: Engine,
  run: Run,
  ref: WorkflowTaskRef,
  built: (response: Init<PollWorkflowTaskQueueResponse> | undefined) => void,
  { isCached = false, isRepeated = false }: TaskDelivery = {},
): void {
  const { state } = run;
  const task = state.workflowTask;
  if (task === undefined || task.startedEventId !== ref.startedEventId || task.attempt !== ref.attempt || run.isVoid) {
    built(undefined);
    return;
  }
  const fromEventId = task.isSticky || isCached ? state.previousStartedEventId + 1 : 1;
  const withheld = encodedWithheldEvents(state);
  const toEventId =
    task.kind === 'normal' ? task.startedEventId + 1 : Math.min(state.nextEventId, task.scheduledEventId);
  const queries = (isRepeated ? undefined : run.queries?.attach(ref)) ?? NO_QUERIES;
  const messages = updateMessages(state);
  const range = { fromEventId, toEventId, eventsMax: HISTORY_PAGE_EVENTS, sizeBytesMax: HISTORY_PAGE_BYTES };
  readEvents(engine, run, range, (page) => {
    if (page === undefined) return built(undefined);
    const { nextEventId } = page;
    const endsHere = nextEventId === undefined && withheld.length > 0;
    // One literal with all fields: a spread gives its copies another layout, and writing them out the slow way.
    built({
      taskToken: encodeTaskToken({
        kind: TaskTokenKind.WORKFLOW,
        namespaceId: state.namespaceId,
        workflowId: state.workflowId,
        runId: state.runId,
        scheduledEventId: ref.scheduledEventId,
        startedEventId: ref.startedEventId,
        attempt: ref.attempt,
      }),
      workflowExecution: { workflowId: state.workflowId, runId: state.runId },
      workflowType: { name: state.start.workflowType },
      previousStartedEventId: state.previousStartedEventId,
      startedEventId: task.startedEventId,
      attempt: task.attempt,
      backlogCountHint: 0,
      history: endsHere ? concatHistory([{ events: page.history }, { events: joinHistory(withheld) }]) : page.history,
      nextPageToken: nextEventId === undefined ? undefined : engine.historyToken(run, nextEventId),
      query: undefined,
      workflowExecutionTaskQueue: { name: state.start.taskQueue, kind: TaskQueueKind.NORMAL },
      scheduledTime: task.scheduledAtMs,
      startedTime: task.startedAtMs,
      queries,
      messages,
      pollerScalingDecision: undefined,
      pollerGroupId: undefined,
      pollerGroupInfos: undefined,
      pollerGroupsInfo: undefined,
    });
  });
}

const NO_QUERIES: ReadonlyMap<string, WorkflowQuery> = new Map();
const HISTORY_PAGE_EVENTS = 1_000;
const HISTORY_PAGE_BYTES = 2 * 1024 * 1024;

export function deliverActivityTask(
  engine: Engine,
  run: Run,
  poller: ParkedPoller,
  handle: TaskHandle<'activity'>,
): void {
  const { pollId } = poller;
  const response = activityTask(run, handle);
  engine.starting.delete(pollId);
  if (engine.gone.delete(pollId)) engine.undelivered(handle);
  else if (response === undefined) engine.reply(pollId, {});
  else engine.reply(pollId, advised(engine, poller, response), handle);
}

/** The poll answer; undefined when the activity has closed or moved on to another attempt meanwhile. */
export function activityTask(
  run: Run,
  handle: TaskHandle<'activity'>,
): Init<PollActivityTaskQueueResponse> | undefined {
  const { state } = run;
  if (handle.activity.by !== 'token') return undefined;
  const { scheduledEventId, attempt, stamp } = handle.activity;
  const activity = state.activities.get(scheduledEventId);
  if (
    activity === undefined ||
    activity.attempt !== attempt ||
    activity.stamp !== stamp ||
    activity.phase !== 'started'
  )
    return undefined;
  return {
    taskToken: encodeTaskToken({
      kind: TaskTokenKind.ACTIVITY,
      namespaceId: state.namespaceId,
      workflowId: state.workflowId,
      runId: state.runId,
      scheduledEventId,
      attempt,
      stamp,
      activityId: activity.activityId,
    }),
    workflowNamespace: state.namespace,
    workflowType: { name: state.start.workflowType },
    workflowExecution: { workflowId: state.workflowId, runId: state.runId },
    activityType: { name: activity.activityType },
    activityId: activity.activityId,
    header: activity.header,
    input: activity.input,
    heartbeatDetails: activity.heartbeatDetails,
    scheduledTime: activity.scheduledAtMs,
    currentAttemptScheduledTime: activity.attemptScheduledAtMs,
    startedTime: activity.startedAtMs,
    attempt: activity.attempt,
    scheduleToCloseTimeout: activity.scheduleToCloseMs,
    startToCloseTimeout: activity.startToCloseMs,
    heartbeatTimeout: activity.heartbeatMs,
    retryPolicy: activity.retryPolicy,
    priority: activity.priority,
  };
}
