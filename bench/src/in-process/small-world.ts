/** A Service, a client and a worker in this process, without sockets: the least that an operation can cost. */
import {
  CommandType,
  EventType,
  History,
  HistoryEventFilterType,
  TaskQueueKind,
  workflowService,
} from '@perdure/protocol';
import type { Init, PollWorkflowTaskQueueResponse, Rpc, TaskQueue } from '@perdure/protocol';
import { createServer } from '@perdure/server';
import type { Server } from '@perdure/server';

const NAMESPACE = 'default';
const QUEUE = 'queue';
const STICKY: Init<TaskQueue> = { name: 'sticky', kind: TaskQueueKind.STICKY, normalName: QUEUE };
/** Of each kind; more than are ever needed at once, so that a task meets a poll. */
const POLLS = 30;
const ACTIVITY_TIMEOUT_MS = 60_000;
const STICKY_TIMEOUT_MS = 10_000;

export class SmallWorld {
  readonly #server: Server;
  #isClosing = false;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(dbFilename: string | undefined): Promise<SmallWorld> {
    return new SmallWorld(await createServer(dbFilename === undefined ? {} : { dbFilename }));
  }

  async start(workflowId: string): Promise<string> {
    const { runId } = await this.#call(workflowService.StartWorkflowExecution, {
      namespace: NAMESPACE,
      workflowId,
      requestId: workflowId,
      workflowType: { name: 'one-activity' },
      taskQueue: { name: QUEUE },
      identity: 'client',
    });
    return runId;
  }

  async result(workflowId: string, runId: string): Promise<void> {
    await this.#call(workflowService.GetWorkflowExecutionHistory, {
      namespace: NAMESPACE,
      execution: { workflowId, runId },
      waitNewEvent: true,
      historyEventFilterType: HistoryEventFilterType.CLOSE_EVENT,
    });
  }

  async signal(workflowId: string, requestId: string): Promise<void> {
    await this.#call(workflowService.SignalWorkflowExecution, {
      namespace: NAMESPACE,
      workflowExecution: { workflowId },
      signalName: 'signal',
      requestId,
      identity: 'client',
    });
  }

  /** Polls for tasks from now on; its workflows run one activity and complete. */
  beginWork(): void {
    for (let poll = 0; poll < POLLS; poll++) {
      void this.#workflowLoop({ name: QUEUE, kind: TaskQueueKind.NORMAL });
      void this.#workflowLoop(STICKY);
      void this.#activityLoop();
    }
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#server.close(0);
  }

  #call<Request, Response>(rpc: Rpc<Request, Response>, request: Init<Request>): Promise<Response> {
    return new Promise((resolve, reject) => {
      this.#server.transport.unary(rpc.path, rpc.request.encode(request), (result) => {
        if (result.ok) resolve(rpc.response.decode(result.bytes));
        else reject(new Error(`${rpc.method}: ${result.message}`));
      });
    });
  }

  async #workflowLoop(taskQueue: Init<TaskQueue>): Promise<void> {
    while (!this.#isClosing) {
      const task = await this.#call(workflowService.PollWorkflowTaskQueue, {
        namespace: NAMESPACE,
        identity: 'worker',
        taskQueue,
      });
      if (task.taskToken.length > 0) void this.#completeTask(task);
    }
  }

  async #activityLoop(): Promise<void> {
    while (!this.#isClosing) {
      const task = await this.#call(workflowService.PollActivityTaskQueue, {
        namespace: NAMESPACE,
        identity: 'worker',
        taskQueue: { name: QUEUE },
      });
      if (task.taskToken.length > 0) void this.#completeActivity(task.taskToken);
    }
  }

  async #completeTask({ taskToken, history }: PollWorkflowTaskQueueResponse): Promise<void> {
    const events = history === undefined ? [] : History.decode(history).events;
    const isDone = events.some(({ eventType }) => eventType === EventType.ACTIVITY_TASK_COMPLETED);
    const { activityTasks, workflowTask } = await this.#call(workflowService.RespondWorkflowTaskCompleted, {
      namespace: NAMESPACE,
      identity: 'worker',
      taskToken,
      commands: [isDone ? COMPLETE : SCHEDULE],
      stickyAttributes: { workerTaskQueue: STICKY, scheduleToStartTimeout: STICKY_TIMEOUT_MS },
      returnNewWorkflowTask: true,
    });
    for (const activity of activityTasks) void this.#completeActivity(activity.taskToken);
    if (workflowTask !== undefined && workflowTask.taskToken.length > 0) await this.#completeTask(workflowTask);
  }

  async #completeActivity(taskToken: Uint8Array): Promise<void> {
    await this.#call(workflowService.RespondActivityTaskCompleted, {
      namespace: NAMESPACE,
      identity: 'worker',
      taskToken,
    });
  }
}

const COMPLETE = { commandType: CommandType.COMPLETE_WORKFLOW_EXECUTION, attributes: {} } as const;
const SCHEDULE = {
  commandType: CommandType.SCHEDULE_ACTIVITY_TASK,
  attributes: {
    activityId: 'activity',
    activityType: { name: 'activity' },
    taskQueue: { name: QUEUE },
    startToCloseTimeout: ACTIVITY_TIMEOUT_MS,
    requestEagerExecution: true,
  },
} as const;
