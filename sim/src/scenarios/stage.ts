/** The same world without chance: one server, no faults but those of the script, callers that do as they are told. */
import { CommandType, History } from '@perdure/protocol';
import type {
  Command,
  HistoryEvent,
  Init,
  Message,
  PollActivityTaskQueueResponse,
  PollWorkflowTaskQueueResponse,
} from '@perdure/protocol';
import { DEFAULT_LIMITS } from '@perdure/server/core';
import type { Rejection } from '@perdure/server/core';
import type { EngineReply, EngineRequest } from '@perdure/server/engine';
import { DurableView } from '../checkers/durable-view.js';
import { FoldCheck } from '../checkers/fold.js';
import { readHistories } from '../checkers/histories.js';
import type { RunHistory } from '../checkers/histories.js';
import { checkOrder } from '../checkers/order.js';
import { Cluster } from '../cluster.js';
import { Coverage } from '../coverage.js';
import { Disk } from '../disk.js';
import { Faults } from '../faults.js';
import { REAL_MODULES } from '../modules.js';
import type { SimOptions } from '../options.js';
import {
  NAMESPACE,
  NAMESPACE_ID,
  pollActivityTask,
  pollWorkflowTask,
  startRequest,
  start,
  taskCompleted,
  tokenOf,
} from '../requests.js';
import type { ServerProcess } from '../server.js';
import { namespaceRecord } from '../namespace-record.js';
import { Trace } from '../trace.js';
import { World } from '../world.js';

const NO_FAULTS: SimOptions = {
  seed: 1,
  executions: 0,
  workers: 0,
  faults: new Set(),
  faultPhaseMs: 0,
  intensity: 1,
  usesSticky: false,
  isEager: false,
  untilRetention: false,
  limits: {
    executionCacheSizeBytesMax: DEFAULT_LIMITS.executionCacheSizeBytesMax,
    snapshotEveryTransitions: 2,
    backlogTasksInMemoryMax: 100,
    bufferedEventsMax: 100,
  },
};

export type WorkflowTask = Init<PollWorkflowTaskQueueResponse>;
export type ActivityTask = Init<PollActivityTaskQueueResponse>;

/** One question and, some time later, its answer. */
export class Asked {
  reply: EngineReply | undefined;
  /** The process died before it answered. */
  isBroken = false;
  /** False: the stream is closed, an answer finds nobody. */
  isListening = true;
  leave: () => void = () => undefined;

  get response(): object | undefined {
    return this.reply?.ok === true ? this.reply.response : undefined;
  }

  get rejection(): Rejection | undefined {
    return this.reply?.ok === false ? this.reply.rejection : undefined;
  }
}

export const QUEUE = 'stage';

export class Stage {
  readonly world = new World(1, new Trace(true));
  readonly disk: Disk;
  readonly fold: FoldCheck;
  readonly cluster: Cluster;

  constructor() {
    const { world } = this;
    const coverage = new Coverage(() => world.nowMs);
    const faults = new Faults(NO_FAULTS, world.rng, coverage);
    this.disk = new Disk(world, faults, REAL_MODULES);
    this.disk.tables.records.namespace.set(
      NAMESPACE_ID,
      REAL_MODULES.engine.encodeNamespace(namespaceRecord(world.nowMs)),
    );
    this.fold = new FoldCheck(world, NAMESPACE, NO_FAULTS.limits.bufferedEventsMax);
    this.fold.attach(this.disk);
    const durable = new DurableView(world, this.disk);
    this.cluster = new Cluster({
      world,
      disk: this.disk,
      modules: REAL_MODULES,
      options: NO_FAULTS,
      coverage,
      faults,
      fold: this.fold,
      durable,
    });
    this.pass(100);
  }

  get server(): ServerProcess {
    return this.cluster.owner;
  }

  /** Lets time go by; whatever a checker finds meanwhile ends the scenario. */
  pass(ms: number): void {
    this.world.run(ms, () => false);
    const { first } = this.world.failures;
    if (first !== undefined)
      throw new Error(`${first.check}: ${first.message}\n${this.world.trace.tail(40).join('\n')}`);
  }

