/** Options with the defaults filled in, and checked. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { VersioningBehavior as WireBehavior, WorkerVersioningMode } from '@perdure/protocol';
import type { WorkerDeploymentOptions as WireDeployment } from '@perdure/protocol';
import { loadDataConverter } from '../client/load-data-converter.js';
import type { LoadedDataConverter } from '../conversion/data-converter.js';
import { durationMs, optionalDurationMs } from '../conversion/duration.js';
import { ValueError } from '../conversion/errors.js';
import type { Logger } from '../conversion/logger.js';
import { encodeVersioningBehavior } from '../conversion/versioning.js';
import type { ActivityFunction } from '../conversion/workflow-types.js';
import { pollerRange } from './pollers/poller-options.js';
import type { PollerRange } from './pollers/poller-options.js';
import type { WorkerTuner } from './slots/tuner-options.js';
import type { WorkerOptions } from './worker-options.js';
import type { RunCacheLimits } from './workflows/run-cache.js';

export interface CompiledWorkerOptions extends WorkerOptions {
  readonly namespace: string;
  readonly identity: string;
  readonly loadedDataConverter: LoadedDataConverter;
  readonly activityFunctions: ReadonlyMap<string, ActivityFunction>;
  readonly enableNonLocalActivities: boolean;
  readonly hasWorkflows: boolean;
  readonly compiledTuner: WorkerTuner;
  readonly workflowPollers: PollerRange;
  readonly activityPollers: PollerRange;
  readonly nonStickyToStickyPollRatio: number;
  readonly maxEagerActivityReservationsPerWorkflowTask: number;
  readonly cacheLimits: RunCacheLimits;
  readonly stickyQueueScheduleToStartTimeoutMs: number;
  /** Undefined when nothing is cached. */
  readonly stickyQueue: string | undefined;
  readonly workerInstanceKey: string;
  readonly maxHeartbeatThrottleIntervalMs: number;
  readonly defaultHeartbeatThrottleIntervalMs: number;
  readonly shutdownGraceTimeMs: number;
  readonly shutdownForceTimeMs: number | undefined;
  readonly workerHeartbeatIntervalMs: number;
  readonly versioning: CompiledVersioning;
  readonly debugMode: boolean;
}

export interface CompiledVersioning {
  readonly buildId: string;
  readonly deploymentName: string;
  readonly deploymentOptions: WireDeployment | undefined;
  readonly isUsed: boolean;
  readonly behavior: WireBehavior;
}

const POLLERS_MAX = 10;

/** Throws ValueError for options that cannot be. */
export function compileOptions(options: WorkerOptions, logger: Logger): CompiledWorkerOptions {
  if (typeof options.taskQueue !== 'string' || options.taskQueue === '') {
    throw new ValueError('`taskQueue` is missing: name the task queue that this worker takes its tasks from');
  }
  const activityFunctions = functionsOf(options.activities);
  const hasWorkflows = options.workflowsPath !== undefined || options.workflowBundle !== undefined;
  if (!hasWorkflows && activityFunctions.size === 0) {
    throw new ValueError(
      'This worker has nothing to do: give it `workflowsPath` or `workflowBundle`, `activities`, or both',
    );
  }
  const tuned = tunerOf(options, logger);
  const cacheLimits = cacheLimitsOf(options, logger);
  const workerInstanceKey = randomUUID();
  const identity = options.identity ?? `${process.pid}@${hostname()}`;
  return {
    ...options,
    namespace: options.namespace ?? 'default',
    identity,
    loadedDataConverter: loadDataConverter(options.dataConverter),
    activityFunctions,
    enableNonLocalActivities: (options.enableNonLocalActivities ?? true) && activityFunctions.size > 0,
    hasWorkflows,
    compiledTuner: tuned.tuner,
    workflowPollers: pollerRange(options.workflowTaskPollerBehavior, Math.max(2, tuned.workflowPollersMax)),
    activityPollers: pollerRange(options.activityTaskPollerBehavior, tuned.activityPollersMax),
    nonStickyToStickyPollRatio: ratioOf(options.nonStickyToStickyPollRatio),
    maxEagerActivityReservationsPerWorkflowTask: eagerMaxOf(options),
    cacheLimits,
    stickyQueueScheduleToStartTimeoutMs: durationMs(options.stickyQueueScheduleToStartTimeout ?? 10_000),
    stickyQueue: cacheLimits.runsMax > 0 && hasWorkflows ? `${identity}:${workerInstanceKey}` : undefined,
    workerInstanceKey,
    maxHeartbeatThrottleIntervalMs: durationMs(options.maxHeartbeatThrottleInterval ?? 60_000),
    defaultHeartbeatThrottleIntervalMs: durationMs(options.defaultHeartbeatThrottleInterval ?? 30_000),
    shutdownGraceTimeMs: durationMs(options.shutdownGraceTime ?? 0),
    shutdownForceTimeMs: optionalDurationMs(options.shutdownForceTime),
    workerHeartbeatIntervalMs: durationMs(options.workerHeartbeatInterval ?? 60_000),
    versioning: versioningOf(options),
    debugMode: options.debugMode ?? isSet(process.env['TEMPORAL_DEBUG']),
  };
}

