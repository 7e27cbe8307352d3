/** Puts the parts of a worker together. */
import { Client } from '../client/client.js';
import type { Connection } from '../client/connection.js';
import type { GrpcServiceError } from '../client/grpc-error.js';
import { SDK_NAME, SDK_VERSION } from '../conversion/version.js';
import { LoggerWithComposedMetadata, SdkComponent } from '../conversion/logger.js';
import type { Logger } from '../conversion/logger.js';
import { MetricMeterWithComposedTags } from '../conversion/meter.js';
import { TaskQueueKind } from '@perdure/protocol';
import { ActivityWorker } from './activities/activity-worker.js';
import type { AttemptSurroundings } from './activities/activity-attempt.js';
import { LocalActivities } from './activities/local-activities.js';
import { systemClock } from './clock.js';
import type { CompiledWorkerOptions } from './compiled-options.js';
import type { WorkflowSandbox } from './sandbox/contract.js';
import { ServerCalls } from './server-calls.js';
import { slotsOf } from './slots/tuner.js';
import type { WorkerSlots } from './slots/tuner.js';
import { TaskPollers } from './task-pollers.js';
import { writesDebug } from './telemetry/logger.js';
import type { Runtime } from './telemetry/runtime.js';
import { workerMetrics } from './telemetry/worker-metrics.js';
import type { WorkerMetrics } from './telemetry/worker-metrics.js';
import { EagerActivities } from './workflows/eager-activities.js';
import { NONDETERMINISM } from './workflows/fault-text.js';
import { SinkDispatch } from './workflows/sink-dispatch.js';
import { WorkflowWorker } from './workflows/workflow-worker.js';

export interface WorkerParts {
  readonly logger: Logger;
  readonly metrics: WorkerMetrics | undefined;
  readonly calls: ServerCalls;
  readonly client: Client;
  readonly slots: WorkerSlots;
  readonly activities: ActivityWorker;
  readonly locals: LocalActivities;
  readonly eager: EagerActivities | undefined;
  readonly workflows: WorkflowWorker | undefined;
  readonly pollers: TaskPollers;
}

export interface Assembly {
  readonly options: CompiledWorkerOptions;
  readonly runtime: Runtime;
  readonly connection: Connection;
  /** Undefined: no workflows. */
  readonly sandbox: WorkflowSandbox | undefined;
  /** The server refuses for good. */
  readonly fatal: (error: GrpcServiceError) => void;
}

export function assemble({ options, runtime, connection, sandbox, fatal }: Assembly): WorkerParts {
  const { namespace, taskQueue, identity, activityFunctions } = options;
  const logger = LoggerWithComposedMetadata.compose(runtime.logger, {
    sdkComponent: SdkComponent.worker,
    taskQueue,
  });
  const meter = MetricMeterWithComposedTags.compose(runtime.metricMeter, { namespace, task_queue: taskQueue });
  const metrics = runtime.hasMetrics ? workerMetrics(meter, runtime.metricPrefix) : undefined;
  const calls = serverCalls(options, connection, metrics);
  const client = clientOf(options, connection);
  const clock = systemClock;
  const slots = slotsOf(options.compiledTuner, {
    worker: {
      taskQueue,
      workerIdentity: identity,
      workerDeploymentVersion: options.workerDeploymentOptions?.version,
    },
    logger,
    clock,
  });
  const surroundings: AttemptSurroundings = {
    logger,
    logsDebug: writesDebug(runtime.logger),
    metricMeter: runtime.metricMeter,
    client,
    interceptors: options.interceptors?.activity ?? [],
  };
  const shared = {
    namespace,
    taskQueue,
    activities: activityFunctions,
    converter: options.loadedDataConverter,
    surroundings,
    clock,
    metrics,
  };
  const activities = new ActivityWorker({
    ...shared,
    calls,
    heartbeats: {
      defaultIntervalMs: options.defaultHeartbeatThrottleIntervalMs,
      maxIntervalMs: options.maxHeartbeatThrottleIntervalMs,
    },
  });
  const locals = new LocalActivities({ ...shared, identity, slots: slots.localActivity });
  const eager = options.enableNonLocalActivities
    ? new EagerActivities(slots.activity, options.maxEagerActivityReservationsPerWorkflowTask, activities)
    : undefined;
  const workflows =
    sandbox &&
    workflowWorker({ options, runtime, connection, sandbox, fatal }, { calls, logger, metrics, locals, eager });
  const pollers = new TaskPollers({ options, calls, slots, workflows, activities, logger, clock, metrics, fatal });
  return { logger, metrics, calls, client, slots, activities, locals, eager, workflows, pollers };
}

function serverCalls(
  options: CompiledWorkerOptions,
  connection: Connection,
  metrics: WorkerMetrics | undefined,
): ServerCalls {
  const { namespace, identity, taskQueue, stickyQueue, workerInstanceKey, versioning } = options;
  const { deploymentOptions } = versioning;
  const tasksPerSecondMax = options.maxTaskQueueActivitiesPerSecond;
  const who = { namespace, identity, taskQueue, stickyQueue, workerInstanceKey, deploymentOptions, tasksPerSecondMax };
  return new ServerCalls(connection, who, metrics);
}

function clientOf(options: CompiledWorkerOptions, connection: Connection): Client {
  const { namespace, identity, dataConverter, interceptors } = options;
  return new Client({ connection, namespace, identity, dataConverter, interceptors: interceptors?.client });
}

type WorkflowParts = Pick<WorkerParts, 'calls' | 'logger' | 'metrics' | 'locals' | 'eager'>;

function workflowWorker(
  { options, runtime, sandbox }: Assembly & { readonly sandbox: WorkflowSandbox },
  parts: WorkflowParts,
): WorkflowWorker {
  const { namespace, taskQueue, versioning, stickyQueue, workflowFailureErrorTypes = {} } = options;
  const failing = (workflowType: string): readonly string[] => [
    ...(workflowFailureErrorTypes['*'] ?? []),
    ...(workflowFailureErrorTypes[workflowType] ?? []),
  ];
  return new WorkflowWorker(
    {
      ...parts,
      namespace,
      taskQueue,
      sandbox,
      clock: systemClock,
      converter: options.loadedDataConverter,
      // Messages of workflows say themselves where they come from.
      sinks: new SinkDispatch(options.sinks ?? {}, runtime.logger, runtime.metricMeter),
      sticky:
        stickyQueue === undefined
          ? undefined
          : {
              workerTaskQueue: { name: stickyQueue, kind: TaskQueueKind.STICKY, normalName: taskQueue },
              scheduleToStartTimeout: options.stickyQueueScheduleToStartTimeoutMs,
            },
      sdk: {
        sdkName: SDK_NAME,
        sdkVersion: SDK_VERSION,
        buildId: versioning.buildId,
        deploymentName: versioning.deploymentName,
      },
      versioningBehavior: versioning.behavior,
      usesVersioning: versioning.isUsed,
      showStackTraceSources: options.showStackTraceSources ?? false,
      failsOnMismatch: (workflowType) => failing(workflowType).some((name) => MISMATCH_NAMES.has(name)),
    },
    options.cacheLimits,
  );
}

const MISMATCH_NAMES: ReadonlySet<string> = new Set([NONDETERMINISM, 'NondeterminismError', 'Error']);
