/**
 * One execution in memory: takes one Workflow Task at a time, drives the replay core and the sandbox with it, and answers the
 * server. After anything that went wrong the run is dropped: its next task brings or fetches the whole history.
 */
import {
  CommandType,
  EventType,
  QueryResultType,
  VersioningBehavior,
  WorkflowTaskFailedCause,
} from '@perdure/protocol';
import type {
  HistoryEvent,
  Init,
  PollWorkflowTaskQueueResponse,
  StickyExecutionAttributes,
  WorkflowQueryResult,
} from '@perdure/protocol';
import { grpcErrorOf } from '../../client/grpc-error.js';
import type { LoadedDataConverter } from '../../conversion/data-converter.js';
import { messageOf } from '../../conversion/error-class.js';
import type { Logger } from '../../conversion/logger.js';
import { withSerializationContext } from '../../conversion/serialization-context.js';
import type { Activation, AnswerQuery, Completion, LocalResult } from '../../replay/contract.js';
import type { Fault } from '../../replay/mismatch.js';
import {
  addHistory,
  applyCompletion,
  applyTask,
  keepAlive,
  resolveLocalActivity,
  takeLocalWork,
} from '../../replay/run.js';
import type { Step, TaskResponse } from '../../replay/run.js';
import { createRun } from '../../replay/run-state.js';
import type { Run, RunOptions } from '../../replay/run-state.js';
import type { LocalActivities } from '../activities/local-activities.js';
import type { Clock } from '../clock.js';
import type { WorkflowSandbox } from '../sandbox/contract.js';
import type { ServerCalls } from '../server-calls.js';
import type { WorkerMetrics } from '../telemetry/worker-metrics.js';
import type { EagerActivities } from './eager-activities.js';
import { faultCause, faultFailure, faultText, failureFields, spunFailure } from './fault-text.js';
import { decodeActivation, encodeCompletion, needsPass } from './payload-pass.js';
import type { SinkDispatch } from './sink-dispatch.js';
import { eventsOf, taskOf } from './task-reading.js';

/** What all runs of a worker share. */
export interface RunSurroundings {
  readonly namespace: string;
  readonly taskQueue: string;
  readonly calls: ServerCalls;
  readonly sandbox: WorkflowSandbox;
  readonly converter: LoadedDataConverter;
  readonly locals: LocalActivities;
  readonly eager: EagerActivities | undefined;
  readonly sinks: SinkDispatch;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: WorkerMetrics | undefined;
  /** Undefined when nothing is cached. */
  readonly sticky: Init<StickyExecutionAttributes> | undefined;
  readonly sdk: Omit<RunOptions, 'runId' | 'workflowId'>;
  /** Of workflows that say nothing; UNSPECIFIED without worker versioning. */
  readonly versioningBehavior: VersioningBehavior;
  readonly usesVersioning: boolean;
  readonly showStackTraceSources: boolean;
  /** The workflow fails, not the task, when its code does not fit its history. */
  readonly failsOnMismatch: (workflowType: string) => boolean;
}

export interface TaskEnd {
  /** The run may stay in memory. */
  readonly isKept: boolean;
  /** The server answered with another task of this run. */
  readonly next?: PollWorkflowTaskQueueResponse | undefined;
}

const DROPPED: TaskEnd = { isKept: false };
/** Realms are discarded when another run in them spins; more than a few times in a row it is not chance. */
const REBUILDS_MAX = 5;
/** Of the task's time-out, after which it is answered although local activities still run. */
const KEEP_ALIVE_PART = 0.8;
const TASK_TIMEOUT_MS = 10_000;
const BYTES_PER_EVENT = 200;

/** Where a task comes back from local activities. */
type Woken = Step | 'lost';