  ask(request: EngineRequest): Asked {
    const asked = new Asked();
    asked.leave = this.server.ask(request, {
      answer: (reply) => {
        if (asked.isListening) asked.reply = reply;
        return asked.isListening;
      },
      broken: () => (asked.isBroken = true),
    });
    return asked;
  }

  /** Asks, and waits for the answer. */
  get(request: EngineRequest): Asked {
    const asked = this.ask(request);
    this.pass(20);
    return asked;
  }

  start(workflowId: string, more: Parameters<typeof startRequest>[0] = {}): Asked {
    const request = startRequest({
      workflowId,
      workflowType: { name: 'plan' },
      taskQueue: { name: QUEUE },
      requestId: `start ${workflowId}`,
      ...more,
    });
    return this.get(start(request));
  }

  pollWorkflow(
    queue: Init<PollWorkflowTaskQueueResponse>['workflowExecutionTaskQueue'] = { name: QUEUE, kind: 1 },
    timeoutMs = 60_000,
  ): Asked {
    return this.get(pollWorkflowTask({ taskQueue: queue, identity: 'stage' }, this.server.clock.nowMs() + timeoutMs));
  }

  pollActivity(timeoutMs = 60_000): Asked {
    return this.get(
      pollActivityTask(
        { taskQueue: { name: QUEUE, kind: 1 }, identity: 'stage' },
        this.server.clock.nowMs() + timeoutMs,
      ),
    );
  }

  /** Polls, and insists on a task. */
  workflowTask(): WorkflowTask {
    return workflowTaskOf(this.pollWorkflow());
  }

  complete(
    task: WorkflowTask,
    commands: readonly Init<Command>[],
    more: { readonly messages?: readonly Init<Message>[]; readonly sticky?: string } = {},
  ): Asked {
    const stickyAttributes =
      more.sticky === undefined
        ? undefined
        : { workerTaskQueue: { name: more.sticky, kind: 2 as const }, scheduleToStartTimeout: 5_000 };
    return this.get(
      taskCompleted(tokenOf(task.taskToken ?? new Uint8Array(0)), {
        identity: 'stage',
        commands,
        messages: more.messages ?? [],
        stickyAttributes,
        capabilities: { discardSpeculativeWorkflowTaskWithEvents: true },
      }),
    );
  }

  crash(): void {
    this.cluster.restart('scripted');
    this.pass(1_000);
  }

  cutPower(): void {
    this.cluster.cutPower(this.world.rng.split('cut'));
    this.pass(1_000);
  }

  runs(workflowId: string): RunHistory[] {
    const runs = readHistories(this.disk, this.fold).filter((run) => run.workflowId === workflowId);
    for (const run of runs) checkOrder(run, (message) => this.world.failures.report('order', message));
    this.pass(0);
    return runs;
  }

  /** Types of the newest run's events. */
  types(workflowId: string): number[] {
    return this.events(workflowId).map(({ eventType }) => eventType);
  }

  events(workflowId: string): readonly HistoryEvent[] {
    return this.runs(workflowId).at(-1)?.events ?? [];
  }
}

export function workflowTaskOf(asked: Asked): WorkflowTask {
  const task = asked.response as WorkflowTask | undefined;
  if (task?.taskToken === undefined) throw new Error('the poll got no task');
  return task;
}

export function activityTaskOf(asked: Asked): ActivityTask {
  const task = asked.response as ActivityTask | undefined;
  if (task?.taskToken === undefined) throw new Error('the poll got no task');
  return task;
}

export function eventsOfTask(task: WorkflowTask): HistoryEvent[] {
  return History.decode(task.history ?? new Uint8Array(0)).events;
}

export const COMPLETE: Init<Command> = { commandType: CommandType.COMPLETE_WORKFLOW_EXECUTION, attributes: {} };

export function scheduleActivity(activityId: string, more: object = {}): Init<Command> {
  const attributes = {
    activityId,
    activityType: { name: 'a' },
    taskQueue: { name: QUEUE, kind: 1 as const },
    startToCloseTimeout: 10_000,
    ...more,
  };
  return { commandType: CommandType.SCHEDULE_ACTIVITY_TASK, attributes };
}

export function startTimer(timerId: string, ms: number): Init<Command> {
  return { commandType: CommandType.START_TIMER, attributes: { timerId, startToFireTimeout: ms } };
}
