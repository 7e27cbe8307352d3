/**
 * Queries never touch history. A run with a workflow task pending answers them with that task (they see what it sees);
 * an idle or closed run gets a task of their own, which is not stored (server-surface 3.7). No limit of one.
 */
import {
  QueryRejectCondition,
  QueryResultType,
  TaskQueueKind,
  TaskTokenKind,
  WorkflowExecutionStatus,
  encodeTaskToken,
} from '@perdure/protocol';
import type {
  QueryWorkflowRequest,
  RespondQueryTaskCompletedRequest,
  TaskToken,
  WorkflowQuery,
  WorkflowQueryResult,
} from '@perdure/protocol';
import { FAILING_ATTEMPTS, isClosed } from '../core/execution/index.js';
import type { ExecutionState, WorkflowTaskRef } from '../core/execution/index.js';
import { queryTaskNotFound, reject } from '../core/rejection.js';
import { advised } from './answers.js';
import { stale } from './directory.js';
import type { Decision } from './decision.js';
import type { Engine } from './engine.js';
import { readEvents } from './history.js';
import type { ParkedPoller, QueueKey, QueuedTask } from './matching.js';
import type { ReplyTo } from './messages.js';
import type { Run } from './run.js';
import { withRun } from './shard.js';

type Place =
  | { readonly kind: 'buffered' }
  | { readonly kind: 'attached'; readonly task: WorkflowTaskRef }
  | { readonly kind: 'direct'; readonly task: QueuedTask };

interface PendingQuery {
  readonly queryId: string;
  readonly replyTo: ReplyTo;
  readonly query: WorkflowQuery;
  place: Place;
}

/** The unanswered queries of one run. */
export class RunQueries {
  readonly #pending = new Map<string, PendingQuery>();

  get size(): number {
    return this.#pending.size;
  }

  add(query: PendingQuery): void {
    this.#pending.set(query.queryId, query);
  }

  get(queryId: string): PendingQuery | undefined {
    return this.#pending.get(queryId);
  }

  remove(queryId: string): void {
    this.#pending.delete(queryId);
  }

  /** What waits travels with this started task. */
  attach(task: WorkflowTaskRef): Map<string, WorkflowQuery> {
    const attached = new Map<string, WorkflowQuery>();
    for (const query of this.#pending.values()) {
      if (query.place.kind === 'direct') continue;
      query.place = { kind: 'attached', task };
      attached.set(query.queryId, query.query);
    }
    return attached;
  }