export class WorkflowRun {
  readonly runId: string;
  readonly workflowId: string;
  readonly workflowType: string;
  readonly #with: RunSurroundings;
  readonly #converter: LoadedDataConverter;
  readonly #hasCodec: boolean;
  #core: Run | undefined;
  #sandboxBytes = 0;
  #pageToken: Uint8Array = NO_BYTES;
  #isFetching = false;
  readonly #heldResults: LocalResult[] = [];
  #wake: ((woken: Woken) => void) | undefined;
  /** Local activities were given up: there will be no results. */
  #isLost = false;
  #taskTimeoutMs = TASK_TIMEOUT_MS;
  #versioningBehavior: VersioningBehavior;

  constructor(task: PollWorkflowTaskQueueResponse, surroundings: RunSurroundings) {
    this.runId = task.workflowExecution?.runId ?? '';
    this.workflowId = task.workflowExecution?.workflowId ?? '';
    this.workflowType = task.workflowType?.name ?? '';
    this.#with = surroundings;
    const { converter, namespace, versioningBehavior } = surroundings;
    const { workflowId } = this;
    this.#hasCodec = needsPass(converter);
    this.#converter = this.#hasCodec
      ? withSerializationContext(converter, { type: 'workflow', namespace, workflowId })
      : converter;
    this.#versioningBehavior = versioningBehavior;
  }

  /** Estimate of what the run takes in memory. */
  get bytes(): number {
    const events = this.#core?.reader.events.length ?? 0;
    return this.#sandboxBytes + events * BYTES_PER_EVENT;
  }

