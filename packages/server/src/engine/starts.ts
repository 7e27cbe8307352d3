/** Start, signal-with-start and update-with-start: the decision by workflow id, then the first commit. */
import { EventType, Payloads, WorkflowIdConflictPolicy } from '@perdure/protocol';
import type {
  Init,
  PollWorkflowTaskQueueResponse,
  SignalWithStartWorkflowExecutionResponse,
  StartWorkflowExecutionRequest,
  UpdateWorkflowExecutionRequest,
  UpdateWorkflowExecutionResponse,
  WorkflowExecutionStatus,
} from '@perdure/protocol';
import { decideStart, isClosed, newRunFromRequest, updateStage } from '../core/execution/index.js';
import type { CurrentRunFacts, NewRun, SignalInput, StartDecision, StartPolicies } from '../core/execution/index.js';
import { encodeJsonPayload } from '../core/attributes/payloads.js';
import { isRejection, reject } from '../core/rejection.js';
import type { Rejection } from '../core/rejection.js';
import { buildWorkflowTask, startedRef } from './answers.js';
import { Decision } from './decision.js';
import { stale } from './directory.js';
import { NO_CONTEXT, startRun } from './effects.js';
import type { TaskContext } from './effects.js';
import type { Engine } from './engine.js';
import type { EngineRequest, ReplyTo } from './messages.js';
import { requestLink, startLink } from './links.js';
import type { Run } from './run.js';
import { decideAndReply } from './shard.js';
import { admitInto, awaitUpdate } from './updates.js';

type RequestOf<K extends EngineRequest['kind']> = Extract<EngineRequest, { kind: K }>;

export function start(engine: Engine, replyTo: ReplyTo, { namespaceId, request }: RequestOf<'start'>): void {
  const failed = (rejection: Rejection): void => engine.refuse(replyTo, rejection);
  engine.runs.findCurrent(
    namespaceId,
    request.workflowId,
    (current) => startOver(engine, replyTo, namespaceId, request, current),
    failed,
  );
}

function startOver(
  engine: Engine,
  replyTo: ReplyTo,
  namespaceId: string,
  request: StartWorkflowExecutionRequest,
  current: Run | undefined,
): void {
  const verdict = decideStart(current === undefined ? undefined : currentFacts(current), policiesOf(request));
  if (isRejection(verdict)) return refuseAfter(engine, current, replyTo, verdict);
  switch (verdict.kind) {
    case 'sameRequest':
      if (current !== undefined) answerSameRequest(engine, replyTo, current, request);
      return;
    case 'useExisting':
      if (current !== undefined) useExisting(engine, replyTo, current, request);
      return;
    case 'startNew':
    case 'terminateAndStart': {
      const decision = new Decision();
      const eager = eagerContext(request);
      const run = beginNew(engine, decision, namespaceId, request, current, verdict, eager);
      const ref = startedRef(run);
      decision.onCommitted(() =>
        answerStarted(engine, replyTo, run, eager?.inlineWorkflowTask?.taken === true ? ref : undefined),
      );
      decision.onVoided(() => engine.refuse(replyTo, stale()));
      engine.submit(decision);
    }
  }
}

function refuseAfter(engine: Engine, current: Run | undefined, replyTo: ReplyTo, rejection: Rejection): void {
  if (current === undefined) engine.refuse(replyTo, rejection);
  else engine.answerAfter(current, replyTo, () => engine.refuse(replyTo, rejection));
}

/** The new run, the one before ended first if the policy says so; all in one decision. */
function beginNew(
  engine: Engine,
  decision: Decision,
  namespaceId: string,
  request: StartWorkflowExecutionRequest,
  current: Run | undefined,
  verdict: StartDecision,
  context: TaskContext | undefined,
  extra?: Pick<NewRun, 'signal' | 'update'>,
): Run {
  const runId = engine.random.uuid();
  if (current !== undefined && 'kind' in verdict && verdict.kind === 'terminateAndStart')
    terminateExisting(engine, decision, current, runId);
  const isEager = context?.inlineWorkflowTask !== undefined;
  const newRun = newRunFromRequest(request, { namespaceId, runId }, engine.env(namespaceId), isEager);
  const begun = extra === undefined ? newRun : { ...newRun, ...extra };
  return startRun(engine, decision, begun, context ?? NO_CONTEXT, current);
}

/** The run before ends so that the new one may take its place. */
export function terminateExisting(engine: Engine, decision: Decision, current: Run, newRunId: string): void {
  const details = Payloads.encode({ payloads: [encodeJsonPayload(`terminated by new runID: ${newRunId}`)] });
  const terminated = engine.transit(current, {
    kind: 'terminate',
    request: {
      namespace: '',
      workflowExecution: undefined,
      reason: 'TerminateIfRunning WorkflowIdReusePolicy',
      details,
      identity: 'history-service',
      firstExecutionRunId: '',
      links: [],
    },
  });
  if (isRejection(terminated)) return;
  decision.absorb(current, terminated);
  for (const effect of terminated.effects) engine.perform(decision, current, effect);
}

