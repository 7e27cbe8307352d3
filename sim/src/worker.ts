/** A worker process: polls, runs workflow tasks by replay and activities by plan, and has its weaknesses. */
import { TaskQueueKind } from '@perdure/protocol';
import type { Init, PollActivityTaskQueueResponse, PollWorkflowTaskQueueResponse } from '@perdure/protocol';
import { ActivityRunner } from './activity-runner.js';
import type { Faults } from './faults.js';
import type { Journal } from './journal.js';
import type { Call, MakeRequest, Network } from './network.js';
import type { SimOptions } from './options.js';
import { pollActivityTask, pollWorkflowTask, shutdownWorker } from './requests.js';
import type { Rng } from './rng.js';
import { Rpc } from './rpc.js';
import { ACTIVITY_QUEUE, WORKFLOW_QUEUE } from './run-plan.js';
import { WorkflowTaskRunner } from './workflow-task-runner.js';
import type { World } from './world.js';

export interface WorkerParts {
  readonly world: World;
  readonly network: Network;
  readonly faults: Faults;
  readonly options: SimOptions;
  readonly journal: Journal;
}

export type WorkflowTask = Init<PollWorkflowTaskQueueResponse>;
export type ActivityTask = Init<PollActivityTaskQueueResponse>;

export const POLL_TIMEOUT_MS = 60_000;

export class Worker {
  readonly name: string;
  readonly stickyQueue: string;
  isAlive = true;
  readonly parts: WorkerParts;
  readonly rng: Rng;
  readonly rpc: Rpc;
  readonly #polls = new Set<Call>();
  readonly #workflows: WorkflowTaskRunner;
  readonly #activities: ActivityRunner;

  constructor(parts: WorkerParts, name: string) {
    this.parts = parts;
    this.name = name;
    this.stickyQueue = `sticky-${name}`;
    this.rng = parts.world.rng.split(`worker ${name}`);
    this.rpc = new Rpc(parts.world, parts.network, this.rng.split('rpc'));
    this.#workflows = new WorkflowTaskRunner(this);
    this.#activities = new ActivityRunner(this);
  }

  start(): void {
    const { usesSticky } = this.parts.options;
    for (let index = 0; index < 2; index += 1) this.#pollWorkflows(false);
    if (usesSticky) for (let index = 0; index < 2; index += 1) this.#pollWorkflows(true);
    for (let index = 0; index < 2; index += 1) this.#pollActivities(ACTIVITY_QUEUE);
    this.#pollActivities(WORKFLOW_QUEUE);
  }

  /** The process is gone in the middle of everything. */
  die(): void {
    this.isAlive = false;
    for (const poll of this.#polls) poll.drop();
    this.#polls.clear();
  }

  /** Leaves in order: says so, finishes nothing new. */
  shutdown(): void {
    if (!this.isAlive) return;
    const request = { stickyTaskQueue: this.stickyQueue, identity: this.name, workerInstanceKey: this.name };
    this.parts.network.call(
      () => shutdownWorker(request),
      { timeoutMs: 5_000, isPoll: false },
      () => undefined,
    );
    this.die();
  }

  /** Tasks that came inside an answer. */
  takeWorkflowTask(task: WorkflowTask): void {
    if (this.isAlive && task.taskToken !== undefined) this.#workflows.run(task);
  }

  takeActivityTask(task: ActivityTask): void {
    if (this.isAlive) this.#activities.run(task);
  }

  #pollWorkflows(isSticky: boolean): void {
    const taskQueue = isSticky
      ? { name: this.stickyQueue, kind: TaskQueueKind.STICKY, normalName: WORKFLOW_QUEUE }
      : { name: WORKFLOW_QUEUE, kind: TaskQueueKind.NORMAL };
    const make: MakeRequest = (deadlineMs) =>
      pollWorkflowTask({ taskQueue, identity: this.name, workerInstanceKey: this.name }, deadlineMs);
    this.#poll(
      make,
      (response) => this.#workflows.run(response as WorkflowTask),
      () => this.#pollWorkflows(isSticky),
    );
  }

  #pollActivities(queue: string): void {
    const request = {
      taskQueue: { name: queue, kind: TaskQueueKind.NORMAL },
      identity: this.name,
      workerInstanceKey: this.name,
    };
    const make: MakeRequest = (deadlineMs) => pollActivityTask(request, deadlineMs);
    this.#poll(
      make,
      (response) => this.#activities.run(response as ActivityTask),
      () => this.#pollActivities(queue),
    );
  }

  #poll(make: MakeRequest, run: (response: object) => void, again: () => void): void {
    if (!this.isAlive) return;
    const { network, world } = this.parts;
    const poll = network.call(make, { timeoutMs: POLL_TIMEOUT_MS, isPoll: true }, (result) => {
      this.#polls.delete(poll);
      if (!this.isAlive) return;
      const hasTask = result.kind === 'answer' && 'taskToken' in result.response;
      if (result.kind === 'answer' && hasTask) run(result.response);
      world.after(result.kind === 'answer' ? 0 : this.rng.between(5, 200), again);
    });
    this.#polls.add(poll);
  }
}
