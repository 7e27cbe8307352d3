/** What a transition asks for, turned into work: claims, dispatch rows, messages, the run that follows. */
import type { WorkerVersionStamp } from '@perdure/protocol';
import { beginRun, isClosed, seal } from '../core/execution/index.js';
import type { Effect, NewRun, PendingActivity, PendingWorkflowTask, WorkflowPoller } from '../core/execution/index.js';
import { isRejection } from '../core/rejection.js';
import { activityHandle, deliverActivityTask, deliverWorkflowTask, startedRef } from './answers.js';
import type { Decision } from './decision.js';
import type { Engine } from './engine.js';
import type { NewTask, ParkedPoller, QueueKey, QueuedTask } from './matching.js';
import { pollerVersion } from './poller-version.js';
import { queueText } from './queue-loads.js';
import { STICKY_ABSENCE_MS, watchStickyQueue } from './sticky-queues.js';
import { Run } from './run.js';
import { resolveUpdate } from './updates.js';

/** How the caller of a decision wants its tasks: the worker that completes one may take the next at once. */
export interface TaskContext {
  /** Start the next workflow task for this caller (return_new_workflow_task, eager start). */
  readonly inlineWorkflowTask?: {
    readonly identity: string;
    readonly workerVersion: WorkerVersionStamp | undefined;
    taken: boolean;
    readonly isEagerStart: boolean;
  };
  /** Start activities asked for eagerly for this caller. */
  readonly eagerActivities?: { readonly identity: string; readonly taken: number[] };
}

export const NO_CONTEXT: TaskContext = {};

export function perform(engine: Engine, decision: Decision, run: Run, effect: Effect, context: TaskContext): void {
  switch (effect.kind) {
    case 'offerWorkflowTask':
      placeWorkflowTask(engine, decision, run, context);
      return;
    case 'offerActivityTask':
      placeActivity(engine, decision, run, effect.scheduledEventId, effect.eager ? context : NO_CONTEXT);
      return;
    case 'send':
      engine.outbox.send(decision, run, effect.to, effect.message);
      return;
    case 'startSuccessor':
      startRun(engine, decision, effect.run, NO_CONTEXT, run);
      return;
    case 'updateAccepted':
      return; // Waiters look at the run's state after the commit (notify.ts).
    case 'updateResolved': {
      const { updateId, outcome } = effect;
      decision.onCommitted(() => resolveUpdate(engine, run, updateId, { kind: 'resolved', outcome }));
      return;
    }
    case 'updateAborted': {
      const { updateId, reason } = effect;
      decision.onCommitted(() => resolveUpdate(engine, run, updateId, { kind: 'aborted', reason }));
      return;
    }
  }
}

/** A new run, decided here; it takes the workflow id over from `before`. */
export function startRun(
  engine: Engine,
  decision: Decision,
  newRun: NewRun,
  context: TaskContext,
  before: Run | undefined,
): Run {
  const draft = beginRun(newRun, engine.env(newRun.namespaceId));
  const begun = seal(draft, undefined);
  engine.lastExecNo += 1;
  const run = new Run(engine.lastExecNo, begun.state, 0, true);
  if (before === undefined) engine.runs.add(run);
  else engine.runs.replaceCurrent(before, run);
  decision.absorb(run, begun, true);
  for (const effect of begun.effects) perform(engine, decision, run, effect, context);
  return run;
}

function placeWorkflowTask(engine: Engine, decision: Decision, run: Run, context: TaskContext): void {
  const task = run.state.workflowTask;
  if (task === undefined || task.startedEventId !== 0 || isClosed(run.state.status)) return;
  const inline = context.inlineWorkflowTask;
  if (inline !== undefined && !inline.taken) {
    inline.taken = startClaimed(engine, decision, run, task, {
      identity: inline.identity,
      workerVersion: inline.workerVersion,
      isEagerStart: inline.isEagerStart,
    });
    if (inline.taken) return;
  }
  if (
    task.isSticky &&
    !engine.matching.hasRecentPoller(workflowQueue(run, task), engine.realNowMs, STICKY_ABSENCE_MS)
  ) {
    // The sticky worker has gone: no use in waiting for its queue's timeout. This offers the task again, elsewhere.
    const moved = engine.transit(run, { kind: 'stickyUnavailable', scheduledEventId: task.scheduledEventId });
    if (isRejection(moved)) return;
    decision.absorb(run, moved);
    for (const effect of moved.effects) perform(engine, decision, run, effect, context);
    return;
  }
  const queue = workflowQueue(run, task);
  const poller = engine.matching.claim(queue, engine.realNowMs, priorityOf(run.state.start.priority));
  if (poller === undefined) {
    storeOrOffer(
      engine,
      decision,
      newTask(engine, run, queue, task.scheduledEventId, task.attempt, 0, run.state.start.priority),
      task.kind === 'speculative',
    );
    return;
  }
  claimed(engine, decision, poller);
  if (startClaimed(engine, decision, run, task, { identity: poller.identity, workerVersion: pollerVersion(poller) })) {
    const ref = startedRef(run);
    decision.onCommitted(() => deliverWorkflowTask(engine, run, poller, ref));
  } else release(engine, poller);
}