function eagerContext(request: StartWorkflowExecutionRequest): TaskContext | undefined {
  const isEager =
    request.requestEagerExecution && request.cronSchedule === '' && (request.workflowStartDelay ?? 0) === 0;
  return isEager
    ? {
        inlineWorkflowTask: { identity: request.identity, workerVersion: undefined, taken: false, isEagerStart: true },
      }
    : undefined;
}

function answerStarted(
  engine: Engine,
  replyTo: ReplyTo,
  run: Run,
  eagerTask: ReturnType<typeof startedRef> | undefined,
): void {
  const answer = (eagerWorkflowTask: Init<PollWorkflowTaskQueueResponse> | undefined): void =>
    engine.reply(replyTo, { ...startResponse(run, true), eagerWorkflowTask });
  if (eagerTask === undefined) answer(undefined);
  else buildWorkflowTask(engine, run, eagerTask, answer, { isRepeated: true });
}

export function startResponse(
  run: Run,
  started: boolean,
  link = startLink(run),
): { runId: string; firstExecutionRunId: string; started: boolean; status: WorkflowExecutionStatus; link: Uint8Array } {
  const { runId, status, start: facts } = run.state;
  return { runId, firstExecutionRunId: facts.firstRunId, started, status, link };
}

/** The start was decided before: the same answer again; an eager first task too, while it is on its first attempt. */
function answerSameRequest(engine: Engine, replyTo: ReplyTo, run: Run, request: StartWorkflowExecutionRequest): void {
  engine.answerAfter(run, replyTo, () => {
    const isAttached = request.requestId !== run.durable.start.requestId;
    if (isAttached) return engine.reply(replyTo, startResponse(run, false, attachedLink(run, request.requestId)));
    const task = run.durable.workflowTask;
    const isEager =
      request.requestEagerExecution &&
      task !== undefined &&
      task.startedEventId !== 0 &&
      task.attempt === 1 &&
      run.durable.previousStartedEventId === 0;
    const ref = task && {
      scheduledEventId: task.scheduledEventId,
      startedEventId: task.startedEventId,
      attempt: task.attempt,
    };
    answerStarted(engine, replyTo, run, isEager ? ref : undefined);
  });
}

function useExisting(engine: Engine, replyTo: ReplyTo, run: Run, request: StartWorkflowExecutionRequest): void {
  const options = request.onConflictOptions;
  const attaches =
    options !== undefined && (options.attachRequestId || options.attachCompletionCallbacks || options.attachLinks);
  if (!attaches) {
    engine.answerAfter(run, replyTo, () => engine.reply(replyTo, startResponse(run, false)));
    return;
  }
  const input = {
    kind: 'attachRequest',
    requestId: options.attachRequestId ? request.requestId : '',
    callbacks: options.attachCompletionCallbacks ? request.completionCallbacks : [],
    links: options.attachLinks ? request.links : [],
  } as const;
  const link = options.attachRequestId ? attachedLink(run, request.requestId) : startLink(run);
  decideAndReply(engine, replyTo, run, input, () => startResponse(run, false, link));
}

function attachedLink(run: Run, requestId: string): Uint8Array {
  return requestLink(run, requestId, EventType.WORKFLOW_EXECUTION_OPTIONS_UPDATED);
}

export function currentFacts(run: Run): CurrentRunFacts {
  const { runId, status, start: facts, requestIds } = run.state;
  return {
    runId,
    status,
    startRequestId: facts.requestId,
    firstRunId: facts.firstRunId,
    hasRequestId: (requestId) => requestIds.has(requestId),
  };
}

function policiesOf(request: StartWorkflowExecutionRequest): StartPolicies {
  const { workflowId, requestId, workflowIdReusePolicy, workflowIdConflictPolicy } = request;
  return { workflowId, requestId, reusePolicy: workflowIdReusePolicy, conflictPolicy: workflowIdConflictPolicy };
}

export function signalWithStart(
  engine: Engine,
  replyTo: ReplyTo,
  { namespaceId, request }: RequestOf<'signalWithStart'>,
): void {
  const failed = (rejection: Rejection): void => engine.refuse(replyTo, rejection);
  const { signalName, signalInput: input, header, identity, requestId, links } = request;
  const signal: SignalInput = { signalName, input, header, identity, requestId, links, endsStartDelay: true };
  engine.runs.findCurrent(
    namespaceId,
    request.workflowId,
    (current) => {
      const terminates = request.workflowIdConflictPolicy === WorkflowIdConflictPolicy.TERMINATE_EXISTING;
      if (current !== undefined && !isClosed(current.state.status) && !terminates) {
        decideAndReply(engine, replyTo, current, { kind: 'signal', signal }, () =>
          signalledResponse(current, requestId, false),
        );
        return;
      }
      const startRequest: StartWorkflowExecutionRequest = { ...START_DEFAULTS, ...request, links: [] };
      const verdict = decideStart(current === undefined ? undefined : currentFacts(current), policiesOf(startRequest));
      if (isRejection(verdict)) return refuseAfter(engine, current, replyTo, verdict);
      if (verdict.kind === 'sameRequest' && current !== undefined) {
        engine.answerAfter(current, replyTo, () => engine.reply(replyTo, signalledResponse(current, requestId, true)));
        return;
      }
      const decision = new Decision();
      const run = beginNew(engine, decision, namespaceId, startRequest, current, verdict, undefined, { signal });
      decision.onCommitted(() => engine.reply(replyTo, signalledResponse(run, requestId, true)));
      decision.onVoided(() => engine.refuse(replyTo, stale()));
      engine.submit(decision);
    },
    failed,
  );
}

