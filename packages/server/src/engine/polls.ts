/** Polls of workers: a waiting task is started for them, or they are parked. */
import { TaskQueueKind } from '@perdure/protocol';
import type { PollActivityTaskQueueRequest, PollWorkflowTaskQueueRequest } from '@perdure/protocol';
import { activityHandle, deliverActivityTask, deliverWorkflowTask, startedRef } from './answers.js';
import { Decision } from './decision.js';
import { NO_CONTEXT } from './effects.js';
import type { Engine } from './engine.js';
import type { ParkedPoller, QueuedTask } from './matching.js';
import type { ReplyTo, StartedTaskHandle } from './messages.js';
import { deliverQuery } from './queries.js';
import { pollerVersion, versionStamp } from './poller-version.js';
import type { Run } from './run.js';

export function pollWorkflowTask(
  engine: Engine,
  replyTo: ReplyTo,
  namespaceId: string,
  request: PollWorkflowTaskQueueRequest,
  deadlineMs: number,
): void {
  const isSticky = request.taskQueue?.kind === TaskQueueKind.STICKY;
  park(engine, {
    pollId: replyTo,
    queue: { namespaceId, kind: isSticky ? 'sticky' : 'workflow', name: request.taskQueue?.name ?? '' },
    identity: request.identity,
    workerInstanceKey: request.workerInstanceKey,
    deadlineMs,
    parkedAtMs: engine.realNowMs,
    isSticky,
    normalName: isSticky ? (request.taskQueue?.normalName ?? '') : '',
    versionInfo: versionStamp(request),
  });
}

export function pollActivityTask(
  engine: Engine,
  replyTo: ReplyTo,
  namespaceId: string,
  request: PollActivityTaskQueueRequest,
  deadlineMs: number,
): void {
  const queue = { namespaceId, kind: 'activity', name: request.taskQueue?.name ?? '' } as const;
  const perSecond = request.taskQueueMetadata?.maxTasksPerSecond;
  if (perSecond !== undefined) engine.matching.setRateLimit(queue, perSecond, engine.realNowMs);
  park(engine, {
    pollId: replyTo,
    queue,
    identity: request.identity,
    workerInstanceKey: request.workerInstanceKey,
    deadlineMs,
    parkedAtMs: engine.realNowMs,
    isSticky: false,
    normalName: '',
  });
}

function park(engine: Engine, poller: ParkedPoller): void {
  const task = engine.matching.poll(poller, engine.realNowMs);
  if (task !== undefined) startTask(engine, task, poller);
}

/** A queued task met a poll: the run decides whether the task still stands. */
export function startTask(engine: Engine, task: QueuedTask, poller: ParkedPoller): void {
  if (task.queryId !== undefined) {
    deliverQuery(engine, task, poller);
    return;
  }
  engine.starting.add(poller.pollId);
  engine.runs.findByNo(
    task.execNo,
    (run) => {
      if (run === undefined) dropTask(engine, task, poller, undefined);
      else startOn(engine, run, task, poller);
    },
    () => {
      engine.starting.delete(poller.pollId);
      engine.offerMatched(engine.matching.giveBack(task), task);
      again(engine, poller);
    },
  );
}

function startOn(engine: Engine, run: Run, task: QueuedTask, poller: ParkedPoller): void {
  const { scheduledEventId, attempt, stamp } = task;
  const requestId = engine.random.uuid();
  const { identity, isSticky } = poller;
  const decision = new Decision();
  const input =
    task.queue.kind !== 'activity'
      ? ({
          kind: 'workflowTaskStarted',
          scheduledEventId,
          attempt,
          poll: { identity, requestId, isSticky, workerVersion: pollerVersion(poller) },
        } as const)
      : ({ kind: 'activityTaskStarted', scheduledEventId, stamp, poll: { identity, requestId } } as const);
  let isStale = false;
  const isStarted = engine.decide(run, input, decision, NO_CONTEXT, () => undefined);
  if (!isStarted) isStale = true;
  if (isStale) {
    dropTask(engine, task, poller, run);
    return;
  }
  removeRow(engine, decision, task);
  const deliver =
    task.queue.kind !== 'activity'
      ? workflowDelivery(engine, run, poller)
      : activityDelivery(engine, run, poller, scheduledEventId);
  decision.onCommitted(deliver);
  decision.onVoided(() => {
    engine.starting.delete(poller.pollId);
    again(engine, poller);
    engine.offerMatched(engine.matching.giveBack(task), task);
  });
  engine.submit(decision);
}

function workflowDelivery(engine: Engine, run: Run, poller: ParkedPoller): () => void {
  const ref = startedRef(run);
  return () => deliverWorkflowTask(engine, run, poller, ref);
}

function activityDelivery(engine: Engine, run: Run, poller: ParkedPoller, scheduledEventId: number): () => void {
  const handle = activityHandle(run, scheduledEventId);
  return () => deliverActivityTask(engine, run, poller, handle);
}

/**
 * The task does not stand any more: the poll waits on, and the row goes once the state that says so is on disk. Were that
 * state void, the task would stand again.
 */
function dropTask(engine: Engine, task: QueuedTask, poller: ParkedPoller, run: Run | undefined): void {
  engine.starting.delete(poller.pollId);
  const drop = (): void => {
    const decision = new Decision();
    removeRow(engine, decision, task);
    decision.onVoided(() => engine.offerMatched(engine.matching.giveBack(task), task));
    engine.submit(decision);
  };
  if (task.taskNo !== 0) {
    if (run === undefined) drop();
    else engine.afterRun(run, () => (run.isVoid ? engine.offerMatched(engine.matching.giveBack(task), task) : drop()));
  }
  again(engine, poller);
}

function removeRow(engine: Engine, decision: Decision, task: QueuedTask): void {
  if (task.taskNo === 0) return;
  decision.writes.push({ kind: 'deleteDispatch', taskNo: task.taskNo });
  decision.onCommitted(() => engine.matching.drop(task.queue, task.taskNo));
}

function again(engine: Engine, poller: ParkedPoller): void {
  if (engine.gone.delete(poller.pollId)) return;
  engine.matching.park(poller);
}

/** A started task whose answer found no caller: the start is taken back at once (law 5). */
export function taskUndelivered(engine: Engine, handle: StartedTaskHandle): void {
  engine.runs.findByNo(
    handle.execNo,
    (run) => {
      if (run === undefined) return;
      const decision = new Decision();
      const input =
        handle.kind === 'workflow'
          ? ({ kind: 'workflowTaskNotDelivered', task: handle.task } as const)
          : ({ kind: 'activityNotDelivered', activity: handle.activity } as const);
      engine.decide(run, input, decision, NO_CONTEXT, () => undefined);
      if (decision.changes.size > 0) engine.submit(decision);
    },
    () => undefined,
  );
}
