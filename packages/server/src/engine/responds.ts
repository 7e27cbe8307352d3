/** Workers report back: workflow tasks, activities, heartbeats. */
import type {
  Init,
  PollActivityTaskQueueResponse,
  PollWorkflowTaskQueueResponse,
  RespondWorkflowTaskCompletedRequest,
  TaskToken,
} from '@perdure/protocol';
import type { ActivityRef, Input, WorkflowTaskRef } from '../core/execution/index.js';
import { activityTaskNotFound } from '../core/rejection.js';
import { activityHandle, activityTask, buildWorkflowTask, startedRef } from './answers.js';
import { Decision } from './decision.js';
import { stale } from './directory.js';
import type { TaskContext } from './effects.js';
import type { Engine } from './engine.js';
import type { ActivityTarget, EngineRequest, ReplyTo } from './messages.js';
import { answerQueries } from './queries.js';
import type { Run } from './run.js';
import { decideAndReply, withRun } from './shard.js';

type RequestOf<K extends EngineRequest['kind']> = Extract<EngineRequest, { kind: K }>;

const taskRef = ({ scheduledEventId, startedEventId, attempt }: TaskToken): WorkflowTaskRef => ({
  scheduledEventId,
  startedEventId,
  attempt,
});

export function respondWorkflowTaskCompleted(
  engine: Engine,
  replyTo: ReplyTo,
  { token, request }: RequestOf<'respondWorkflowTaskCompleted'>,
): void {
  withRun(engine, replyTo, token.namespaceId, token.workflowId, token.runId, (run) =>
    completeTask(engine, replyTo, run, taskRef(token), request),
  );
}

function completeTask(
  engine: Engine,
  replyTo: ReplyTo,
  run: Run,
  task: WorkflowTaskRef,
  request: RespondWorkflowTaskCompletedRequest,
): void {
  const inline = request.returnNewWorkflowTask
    ? { identity: request.identity, workerVersion: request.workerVersionStamp, taken: false, isEagerStart: false }
    : undefined;
  const eager = { identity: request.identity, taken: [] as number[] };
  const context: TaskContext =
    inline === undefined ? { eagerActivities: eager } : { eagerActivities: eager, inlineWorkflowTask: inline };
  const decision = new Decision();
  // Query answers count even if the task itself has become stale meanwhile.
  const input: Input = { kind: 'workflowTaskCompleted', task, request };
  let resetHistoryEventId = 0;
  const isDone = engine.decide(
    run,
    input,
    decision,
    context,
    (rejection) => engine.refuse(replyTo, rejection),
    (transition) => {
      resetHistoryEventId = transition.resetHistoryEventId;
    },
  );
  if (decision.changes.size > 0) answerQueries(engine, run, task, request.queryResults, decision);
  if (isDone) {
    const ref = startedRef(run);
    const handles = eager.taken.map((scheduledEventId) => activityHandle(run, scheduledEventId));
    decision.onCommitted(() => {
      const activityTasks = handles.flatMap((handle) => activityTask(run, handle) ?? []);
      replyCompleted(
        engine,
        replyTo,
        run,
        inline?.taken === true ? ref : undefined,
        activityTasks,
        resetHistoryEventId,
      );
    });
  }
  decision.onVoided(() => engine.refuse(replyTo, stale()));
  if (decision.changes.size > 0) engine.submit(decision);
}

function replyCompleted(
  engine: Engine,
  replyTo: ReplyTo,
  run: Run,
  next: WorkflowTaskRef | undefined,
  activityTasks: Init<PollActivityTaskQueueResponse>[],
  resetHistoryEventId: number,
): void {
  const answer = (workflowTask: Init<PollWorkflowTaskQueueResponse> | undefined): void =>
    engine.reply(replyTo, { workflowTask, activityTasks, resetHistoryEventId });
  if (next === undefined) answer(undefined);
  else buildWorkflowTask(engine, run, next, answer, { isCached: true });
}

export function respondWorkflowTaskFailed(
  engine: Engine,
  replyTo: ReplyTo,
  { token, request }: RequestOf<'respondWorkflowTaskFailed'>,
): void {
  withRun(engine, replyTo, token.namespaceId, token.workflowId, token.runId, (run) => {
    run.queries?.taskFailed(engine, run);
    decideAndReply(engine, replyTo, run, { kind: 'workflowTaskFailed', task: taskRef(token), request }, () => ({}));
  });
}

export function respondActivity(
  engine: Engine,
  replyTo: ReplyTo,
  request:
    RequestOf<'respondActivityCompleted'> | RequestOf<'respondActivityFailed'> | RequestOf<'respondActivityCanceled'>,
): void {
  withActivity(engine, replyTo, request.target, (run, activity) => {
    const input: Input =
      request.kind === 'respondActivityCompleted'
        ? { kind: 'activityCompleted', activity, request: request.request }
        : request.kind === 'respondActivityFailed'
          ? { kind: 'activityFailed', activity, request: request.request }
          : { kind: 'activityCanceled', activity, request: request.request };
    decideAndReply(engine, replyTo, run, input, () => ({}));
  });
}

export function heartbeat(engine: Engine, replyTo: ReplyTo, { target, request }: RequestOf<'activityHeartbeat'>): void {
  withActivity(engine, replyTo, target, (run, activity) => {
    const scheduledEventId =
      activity.by === 'id' || activity.scheduledEventId === 0
        ? run.state.activityIds.get(activity.activityId)
        : activity.scheduledEventId;
    decideAndReply(engine, replyTo, run, { kind: 'activityHeartbeat', activity, request }, () => {
      const pending = scheduledEventId === undefined ? undefined : run.state.activities.get(scheduledEventId);
      return { cancelRequested: pending === undefined || pending.cancelRequestedEventId !== 0 };
    });
  });
}

function withActivity(
  engine: Engine,
  replyTo: ReplyTo,
  target: ActivityTarget,
  then: (run: Run, activity: ActivityRef) => void,
): void {
  if (target.by === 'token') {
    const { token } = target;
    const ref: ActivityRef = {
      by: 'token',
      scheduledEventId: token.scheduledEventId,
      attempt: token.attempt,
      stamp: token.stamp,
      activityId: token.activityId,
    };
    withRun(engine, replyTo, token.namespaceId, token.workflowId, token.runId, (run) => then(run, ref));
    return;
  }
  const { namespaceId, workflowId, runId, activityId } = target;
  withRun(engine, replyTo, namespaceId, workflowId, runId, (run) => {
    if (run.state.activityIds.has(activityId)) then(run, { by: 'id', activityId });
    else {
      const message = `cannot find pending activity with ActivityID ${activityId}, check workflow execution history for more details`;
      engine.answerAfter(run, replyTo, () => engine.refuse(replyTo, { ...activityTaskNotFound(), message }));
    }
  });
}