  /** Never rejects. */
  async process(task: PollWorkflowTaskQueueResponse): Promise<TaskEnd> {
    const { logger } = this.#with;
    try {
      for (let rebuilds = 0; rebuilds <= REBUILDS_MAX; rebuilds += 1) {
        const end = await this.#follow(await this.#begin(task), task);
        if (end !== 'lost') return end;
        this.drop();
      }
      logger.error('The realm of a workflow was lost again and again; its task is given up', this.#fields(task));
    } catch (error) {
      logger.error(`A Workflow Task could not be processed: ${messageOf(error)}`, { ...this.#fields(task), error });
    }
    return DROPPED;
  }

  /** Forgets all; the next task begins anew. */
  drop(): void {
    if (this.#core === undefined) return;
    this.#core = undefined;
    this.#sandboxBytes = 0;
    this.#heldResults.length = 0;
    this.#with.locals.dropRun(this.runId);
    this.#with.sandbox.evictRun(this.runId);
  }

  async #begin(task: PollWorkflowTaskQueueResponse): Promise<Step> {
    const { metrics } = this.#with;
    const events = eventsOf(task.history);
    const isWhole = events[0]?.eventId === 1;
    if (!isWhole) metrics?.count(this.#core === undefined ? 'sticky_cache_miss' : 'sticky_cache_hit');
    if (this.#core !== undefined || isWhole) {
      this.#core ??= this.#create();
      this.#pageToken = task.nextPageToken;
      this.#readTimeout(events);
      const step = applyTask(this.#core, taskOf(task, events, task.nextPageToken.length === 0));
      if (step.kind !== 'cacheMiss') return step;
      this.drop();
    }
    const all = await this.#wholeHistory(events, task.nextPageToken);
    this.#core = this.#create();
    this.#pageToken = NO_BYTES;
    this.#readTimeout(all);
    return applyTask(this.#core, taskOf(task, all, true));
  }

  #create(): Run {
    const { runId, workflowId, workflowType } = this;
    const { namespace, taskQueue, sandbox, showStackTraceSources, sdk } = this.#with;
    sandbox.createRun({ runId, workflowId, workflowType, namespace, taskQueue, showStackTraceSources });
    return createRun({ runId, workflowId, ...sdk });
  }

  /** From the first event on: what the task brought is newer than anything that is stored, so it is put last. */
  async #wholeHistory(own: readonly HistoryEvent[], ownPageToken: Uint8Array): Promise<HistoryEvent[]> {
    const firstOwn = own[0]?.eventId ?? Infinity;
    const all: HistoryEvent[] = [];
    let token: Uint8Array = NO_BYTES;
    do {
      const page = await this.#with.calls.historyPage(this.workflowId, this.runId, token);
      for (const event of eventsOf(page.history)) if (event.eventId < firstOwn) all.push(event);
      token = page.nextPageToken;
    } while (token.length > 0 && (all.at(-1)?.eventId ?? 0) < firstOwn - 1);
    all.push(...own);
    for (token = ownPageToken; token.length > 0;) {
      const page = await this.#with.calls.historyPage(this.workflowId, this.runId, token);
      all.push(...eventsOf(page.history));
      token = page.nextPageToken;
    }
    return all;
  }

  async #follow(first: Step, task: PollWorkflowTaskQueueResponse): Promise<TaskEnd | 'lost'> {
    const startedMs = this.#with.clock.nowMs();
    let step = first;
    for (;;) {
      const core = this.#core;
      if (core === undefined) return 'lost';
      this.#startLocalWork(core);
      switch (step.kind) {
        case 'activate': {
          const next = await this.#activate(core, step.activation, task);
          if (next === 'lost' || 'isKept' in next) return next;
          step = next;
          break;
        }
        case 'needHistory':
          step = await this.#nextPage(core);
          break;
        case 'waitForLocal': {
          const woken = await this.#localEnd(core, startedMs);
          // Its local activities were given up: whoever gets the task after its time-out runs them again.
          if (woken === 'lost') return DROPPED;
          step = woken;
          break;
        }
        case 'respond':
          this.#with.metrics?.time('workflow_task_execution_latency', this.#with.clock.nowMs() - startedMs);
          return this.#respond(core, step.response, task);
        case 'answerQuery':
          return this.#answerQuery(step.answer, task);
        case 'failTask':
          return this.#fail(task, WorkflowTaskFailedCause.WORKFLOW_WORKER_UNHANDLED_FAILURE, step.failure);
        case 'fault':
          return this.#failByFault(step.fault, task);
        case 'replayed':
          return { isKept: !core.ended };
        case 'cacheMiss':
          return 'lost';
      }
    }
  }

  async #activate(
    core: Run,
    activation: Activation,
    task: PollWorkflowTaskQueueResponse,
  ): Promise<Step | TaskEnd | 'lost'> {
    const { sandbox, sinks } = this.#with;
    const clear = this.#hasCodec ? await decodeActivation(this.#converter, activation) : activation;
    const activated = await sandbox.activate(clear);
    switch (activated.kind) {
      case 'lost':
        return 'lost';
      case 'spun': {
        const failure = spunFailure(activated.sliceMs, activated.stack);
        return this.#fail(task, WorkflowTaskFailedCause.WORKFLOW_WORKER_UNHANDLED_FAILURE, failure);
      }
      case 'done': {
        this.#sandboxBytes = activated.runBytes;
        if (activated.sinkCalls.length > 0) sinks.call(activated.sinkCalls, activation.isReplaying);
        const { completion } = activated;
        this.#readBehavior(completion);
        const encoded = this.#hasCodec ? await encodeCompletion(this.#converter, completion) : completion;
        return applyCompletion(core, encoded);
      }
    }
  }

  // --- history

  async #nextPage(core: Run): Promise<Step> {
    this.#isFetching = true;
    try {
      const page = await this.#with.calls.historyPage(this.workflowId, this.runId, this.#pageToken);
      this.#pageToken = page.nextPageToken;
      core.lateResults.push(...this.#heldResults.splice(0));
      return addHistory(core, eventsOf(page.history), page.nextPageToken.length === 0);
    } finally {
      this.#isFetching = false;
    }
  }

  #readTimeout(events: readonly HistoryEvent[]): void {
    const scheduled = events.findLast(({ eventType }) => eventType === EventType.WORKFLOW_TASK_SCHEDULED);
    if (scheduled?.eventType !== EventType.WORKFLOW_TASK_SCHEDULED) return;
    this.#taskTimeoutMs = scheduled.attributes.startToCloseTimeout || TASK_TIMEOUT_MS;
  }

  #readBehavior(completion: Completion): void {
    if (!this.#with.usesVersioning || completion.status !== 'ok' || completion.versioningBehavior === undefined) return;
    this.#versioningBehavior = VersioningBehavior[completion.versioningBehavior];
  }

  // --- local activities

  #startLocalWork(core: Run): void {
    if (core.localToRun.length === 0 && core.localToCancel.length === 0) return;
    const { runId, workflowId, workflowType } = this;
    const { locals } = this.#with;
    const { toRun, toCancel } = takeLocalWork(core);
    const result = (ended: LocalResult): void => this.#localEnded(core, ended);
    const lost = (): void => {
      this.#isLost = true;
      this.#wake?.('lost');
    };
    for (const command of toRun) locals.start({ runId, workflowId, workflowType, result, lost }, command);
    for (const seq of toCancel) locals.cancel(runId, seq);
  }

