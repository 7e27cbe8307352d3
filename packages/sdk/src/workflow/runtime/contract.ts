/**
 * The border between a realm, in which workflow code runs, and the host that drives it. Only data crosses it, with the
 * exception of `RealmHost`: its functions are called by the runtime alone, which never shows them, what they throw or what
 * they return to workflow code.
 *
 * The host drains the realm's microtasks between the calls; no promise crosses the border.
 */
import type { FailureConverter } from '../../conversion/failure-converter.js';
import type { PayloadConverter } from '../../conversion/payload-converter.js';
import type { Activation, Completion } from '../../replay/contract.js';
import type { WorkflowInterceptorsFactory } from './interceptors.js';

/** What a realm offers its host: one for all runs in it. */
export interface Realm {
  /**
   * Makes a run and evaluates its modules when they are first needed. What goes wrong in there, unknown workflow type
   * included, is reported by the completion of the first activation.
   */
  createRun(setup: RunSetup): void;
  /**
   * The run that the following calls are about, until `conclude`. A new run evaluates its modules in here and applies its
   * first jobs in the first `step`; another one applies its first batch of jobs in here.
   */
  begin(activation: Activation): void;
  /**
   * After microtasks were drained: unblocks conditions, applies the next batch of jobs. False when nothing is left to do;
   * else drain and call it again.
   */
  step(): boolean;
  /** The end of an activation. Drain once more after it: interceptors may have left something behind. */
  conclude(): Concluded;
  /** Forgets a run. Its pending code never goes on, `finally` blocks neither. */
  destroyRun(runId: string): void;
  /** A promise of this run was rejected and nobody handles it; the error is told in the run's next completion. */
  unhandledRejection(runId: string, failure: Uint8Array): void;
}

/** What a run is told once, beside its `initialize` job. */
export interface RunSetup {
  readonly runId: string;
  readonly workflowId: string;
  readonly workflowType: string;
  readonly namespace: string;
  readonly taskQueue: string;
  /** `workflowInfo().unsafe.now()` and the like need none of it: no clock crosses the border. */
  readonly showStackTraceSources: boolean;
}

export interface Concluded {
  readonly completion: Completion;
  /**
   * In the order in which the code made them. Those of the user's sinks are made in replay too: the host decides by
   * `callInReplay`. Logs and metrics are left out in replay.
   */
  readonly sinkCalls: readonly SinkCall[];
}

/** A call out of the sandbox that nothing waits for: logs and metrics too. `args` is data that can be cloned. */
export interface SinkCall {
  /** `__temporal_logger`, `__temporal_metrics`, or one of the user's. */
  readonly sink: string;
  readonly fn: string;
  readonly args: readonly unknown[];
  /** `workflowInfo()` of the moment as plain data, which the user's sinks get as their first argument. */
  readonly info?: Readonly<Record<string, unknown>> | undefined;
}

/** What the runtime asks of its host. Synchronous; a host that cannot throws nothing, it answers undefined. */
export interface RealmHost {
  /** Follows `await`: a value that belongs to what runs now and to all that it starts. */
  readonly asyncContext: AsyncContext;
  /**
   * A stack with places in the user's source files instead of the bundle, without the lines of this package. Without it
   * stacks stay as they are.
   */
  readonly mapStack?: ((stack: string) => string) | undefined;
  /** The text of a source file, for `__enhanced_stack_trace`. */
  readonly sourceOf?: ((path: string) => string | undefined) | undefined;
}

/** One slot that follows asynchronous code, as AsyncLocalStorage does. */
export interface AsyncContext {
  get(): unknown;
  /** Calls `fn` with this value; code started by `fn` goes on having it. */
  run<T>(value: unknown, fn: () => T): T;
}

/** What the user's bundle holds for one run: evaluated for it when it is first asked for. */
export interface RunModules {
  /** All exports of the workflows' module, `default` included; what is not a function is no workflow. */
  readonly workflows: Readonly<Record<string, unknown>>;
  /** In the order in which the worker lists them. */
  readonly interceptors: readonly InterceptorModule[];
  readonly payloadConverter?: PayloadConverter | undefined;
  readonly failureConverter?: FailureConverter | undefined;
}

export interface InterceptorModule {
  readonly interceptors?: WorkflowInterceptorsFactory | undefined;
}

/**
 * Evaluates the bundle for a run. Called once per run, inside of `begin` of its first activation, when the run is the
 * current one: module code may already use `Math.random`, `Date` and `workflowInfo`. What it throws fails the task.
 */
export type LoadRunModules = (runId: string) => RunModules;

/** What all runs of a realm have in common; plain data. */
export interface RealmOptions {
  /** Class names of errors that fail the execution instead of the task; `Error` stands for all. */
  readonly workflowFailureErrorTypes?: readonly string[] | undefined;
  /** The worker's activities: a local activity that is not among them fails at once. Undefined: no check. */
  readonly activityTypes?: readonly string[] | undefined;
  /** 'Workflow started', 'Workflow completed' and the like at level debug. Default false: they cost two sink calls a run. */
  readonly logsLifecycle?: boolean | undefined;
}

/** `createRealm` of `./realm.js`, which the sandbox calls inside of the realm. */
export type CreateRealm = (host: RealmHost, load: LoadRunModules, options?: RealmOptions) => Realm;
