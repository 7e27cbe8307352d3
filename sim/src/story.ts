/** One workflow id and the callers that care for it: start, poke, wait for the result; as SDK clients do, with retries. */
import { EventType, History, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@perdure/protocol';
import type { HistoryEvent, StartWorkflowExecutionRequest } from '@perdure/protocol';
import type { HistoryAnswer } from '@perdure/server/engine';
import type { StartPromise } from './journal.js';
import { drawPlan } from './plan.js';
import type { Plan } from './plan.js';
import { Pokes, RPC, noteUpdate } from './pokes.js';
import * as requests from './requests.js';
import type { Rng } from './rng.js';
import { Rpc } from './rpc.js';
import type { FinalResult } from './rpc.js';
import { WORKFLOW_QUEUE } from './run-plan.js';
import { StoryFacts } from './story-facts.js';
import type { StoryParts } from './story-facts.js';
import { toBytes } from './text-bytes.js';

export class Story {
  readonly workflowId: string;
  readonly plan: Plan;
  /** It repeats until it is terminated. */
  readonly isCron: boolean;
  isOver = false;
  readonly #parts: StoryParts;
  readonly #rng: Rng;
  readonly #rpc: Rpc;
  readonly #facts: StoryFacts;
  readonly #pokes: Pokes;

  constructor(parts: StoryParts, index: number, others: readonly string[]) {
    this.#parts = parts;
    this.workflowId = `wf-${index}`;
    this.#rng = parts.world.rng.split(`story ${index}`);
    this.#rpc = new Rpc(parts.world, parts.network, this.#rng.split('rpc'));
    this.isCron = this.#rng.chance(0.08);
    this.plan = drawPlan(this.#rng.split('plan'), {
      id: String(index),
      others,
      depth: 0,
      isEager: parts.options.isEager,
    });
    this.#facts = new StoryFacts(this.workflowId, this.plan, this.isCron);
    this.#pokes = new Pokes(parts, this.#facts, this.#rng, this.#rpc);
  }

  begin(): void {
    const { world, options } = this.#parts;
    world.after(this.#rng.between(0, options.faultPhaseMs * 0.5), () => this.#start());
    const pokes = this.#rng.int(1, 7);
    for (let index = 0; index < pokes; index += 1)
      world.after(this.#rng.between(0, options.faultPhaseMs), () => this.#pokes.any());
  }

  /** Faults are over: what could not be started is started now, what would go on for ever is ended. */
  conclude(): void {
    if (this.isCron) this.#endCron();
    else if (this.isOver && this.#facts.runId === undefined) {
      this.isOver = false;
      this.#start();
    }
  }

  /** Again and again, since a start may still be on its way. */
  #endCron(): void {
    if (this.isOver) return;
    const make = (): ReturnType<typeof requests.terminate> =>
      requests.terminate({ workflowExecution: { workflowId: this.workflowId, runId: '' }, reason: 'enough' });
    const isSettled = this.#facts.startsPending === 0;
    this.#rpc.withRetries(make, RPC, (result) => {
      if (result.kind === 'refused' && isSettled) this.isOver = true;
      else this.#parts.world.after(2_000, () => this.#endCron());
    });
  }

  // ---- start

  #start(): void {
    this.#facts.startsPending += 1;
    const via = this.#rng.weighted([
      [6, 'start'],
      [2, 'signalWithStart'],
      [this.isCron ? 0 : 1.5, 'updateWithStart'],
    ] as const);
    const request = this.#startRequest(via);
    this.#facts.isRetried = request.retryPolicy !== undefined;
    const promise: StartPromise = {
      requestId: request.requestId,
      workflowId: this.workflowId,
      runId: undefined,
      started: false,
      via,
    };
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
      requestId: this.#facts.newId('start'),
      identity: 'client',
      workflowRunTimeout: rng.pick([0, 0, 0, 5_000, 60_000]),
      workflowExecutionTimeout: rng.pick([0, 0, 0, 40_000]),
      workflowTaskTimeout: rng.pick([0, 2_000]),
      cronSchedule: this.isCron ? rng.pick(['@every 2s', '* * * * *']) : '',
      workflowStartDelay: isDelayed ? rng.pick([10, 2_000, 10_000]) : undefined,
      retryPolicy: rng.chance(0.35)
        ? {
            initialInterval: 500,
            backoffCoefficient: 1.5,
            maximumInterval: 2_000,
            maximumAttempts: 3,
            nonRetryableErrorTypes: [],
          }
        : undefined,
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      workflowIdConflictPolicy:
        via === 'updateWithStart' ? WorkflowIdConflictPolicy.USE_EXISTING : WorkflowIdConflictPolicy.FAIL,
      requestEagerExecution: via === 'start' && this.#parts.options.isEager && rng.chance(0.6),
      priority: rng.chance(0.3)
        ? { priorityKey: rng.int(1, 5), fairnessKey: rng.pick(['', 'a', 'b']), fairnessWeight: 1 }
        : undefined,
    });
  }

  #plainStart(request: StartWorkflowExecutionRequest, promise: StartPromise): void {
    this.#rpc.withRetries(
      () => requests.start(request),
      RPC,
      (result) => {
        if (result.kind === 'answer') {
          const response = result.response as { runId: string; started: boolean; eagerWorkflowTask?: object };
          this.#started(promise, response);
          if (response.eagerWorkflowTask !== undefined)
            this.#parts.anyWorker()?.takeWorkflowTask(response.eagerWorkflowTask);
        } else this.#notStarted(result);
      },
    );
  }

  #signalWithStart(request: StartWorkflowExecutionRequest, promise: StartPromise): void {
    const signal = this.#pokes.signalPromise();
    const { requestEagerExecution: _eager, completionCallbacks: _callbacks, ...common } = request;
    const make = (): ReturnType<typeof requests.signalWithStart> =>
      requests.signalWithStart({
        ...common,
        signalName: 'sim',
        signalInput: toBytes(signal.signalId),
        requestId: request.requestId,
      } as never);
    this.#rpc.withRetries(make, { ...RPC, onAttempt: () => (signal.attempts += 1) }, (result) => {
      if (result.kind === 'answer') {
        signal.isAcknowledged = true;
        this.#facts.acknowledgedSignals += 1;
        this.#started(promise, result.response as { runId: string; started: boolean });
      } else this.#notStarted(result);
    });
  }

  #updateWithStart(request: StartWorkflowExecutionRequest, promise: StartPromise): void {
    const { update, promise: updatePromise } = this.#pokes.newUpdate();
    this.#rpc.withRetries(
      (deadlineMs) => requests.updateWithStart(request, update, deadlineMs),
      RPC,
      (result) => {
        if (result.kind === 'answer') {
          const [first, second] = (
            result.response as {
              responses: { startWorkflow?: { runId: string; started: boolean }; updateWorkflow?: object }[];
            }
          ).responses;
          if (first?.startWorkflow !== undefined) this.#started(promise, first.startWorkflow);
          noteUpdate(updatePromise, second?.updateWorkflow);
        } else this.#notStarted(result);
      },
    );
  }

  #started(promise: StartPromise, { runId, started }: { readonly runId: string; readonly started: boolean }): void {
    this.#facts.startsPending -= 1;
    promise.runId = runId;
    promise.started = started;
    this.#facts.runId = runId;
    if (!this.isCron) this.#awaitResult(runId);
  }

  /** Refused or never heard of: the checkers look at the disk; the story is over. */
  #notStarted(result: FinalResult): void {
    this.#facts.startsPending -= 1;
    this.#parts.world.log(
      'client',
      `${this.workflowId} not started: ${result.kind === 'refused' ? result.rejection.code : result.kind}`,
    );
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
          this.#parts.world.failures.report(
            'lostStart',
            `${this.workflowId} ${runId} was acknowledged and is not found`,
          );
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
