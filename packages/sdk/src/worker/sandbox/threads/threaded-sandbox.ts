/**
 * The sandbox in threads of its own: runs are spread over them; a watchdog in the worker's thread ends one whose activation
 * does not come to an end. The runs of an ended thread are lost and replayed elsewhere; the one that did it starts next time
 * in a thread of its own.
 */
import type { Activation } from '../../../replay/contract.js';
import type { RunSetup } from '../../../workflow/runtime/contract.js';
import type { LoadedBundle } from '../bundle-format.js';
import type { Activated, WorkflowSandbox } from '../contract.js';
import type { VmRealmOptions } from '../vm-realm.js';
import { WorkflowThread } from './workflow-thread.js';

export interface ThreadedOptions extends VmRealmOptions {
  /** Threads that run workflows. Default 1. */
  readonly threadCount?: number | undefined;
  /** Longest time that one activation may take. Default 2,000 ms. */
  readonly sliceMs?: number | undefined;
  /** Largest heap of a thread in MiB; a thread that needs more is ended, and its runs replay. Default: Node's. */
  readonly threadHeapMiB?: number | undefined;
}

const SLICE_MS = 2_000;
/** The watchdog looks so often within a slice. */
const LOOKS_PER_SLICE = 4;
/** Threads for runs that did not come to an end. More of them share these. */
const QUARANTINES_MAX = 4;
/** Run ids to remember as such. */
const CULPRITS_MAX = 1_000;
/** A thread that ends before it has ended an activation is not started anew more often than this, one after the other. */
const EARLY_DEATHS_MAX = 3;

export class ThreadedSandbox implements WorkflowSandbox {
  readonly #options: VmRealmOptions;
  readonly #threadHeapMiB: number | undefined;
  readonly #sliceMs: number;
  readonly #threads: WorkflowThread[];
  readonly #quarantines: WorkflowThread[] = [];
  readonly #culprits = new Set<string>();
  readonly #threadOf = new Map<string, WorkflowThread>();
  readonly #ready = withResolvers();
  #bundle: LoadedBundle | undefined;
  #workflowTypes: readonly string[] = [];
  #broken: string | undefined;
  #earlyDeaths = 0;
  #watchdog: NodeJS.Timeout | undefined;

  /** Starts the threads; they need some tens of milliseconds, in which the bundle may be made. */
  constructor({ threadCount = 1, sliceMs = SLICE_MS, threadHeapMiB, ...options }: ThreadedOptions = {}) {
    this.#options = options;
    this.#threadHeapMiB = threadHeapMiB;
    this.#sliceMs = sliceMs;
    this.#threads = Array.from({ length: Math.max(1, threadCount) }, () => this.#startThread());
    this.#ready.promise.catch(() => undefined);
  }