  attachedTo(task: WorkflowTaskRef): PendingQuery[] {
    return [...this.#pending.values()].filter(({ place }) => place.kind === 'attached' && isSame(place.task, task));
  }

  /** After a change of the run: queries whose task has ended travel with the next one, or on their own. */
  reconcile(engine: Engine, run: Run): void {
    const { workflowTask } = run.state;
    for (const query of this.#pending.values()) {
      if (query.place.kind === 'direct') continue;
      const isUnderWay =
        query.place.kind === 'attached' &&
        workflowTask?.startedEventId === query.place.task.startedEventId &&
        workflowTask.attempt === query.place.task.attempt;
      if (isUnderWay) continue;
      query.place = { kind: 'buffered' };
      if (!mustBuffer(run.state)) engine.afterRun(run, () => dispatchDirect(engine, run, query.queryId));
    }
  }

  taskFailed(engine: Engine, run: Run): void {
    this.reconcile(engine, run);
  }

  abandon(engine: Engine): void {
    for (const { replyTo } of [...this.#pending.values()]) engine.refuse(replyTo, stale());
    this.#pending.clear();
  }
}

const isSame = (a: WorkflowTaskRef, b: WorkflowTaskRef): boolean =>
  a.startedEventId === b.startedEventId && a.attempt === b.attempt;

function mustBuffer(state: ExecutionState): boolean {
  if (isClosed(state.status)) return false;
  return state.workflowTask !== undefined || state.previousStartedEventId === 0;
}

export function query(
  engine: Engine,
  replyTo: ReplyTo,
  namespaceId: string,
  request: QueryWorkflowRequest,
  deadlineMs: number,
): void {
  const { workflowId = '', runId = '' } = request.execution ?? {};
  withRun(engine, replyTo, namespaceId, workflowId, runId, (run) => {
    engine.answerAfter(run, replyTo, () => begin(engine, run, replyTo, request, deadlineMs));
  });
}

function begin(engine: Engine, run: Run, replyTo: ReplyTo, request: QueryWorkflowRequest, deadlineMs: number): void {
  const { state } = run;
  if (isRejectedBy(request.queryRejectCondition, run.durable.status)) {
    engine.reply(replyTo, { queryRejected: { status: run.durable.status } });
    return;
  }
  if (isClosed(state.status) && state.previousStartedEventId === 0) {
    engine.refuse(replyTo, reject('WORKFLOW_NOT_READY', 'Workflow execution closed before WorkflowTaskStarted event'));
    return;
  }
  if (!isClosed(state.status) && state.workflowTaskAttempt >= FAILING_ATTEMPTS) {
    engine.refuse(
      replyTo,
      reject('WORKFLOW_NOT_READY', 'Unable to query workflow due to Workflow Task in failed state.'),
    );
    return;
  }
  const queries = (run.queries ??= new RunQueries());
  if (queries.size >= engine.limits.queriesBufferedMax) {
    engine.refuse(
      replyTo,
      reject('WORKFLOW_BUSY', `${queries.size} queries of this workflow wait for an answer already. Try again.`),
    );
    return;
  }
  const queryId = engine.random.uuid();
  const { queryType = '', queryArgs, header } = request.query ?? {};
  queries.add({ queryId, replyTo, query: { queryType, queryArgs, header }, place: { kind: 'buffered' } });
  waitForAnswer(engine, run, replyTo, queryId, deadlineMs);
  if (!mustBuffer(state)) dispatchDirect(engine, run, queryId);
}

function isRejectedBy(condition: QueryRejectCondition, status: WorkflowExecutionStatus): boolean {
  switch (condition) {
    case QueryRejectCondition.UNSPECIFIED:
    case QueryRejectCondition.NONE:
      return false;
    case QueryRejectCondition.NOT_OPEN:
      return isClosed(status);
    case QueryRejectCondition.NOT_COMPLETED_CLEANLY:
      return isClosed(status) && status !== WorkflowExecutionStatus.COMPLETED;
  }
}

/** Shortly before the caller gives up it is told why nobody answers. */
function waitForAnswer(engine: Engine, run: Run, replyTo: ReplyTo, queryId: string, deadlineMs: number): void {
  const forget = (): void => forgetQuery(engine, run, queryId);
  engine.waits.add(
    replyTo,
    deadlineMs,
    () => {
      const queue = { namespaceId: run.state.namespaceId, kind: 'workflow', name: run.state.start.taskQueue } as const;
      const isSeen = engine.matching.hasRecentPoller(queue, engine.realNowMs, engine.limits.queryNoPollerWindowMs);
      const message = isSeen
        ? `The query was not answered in time by a worker of task queue "${queue.name}".`
        : `no poller seen for task queue recently, worker may be down: start a worker on task queue "${queue.name}"`;
      engine.refuse(replyTo, reject(isSeen ? 'QUERY_TIMEOUT' : 'QUERY_NO_POLLER', message));
    },
    forget,
  );
}

function forgetQuery(engine: Engine, run: Run, queryId: string): void {
  const pending = run.queries?.get(queryId);
  if (pending?.place.kind === 'direct') engine.matching.withdraw(pending.place.task);
  run.queries?.remove(queryId);
  if (run.queries?.size === 0) run.queries = undefined;
}

function dispatchDirect(engine: Engine, run: Run, queryId: string): void {
  const pending = run.queries?.get(queryId);
  if (pending === undefined || pending.place.kind !== 'buffered' || mustBuffer(run.state)) return;
  const { sticky, start, namespaceId } = run.state;
  const stickyQueue = { namespaceId, kind: 'sticky', name: sticky?.name ?? '' } as const;
  const usesSticky =
    sticky !== undefined &&
    !isClosed(run.state.status) &&
    engine.matching.hasRecentPoller(stickyQueue, engine.realNowMs, STICKY_WINDOW_MS);
  offerQuery(engine, run, pending, usesSticky ? stickyQueue : { namespaceId, kind: 'workflow', name: start.taskQueue });
  if (usesSticky) engine.later(engine.nowMs + sticky.scheduleToStartTimeoutMs, () => fallBack(engine, run, queryId));
}

const STICKY_WINDOW_MS = 10_000;

function fallBack(engine: Engine, run: Run, queryId: string): void {
  const pending = run.queries?.get(queryId);
  if (pending?.place.kind !== 'direct') return;
  if (engine.matching.withdraw(pending.place.task)) offerQuery(engine, run, pending, normalQueue(run));
}

/** Its sticky queue is given up: the query asks the workers of the normal queue. */
export function moveQuery(engine: Engine, task: QueuedTask): void {
  engine.runs.findByNo(
    task.execNo,
    (run) => {
      const pending = run?.queries?.get(task.queryId ?? '');
      if (run !== undefined && pending !== undefined) offerQuery(engine, run, pending, normalQueue(run));
    },
    () => undefined,
  );
}

function normalQueue(run: Run): QueueKey {
  return { namespaceId: run.state.namespaceId, kind: 'workflow', name: run.state.start.taskQueue };
}

function offerQuery(engine: Engine, run: Run, pending: PendingQuery, queue: QueueKey): void {
  const task: QueuedTask = {
    taskNo: 0,
    queue,
    runId: run.runId,
    execNo: run.execNo,
    scheduledEventId: 0,
    attempt: 0,
    stamp: 0,
    createdAtMs: engine.realNowMs,
    priorityKey: 1,
    fairnessKey: '',
    fairnessWeight: 1,
    passTicket: 0,
    queryId: pending.queryId,
  };
  pending.place = { kind: 'direct', task };
  engine.offer(task);
}

/** A poll got a query of its own. */
export function deliverQuery(engine: Engine, task: QueuedTask, poller: ParkedPoller): void {
  engine.runs.findByNo(
    task.execNo,
    (run) => {
      const pending = run?.queries?.get(task.queryId ?? '');
      if (run === undefined || pending === undefined) engine.matching.park(poller);
      else sendQuery(engine, run, pending, poller);
    },
    () => engine.matching.park(poller),
  );
}

function sendQuery(engine: Engine, run: Run, pending: PendingQuery, poller: ParkedPoller): void {
  const state = run.durable;
  const fromEventId = poller.isSticky ? state.previousStartedEventId + 1 : 1;
  readEvents(
    engine,
    run,
    { fromEventId, toEventId: state.nextEventId, eventsMax: 1_000, sizeBytesMax: 2 * 1024 * 1024 },
    (page) => {
      if (page === undefined) return engine.matching.park(poller);
      const task = {
        taskToken: encodeTaskToken({
          kind: TaskTokenKind.QUERY,
          namespaceId: state.namespaceId,
          workflowId: state.workflowId,
          runId: state.runId,
          requestId: pending.queryId,
          taskQueue: poller.queue.name,
        }),
        workflowExecution: { workflowId: state.workflowId, runId: state.runId },
        workflowType: { name: state.start.workflowType },
        previousStartedEventId: state.previousStartedEventId,
        attempt: 1,
        query: pending.query,
        workflowExecutionTaskQueue: { name: state.start.taskQueue, kind: TaskQueueKind.NORMAL },
        history: page.history,
        nextPageToken: page.nextEventId === undefined ? new Uint8Array(0) : engine.historyToken(run, page.nextEventId),
      };
      engine.reply(poller.pollId, advised(engine, poller, task));
    },
  );
}

export function respondQuery(
  engine: Engine,
  replyTo: ReplyTo,
  token: TaskToken,
  request: RespondQueryTaskCompletedRequest,
): void {
  engine.runs.find(
    token.namespaceId,
    token.workflowId,
    token.runId,
    (run) => {
      const pending = run?.queries?.get(token.requestId);
      if (pending === undefined) return engine.refuse(replyTo, queryTaskNotFound());
      const { completedType, queryResult, errorMessage, failure } = request;
      answer(engine, pending.replyTo, { resultType: completedType, answer: queryResult, errorMessage, failure });
      engine.reply(replyTo, {});
    },
    (rejection) => engine.refuse(replyTo, rejection),
  );
}

type QueryAnswer = Pick<WorkflowQueryResult, 'resultType' | 'answer' | 'errorMessage' | 'failure'>;

function answer(engine: Engine, replyTo: ReplyTo, result: QueryAnswer): void {
  if (result.resultType === QueryResultType.ANSWERED) engine.reply(replyTo, { queryResult: result.answer });
  else
    engine.refuse(
      replyTo,
      reject('QUERY_FAILED', result.errorMessage, { kind: 'queryFailed', failure: result.failure }),
    );
}

/** The answers that came with a completed workflow task; given once that completion is on disk. */
export function answerQueries(
  engine: Engine,
  run: Run,
  task: WorkflowTaskRef,
  results: ReadonlyMap<string, WorkflowQueryResult>,
  decision: Decision,
): void {
  const { queries } = run;
  if (queries === undefined) return;
  for (const pending of queries.attachedTo(task)) {
    const result = results.get(pending.queryId);
    if (result === undefined) continue;
    queries.remove(pending.queryId);
    decision.onCommitted(() => answer(engine, pending.replyTo, result));
    decision.onVoided(() => engine.refuse(pending.replyTo, stale()));
  }
  if (queries.size === 0) run.queries = undefined;
}