function functionsOf(activities: object | undefined): Map<string, ActivityFunction> {
  const found = new Map<string, ActivityFunction>();
  for (const [name, value] of Object.entries(activities ?? {})) {
    if (typeof value !== 'function') continue;
    if (name.startsWith('__temporal_'))
      throw new ValueError(`An activity cannot be named '${name}': that prefix is reserved`);
    // Objects with methods are given too: they keep their `this`.
    found.set(name, (value as ActivityFunction).bind(activities));
  }
  return found;
}

function tunerOf(
  options: WorkerOptions,
  logger: Logger,
): { readonly tuner: WorkerTuner; readonly workflowPollersMax: number; readonly activityPollersMax: number } {
  const {
    tuner,
    maxConcurrentActivityTaskExecutions: activities,
    maxConcurrentLocalActivityExecutions: locals,
  } = options;
  let { maxConcurrentWorkflowTaskExecutions: workflows } = options;
  if (tuner !== undefined) {
    if (activities !== undefined || locals !== undefined || workflows !== undefined) {
      throw new ValueError('Set `tuner` or the maxConcurrent… numbers, not both');
    }
    return { tuner, workflowPollersMax: POLLERS_MAX, activityPollersMax: POLLERS_MAX };
  }
  if (workflows !== undefined && workflows < 2 && options.maxCachedWorkflows !== 0) {
    logger.warn(
      'maxConcurrentWorkflowTaskExecutions is 1, but one task queue and the own queue are polled: 2 is taken',
    );
    workflows = 2;
  }
  const fixed = (numSlots: number) => ({ type: 'fixed-size', numSlots }) as const;
  return {
    tuner: {
      workflowTaskSlotSupplier: fixed(workflows ?? 40),
      activityTaskSlotSupplier: fixed(activities ?? 100),
      localActivityTaskSlotSupplier: fixed(locals ?? 100),
    },
    workflowPollersMax: Math.min(POLLERS_MAX, workflows ?? 40),
    activityPollersMax: Math.min(POLLERS_MAX, activities ?? 100),
  };
}

function cacheLimitsOf({ maxCachedWorkflows, maxCachedWorkflowBytes }: WorkerOptions, logger: Logger): RunCacheLimits {
  let runsMax = maxCachedWorkflows ?? Infinity;
  if (runsMax === 1) {
    logger.warn('maxCachedWorkflows is 1: 2 is taken, or give 0 to have none');
    runsMax = 2;
  }
  const bytesMax = maxCachedWorkflowBytes ?? getHeapStatistics().heap_size_limit / 4;
  if (!(runsMax >= 0) || !(bytesMax > 0)) throw new ValueError('The bounds of cached workflows must not be negative');
  return { runsMax, bytesMax };
}

function ratioOf(ratio = 0.2): number {
  if (ratio >= 0 && ratio <= 1) return ratio;
  throw new ValueError(`nonStickyToStickyPollRatio is ${ratio}: give a number from 0 to 1`);
}

function eagerMaxOf({ maxEagerActivityReservationsPerWorkflowTask: most = 3 }: WorkerOptions): number {
  if (Number.isSafeInteger(most) && most >= 0) return most;
  throw new ValueError(`maxEagerActivityReservationsPerWorkflowTask is ${most}: give a whole number from 0`);
}

function versioningOf({ workerDeploymentOptions: deployment, buildId = '' }: WorkerOptions): CompiledVersioning {
  if (deployment === undefined) {
    return {
      buildId,
      deploymentName: '',
      deploymentOptions: undefined,
      isUsed: false,
      behavior: WireBehavior.UNSPECIFIED,
    };
  }
  const { version, useWorkerVersioning, defaultVersioningBehavior } = deployment;
  if (useWorkerVersioning && defaultVersioningBehavior === undefined) {
    throw new ValueError('workerDeploymentOptions.defaultVersioningBehavior is missing: PINNED or AUTO_UPGRADE');
  }
  const workerVersioningMode = useWorkerVersioning ? WorkerVersioningMode.VERSIONED : WorkerVersioningMode.UNVERSIONED;
  return {
    ...version,
    deploymentOptions: { ...version, workerVersioningMode },
    isUsed: useWorkerVersioning,
    behavior: encodeVersioningBehavior(defaultVersioningBehavior) ?? WireBehavior.UNSPECIFIED,
  };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && ['1', 't', 'true'].includes(value.toLowerCase());
}
