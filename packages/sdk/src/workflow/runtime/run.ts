/**
 * One run of a workflow inside of the realm. There may be a hundred thousand of them, so what most of them never use is made
 * when it is first used.
 */
import type { FailureConverter } from '../../conversion/failure-converter.js';
import type { PayloadConverter } from '../../conversion/payload-converter.js';
import { failureFromBytes, failureToBytes } from '../../conversion/proto-failure.js';
import type {
  ActivitySerializationContext,
  WorkflowSerializationContext,
} from '../../conversion/serialization-context.js';
import type { Workflow } from '../../conversion/workflow-types.js';
import type { Activation, Job, WorkflowCommand } from '../../replay/contract.js';
import { RootCancellationScope } from './cancellation-scope.js';
import type { CancellationScope } from './cancellation-scope.js';
import { Conditions } from './conditions.js';
import type { RealmOptions, RunSetup, SinkCall } from './contract.js';
import { addKnownFlags, hasFlag, takeNewlyUsed } from './flags.js';
import type { RuntimeFlag } from './flags.js';
import { Handlers } from './handlers.js';
import type { DecodedInfo, InfoFacts, WorkflowInfo } from './info.js';
import { workflowInfoOf } from './info.js';
import type { WorkflowInterceptors } from './interceptors.js';
import type { Patches } from './patches.js';
import { Alea, seedBytes } from './random.js';
import type { RandomStreams } from './random-streams.js';
import { Waits } from './waits.js';
import type { Conversion } from './values.js';

/** Where the numbers of commands have got to, by kind; each starts at 1. */
export interface Seqs {
  timer: number;
  activity: number;
  child: number;
  signal: number;
  cancel: number;
}

/** Set when the bundle has been evaluated for the run. */
export interface LoadedModules {
  readonly workflow: Workflow;
  readonly interceptors: WorkflowInterceptors;
  readonly payloadConverter: PayloadConverter;
  readonly failureConverter: FailureConverter;
}

export type InitializeJob = Extract<Job, { kind: 'initialize' }>;
type ErrorClass = new (...args: never[]) => Error;

export class Run {
  readonly setup: RunSetup;
  readonly options: RealmOptions;
  modules: LoadedModules | undefined;
  init: InitializeJob | undefined;

  readonly seqs: Seqs = { timer: 1, activity: 1, child: 1, signal: 1, cancel: 1 };
  readonly waits = new Waits();
  readonly conditions = new Conditions();
  readonly handlers = new Handlers(this);
  patches: Patches | undefined;

  nowMs = 0;
  isReplaying = false;
  /** False in queries and validators too, although they count as replay. */
  isReplayingHistoryEvents = false;
  isCancelled = false;
  /** The code has asked for the end of the run. */
  isCompleted = false;
  readonly flags = { known: 0, newlyUsed: 0 };
  facts: InfoFacts | undefined;
  decoded: DecodedInfo | undefined;
  /** Of `setTimeout`, by number. */
  timeoutScopes: Map<number, CancellationScope> | undefined;
  /** Of the first activation; milliseconds since the epoch. */
  startedAtMs = 0;
  currentDetails = '';
  versioningBehavior: 'PINNED' | 'AUTO_UPGRADE' | undefined;
  failureClasses: readonly ErrorClass[] = [];

  commands: WorkflowCommand[] = [];
  sinkCalls: SinkCall[] = [];
  /** Code runs that the runtime called itself: an error can be thrown at once. */
  isSynchronous = false;
  #taskError: { readonly error: unknown } | undefined;
  /** A rejection that nobody handled, as an encoded Failure. */
  unhandled: Uint8Array | undefined;

  #seed = 0n;
  #random: Alea | undefined;
  streams: RandomStreams | undefined;
  #rootScope: RootCancellationScope | undefined;
  #info: WorkflowInfo | undefined;
  #conversion: Conversion | undefined;

  constructor(setup: RunSetup, options: RealmOptions) {
    this.setup = setup;
    this.options = options;
  }

  get rootScope(): RootCancellationScope {
    this.#rootScope ??= new RootCancellationScope();
    return this.#rootScope;
  }

