/** Workflow tasks at the worker: replay from the cache or from the start, answer, keep the program for the next task. */
import {
  EventType,
  Failure,
  History,
  QueryResultType,
  TaskQueueKind,
  WorkflowTaskFailedCause,
} from '@perdure/protocol';
import type { HistoryEvent, TaskToken } from '@perdure/protocol';
import type { HistoryAnswer } from '@perdure/server/engine';
import { Mismatch, Replay, StaleCache } from './replay.js';
import type { Activation } from './replay.js';
import { getHistory, queryAnswered, taskCompleted, taskFailed, tokenOf } from './requests.js';
import { toBytes } from './text-bytes.js';
import type { ActivityTask, Worker, WorkflowTask } from './worker.js';

const STICKY_TIMEOUT_MS = 5_000;

export class WorkflowTaskRunner {
  readonly #worker: Worker;
  readonly #cache = new Map<string, Replay>();
  #lastNonce = 0;

  constructor(worker: Worker) {
    this.#worker = worker;
  }

  run(task: WorkflowTask): void {
    const { world, faults } = this.#worker.parts;
    let thinkMs = this.#worker.rng.pick([0, 0.1, 1, 5]);
    if (faults.strikes('workerSlow', 0.05))
      thinkMs += faults.rng('workerSlow').pick([50, 1_000, 9_900, 12_000, 40_000]);
    world.after(thinkMs, () => {
      if (!this.#worker.isAlive) return;
      if (task.query !== undefined) this.#answerQuery(task);
      else this.#runTask(task);
    });
  }

  #runTask(task: WorkflowTask): void {
    const token = tokenOf(task.taskToken ?? new Uint8Array(0));
    const events = History.decode(task.history ?? new Uint8Array(0)).events;
    const isWhole = (task.nextPageToken?.length ?? 0) === 0;
    const first = events[0]?.eventId;
    const last = events.at(-1)?.eventId;
    if (isWhole && last !== task.startedEventId) {
      this.#report(`task of ${token.workflowId} starts at event ${task.startedEventId}, its history ends at ${last}`);
      return;
    }
    const cached = this.#cache.get(token.runId);
    this.#cache.delete(token.runId);
    if (first === 1 && isWhole) return this.#replay(task, token, new Replay(), events, true);
    if (first !== undefined && first !== (task.previousStartedEventId ?? 0) + 1 && first !== 1) {
      this.#report(
        `sticky history of ${token.workflowId} begins at ${first}, the last seen was ${task.previousStartedEventId}`,
      );
    }
    if (cached !== undefined && isWhole && cached.lastEventId + 1 === first)
      return this.#replay(task, token, cached, events, false);
    this.#fetch(token, task.startedEventId ?? 0, (all) => this.#replay(task, token, new Replay(), all, true));
  }

  #replay(
    task: WorkflowTask,
    token: TaskToken,
    replay: Replay,
    events: readonly HistoryEvent[],
    isFresh: boolean,
  ): void {
    let activation: Activation | undefined;
    try {
      activation = replay.feed(events, (task.messages ?? []) as never);
    } catch (error) {
      if (error instanceof StaleCache && !isFresh) {
        this.#fetch(token, task.startedEventId ?? 0, (all) => this.#replay(task, token, new Replay(), all, true));
        return;
      }
      const text =
        error instanceof Mismatch ? error.message : error instanceof Error ? (error.stack ?? '') : String(error);
      this.#report(`${token.workflowId} ${token.runId} (${isFresh ? 'from the start' : 'cached'}): ${text}`);
      return;
    }
    if (activation === undefined)
      return this.#report(`history of ${token.workflowId} does not end with a started task`);
    if (this.#mustFail(task, replay)) return this.#fail(token);
    this.#complete(task, token, replay, activation);
  }

  #mustFail(task: WorkflowTask, replay: Replay): boolean {
    const { faults } = this.#worker.parts;
    const planned = replay.workflow?.input.plan.taskFailures ?? 0;
    if (task.previousStartedEventId === 0 && (task.attempt ?? 1) <= planned) return true;
    return faults.strikes('taskFailed', 0.06);
  }

  #fail(token: TaskToken): void {
    const { name, rpc } = this.#worker;
    const failure = Failure.encode({ message: 'simulated' });
    const cause = WorkflowTaskFailedCause.NON_DETERMINISTIC_ERROR;
    rpc.withRetries(
      () => taskFailed(token, { identity: name, failure, cause }),
      { timeoutMs: 5_000, attemptsMax: 5 },
      () => undefined,
    );
  }

  #complete(task: WorkflowTask, token: TaskToken, replay: Replay, activation: Activation): void {
    const { name, rng, rpc, stickyQueue, parts } = this.#worker;
    this.#lastNonce += 1;
    const nonce = `${name}-${this.#lastNonce}`;
    const { usesSticky, isEager } = parts.options;
    const isClosing = replay.workflow?.isDone === true;
    const request = {
      identity: name,
      binaryChecksum: nonce,
      commands: activation.commands,
      messages: activation.messages,
      queryResults: new Map(
        [...(task.queries ?? new Map()).keys()].map((queryId) => [queryId, this.#answerOf(replay)]),
      ),
      stickyAttributes: usesSticky
        ? {
            workerTaskQueue: { name: stickyQueue, kind: TaskQueueKind.STICKY },
            scheduleToStartTimeout: STICKY_TIMEOUT_MS,
          }
        : undefined,
      returnNewWorkflowTask: isEager && rng.chance(0.7),
      forceCreateNewWorkflowTask: !isClosing && rng.chance(0.03),
      capabilities: { discardSpeculativeWorkflowTaskWithEvents: rng.chance(0.5) },
    };
    if (usesSticky && !isClosing) this.#cache.set(token.runId, replay);
    // Some workers do not insist.
    rpc.withRetries(
      () => taskCompleted(token, request),
      { timeoutMs: 5_000, attemptsMax: rng.pick([1, 6, 6]) },
      (result) => {
        const response = result.kind === 'answer' ? (result.response as CompletedResponse) : undefined;
        if (response === undefined || response.resetHistoryEventId !== 0) {
          if (this.#cache.get(token.runId) === replay) this.#cache.delete(token.runId);
        }
        if (response === undefined) return;
        const { workflowId, runId } = token;
        parts.journal.completions.push({
          workflowId,
          runId,
          nonce,
          isTraceless: response.resetHistoryEventId !== 0 || activation.commands.length === 0,
        });
        if (response.workflowTask !== undefined) this.#worker.takeWorkflowTask(response.workflowTask);
        for (const activity of response.activityTasks) this.#worker.takeActivityTask(activity);
      },
    );
  }

  #answerQuery(task: WorkflowTask): void {
    const token = tokenOf(task.taskToken ?? new Uint8Array(0));
    const events = History.decode(task.history ?? new Uint8Array(0)).events;
    if (events[0]?.eventId === 1 && (task.nextPageToken?.length ?? 0) === 0) return this.#answerFrom(token, events);
    this.#fetch(token, Number.MAX_SAFE_INTEGER, (all) => this.#answerFrom(token, all));
  }

  #answerFrom(token: TaskToken, events: readonly HistoryEvent[]): void {
    const replay = new Replay();
    try {
      replay.feed(events);
    } catch (error) {
      this.#report(`query of ${token.workflowId}: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    const { resultType, answer } = this.#answerOf(replay);
    const make = (): ReturnType<typeof queryAnswered> =>
      queryAnswered(token, { completedType: resultType, queryResult: answer });
    this.#worker.rpc.withRetries(make, { timeoutMs: 2_000, attemptsMax: 3 }, () => undefined);
  }

  #answerOf(replay: Replay): { resultType: QueryResultType; answer: Uint8Array } {
    return { resultType: QueryResultType.ANSWERED, answer: toBytes(replay.signalsSeen) };
  }

  /** The whole history, cut behind the task's started event. */
  #fetch(token: TaskToken, startedEventId: number, done: (events: HistoryEvent[]) => void): void {
    const { rpc } = this.#worker;
    const make = (deadlineMs: number): ReturnType<typeof getHistory> =>
      getHistory({ workflowId: token.workflowId, runId: token.runId, withPendingTask: true, deadlineMs });
    rpc.withRetries(make, { timeoutMs: 5_000, attemptsMax: 5, isWanted: () => this.#worker.isAlive }, (result) => {
      if (result.kind !== 'answer' || !this.#worker.isAlive) return;
      const { events } = History.decode((result.response as HistoryAnswer).history);
      const until = events.filter((event) => event.eventId <= startedEventId);
      const last = until.at(-1);
      const isStarted = last?.eventId === startedEventId && last.eventType === EventType.WORKFLOW_TASK_STARTED;
      // A task that has ended meanwhile is not worth an answer.
      if (startedEventId < Number.MAX_SAFE_INTEGER && (until.length < events.length || !isStarted)) return;
      done(until);
    });
  }

  #report(message: string): void {
    this.#worker.parts.world.failures.report('replay', message);
  }
}

interface CompletedResponse {
  readonly workflowTask: WorkflowTask | undefined;
  readonly activityTasks: readonly ActivityTask[];
  readonly resetHistoryEventId: number;
}
