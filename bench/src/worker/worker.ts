/**
 * A worker that behaves on the wire as an SDK's does: long polls on the normal and the sticky queue and for activities,
 * eager activities, and the next workflow task taken from the answer to the last.
 */
import { History, NO_BYTES, QueryResultType, TaskQueueKind, workflowService } from '@perdure/protocol';
import type { HistoryEvent, PollActivityTaskQueueResponse, PollWorkflowTaskQueueResponse } from '@perdure/protocol';
import type { GrpcClient } from '../driver/grpc-client.js';
import { CallFailed } from '../driver/grpc-client.js';
import { Program } from './programs.js';

export interface Polls {
  readonly normal: number;
  readonly sticky: number;
  readonly activity: number;
}

/** What the official TypeScript SDK opens unless told otherwise. */
export const DEFAULT_POLLS: Polls = { normal: 2, sticky: 8, activity: 10 };
/** A worker that was tuned for load: with two normal polls, starting runs waits for their round trips. */
export const LOAD_POLLS: Polls = { normal: 20, sticky: 20, activity: 10 };

const STICKY_TIMEOUT_MS = 10_000;
const RETRY_MS = 200;

export interface WorkerOptions {
  readonly client: GrpcClient;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly identity: string;
  readonly polls: Polls;
}

export class Worker {
  readonly #options: WorkerOptions;
  readonly #stickyQueue: string;
  readonly #programs = new Map<string, Program>();
  #isStopped = false;
  /** From the command that sets a timer to the task that tells of it. */
  timerMs: number[] = [];
  /** The same by the events' times: what the server alone answers for. */
  timerEventMs: number[] = [];
  /** Tasks of both kinds. */
  tasks = 0;
  failure: string | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#stickyQueue = `${options.identity}-sticky`;
  }

  start(): void {
    const { taskQueue, polls } = this.#options;
    const sticky = { name: this.#stickyQueue, kind: TaskQueueKind.STICKY, normalName: taskQueue };
    for (let i = 0; i < polls.normal; i++)
      void this.#repeat(() => this.#pollWorkflow({ name: taskQueue, kind: TaskQueueKind.NORMAL }));
    for (let i = 0; i < polls.sticky; i++) void this.#repeat(() => this.#pollWorkflow(sticky));
    for (let i = 0; i < polls.activity; i++) void this.#repeat(() => this.#pollActivity());
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #repeat(poll: () => Promise<void>): Promise<void> {
    while (!this.#isStopped) {
      try {
        await poll();
      } catch (error) {
        if (this.#isStopped) return;
        this.#note(error);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  #note(error: unknown): void {
    // A lost connection is part of a restart, and a task that has timed out is nobody's fault.
    if (error instanceof CallFailed && (error.code === 14 || error.code === 5)) return;
    this.failure ??= error instanceof Error ? error.message : String(error);
  }

  // Work is not awaited: an SDK's poller goes back to its poll while the task runs.

  async #pollWorkflow(taskQueue: { name: string; kind: TaskQueueKind; normalName?: string }): Promise<void> {
    const { client, namespace, identity } = this.#options;
    const task = await client.call(workflowService.PollWorkflowTaskQueue, { namespace, identity, taskQueue });
    if (task.taskToken.length > 0) void this.#runWorkflowTask(task).catch((error: unknown) => this.#note(error));
  }

  async #pollActivity(): Promise<void> {
    const { client, namespace, taskQueue, identity } = this.#options;
    const task = await client.call(workflowService.PollActivityTaskQueue, {
      namespace,
      identity,
      taskQueue: { name: taskQueue },
    });
    if (task.taskToken.length > 0) void this.#runActivity(task).catch((error: unknown) => this.#note(error));
  }

  async #runActivity({ taskToken }: PollActivityTaskQueueResponse): Promise<void> {
    const { client, namespace, identity } = this.#options;
    this.tasks += 1;
    await client.call(workflowService.RespondActivityTaskCompleted, { namespace, identity, taskToken });
  }

  async #runWorkflowTask(task: PollWorkflowTaskQueueResponse): Promise<void> {
    this.tasks += 1;
    if (task.query !== undefined) return this.#answerQuery(task);
    const runId = task.workflowExecution?.runId ?? '';
    const known = task.previousStartedEventId === 0 ? undefined : this.#programs.get(runId);
    const program = known ?? new Program(task.workflowType?.name ?? '', this.#options.taskQueue);
    if (program.timerSetAtMs !== undefined) this.timerMs.push(performance.now() - program.timerSetAtMs);
    program.timerSetAtMs = undefined;
    const isCut = task.nextPageToken.length > 0 || (known === undefined && task.previousStartedEventId > 0);
    const turn = program.run(isCut ? await this.#wholeHistory(task, program.lastEventId) : task.history, task.messages);
    if (program.timerEventMs !== undefined) this.timerEventMs.push(program.timerEventMs);
    program.timerEventMs = undefined;
    if (turn.setsTimer) program.timerSetAtMs = performance.now();
    if (turn.isDone) this.#programs.delete(runId);
    else this.#programs.set(runId, program);
    await this.#complete(task, turn);
  }

  /** When a task does not bring all that is new: everything after the last event seen. */
  async #wholeHistory({ workflowExecution }: PollWorkflowTaskQueueResponse, afterEventId: number): Promise<Uint8Array> {
    const { client, namespace } = this.#options;
    const events: HistoryEvent[] = [];
    let nextPageToken: Uint8Array = NO_BYTES;
    do {
      const page = await client.call(workflowService.GetWorkflowExecutionHistory, {
        namespace,
        execution: workflowExecution,
        nextPageToken,
      });
      if (page.history !== undefined) events.push(...History.decode(page.history).events);
      ({ nextPageToken } = page);
    } while (nextPageToken.length > 0);
    return History.encode({ events: events.filter(({ eventId }) => eventId > afterEventId) });
  }

  async #complete(task: PollWorkflowTaskQueueResponse, turn: ReturnType<Program['run']>): Promise<void> {
    const { client, namespace, identity } = this.#options;
    const answer = { resultType: QueryResultType.ANSWERED };
    const response = await client.call(workflowService.RespondWorkflowTaskCompleted, {
      namespace,
      identity,
      taskToken: task.taskToken,
      commands: turn.commands,
      messages: turn.messages,
      queryResults: new Map([...task.queries.keys()].map((id) => [id, answer])),
      stickyAttributes: {
        workerTaskQueue: { name: this.#stickyQueue, kind: TaskQueueKind.STICKY, normalName: this.#options.taskQueue },
        scheduleToStartTimeout: STICKY_TIMEOUT_MS,
      },
      returnNewWorkflowTask: true,
      capabilities: { discardSpeculativeWorkflowTaskWithEvents: true },
    });
    for (const activity of response.activityTasks)
      void this.#runActivity(activity).catch((error: unknown) => this.#note(error));
    if (response.workflowTask !== undefined && response.workflowTask.taskToken.length > 0)
      await this.#runWorkflowTask(response.workflowTask);
  }

  async #answerQuery({ taskToken }: PollWorkflowTaskQueueResponse): Promise<void> {
    const { client, namespace } = this.#options;
    await client.call(workflowService.RespondQueryTaskCompleted, {
      namespace,
      taskToken,
      completedType: QueryResultType.ANSWERED,
    });
  }
}
