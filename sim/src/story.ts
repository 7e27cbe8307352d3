/** One workflow id and the callers that care for it: start, poke, wait for the result; as SDK clients do, with retries. */
import { EventType, History, QueryRejectCondition, UpdateWorkflowExecutionLifecycleStage, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@perdure/protocol';
import type { HistoryEvent, StartWorkflowExecutionRequest, UpdateWorkflowExecutionRequest } from '@perdure/protocol';
import type { HistoryAnswer } from '@perdure/server/engine';
import type { ListFilter, ListPage } from '@perdure/server/ports';
import type { Faults } from './faults.js';
import type { Journal, SignalPromise, StartPromise, UpdatePromise } from './journal.js';
import type { Network } from './network.js';
import type { SimOptions } from './options.js';
import { drawPlan } from './plan.js';
import type { Plan } from './plan.js';
import * as requests from './requests.js';
import type { Rng } from './rng.js';
import { Rpc } from './rpc.js';
import type { FinalResult } from './rpc.js';
import { WORKFLOW_QUEUE } from './run-plan.js';
import { fromBytes, toBytes } from './text-bytes.js';
import type { UpdateMode } from './workflow-updates.js';
import type { Worker } from './worker.js';
import type { World } from './world.js';

export interface StoryParts {
  readonly world: World;
  readonly network: Network;
  readonly faults: Faults;
  readonly options: SimOptions;
  readonly journal: Journal;
  /** A worker of the caller's own process, for eager starts. */
  readonly anyWorker: () => Worker | undefined;
}

const RPC = { timeoutMs: 4_000, attemptsMax: 12 };

export class Story {
  readonly workflowId: string;
  readonly plan: Plan;
  /** It repeats until it is terminated. */
  readonly isCron: boolean;
  isOver = false;
  readonly #parts: StoryParts;
  readonly #rng: Rng;
  readonly #rpc: Rpc;
  #ids = 0;
  /** Of the start that was answered. */
  #runId: string | undefined;
  #startsPending = 0;
  #acknowledgedSignals = 0;
  /** Another start of the same workflow id was tried. */
  #hasRival = false;
  #isRetried = false;

  constructor(parts: StoryParts, index: number, others: readonly string[]) {
    this.#parts = parts;
    this.workflowId = `wf-${index}`;
    this.#rng = parts.world.rng.split(`story ${index}`);
    this.#rpc = new Rpc(parts.world, parts.network, this.#rng.split('rpc'));
    this.isCron = this.#rng.chance(0.08);
    this.plan = drawPlan(this.#rng.split('plan'), { id: String(index), others, depth: 0, isEager: parts.options.isEager });
  }

  begin(): void {
    const { world, options } = this.#parts;
    world.after(this.#rng.between(0, options.faultPhaseMs * 0.5), () => this.#start());
    const pokes = this.#rng.int(1, 7);
    for (let index = 0; index < pokes; index += 1) world.after(this.#rng.between(0, options.faultPhaseMs), () => this.#poke());
  }

  /** Faults are over: what would go on for ever is ended, again and again, since a start may still be on its way. */
  conclude(): void {
    if (!this.isCron || this.isOver) return;
    const make = (): ReturnType<typeof requests.terminate> =>
      requests.terminate({ workflowExecution: { workflowId: this.workflowId, runId: '' }, reason: 'enough' });
    const isSettled = this.#startsPending === 0;
    this.#rpc.withRetries(make, RPC, (result) => {
      if (result.kind === 'refused' && isSettled) this.isOver = true;
      else this.#parts.world.after(2_000, () => this.conclude());
    });
  }

  #id(kind: string): string {
    this.#ids += 1;
    return `${this.workflowId}-${kind}${this.#ids}`;
  }

  // ---- start

  #start(): void {
    this.#startsPending += 1;
    const via = this.#rng.weighted([
      [6, 'start'],
      [2, 'signalWithStart'],
      [this.isCron ? 0 : 1.5, 'updateWithStart'],
    ] as const);
    const request = this.#startRequest(via);
    this.#isRetried = request.retryPolicy !== undefined;
    const promise: StartPromise = { requestId: request.requestId, workflowId: this.workflowId, runId: undefined, started: false, via };
    this.#parts.journal.starts.push(promise);
    if (via === 'start') this.#plainStart(request, promise);
    else if (via === 'signalWithStart') this.#signalWithStart(request, promise);
    else this.#updateWithStart(request, promise);
  }

  #startRequest(via: StartPromise['via']): StartWorkflowExecutionRequest {
    const rng = this.#rng.split('request');
    const isDelayed = !this.isCron && rng.chance(0.15);
    return requests.startRequest({
      workflowId: this.workflowId,
      workflowType: { name: 'plan' },
      taskQueue: { name: WORKFLOW_QUEUE },
      input: toBytes({ id: this.workflowId, plan: this.plan }),
      requestId: this.#id('start'),
      identity: 'client',
      workflowRunTimeout: rng.pick([0, 0, 0, 5_000, 60_000]),
      workflowExecutionTimeout: rng.pick([0, 0, 0, 40_000]),
      workflowTaskTimeout: rng.pick([0, 2_000]),
      cronSchedule: this.isCron ? rng.pick(['@every 2s', '* * * * *']) : '',
      workflowStartDelay: isDelayed ? rng.pick([10, 2_000, 10_000]) : undefined,
      retryPolicy: rng.chance(0.35) ? { initialInterval: 500, backoffCoefficient: 1.5, maximumInterval: 2_000, maximumAttempts: 3, nonRetryableErrorTypes: [] } : undefined,
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      workflowIdConflictPolicy: via === 'updateWithStart' ? WorkflowIdConflictPolicy.USE_EXISTING : WorkflowIdConflictPolicy.FAIL,
      requestEagerExecution: via === 'start' && this.#parts.options.isEager && rng.chance(0.6),
      priority: rng.chance(0.3) ? { priorityKey: rng.int(1, 5), fairnessKey: rng.pick(['', 'a', 'b']), fairnessWeight: 1 } : undefined,
    });
  }

  #plainStart(request: StartWorkflowExecutionRequest, promise: StartPromise): void {
    this.#rpc.withRetries(() => requests.start(request), RPC, (result) => {
      if (result.kind === 'answer') {
        const response = result.response as { runId: string; started: boolean; eagerWorkflowTask?: object };
        this.#started(promise, response);
        if (response.eagerWorkflowTask !== undefined) this.#parts.anyWorker()?.takeWorkflowTask(response.eagerWorkflowTask);
      } else this.#notStarted(result);
    });
  }

  #signalWithStart(request: StartWorkflowExecutionRequest, promise: StartPromise): void {
    const signal = this.#signalPromise();
    const { requestEagerExecution: _eager, completionCallbacks: _callbacks, ...common } = request;
    const make = (): ReturnType<typeof requests.signalWithStart> =>
      requests.signalWithStart({ ...common, signalName: 'sim', signalInput: toBytes(signal.signalId), requestId: request.requestId } as never);
    this.#rpc.withRetries(make, { ...RPC, onAttempt: () => (signal.attempts += 1) }, (result) => {
      if (result.kind === 'answer') {
        signal.isAcknowledged = true;
        this.#acknowledgedSignals += 1;
        this.#started(promise, result.response as { runId: string; started: boolean });
      } else this.#notStarted(result);
    });
  }

  #updateWithStart(request: StartWorkflowExecutionRequest, promise: StartPromise): void {
    const { update, promise: updatePromise } = this.#newUpdate();
    this.#rpc.withRetries((deadlineMs) => requests.updateWithStart(request, update, deadlineMs), RPC, (result) => {
      if (result.kind === 'answer') {
        const [first, second] = (result.response as { responses: { startWorkflow?: { runId: string; started: boolean }; updateWorkflow?: object }[] }).responses;
        if (first?.startWorkflow !== undefined) this.#started(promise, first.startWorkflow);
        noteUpdate(updatePromise, second?.updateWorkflow);
      } else this.#notStarted(result);
    });
  }

  #started(promise: StartPromise, { runId, started }: { readonly runId: string; readonly started: boolean }): void {
    this.#startsPending -= 1;
    promise.runId = runId;
    promise.started = started;
    this.#runId = runId;
    if (!this.isCron) this.#awaitResult(runId);
  }

  /** Refused or never heard of: the checkers look at the disk; the story is over. */
  #notStarted(result: FinalResult): void {
    this.#startsPending -= 1;
    this.#parts.world.log('client', `${this.workflowId} not started: ${result.kind === 'refused' ? result.rejection.code : result.kind}`);
    if (!this.isCron) this.isOver = true;
  }

  /** Follows the chain of runs to its end. */
  #awaitResult(runId: string): void {
    const make = (deadlineMs: number): ReturnType<typeof requests.getHistory> =>
      requests.getHistory({ workflowId: this.workflowId, runId, wait: true, closeEventOnly: true, deadlineMs });
    this.#parts.network.call(make, { timeoutMs: 20_000, isPoll: true }, (result) => {
      if (result.kind !== 'answer') {
        const code = result.kind === 'refused' ? result.rejection.code : '';
        if (code === 'WORKFLOW_NOT_FOUND' && result.kind === 'refused' && !result.from.isZombie) {
          this.#parts.world.failures.report('lostStart', `${this.workflowId} ${runId} was acknowledged and is not found`);
        }
        this.#parts.world.after(this.#rng.between(100, 600), () => this.#awaitResult(runId));
        return;
      }
      const answer = result.response as HistoryAnswer;
      const [event] = History.decode(answer.history).events;
      if (event === undefined) return this.#awaitResult(answer.runId);
      const next = successorOf(event);
      if (next === '') this.isOver = true;
      else this.#awaitResult(next);
    });
  }

  // ---- pokes

  #poke(): void {
    const poke = this.#rng.weighted([
      [6, () => this.#signal()],
      [4, () => this.#update()],
      [3, () => this.#query()],
      [3, () => this.#look()],
      [0.6, () => this.#cancel()],
      [0.4, () => this.#terminate()],
      [0.6, () => this.#resetSticky()],
      [0.5, () => this.#startAgain()],
    ]);
    poke();
  }

  #signalPromise(): SignalPromise {
    const promise: SignalPromise = { signalId: this.#id('signal'), workflowId: this.workflowId, isAcknowledged: false, isRefused: false, attempts: 0 };
    this.#parts.journal.signals.push(promise);
    return promise;
  }

  #signal(): void {
    const promise = this.#signalPromise();
    const execution = { workflowId: this.workflowId, runId: '' };
    const request = { workflowExecution: execution, signalName: 'sim', input: toBytes(promise.signalId), requestId: promise.signalId, identity: 'client' };
    this.#rpc.withRetries(() => requests.signal(request), { ...RPC, onAttempt: () => (promise.attempts += 1) }, (result) => {
      promise.isAcknowledged = result.kind === 'answer';
      promise.isRefused = result.kind === 'refused';
      if (promise.isAcknowledged) this.#acknowledgedSignals += 1;
    });
  }

  #newUpdate(): { update: UpdateWorkflowExecutionRequest; promise: UpdatePromise } {
    const mode = this.#rng.pick(['ok', 'ok', 'slow', 'fail', 'reject'] as const) satisfies UpdateMode;
    const promise: UpdatePromise = { updateId: this.#id('update'), workflowId: this.workflowId, mode, runId: undefined, outcome: undefined };
    this.#parts.journal.updates.push(promise);
    const update = requests.updateRequest({
      workflowExecution: { workflowId: this.workflowId, runId: '' },
      waitPolicy: { lifecycleStage: this.#rng.chance(0.7) ? UpdateWorkflowExecutionLifecycleStage.COMPLETED : UpdateWorkflowExecutionLifecycleStage.ACCEPTED },
      request: { meta: { updateId: promise.updateId, identity: 'client' }, input: { name: 'sim', args: toBytes({ mode }) } },
    });
    return { update, promise };
  }

  #update(): void {
    const { update, promise } = this.#newUpdate();
    this.#rpc.withRetries((deadlineMs) => requests.update(update, deadlineMs), { ...RPC, attemptsMax: 6 }, (result) => {
      if (result.kind === 'answer') noteUpdate(promise, result.response);
    });
  }

  #query(): void {
    const seenBefore = this.#acknowledgedSignals;
    const request = { execution: { workflowId: this.workflowId, runId: '' }, query: { queryType: 'signals' }, queryRejectCondition: QueryRejectCondition.NONE };
    this.#rpc.withRetries((deadlineMs) => requests.query(request, deadlineMs), { timeoutMs: 6_000, attemptsMax: 3 }, (result) => {
      if (result.kind !== 'answer' || result.from.isZombie) return;
      const signals = fromBytes((result.response as { queryResult?: Uint8Array }).queryResult) as string[] | undefined;
      // Runs that follow begin with no signals, so only a lone run can be held to it.
      const isLone = this.plan.end !== 'continue' && !this.isCron && !this.#isRetried;
      const own = signals?.filter((id) => id.startsWith(`${this.workflowId}-`)).length ?? 0;
      if (isLone && !this.#hasRival && signals !== undefined && own < seenBefore) {
        this.#parts.world.failures.report('staleQuery', `${this.workflowId}: a query saw ${own} signals, ${seenBefore} were acknowledged before it`);
      }
    });
  }

  /** Reads that change nothing, but must work. */
  #look(): void {
    const options = { timeoutMs: 3_000, attemptsMax: 2 };
    const kind = this.#rng.pick(['describe', 'history', 'reverse', 'list'] as const);
    switch (kind) {
      case 'describe':
        return this.#rpc.withRetries(() => requests.describe(this.workflowId, ''), options, () => undefined);
      case 'history':
      case 'reverse': {
        const reverse = kind === 'reverse';
        const pageSize = this.#rng.int(1, 10);
        return this.#rpc.withRetries(
          (deadlineMs) => requests.getHistory({ workflowId: this.workflowId, runId: '', reverse, fromEventId: reverse ? 0 : 1, pageSize, deadlineMs }),
          options,
          () => undefined,
        );
      }
      case 'list': {
        const query = { filter: { kind: 'every', terms: [] }, order: [], groupBy: undefined } as const;
        return this.#list({ namespaceId: requests.NAMESPACE_ID, query, pageSize: this.#rng.pick([3, 1_000]), cursor: '' });
      }
    }
  }

  /** Callers see their own writes. */
  #list(filter: ListFilter): void {
    const own = this.#runId;
    this.#rpc.withRetries(() => ({ kind: 'list', filter }), { timeoutMs: 3_000, attemptsMax: 2 }, (result) => {
      if (result.kind !== 'answer' || result.from.isZombie || filter.pageSize < 1_000 || own === undefined) return;
      const page = result.response as ListPage;
      if (page.kind !== 'page' || page.rows.some(({ runId }) => runId === own)) return;
      this.#parts.world.failures.report('staleList', `${this.workflowId}: a list does not show run ${own}, whose start was answered before`);
    });
  }

  #cancel(): void {
    const request = { workflowExecution: { workflowId: this.workflowId, runId: '' }, requestId: this.#id('cancel'), identity: 'client' };
    this.#rpc.withRetries(() => requests.requestCancel(request), RPC, () => undefined);
  }

  #terminate(): void {
    const request = { workflowExecution: { workflowId: this.workflowId, runId: '' }, reason: 'simulated', identity: 'client' };
    this.#rpc.withRetries(() => requests.terminate(request), RPC, () => undefined);
  }

  #resetSticky(): void {
    this.#rpc.withRetries(() => requests.resetSticky(this.workflowId), RPC, () => undefined);
  }

  /** Another caller starts the same workflow id, by another policy. */
  #startAgain(): void {
    this.#hasRival = true;
    const conflict = this.#rng.pick([WorkflowIdConflictPolicy.USE_EXISTING, WorkflowIdConflictPolicy.USE_EXISTING, WorkflowIdConflictPolicy.TERMINATE_EXISTING, WorkflowIdConflictPolicy.FAIL]);
    const attaches = conflict === WorkflowIdConflictPolicy.USE_EXISTING && this.#rng.chance(0.6);
    const request = requests.startRequest({
      workflowId: this.workflowId,
      workflowType: { name: 'plan' },
      taskQueue: { name: WORKFLOW_QUEUE },
      input: toBytes({ id: this.workflowId, plan: { ...this.plan, end: 'complete', continuations: 0 } }),
      requestId: this.#id('again'),
      identity: 'client',
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      workflowIdConflictPolicy: conflict,
      onConflictOptions: attaches ? { attachRequestId: true, attachCompletionCallbacks: false, attachLinks: false } : undefined,
    });
    const promise: StartPromise = { requestId: request.requestId, workflowId: this.workflowId, runId: undefined, started: false, via: 'start' };
    this.#parts.journal.starts.push(promise);
    this.#startsPending += 1;
    this.#rpc.withRetries(() => requests.start(request), RPC, (result) => {
      this.#startsPending -= 1;
      if (result.kind !== 'answer') return;
      const { runId, started } = result.response as { runId: string; started: boolean };
      promise.runId = runId;
      promise.started = started;
    });
  }
}

function successorOf(event: HistoryEvent): string {
  switch (event.eventType) {
    case EventType.WORKFLOW_EXECUTION_COMPLETED:
    case EventType.WORKFLOW_EXECUTION_FAILED:
    case EventType.WORKFLOW_EXECUTION_TIMED_OUT:
    case EventType.WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
      return event.attributes.newExecutionRunId;
    default:
      return '';
  }
}

function noteUpdate(promise: UpdatePromise, response: object | undefined): void {
  if (response === undefined) return;
  const { stage, outcome, updateRef } = response as {
    stage?: number;
    outcome?: { success?: Uint8Array; failure?: Uint8Array };
    updateRef?: { workflowExecution?: { runId?: string } };
  };
  if ((stage ?? 0) >= UpdateWorkflowExecutionLifecycleStage.ACCEPTED) promise.runId = updateRef?.workflowExecution?.runId;
  if (outcome !== undefined) promise.outcome = outcome.success === undefined ? 'failure' : 'success';
}
