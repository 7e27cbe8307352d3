/** A worker: takes tasks of one task queue from the server, and runs workflows and activities. */
import { Connection } from '../client/connection.js';
import type { Client } from '../client/client.js';
import type { GrpcServiceError } from '../client/grpc-error.js';
import { serviceError } from '../client/service-errors.js';
import { ActivityCancellationDetails } from '../conversion/activity-cancellation-details.js';
import { messageOf } from '../conversion/error-class.js';
import { IllegalStateError } from '../conversion/errors.js';
import { compileOptions } from './compiled-options.js';
import type { CompiledWorkerOptions } from './compiled-options.js';
import { GracefulShutdownPeriodExpiredError, TransportError } from './errors.js';
import type { ReplayResult } from './replay/replay-history.js';
import type { ReplayWorkerOptions } from './replay/replay-options.js';
import { replayHistories } from './replay/replay-worker.js';
import type { ReplayHistoriesIterable } from './replay/replay-worker.js';
import { runUntil } from './run-until.js';
import type { RunUntilOptions } from './run-until.js';
import type { WorkflowSandbox } from './sandbox/contract.js';
import { openSandbox } from './open-sandbox.js';
import { Runtime } from './telemetry/runtime.js';
import type { PollerState, State, WorkerStatus } from './worker-state.js';
import { WorkerReport } from './worker-heartbeat.js';
import type { WorkerOptions } from './worker-options.js';
import { assemble } from './worker-parts.js';
import type { WorkerParts } from './worker-parts.js';

/**
 *     const worker = await Worker.create({
 *       connection,
 *       taskQueue: 'orders',
 *       workflowsPath: new URL('./workflows.ts', import.meta.url).href,
 *       activities,
 *     });
 *     await worker.run();
 */
