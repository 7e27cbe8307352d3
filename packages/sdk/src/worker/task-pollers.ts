/** All polls of a worker: Workflow Tasks of the task queue and of the worker's own queue, and activities. */
import { setMaxListeners } from 'node:events';
import type { PollActivityTaskQueueResponse, PollWorkflowTaskQueueResponse } from '@perdure/protocol';
import type { GrpcServiceError } from '../client/grpc-error.js';
import type { Logger } from '../conversion/logger.js';
import type { ActivityWorker } from './activities/activity-worker.js';
import type { Clock } from './clock.js';
import type { CompiledWorkerOptions } from './compiled-options.js';
import { splitPollers } from './pollers/poller-options.js';
import { PollerGroup } from './pollers/poller-group.js';
import { rateLimit } from './pollers/rate-limit.js';
import type { ServerCalls } from './server-calls.js';
import type { WorkerSlots } from './slots/tuner.js';
import type { ActivitySlotInfo, WorkflowSlotInfo } from './slots/tuner-options.js';
import type { WorkerMetrics } from './telemetry/worker-metrics.js';
import type { WorkflowWorker } from './workflows/workflow-worker.js';

export interface TaskPollersOptions {
  readonly options: CompiledWorkerOptions;
  readonly calls: ServerCalls;
  readonly slots: WorkerSlots;
  readonly workflows: WorkflowWorker | undefined;
  readonly activities: ActivityWorker;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly metrics: WorkerMetrics | undefined;
  readonly fatal: (error: GrpcServiceError) => void;
}

type WorkflowPollers = PollerGroup<PollWorkflowTaskQueueResponse, WorkflowSlotInfo>;
type ActivityPollers = PollerGroup<PollActivityTaskQueueResponse, ActivitySlotInfo>;

export class TaskPollers {
  readonly #stop = new AbortController();
  readonly normal: WorkflowPollers | undefined;
  readonly sticky: WorkflowPollers | undefined;
  readonly activity: ActivityPollers | undefined;

  constructor(parts: TaskPollersOptions) {
    setMaxListeners(0, this.#stop.signal);
    const { options, workflows } = parts;
    if (workflows !== undefined) {
      const hasSticky = options.stickyQueue !== undefined;
      const split = splitPollers(options.workflowPollers, hasSticky ? options.nonStickyToStickyPollRatio : 1);
      this.normal = this.#workflowPollers(parts, workflows, split.normal, false);
      this.sticky = hasSticky ? this.#workflowPollers(parts, workflows, split.sticky, true) : undefined;
    }
    if (options.enableNonLocalActivities) this.activity = this.#activityPollers(parts);
  }

  start(): void {
    for (const group of this.#groups()) group.start();
  }

  /** Ends all polls; resolves when the last one has ended. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#groups().map(({ done }) => done));
  }

  get isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  #groups(): (WorkflowPollers | ActivityPollers)[] {
    return [this.normal, this.sticky, this.activity].filter((group) => group !== undefined);
  }

  #workflowPollers(
    { calls, slots, logger, metrics, fatal }: TaskPollersOptions,
    workflows: WorkflowWorker,
    range: CompiledWorkerOptions['workflowPollers'],
    isSticky: boolean,
  ): WorkflowPollers {
    const pollerType = isSticky ? 'sticky_workflow_task' : 'workflow_task';
    return new PollerGroup(
      {
        name: isSticky ? "workflow (the worker's own queue)" : 'workflow',
        range,
        slots: slots.workflow,
        isSticky,
        logger,
        async poll(signal) {
          const task = await calls.pollWorkflowTask(isSticky, signal);
          metrics?.count(task === undefined ? 'workflow_task_queue_poll_empty' : 'workflow_task_queue_poll_succeed');
          return task;
        },
        deltaOf: ({ pollerScalingDecision }) => pollerScalingDecision?.pollRequestDeltaSuggestion,
        take(task, permit) {
          const waitedMs = (task.startedTime ?? 0) - (task.scheduledTime ?? 0);
          metrics?.time('workflow_task_schedule_to_start_latency', waitedMs);
          workflows.take(task, permit, isSticky);
        },
        fatal,
        changed: metrics && ((count) => metrics.gauge('num_pollers', count, { poller_type: pollerType })),
      },
      this.#stop.signal,
    );
  }

  #activityPollers({
    options,
    calls,
    slots,
    activities,
    logger,
    clock,
    metrics,
    fatal,
  }: TaskPollersOptions): ActivityPollers {
    const { maxActivitiesPerSecond } = options;
    return new PollerGroup(
      {
        name: 'activity',
        range: options.activityPollers,
        slots: slots.activity,
        isSticky: false,
        logger,
        async poll(signal) {
          const task = await calls.pollActivityTask(signal);
          if (task === undefined) metrics?.count('activity_poll_no_task');
          return task;
        },
        deltaOf: ({ pollerScalingDecision }) => pollerScalingDecision?.pollRequestDeltaSuggestion,
        take: (task, permit) => activities.take(task, permit),
        throttle: maxActivitiesPerSecond === undefined ? undefined : rateLimit(maxActivitiesPerSecond, clock),
        fatal,
        changed: metrics && ((count) => metrics.gauge('num_pollers', count, { poller_type: 'activity_task' })),
      },
      this.#stop.signal,
    );
  }
}
