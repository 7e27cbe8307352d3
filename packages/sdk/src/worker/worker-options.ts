/** What a worker is told: its options, and what they are when nothing is said. */
import type { Connection } from '../client/connection.js';
import type { WorkflowClientInterceptor } from '../client/interceptors.js';
import type { Anything } from '../conversion/anything.js';
import type { DataConverter } from '../conversion/data-converter.js';
import type { Duration } from '../conversion/duration.js';
import type { VersioningBehavior, WorkerDeploymentVersion } from '../conversion/versioning.js';
import type { ActivityInterceptorsFactory } from './activities/interceptors.js';
import type { PollerBehavior } from './pollers/poller-options.js';
import type { WorkflowBundleOption } from './sandbox/bundle-options.js';
import type { WorkerTuner } from './slots/tuner-options.js';
import type { WorkerPlugin } from './worker-plugin.js';
import type { InjectedSinks } from './workflows/sink-dispatch.js';

export interface WorkerOptions {
  /** Shared with clients. Default: to a server on this machine. */
  connection?: Connection | undefined;
  /** Default `default`. */
  namespace?: string | undefined;
  /** Where the tasks come from: starts and activities name it. Required. */
  taskQueue: string;
  /** Who does the work, for histories. Default `pid@host`. */
  identity?: string | undefined;

  /** File or folder with the workflows, TypeScript or JavaScript: an absolute path or a file URL. */
  workflowsPath?: string | undefined;
  /** Workflows that `bundleWorkflowCode` has bundled, instead of `workflowsPath`. */
  workflowBundle?: WorkflowBundleOption | undefined;
  bundlerOptions?: { ignoreModules?: string[] | undefined } | undefined;
  /** Functions by name. One named `default` takes whatever has no function of its own. */
  activities?: object | undefined;
  /** False: no activities of the task queue, only local ones. Default true. */
  enableNonLocalActivities?: boolean | undefined;
  /** Must be that of the clients. */
  dataConverter?: DataConverter | undefined;
  interceptors?: WorkerInterceptors | undefined;
  /** Functions that workflows call through `proxySinks`. */
  sinks?: InjectedSinks<Anything> | undefined;
  plugins?: WorkerPlugin[] | undefined;

  /** Workflow Tasks at once. Default 40. */
  maxConcurrentWorkflowTaskExecutions?: number | undefined;
  /** Activities at once. Default 100. */
  maxConcurrentActivityTaskExecutions?: number | undefined;
  /** Local activities at once. Default 100. */
  maxConcurrentLocalActivityExecutions?: number | undefined;
  /** Instead of the three numbers: slots by resources of the machine, or by your own rules. */
  tuner?: WorkerTuner | undefined;
  /** Default: 10 polls, or as many as there are slots. */
  workflowTaskPollerBehavior?: PollerBehavior | undefined;
  activityTaskPollerBehavior?: PollerBehavior | undefined;
  /** Part of the polls for Workflow Tasks that is for executions which are not in memory. Default 0.2. */
  nonStickyToStickyPollRatio?: number | undefined;
  /** Activities started per second by this worker. Default: no limit. */
  maxActivitiesPerSecond?: number | undefined;
  /** Activities started per second from the whole task queue; the server sees to it. Default: no limit. */
  maxTaskQueueActivitiesPerSecond?: number | undefined;
  /** Activities that may come with the answer to a Workflow Task, without a poll. 0: none. Default 3. */
  maxEagerActivityReservationsPerWorkflowTask?: number | undefined;

  /** Memory for executions between their tasks, as the sandbox estimates it. Default: a quarter of the heap's limit. */
  maxCachedWorkflowBytes?: number | undefined;
  /** Executions in memory. 0: none, each task is replayed from the start. Default: only bytes count. */
  maxCachedWorkflows?: number | undefined;
  /** How long a task waits for this worker, which has the execution in memory, before any other may take it. Default 10 s. */
  stickyQueueScheduleToStartTimeout?: Duration | undefined;
  /** Threads for workflow code. Default 1. */
  workflowThreadPoolSize?: number | undefined;

  /** Longest time between two heartbeats sent to the server. Default 60 s. */
  maxHeartbeatThrottleInterval?: Duration | undefined;
  /** For activities without a heartbeat time-out. Default 30 s. */
  defaultHeartbeatThrottleInterval?: Duration | undefined;

  /** How long activities go on after `shutdown()` before they are cancelled. Default 0. */
  shutdownGraceTime?: Duration | undefined;
  /** When `run()` rejects although not all has ended, counted from `shutdown()`. Default: never. */
  shutdownForceTime?: Duration | undefined;

  workerDeploymentOptions?: WorkerDeploymentOptions | undefined;
  /** Version of the code, in history. Better: `workerDeploymentOptions`. */
  buildId?: string | undefined;
  /** Names of errors that fail the workflow instead of the task, by type of workflow; `*` is all. `Error` stands for all errors. */
  workflowFailureErrorTypes?: Record<string, string[]> | undefined;
  /** Source text in enhanced stack traces. Default false. */
  showStackTraceSources?: boolean | undefined;
  /** Workflows run in this thread and without a time limit, for debuggers. Default: TEMPORAL_DEBUG is set. */
  debugMode?: boolean | undefined;
  /** Between reports of this worker's state to the server. 0: none. Default 60 s. */
  workerHeartbeatInterval?: Duration | undefined;
}

export interface WorkerInterceptors {
  /** Of the client that activities get from their context. */
  client?: { workflow?: WorkflowClientInterceptor[] | undefined } | undefined;
  activity?: ActivityInterceptorsFactory[] | undefined;
  /** Modules that export `interceptors` for workflows: paths or package names. */
  workflowModules?: string[] | undefined;
}

/** The version of a worker, and whether the server routes workflows by versions. */
export type WorkerDeploymentOptions =
  | { version: WorkerDeploymentVersion; useWorkerVersioning: true; defaultVersioningBehavior: VersioningBehavior }
  | { version: WorkerDeploymentVersion; useWorkerVersioning: false; defaultVersioningBehavior?: undefined };
