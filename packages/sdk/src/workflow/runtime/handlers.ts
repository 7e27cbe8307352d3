/** Handlers of signals, queries and updates: who they are, what waits for one, what is running. */
import type { Anything } from '../../conversion/anything.js';
import { ApplicationFailure, TemporalFailure } from '../../conversion/failure.js';
import { HandlerUnfinishedPolicy } from '../../conversion/workflow-types.js';
import type {
  WorkflowQueryAnnotatedType,
  WorkflowSignalAnnotatedType,
  WorkflowUpdateAnnotatedType,
  WorkflowUpdateValidatorType,
} from '../../conversion/workflow-types.js';
import type { Job } from '../../replay/contract.js';
import { runInFrame } from './async-context.js';
import { ContinueAsNew } from './errors.js';
import { intercepted } from './interceptors.js';
import type { SignalInput, UpdateInput, WorkflowInboundCallsInterceptor } from './interceptors.js';
import { log } from './log.js';
import { fails } from './outcome.js';
import { checkReserved, isReserved } from './reserved.js';
import type { Run } from './run.js';
import { suggestNames } from './suggest.js';
import { decodeHeaders, decodeValues, encodeValue } from './values.js';

export type SignalJob = Extract<Job, { kind: 'signal' }>;
export type UpdateJob = Extract<Job, { kind: 'doUpdate' }>;

/** Called with the name of what has no handler of its own. */
export type DefaultSignalHandler = (signalName: string, ...args: unknown[]) => void | Promise<void>;
export type DefaultUpdateHandler = (updateName: string, ...args: unknown[]) => Anything;
export type DefaultQueryHandler = (queryName: string, ...args: unknown[]) => Anything;

/** A handler that has begun and has not ended. */
export interface RunningHandler {
  readonly name: string;
  readonly policy: HandlerUnfinishedPolicy;
  /** Of updates. */
  readonly id?: string;
}

const NOTHING: ReadonlyMap<string, never> = new Map<string, never>();

export class Handlers {
  readonly #run: Run;
  #signals: Map<string, WorkflowSignalAnnotatedType> | undefined;
  #updates: Map<string, WorkflowUpdateAnnotatedType> | undefined;
  #queries: Map<string, WorkflowQueryAnnotatedType> | undefined;
  #defaultSignal: DefaultSignalHandler | undefined;
  #defaultUpdate: DefaultUpdateHandler | undefined;
  defaultQuery: DefaultQueryHandler | undefined;
  /** Signals and updates that came before their handlers. */
  #waitingSignals: SignalJob[] | undefined;
  #waitingUpdates: UpdateJob[] | undefined;
  #running: Set<RunningHandler> | undefined;

  constructor(run: Run) {
    this.#run = run;
  }

  get signals(): ReadonlyMap<string, WorkflowSignalAnnotatedType> {
    return this.#signals ?? NOTHING;
  }

  get updates(): ReadonlyMap<string, WorkflowUpdateAnnotatedType> {
    return this.#updates ?? NOTHING;
  }

  get queries(): ReadonlyMap<string, WorkflowQueryAnnotatedType> {
    return this.#queries ?? NOTHING;
  }

  get running(): Iterable<RunningHandler> {
    return this.#running ?? [];
  }

  get areFinished(): boolean {
    return this.#running === undefined || this.#running.size === 0;
  }

  /** Names of signals that no handler has taken. */
  get unhandledSignals(): string[] {
    return (this.#waitingSignals ?? []).map(({ signalName }) => signalName);
  }

  /** The workflow fails: nobody is warned of handlers that it leaves. */
  forgetRunning(): void {
    this.#running?.clear();
  }

  // Setting: undefined removes a handler

  setSignal(name: string, handler: WorkflowSignalAnnotatedType | undefined): void {
    this.#signals ??= new Map();
    if (handler === undefined) this.#signals.delete(name);
    else {
      this.#signals.set(name, handler);
      this.#dispatchSignals();
    }
  }

  setUpdate(name: string, handler: WorkflowUpdateAnnotatedType | undefined): void {
    this.#updates ??= new Map();
    if (handler === undefined) this.#updates.delete(name);
    else {
      this.#updates.set(name, handler);
      this.#dispatchUpdates();
    }
  }

  setQuery(name: string, handler: WorkflowQueryAnnotatedType | undefined): void {
    this.#queries ??= new Map();
    if (handler === undefined) this.#queries.delete(name);
    else this.#queries.set(name, handler);
  }

  setDefaultSignal(handler: DefaultSignalHandler | undefined): void {
    this.#defaultSignal = handler;
    if (handler !== undefined) this.#dispatchSignals();
  }

  setDefaultUpdate(handler: DefaultUpdateHandler | undefined): void {
    this.#defaultUpdate = handler;
    if (handler !== undefined) this.#dispatchUpdates();
  }

  /** In the order in which they came, those that have a handler now. */
  #dispatchSignals(): void {
    const waiting = this.#waitingSignals;
    while (waiting !== undefined && waiting.length > 0) {
      const at = waiting.findIndex(({ signalName }) => this.#defaultSignal || this.#signals?.has(signalName));
      const [job] = at < 0 ? [] : waiting.splice(at, 1);
      if (job === undefined) return;
      this.signal(job);
    }
  }

  #dispatchUpdates(): void {
    const waiting = this.#waitingUpdates;
    while (waiting !== undefined && waiting.length > 0) {
      const at = waiting.findIndex(({ updateName }) => this.#defaultUpdate || this.#updates?.has(updateName));
      const [job] = at < 0 ? [] : waiting.splice(at, 1);
      if (job === undefined) return;
      this.update(job);
    }
  }

  #inbound(name: string): readonly WorkflowInboundCallsInterceptor[] | undefined {
    return isReserved(name) ? undefined : this.#run.loaded.interceptors.inbound;
  }