  #localEnded(core: Run, result: LocalResult): void {
    if (this.#core !== core) return;
    if (this.#isFetching) {
      this.#heldResults.push(result);
      return;
    }
    const step = resolveLocalActivity(core, result);
    if (step !== undefined) this.#wake?.(step);
  }

  /** A local activity has ended, or the task must be answered without it. */
  async #localEnd(core: Run, startedMs: number): Promise<Woken> {
    if (this.#isLost) return 'lost';
    const { clock } = this.#with;
    const dueMs = startedMs + KEEP_ALIVE_PART * this.#taskTimeoutMs;
    let cancelTimer: () => void = () => undefined;
    try {
      return await new Promise<Woken>((resolve) => {
        this.#wake = resolve;
        cancelTimer = clock.after(dueMs - clock.nowMs(), () => {
          const step = keepAlive(core);
          if (step !== undefined) resolve(step);
        });
      });
    } finally {
      this.#wake = undefined;
      cancelTimer();
    }
  }

  // --- answers

  async #respond(core: Run, response: TaskResponse, task: PollWorkflowTaskQueueResponse): Promise<TaskEnd> {
    const { calls, eager, sticky, metrics } = this.#with;
    const { messages, sdkMetadata, answers, forceNewTask } = response;
    const reservation = eager?.reserve(response.commands);
    let answer;
    try {
      answer = await calls.completeWorkflowTask({
        taskToken: task.taskToken,
        commands: reservation?.commands ?? response.commands,
        messages,
        sdkMetadata,
        queryResults: answers.size === 0 ? undefined : queryResults(answers),
        stickyAttributes: sticky,
        returnNewWorkflowTask: true,
        forceCreateNewWorkflowTask: forceNewTask,
        versioningBehavior: this.#versioningBehavior,
        capabilities: { discardSpeculativeWorkflowTaskWithEvents: true },
      });
    } catch (error) {
      if (reservation !== undefined) eager?.dispatch(reservation, []);
      this.#answerRefused(task, error);
      return DROPPED;
    }
    if (reservation !== undefined) eager?.dispatch(reservation, answer.activityTasks);
    if (core.ended && metrics !== undefined) countEnd(metrics, response);
    // What the server undid cannot be undone here.
    const isKept = !core.ended && answer.resetHistoryEventId === 0;
    return { isKept, next: answer.workflowTask };
  }

  async #answerQuery(answer: AnswerQuery['answer'], task: PollWorkflowTaskQueueResponse): Promise<TaskEnd> {
    const { calls } = this.#with;
    const { taskToken } = task;
    const { resultType, answer: queryResult, errorMessage, failure } = queryResultOf(answer);
    try {
      await calls.answerQuery({ taskToken, completedType: resultType, queryResult, errorMessage, failure });
    } catch (error) {
      this.#answerRefused(task, error);
    }
    return { isKept: this.#core?.ended === false };
  }

  #answerRefused(task: PollWorkflowTaskQueueResponse, error: unknown): void {
    const { logger } = this.#with;
    const text = grpcErrorOf(error)?.message ?? messageOf(error);
    logger.warn(`The server did not take the answer to a Workflow Task: ${text}`, { ...this.#fields(task), error });
  }

  async #failByFault(fault: Fault, task: PollWorkflowTaskQueueResponse): Promise<TaskEnd> {
    const failure = faultFailure(fault);
    if (fault.kind !== 'mismatch' || !this.#with.failsOnMismatch(this.workflowType) || task.query !== undefined) {
      return this.#fail(task, faultCause(fault), failure);
    }
    this.#with.logger.warn(`A workflow fails: ${faultText(fault)}`, this.#fields(task));
    const attributes = { failure };
    const command = { commandType: CommandType.FAIL_WORKFLOW_EXECUTION, attributes } as const;
    try {
      await this.#with.calls.completeWorkflowTask({ taskToken: task.taskToken, commands: [command] });
    } catch (error) {
      this.#answerRefused(task, error);
    }
    return DROPPED;
  }

  /** The task fails, not the workflow: it is tried again, after a change of the code with success. */
  async #fail(
    task: PollWorkflowTaskQueueResponse,
    cause: WorkflowTaskFailedCause,
    failure: Uint8Array,
  ): Promise<TaskEnd> {
    const { calls, logger, metrics } = this.#with;
    const { message, stack } = failureFields(failure);
    const what = task.query === undefined ? 'A Workflow Task failed, and will be tried again' : 'A query failed';
    logger.warn(`${what}: ${message}`, { ...this.#fields(task), attempt: task.attempt, ...(stack && { stack }) });
    metrics?.count('workflow_task_execution_failed', { workflow_type: this.workflowType });
    try {
      const { taskToken } = task;
      if (task.query !== undefined) {
        await calls.answerQuery({ taskToken, completedType: QueryResultType.FAILED, errorMessage: message, failure });
        // From the second attempt on the server waits longer and longer, if it hears nothing.
      } else if (task.attempt <= 1) await calls.failWorkflowTask({ taskToken, cause, failure });
    } catch (error) {
      this.#answerRefused(task, error);
    }
    return DROPPED;
  }

  #fields(task: PollWorkflowTaskQueueResponse): Record<string, unknown> {
    const { workflowId, runId, workflowType } = this;
    return { workflowId, runId, workflowType, startedEventId: task.startedEventId };
  }
}

const NO_BYTES = new Uint8Array(0);

function queryResults(answers: TaskResponse['answers']): Map<string, Init<WorkflowQueryResult>> {
  return new Map([...answers].map(([id, answer]) => [id, queryResultOf(answer)]));
}

function queryResultOf(answer: AnswerQuery['answer']): Init<WorkflowQueryResult> {
  if (answer.status === 'answered') return { resultType: QueryResultType.ANSWERED, answer: answer.result };
  return { resultType: QueryResultType.FAILED, errorMessage: answer.message, failure: answer.failure };
}

const ENDS = {
  [CommandType.COMPLETE_WORKFLOW_EXECUTION]: 'workflow_completed',
  [CommandType.FAIL_WORKFLOW_EXECUTION]: 'workflow_failed',
  [CommandType.CANCEL_WORKFLOW_EXECUTION]: 'workflow_canceled',
  [CommandType.CONTINUE_AS_NEW_WORKFLOW_EXECUTION]: 'workflow_continue_as_new',
} as const;

function countEnd(metrics: WorkerMetrics, { commands }: TaskResponse): void {
  for (const { commandType } of commands) {
    const name = ENDS[commandType as keyof typeof ENDS];
    if (name !== undefined) metrics.count(name);
  }
}