  get loaded(): LoadedModules {
    if (this.modules === undefined) throw new Error(`run ${this.setup.runId} has no modules yet`);
    return this.modules;
  }

  push(command: WorkflowCommand): void {
    this.commands.push(command);
  }

  /** The end of the run, as the code wants it. */
  close(command: WorkflowCommand): void {
    this.commands.push(command);
    this.isCompleted = true;
  }

  hasFlag(flag: RuntimeFlag): boolean {
    return hasFlag(this.flags, flag, this.isReplaying, this.facts?.buildId ?? '');
  }

  /** Takes over what an activation says about the run, beside its jobs. */
  accept(activation: Activation, isQueries: boolean): void {
    this.isReplaying = activation.isReplaying;
    this.isReplayingHistoryEvents = activation.isReplaying && !isQueries;
    this.#info = undefined;
    if (isQueries && this.facts !== undefined) return;
    this.nowMs = activation.timestampMs;
    this.startedAtMs ||= activation.timestampMs;
    const { jobs: _jobs, ...facts } = activation;
    this.facts = facts;
    addKnownFlags(this.flags, activation.runtimeFlags);
  }

  takeUsedFlags(): number[] | undefined {
    return takeNewlyUsed(this.flags);
  }

  // Randomness

  setSeed(seed: bigint): void {
    this.#seed = seed;
    this.#random = undefined;
    this.streams = undefined;
  }

  get seed(): readonly number[] {
    return seedBytes(this.#seed);
  }

  get random(): Alea {
    this.#random ??= new Alea(this.seed);
    return this.#random;
  }

  // Info

  /** A new object whenever something in it has changed. */
  get info(): WorkflowInfo {
    this.#info ??= workflowInfoOf(this);
    return this.#info;
  }

  /** Upserts of the code show at once. */
  changeInfo(change: Partial<DecodedInfo>): void {
    const { typedSearchAttributes, memo, lastResult, lastFailure } = this.info;
    this.decoded = { typedSearchAttributes, memo: memo ?? {}, lastResult, lastFailure, ...change };
    this.#info = undefined;
  }

  /** Calls a validator: new code, whatever the rest of the activation is. */
  runAsNew<T>(fn: () => T): T {
    const before = this.isReplayingHistoryEvents;
    this.isReplayingHistoryEvents = false;
    this.#info = undefined;
    try {
      return fn();
    } finally {
      this.isReplayingHistoryEvents = before;
      this.#info = undefined;
    }
  }

  // Values and failures

  /** Of this workflow's own data. */
  get conversion(): Conversion {
    this.#conversion ??= this.conversionFor(this.setup.workflowId);
    return this.#conversion;
  }

  /** Of data that goes to or comes from another workflow of this namespace. */
  conversionFor(workflowId: string): Conversion {
    const { namespace } = this.setup;
    const context: WorkflowSerializationContext = { type: 'workflow', namespace, workflowId };
    return { converter: this.loaded.payloadConverter, context };
  }

  conversionForActivity(activityId: string, isLocal: boolean): Conversion {
    const { namespace, workflowId } = this.setup;
    const context: ActivitySerializationContext = { type: 'activity', namespace, activityId, workflowId, isLocal };
    return { converter: this.loaded.payloadConverter, context };
  }

  failureOf(error: unknown, { converter, context } = this.conversion): Uint8Array {
    return failureToBytes(this.loaded.failureConverter.errorToFailure(error, converter, context));
  }

  errorOf(failure: Uint8Array, { converter, context } = this.conversion): Error {
    return this.loaded.failureConverter.failureToError(failureFromBytes(failure), converter, context);
  }

  // Errors that fail the task

  /** The first error wins. Thrown at once where that is possible, else at the next step. */
  failTask(error: unknown): void {
    this.#taskError ??= { error };
    if (this.isSynchronous) this.throwTaskError();
  }

  throwTaskError(): void {
    if (this.#taskError !== undefined) throw this.#taskError.error;
  }

  get hasTaskError(): boolean {
    return this.#taskError !== undefined;
  }
}