export class Worker {
  readonly options: CompiledWorkerOptions;
  readonly #runtime: Runtime;
  readonly #parts: WorkerParts;
  readonly #sandbox: WorkflowSandbox | undefined;
  readonly #reportsState: boolean;
  #connection: Connection;
  #state: State = 'INITIALIZED';
  #fatalError: TransportError | undefined;
  #stop: () => void = () => undefined;
  readonly #stopped = new Promise<void>((resolve) => {
    this.#stop = resolve;
  });

  private constructor(
    options: CompiledWorkerOptions,
    runtime: Runtime,
    connection: Connection,
    sandbox: WorkflowSandbox | undefined,
    reportsState: boolean,
  ) {
    this.options = options;
    this.#runtime = runtime;
    this.#connection = connection;
    this.#sandbox = sandbox;
    this.#reportsState = reportsState;
    runtime.countWorker(1);
    this.#parts = assemble({ options, runtime, connection, sandbox, fatal: (error) => this.#fail(error) });
  }

  /**
   * Bundles the workflows if that is needed, and asks the server for the namespace.
   * Rejects with ValueError for wrong options, NamespaceNotFoundError, or GrpcServiceError when there is no server.
   */
  static async create(options: WorkerOptions): Promise<Worker> {
    return this.createWith(options, openSandbox);
  }

  /** For tests: with a sandbox of another kind. */
  static async createWith(options: WorkerOptions, open: typeof openSandbox): Promise<Worker> {
    let configured = options;
    for (const plugin of options.plugins ?? []) configured = (await plugin.configureWorker?.(configured)) ?? configured;
    const runtime = Runtime.instance();
    const compiled = compileOptions(configured, runtime.logger);
    const connection = configured.connection ?? Connection.lazy();
    const [sandbox, reportsState] = await Promise.all([
      compiled.hasWorkflows ? open(compiled, runtime.logger) : undefined,
      greet(connection, compiled),
    ]);
    return new Worker(compiled, runtime, connection, sandbox, reportsState);
  }

  /**
   * Whether the workflows still do what a history says: `history` is what `fetchHistory()` gives, or an object parsed from JSON.
   * Rejects with DeterminismViolationError when they do something else, with ReplayError when they cannot be run against it.
   */
  static async runReplayHistory(options: ReplayWorkerOptions, history: unknown, workflowId?: string): Promise<void> {
    for await (const { error } of replayHistories(options, [{ workflowId, history }])) {
      if (error !== undefined) throw error;
    }
  }

  /**
   * The same for many histories, with a result for each:
   *
   *     const histories = client.workflow.list({ query: "WorkflowType = 'order'" }).intoHistories();
   *     for await (const { workflowId, error } of Worker.runReplayHistories({ workflowsPath }, histories)) …
   */
  static runReplayHistories(
    options: ReplayWorkerOptions,
    histories: ReplayHistoriesIterable,
  ): AsyncIterableIterator<ReplayResult> {
    return replayHistories(options, histories);
  }

  /** Takes tasks until `shutdown()` or a signal. Rejects when the server refuses, or `shutdownForceTime` has passed. */
  async run(): Promise<void> {
    const around = [...(this.options.plugins ?? [])].reverse();
    let run = (worker: Worker): Promise<void> => worker.#run();
    for (const plugin of around) {
      const next = run;
      if (plugin.runWorker !== undefined) run = (worker) => plugin.runWorker?.(worker, next) ?? next(worker);
    }
    await run(this);
  }

  /**
   * Runs until the promise, or what the function returns, has settled; then shuts down and gives its result. Rejects with what
   * failed: the promise, the worker, or both (CombinedWorkerRunError).
   */
  async runUntil<R>(fnOrPromise: Promise<R> | (() => Promise<R>), options: RunUntilOptions = {}): Promise<R> {
    const stop = (): void => {
      if (this.#state === 'RUNNING') this.shutdown();
    };
    return runUntil(() => this.run(), stop, fnOrPromise, options);
  }

  /** Takes no more tasks; those in work go on, activities for `shutdownGraceTime`. Throws IllegalStateError when not running. */
  shutdown(): void {
    if (this.#state !== 'RUNNING') {
      throw new IllegalStateError(`The worker is not running: its state is ${this.#state}`);
    }
    this.#state = 'STOPPING';
    this.#stop();
  }

  getState(): State {
    return this.#state;
  }

  getStatus(): WorkerStatus {
    const { workflows, activities, locals, pollers } = this.#parts;
    const workflowPolls = (pollers.normal?.openCount ?? 0) + (pollers.sticky?.openCount ?? 0);
    return {
      runState: this.#state,
      workflowPollerState: this.#pollerState(),
      activityPollerState: this.#pollerState(),
      hasOutstandingWorkflowPoll: workflowPolls > 0,
      hasOutstandingActivityPoll: (pollers.activity?.openCount ?? 0) > 0,
      numInFlightWorkflowActivations: workflows?.busyCount ?? 0,
      numInFlightActivities: activities.runningCount + locals.runningCount,
      numInFlightNonLocalActivities: activities.runningCount,
      numInFlightLocalActivities: locals.runningCount,
      numCachedWorkflows: workflows?.cachedCount ?? 0,
      numHeartbeatingActivities: activities.heartbeatingCount,
    };
  }

  /** The one that activities get from their context. */
  get client(): Client {
    return this.#parts.client;
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** Calls from now on go there; polls that are open end first. */
  set connection(connection: Connection) {
    this.#connection = connection;
    this.#parts.calls.connection = connection;
  }

  #pollerState(): PollerState {
    if (this.#state === 'FAILED') return 'FAILED';
    return this.#state === 'RUNNING' || this.#state === 'INITIALIZED' ? 'POLLING' : 'SHUTDOWN';
  }

  async #run(): Promise<void> {
    if (this.#state !== 'INITIALIZED') {
      throw new IllegalStateError('A worker runs once: make another one with Worker.create()');
    }
    this.#state = 'RUNNING';
    const { pollers, metrics, logger } = this.#parts;
    const onSignal = (): void => {
      if (this.#state === 'RUNNING') this.shutdown();
    };
    this.#runtime.registerShutdownSignalCallback(onSignal);
    metrics?.count('worker_start');
    const stopReports = this.#startReports();
    logger.info('Worker started', { namespace: this.options.namespace });
    pollers.start();
    try {
      await this.#stopped;
      await this.#drainInTime();
    } catch (error) {
      this.#state = 'FAILED';
      throw error;
    } finally {
      stopReports();
      this.#runtime.countWorker(-1);
      this.#runtime.deregisterShutdownSignalCallback(onSignal);
    }
    this.#state = this.#fatalError === undefined ? 'STOPPED' : 'FAILED';
    logger.info('Worker stopped');
    if (this.#fatalError !== undefined) throw this.#fatalError;
  }

  /** Waits for what is in work. */
  async #drainInTime(): Promise<void> {
    const { shutdownForceTimeMs } = this.options;
    if (shutdownForceTimeMs === undefined) return this.#drain();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const text = `Not all tasks ended within the shutdownForceTime of ${shutdownForceTimeMs} ms`;
        reject(new GracefulShutdownPeriodExpiredError(text));
      }, shutdownForceTimeMs);
    });
    try {
      await Promise.race([this.#drain(), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #drain(): Promise<void> {
    const { pollers, workflows, activities, locals, eager } = this.#parts;
    eager?.stop();
    const goodbye = this.#sayGoodbye();
    const cancelGrace = this.#cancelAfterGrace();
    await pollers.stop();
    this.#state = 'DRAINING';
    // Workflows may start local activities as long as they work.
    await Promise.all([workflows?.idle(), activities.idle()]);
    await locals.idle();
    cancelGrace();
    this.#state = 'DRAINED';
    workflows?.evictAll();
    await Promise.all([this.#sandbox?.close(), goodbye]);
  }

  #cancelAfterGrace(): () => void {
    const { activities, locals } = this.#parts;
    const timer = setTimeout(() => {
      const details = new ActivityCancellationDetails({ workerShutdown: true });
      activities.cancelAll('WORKER_SHUTDOWN', details);
      locals.stop(details);
    }, this.options.shutdownGraceTimeMs);
    return () => clearTimeout(timer);
  }

  /** So that the server gives this worker's executions to others at once. Old servers do not know the call. */
  async #sayGoodbye(): Promise<void> {
    const { calls, logger } = this.#parts;
    try {
      await calls.shutdownWorker({ reason: 'graceful shutdown' });
    } catch (error) {
      logger.debug(`The server was not told of the shutdown: ${messageOf(error)}`);
    }
  }

  #fail(error: GrpcServiceError): void {
    if (this.#state !== 'RUNNING') return;
    const text = `The server refuses the worker's polls: ${error.message}`;
    this.#parts.logger.error(text, { error });
    this.#fatalError = new TransportError(text, { cause: error });
    this.shutdown();
  }

  #startReports(): () => void {
    const { options } = this;
    const { workflows, activities, slots, pollers, calls, logger } = this.#parts;
    if (!this.#reportsState || options.workerHeartbeatIntervalMs === 0) return () => undefined;
    const report = new WorkerReport({ options, slots, pollers, workflows, activities }, Date.now());
    const timer = setInterval(() => {
      calls.recordWorkerHeartbeat(report.next(Date.now(), pollers.isStopped)).catch((error: unknown) => {
        logger.debug(`The worker's state could not be reported: ${messageOf(error)}`);
      });
    }, options.workerHeartbeatIntervalMs);
    timer.unref();
    return () => clearInterval(timer);
  }
}

/** Whether the server wants to hear of workers. */
async function greet(connection: Connection, { namespace }: CompiledWorkerOptions): Promise<boolean> {
  await connection.ensureConnected();
  try {
    const { namespaceInfo } = await connection.workflowService.describeNamespace({ namespace });
    return namespaceInfo?.capabilities?.workerHeartbeats ?? false;
  } catch (error) {
    throw serviceError(error, `The worker cannot use the namespace '${namespace}'`);
  }
}
