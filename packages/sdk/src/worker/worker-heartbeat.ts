/** What a worker reports of itself to the server from time to time: for lists of workers. */
import { hostname } from 'node:os';
import { WorkerStatus } from '@perdure/protocol';
import type { Init, WorkerHeartbeat, WorkerPollerInfo, WorkerSlotsInfo } from '@perdure/protocol';
import { SDK_NAME, SDK_VERSION } from '../conversion/version.js';
import type { ActivityWorker } from './activities/activity-worker.js';
import type { CompiledWorkerOptions } from './compiled-options.js';
import { hostUsage } from './slots/host-usage.js';
import type { Slots } from './slots/slots.js';
import type { WorkerSlots } from './slots/tuner.js';
import type { TaskPollers } from './task-pollers.js';
import type { WorkflowWorker } from './workflows/workflow-worker.js';

export interface ReportedParts {
  readonly options: CompiledWorkerOptions;
  readonly slots: WorkerSlots;
  readonly pollers: TaskPollers;
  readonly workflows: WorkflowWorker | undefined;
  readonly activities: ActivityWorker;
}

/** Makes the reports; each also says what happened since the one before. */
export class WorkerReport {
  readonly #parts: ReportedParts;
  readonly #startTimeMs: number;
  readonly #usage = hostUsage();
  #lastMs: number | undefined;
  #lastTotals = { workflows: 0, activities: 0, failedActivities: 0 };

  constructor(parts: ReportedParts, nowMs: number) {
    this.#parts = parts;
    this.#startTimeMs = nowMs;
  }

  next(nowMs: number, isShuttingDown: boolean): Init<WorkerHeartbeat> {
    const { options, slots, pollers, workflows, activities } = this.#parts;
    const { processed, failed } = activities.totals;
    const totals = { workflows: workflows?.processedCount ?? 0, activities: processed, failedActivities: failed };
    const last = this.#lastTotals;
    const elapsed = this.#lastMs === undefined ? undefined : nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    this.#lastTotals = totals;
    const { cpu, memory } = this.#usage();
    return {
      workerInstanceKey: options.workerInstanceKey,
      workerIdentity: options.identity,
      hostInfo: {
        hostName: hostname(),
        processId: String(process.pid),
        currentHostCpuUsage: cpu,
        currentHostMemUsage: memory,
      },
      taskQueue: options.taskQueue,
      deploymentVersion: options.workerDeploymentOptions?.version,
      sdkName: SDK_NAME,
      sdkVersion: SDK_VERSION,
      status: isShuttingDown ? WorkerStatus.SHUTTING_DOWN : WorkerStatus.RUNNING,
      startTime: this.#startTimeMs,
      heartbeatTime: nowMs,
      elapsedSinceLastHeartbeat: elapsed,
      workflowTaskSlotsInfo: slotsInfo(slots.workflow, totals.workflows, totals.workflows - last.workflows, 0, 0),
      activityTaskSlotsInfo: slotsInfo(
        slots.activity,
        totals.activities,
        totals.activities - last.activities,
        totals.failedActivities,
        totals.failedActivities - last.failedActivities,
      ),
      localActivitySlotsInfo: slotsInfo(slots.localActivity, 0, 0, 0, 0),
      workflowPollerInfo: pollerInfo(pollers.normal),
      workflowStickyPollerInfo: pollerInfo(pollers.sticky),
      activityPollerInfo: pollerInfo(pollers.activity),
      currentStickyCacheSize: workflows?.cachedCount ?? 0,
      plugins: (options.plugins ?? []).map(({ name }) => ({ name })),
    };
  }
}

function slotsInfo(
  slots: Slots,
  totalProcessedTasks: number,
  lastIntervalProcessedTasks: number,
  totalFailedTasks: number,
  lastIntervalFailureTasks: number,
): Init<WorkerSlotsInfo> {
  return {
    currentAvailableSlots: slots.availableCount,
    currentUsedSlots: slots.usedCount,
    slotSupplierKind: slots.kind,
    totalProcessedTasks,
    totalFailedTasks,
    lastIntervalProcessedTasks,
    lastIntervalFailureTasks,
  };
}

type Pollers = {
  readonly openCount: number;
  readonly lastSuccessMs: number | undefined;
  readonly isAutoscaling: boolean;
};

function pollerInfo(pollers: Pollers | undefined): Init<WorkerPollerInfo> | undefined {
  if (pollers === undefined) return undefined;
  const { openCount: currentPollers, lastSuccessMs: lastSuccessfulPollTime, isAutoscaling } = pollers;
  return { currentPollers, lastSuccessfulPollTime, isAutoscaling };
}