function startClaimed(
  engine: Engine,
  decision: Decision,
  run: Run,
  task: PendingWorkflowTask,
  worker: Pick<WorkflowPoller, 'identity' | 'workerVersion' | 'isEagerStart'>,
): boolean {
  const poll = {
    identity: worker.identity,
    workerVersion: worker.workerVersion,
    isEagerStart: worker.isEagerStart === true,
    requestId: engine.random.uuid(),
    isSticky: task.isSticky,
  };
  const started = engine.transit(run, {
    kind: 'workflowTaskStarted',
    scheduledEventId: task.scheduledEventId,
    attempt: task.attempt,
    poll,
  });
  if (isRejection(started)) return false;
  decision.absorb(run, started);
  for (const effect of started.effects) perform(engine, decision, run, effect, NO_CONTEXT);
  return true;
}

function placeActivity(
  engine: Engine,
  decision: Decision,
  run: Run,
  scheduledEventId: number,
  context: TaskContext,
): void {
  const activity = run.state.activities.get(scheduledEventId);
  // The completion that scheduled it may have closed the run as well.
  if (activity === undefined || activity.phase !== 'scheduled' || isClosed(run.state.status)) return;
  const eager = context.eagerActivities;
  if (eager !== undefined && startActivityFor(engine, decision, run, activity, eager.identity)) {
    eager.taken.push(scheduledEventId);
    return;
  }
  const queue = activityQueue(run, activity);
  const poller = engine.matching.claim(queue, engine.realNowMs, priorityOf(activity.priority));
  if (poller === undefined) {
    const priority = activity.priority ?? run.state.start.priority;
    storeOrOffer(
      engine,
      decision,
      newTask(engine, run, queue, scheduledEventId, activity.attempt, activity.stamp, priority),
      false,
    );
    return;
  }
  claimed(engine, decision, poller);
  if (startActivityFor(engine, decision, run, activity, poller.identity)) {
    const handle = activityHandle(run, scheduledEventId);
    decision.onCommitted(() => deliverActivityTask(engine, run, poller, handle));
  } else release(engine, poller);
}

function startActivityFor(
  engine: Engine,
  decision: Decision,
  run: Run,
  activity: PendingActivity,
  identity: string,
): boolean {
  const { scheduledEventId, stamp } = activity;
  const poll = { identity, requestId: engine.random.uuid() };
  const started = engine.transit(run, { kind: 'activityTaskStarted', scheduledEventId, stamp, poll });
  if (isRejection(started)) return false;
  decision.absorb(run, started);
  return true;
}

/** A claimed poll is answered by the commit; without it the poll waits again. */
function claimed(engine: Engine, decision: Decision, poller: ParkedPoller): void {
  engine.starting.add(poller.pollId);
  decision.onVoided(() => release(engine, poller));
}

/** A claimed poll whose task came to nothing waits on, unless its caller left meanwhile. */
function release(engine: Engine, poller: ParkedPoller): void {
  if (!engine.starting.delete(poller.pollId)) return;
  if (!engine.gone.delete(poller.pollId)) engine.matching.park(poller);
}

/** No poller: a stored dispatch row, visible to matching once it is on disk. Speculative tasks are never stored. */
function storeOrOffer(engine: Engine, decision: Decision, task: NewTask, isVolatile: boolean): void {
  const passTicket = engine.matching.assign(task, engine.realNowMs);
  const queued: QueuedTask = { ...task, passTicket };
  if (isVolatile) {
    decision.onCommitted(() => engine.offer({ ...queued, taskNo: 0 }));
    return;
  }
  const { queue } = queued;
  decision.writes.push({ kind: 'putDispatch', row: { ...queued, queue: queueText(queue) } });
  if (queue.kind === 'sticky') watchStickyQueue(engine, queue);
  decision.onCommitted(() => engine.offer(queued));
  decision.onVoided(() => engine.matching.drop(queue, queued.taskNo));
}

function newTask(
  engine: Engine,
  run: Run,
  queue: QueueKey,
  scheduledEventId: number,
  attempt: number,
  stamp: number,
  priority: { readonly priorityKey: number; readonly fairnessKey: string; readonly fairnessWeight: number } | undefined,
): NewTask {
  engine.lastTaskNo += 1;
  return {
    taskNo: engine.lastTaskNo,
    queue,
    runId: run.runId,
    execNo: run.execNo,
    scheduledEventId,
    attempt,
    stamp,
    createdAtMs: engine.realNowMs,
    priorityKey: priorityOf(priority),
    fairnessKey: priority?.fairnessKey ?? '',
    fairnessWeight:
      priority?.fairnessWeight === undefined || priority.fairnessWeight === 0 ? 1 : priority.fairnessWeight,
  };
}

function priorityOf(priority: { readonly priorityKey: number } | undefined): number {
  return priority === undefined || priority.priorityKey === 0 ? DEFAULT_PRIORITY : priority.priorityKey;
}

export function workflowQueue(run: Run, task: Pick<PendingWorkflowTask, 'queue' | 'isSticky'>): QueueKey {
  return { namespaceId: run.state.namespaceId, kind: task.isSticky ? 'sticky' : 'workflow', name: task.queue };
}

export function activityQueue(run: Run, activity: Pick<PendingActivity, 'taskQueue'>): QueueKey {
  return { namespaceId: run.state.namespaceId, kind: 'activity', name: activity.taskQueue };
}

const DEFAULT_PRIORITY = 3;