  loadBundle(bundle: LoadedBundle): void {
    this.#bundle = bundle;
    this.#workflowTypes = bundle.header.exports;
    for (const thread of [...this.#threads, ...this.#quarantines]) thread.loadBundle(bundle);
  }

  /** When a thread has loaded the bundle; rejects when it cannot be. Nobody has to wait for it. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  get workflowTypes(): readonly string[] {
    return this.#workflowTypes;
  }

  createRun(setup: RunSetup): void {
    const thread = this.#culprits.has(setup.runId) ? this.#quarantine() : leastLoaded(this.#threads);
    this.#threadOf.set(setup.runId, thread);
    thread.createRun(setup);
  }

  activate(activation: Activation): Promise<Activated> {
    const thread = this.#threadOf.get(activation.runId);
    if (this.#broken !== undefined) return Promise.resolve(lost(this.#broken));
    if (thread === undefined) return Promise.resolve(lost('its thread had to be ended, because of another run'));
    this.#watchdog ??= setInterval(() => this.#look(), this.#sliceMs / LOOKS_PER_SLICE);
    return thread.activate(activation).then((activated) => {
      if (activated.kind === 'done') this.#earlyDeaths = 0;
      return activated;
    });
  }

  evictRun(runId: string): void {
    const thread = this.#threadOf.get(runId);
    if (thread === undefined) return;
    this.#threadOf.delete(runId);
    thread.evictRun(runId);
    const index = this.#quarantines.indexOf(thread);
    if (index < 0 || thread.runs.size > 0) return;
    this.#quarantines.splice(index, 1);
    void thread.terminate(() => lost('it was evicted'));
  }

  async close(): Promise<void> {
    clearInterval(this.#watchdog);
    this.#broken ??= 'the worker was closed';
    this.#threadOf.clear();
    const threads = [...this.#threads.splice(0), ...this.#quarantines.splice(0)];
    await Promise.all(threads.map((thread) => thread.terminate(() => lost('the worker was closed'))));
  }

  #startThread(): WorkflowThread {
    const thread = new WorkflowThread(this.#options, this.#threadHeapMiB, {
      onReady: (workflowTypes) => {
        this.#workflowTypes = workflowTypes ?? this.#workflowTypes;
        this.#ready.resolve();
      },
      onBroken: (reason) => this.#break(`the workflow bundle cannot be loaded: ${reason}`),
      onDeath: (dead, reason, culprit) => this.#onDeath(dead, reason, culprit),
    });
    if (this.#bundle !== undefined) thread.loadBundle(this.#bundle);
    return thread;
  }

  #look(): void {
    const nowMs = performance.now();
    const threads = [...this.#threads, ...this.#quarantines];
    for (const thread of threads) {
      const culprit = thread.spinning(nowMs, this.#sliceMs);
      if (culprit === undefined) continue;
      const spun: Activated = { kind: 'spun', sliceMs: this.#sliceMs, stack: undefined };
      this.#replace(thread, culprit, (runId) =>
        runId === culprit ? spun : lost(`run ${culprit} in its thread did not come to an end`),
      );
    }
    if (threads.some((thread) => thread.hasDebts)) return;
    clearInterval(this.#watchdog);
    this.#watchdog = undefined;
  }

  #onDeath(thread: WorkflowThread, reason: string, culprit: string | undefined): void {
    this.#earlyDeaths += 1;
    if (this.#earlyDeaths > EARLY_DEATHS_MAX) this.#break(`threads for workflows end by themselves: ${reason}`);
    this.#replace(thread, culprit, (runId) =>
      lost(
        runId === culprit ? `its thread ended: ${reason}` : `its thread ended, maybe because of another run: ${reason}`,
      ),
    );
  }

  #replace(thread: WorkflowThread, culprit: string | undefined, answer: (runId: string) => Activated): void {
    for (const runId of thread.runs) this.#threadOf.delete(runId);
    if (culprit !== undefined) this.#remember(culprit);
    const index = this.#threads.indexOf(thread);
    if (index >= 0 && this.#broken === undefined) this.#threads[index] = this.#startThread();
    else if (index < 0) this.#quarantines.splice(this.#quarantines.indexOf(thread), 1);
    void thread.terminate(answer);
  }

  #remember(culprit: string): void {
    this.#culprits.add(culprit);
    for (const oldest of this.#culprits) {
      if (this.#culprits.size <= CULPRITS_MAX) break;
      this.#culprits.delete(oldest);
    }
  }

  #quarantine(): WorkflowThread {
    if (this.#quarantines.length >= QUARANTINES_MAX) return leastLoaded(this.#quarantines);
    const thread = this.#startThread();
    this.#quarantines.push(thread);
    return thread;
  }

  #break(reason: string): void {
    this.#broken ??= reason;
    this.#ready.reject(new Error(reason));
  }
}

function leastLoaded(threads: readonly WorkflowThread[]): WorkflowThread {
  const [first, ...rest] = threads;
  if (first === undefined) throw new Error('The sandbox is closed');
  return rest.reduce((best, thread) => (thread.runs.size < best.runs.size ? thread : best), first);
}

function lost(reason: string): Activated {
  return { kind: 'lost', reason };
}

interface Resolvers {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: Error): void;
}

function withResolvers(): Resolvers {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