  #begin(handler: RunningHandler): () => void {
    const running = (this.#running ??= new Set());
    running.add(handler);
    return () => running.delete(handler);
  }

  // Signals

  signal(job: SignalJob): void {
    const { signalName } = job;
    const handler = this.#signals?.get(signalName);
    if (handler === undefined && this.#defaultSignal !== undefined) checkReserved('signal', signalName);
    if (handler === undefined && this.#defaultSignal === undefined) {
      (this.#waitingSignals ??= []).push(job);
      return;
    }
    const run = this.#run;
    const policy = handler?.unfinishedPolicy ?? HandlerUnfinishedPolicy.WARN_AND_ABANDON;
    const end = this.#begin({ name: signalName, policy });
    const handle = intercepted(this.#inbound(signalName), 'handleSignal', (input: SignalInput) =>
      this.#handleSignal(input),
    );
    // Each link of this chain is a microtask that histories know of.
    handle({ signalName, args: decodeValues(run.conversion, job.input), headers: decodeHeaders(job.header) })
      .catch((error: unknown) => this.#failed('signal', signalName, error))
      .finally(end);
  }

  async #handleSignal({ signalName, args }: SignalInput): Promise<void> {
    const handler = this.#signals?.get(signalName)?.handler;
    if (handler !== undefined) return await handler(...args);
    if (this.#defaultSignal !== undefined) return await this.#defaultSignal(signalName, ...args);
    throw new TypeError(
      `No registered signal handler for signal: ${signalName}. ${suggestNames(signalName, this.signals.keys(), 'signals')}`,
    );
  }

  // Updates

  update(job: UpdateJob): void {
    const { updateName, updateId } = job;
    const byName = this.#updates?.get(updateName);
    if (byName === undefined && this.#defaultUpdate !== undefined) checkReserved('update', updateName);
    const handler = byName ?? this.#defaultFor(updateName);
    if (handler === undefined) (this.#waitingUpdates ??= []).push(job);
    else void runInFrame({ update: { id: updateId, name: updateName } }, () => this.#runUpdate(job, handler));
  }

  #defaultFor(updateName: string): WorkflowUpdateAnnotatedType | undefined {
    const handler = this.#defaultUpdate;
    if (handler === undefined) return undefined;
    const named = (...args: unknown[]): unknown => handler(updateName, ...args);
    return { handler: named, unfinishedPolicy: HandlerUnfinishedPolicy.WARN_AND_ABANDON };
  }

  /** Validates, then accepts and runs; what the validator throws, or arguments that cannot be read, reject the update. */
  async #runUpdate(
    job: UpdateJob,
    { handler, validator, unfinishedPolicy }: WorkflowUpdateAnnotatedType,
  ): Promise<void> {
    const run = this.#run;
    const { protocolInstanceId, updateName, updateId } = job;
    const readInput = (): UpdateInput => ({
      updateId,
      name: updateName,
      args: decodeValues(run.conversion, job.args),
      headers: decodeHeaders(job.header),
    });
    let input: UpdateInput;
    try {
      if (job.runValidator && validator !== undefined) this.#validate(validator, readInput());
      // Read again: the validator may have changed what it got.
      input = readInput();
    } catch (error) {
      const failure = run.failureOf(error);
      run.push({ kind: 'respondUpdate', protocolInstanceId, response: { status: 'rejected', failure } });
      return;
    }
    run.push({ kind: 'respondUpdate', protocolInstanceId, response: { status: 'accepted' } });
    const handle = intercepted(this.#inbound(updateName), 'handleUpdate', async ({ args }: UpdateInput) => {
      return (await handler(...args)) as unknown;
    });
    const end = this.#begin({ name: updateName, policy: unfinishedPolicy, id: updateId });
    return handle(input)
      .then((result) => {
        const response = { status: 'completed', result: encodeValue(run.conversion, result) } as const;
        run.push({ kind: 'respondUpdate', protocolInstanceId, response });
      })
      .catch((error: unknown) => {
        if (error instanceof TemporalFailure) {
          const failure = run.failureOf(error);
          run.push({ kind: 'respondUpdate', protocolInstanceId, response: { status: 'failed', failure } });
        } else this.#failed('update', updateName, error);
      })
      .finally(end);
  }

  #validate(validator: WorkflowUpdateValidatorType, input: UpdateInput): void {
    const call = ({ args }: UpdateInput): void => validator(...args);
    this.#run.runAsNew(() => intercepted(this.#inbound(input.name), 'validateUpdate', call)(input));
  }

  /** Updates that nothing in this activation took. */
  rejectWaitingUpdates(): void {
    const run = this.#run;
    for (const { protocolInstanceId, updateName } of this.#waitingUpdates?.splice(0) ?? []) {
      const names = suggestNames(updateName, this.updates.keys(), 'updates');
      const error = ApplicationFailure.nonRetryable(`No registered handler for update: ${updateName}. ${names}`);
      const failure = run.failureOf(error);
      run.push({ kind: 'respondUpdate', protocolInstanceId, response: { status: 'rejected', failure } });
    }
  }

  #failed(kind: 'signal' | 'update', name: string, error: unknown): void {
    if (error instanceof ContinueAsNew) {
      log.warn(
        `continueAsNew was called in the handler of ${kind} '${name}': the run ends in the middle of what the workflow's ` +
          `function does${kind === 'update' ? ', and whoever sent the update gets no answer' : ''}. ` +
          'Set a flag in the handler and call continueAsNew in the function that waits for it.',
      );
    }
    fails(this.#run, error);
  }
}