function signalledResponse(
  run: Run,
  requestId: string,
  started: boolean,
): Init<SignalWithStartWorkflowExecutionResponse> {
  const signalLink = requestLink(run, requestId, EventType.WORKFLOW_EXECUTION_SIGNALED);
  return { runId: run.runId, firstExecutionRunId: run.state.start.firstRunId, started, signalLink };
}

/** Fields of a start that signal-with-start does not have. */
const START_DEFAULTS: Pick<StartWorkflowExecutionRequest, 'requestEagerExecution' | 'completionCallbacks'> = {
  requestEagerExecution: false,
  completionCallbacks: [],
};

/** Start, then update, as one: the update travels with the run's first task when the run is new. */
export function updateWithStart(engine: Engine, replyTo: ReplyTo, request: RequestOf<'updateWithStart'>): void {
  const failed = (rejection: Rejection): void => engine.refuse(replyTo, rejection);
  engine.runs.findCurrent(
    request.namespaceId,
    request.start.workflowId,
    (current) => updateOver(engine, replyTo, request, current),
    failed,
  );
}

function updateOver(
  engine: Engine,
  replyTo: ReplyTo,
  request: RequestOf<'updateWithStart'>,
  current: Run | undefined,
): void {
  const { namespaceId, start: startRequest, update } = request;
  const updateId = update.request?.meta?.updateId ?? '';
  if (current !== undefined && updateStage(current.state, updateId) === 'completed') {
    updateExisting(engine, replyTo, request, current, new Decision(), false);
    return;
  }
  const verdict = decideStart(current === undefined ? undefined : currentFacts(current), policiesOf(startRequest));
  if (isRejection(verdict)) return refuseAfter(engine, current, replyTo, multiFailure(verdict, undefined));
  const decision = new Decision();
  if (current !== undefined && (verdict.kind === 'useExisting' || verdict.kind === 'sameRequest')) {
    updateExisting(engine, replyTo, request, current, decision, verdict.kind === 'sameRequest');
    return;
  }
  const run = beginNew(engine, decision, namespaceId, startRequest, current, verdict, undefined, { update });
  finishUpdate(engine, replyTo, update, run, decision, true, request.deadlineMs, undefined);
}

function updateExisting(
  engine: Engine,
  replyTo: ReplyTo,
  request: RequestOf<'updateWithStart'>,
  run: Run,
  decision: Decision,
  isSame: boolean,
): void {
  const repeat = (): void => updateWithStart(engine, replyTo, request);
  finishUpdate(engine, replyTo, request.update, run, decision, isSame, request.deadlineMs, repeat);
}

function finishUpdate(
  engine: Engine,
  replyTo: ReplyTo,
  request: UpdateWorkflowExecutionRequest,
  run: Run,
  decision: Decision,
  started: boolean,
  deadlineMs: number,
  repeat: (() => void) | undefined,
): void {
  const refused = (rejection: Rejection): void => engine.refuse(replyTo, multiFailure(undefined, rejection));
  if (!admitInto(engine, run, request, decision, refused)) {
    if (decision.changes.size > 0) engine.submit(decision);
    return;
  }
  const answer = (updateWorkflow: Init<UpdateWorkflowExecutionResponse>): void =>
    engine.reply(replyTo, { responses: [{ startWorkflow: startResponse(run, started) }, { updateWorkflow }] });
  const wantsCompleted = request.waitPolicy?.lifecycleStage === 3;
  awaitUpdate(
    engine,
    run,
    {
      replyTo,
      updateId: request.request?.meta?.updateId ?? '',
      requestId: request.request?.requestId ?? '',
      wantsCompleted,
      answer,
      repeat,
    },
    deadlineMs,
  );
  decision.onVoided(() => engine.refuse(replyTo, stale()));
  engine.submit(decision);
}

function multiFailure(startRefusal: Rejection | undefined, updateRefusal: Rejection | undefined): Rejection {
  const aborted = reject('MULTI_OPERATION_ABORTED', 'Operation was aborted.');
  const statuses = startRefusal === undefined ? [aborted, updateRefusal] : [startRefusal, aborted];
  return reject('MULTI_OPERATION_FAILED', 'Update-with-Start could not be executed.', {
    kind: 'multiOperation',
    statuses,
  });
}
