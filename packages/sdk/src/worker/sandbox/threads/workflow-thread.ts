/** A thread of workflows, as the pool sees it: its runs, what it owes an answer for, and whether it still moves. */
import { Worker } from 'node:worker_threads';
import type { Activation } from '../../../replay/contract.js';
import type { RunSetup } from '../../../workflow/runtime/contract.js';
import { copyData } from '../../../workflow/runtime/globals/copy-data.js';
import type { LoadedBundle } from '../bundle-format.js';
import type { Activated } from '../contract.js';
import type { VmRealmOptions } from '../vm-realm.js';
import type { FromThread, ThreadData, ToThread } from './messages.js';

interface Debt {
  readonly runId: string;
  readonly resolve: (activated: Activated) => void;
}

export interface ThreadEvents {
  /** The bundle is loaded, or cannot be. */
  onReady(workflowTypes: readonly string[] | undefined): void;
  onBroken(reason: string): void;
  /** It ended by itself: an error of the host's code or too little memory. `culprit`: the run that was active. */
  onDeath(thread: WorkflowThread, reason: string, culprit: string | undefined): void;
}

/** Looks until a thread may be said to stand still: a worker that got no time to look must not blame it. */
const LOOKS_MIN = 3;

export class WorkflowThread {
  readonly runs = new Set<string>();
  readonly #worker: Worker;
  readonly #beat = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #debts = new Map<number, Debt>();
  #seq = 0;
  #outbox: ToThread[] = [];
  #isOver = false;
  #watched = { seq: 0, sinceMs: 0, looks: 0 };

  constructor(options: VmRealmOptions, heapMiB: number | undefined, events: ThreadEvents) {
    const workerData: ThreadData = { options, heartbeat: this.#beat.buffer as SharedArrayBuffer };
    // Hooks of the worker's process, for TypeScript for one, are of no use in there and take their time.
    this.#worker = new Worker(new URL('./thread-main.js', import.meta.url), {
      workerData,
      execArgv: [],
      ...(heapMiB === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: heapMiB } }),
    });
    this.#worker.unref();
    this.#worker.on('message', (messages: readonly FromThread[]) => {
      for (const message of messages) this.#take(message, events);
    });
    let reason = 'the thread ended';
    this.#worker.on('error', (error: Error) => (reason = error.message));
    this.#worker.on('exit', () => {
      if (!this.#isOver) events.onDeath(this, reason, this.#debts.get(this.#current())?.runId);
    });
  }

  loadBundle(bundle: LoadedBundle): void {
    this.#post({ kind: 'bundle', bundle });
  }

  createRun(setup: RunSetup): void {
    this.runs.add(setup.runId);
    this.#post({ kind: 'create', setup });
  }

  activate(activation: Activation): Promise<Activated> {
    return new Promise((resolve) => {
      const seq = (this.#seq = (this.#seq % MAX_INT32) + 1);
      if (this.#debts.size === 0) this.#worker.ref();
      this.#debts.set(seq, { runId: activation.runId, resolve });
      // Exact copies: a view of a larger buffer would be sent with all of it.
      this.#post({ kind: 'activate', seq, activation: copyData(activation) });
    });
  }

  evictRun(runId: string): void {
    if (this.runs.delete(runId)) this.#post({ kind: 'evict', runId });
  }

  get hasDebts(): boolean {
    return this.#debts.size > 0;
  }

  /** To be called now and then; the run whose activation has not ended within its slice. */
  spinning(nowMs: number, sliceMs: number): string | undefined {
    const seq = this.#current();
    if (seq === 0 || seq !== this.#watched.seq) {
      this.#watched = { seq, sinceMs: nowMs, looks: 0 };
      return undefined;
    }
    this.#watched.looks += 1;
    const { sinceMs, looks } = this.#watched;
    return nowMs - sinceMs >= sliceMs && looks >= LOOKS_MIN ? this.#debts.get(seq)?.runId : undefined;
  }

  /** Ends the thread. All that it owes is answered by `answer`. */
  async terminate(answer: (runId: string) => Activated): Promise<void> {
    this.#isOver = true;
    for (const { runId, resolve } of this.#debts.values()) resolve(answer(runId));
    this.#debts.clear();
    this.runs.clear();
    await this.#worker.terminate();
  }

  #current(): number {
    return Atomics.load(this.#beat, 0);
  }

  #take(message: FromThread, events: ThreadEvents): void {
    switch (message.kind) {
      case 'ready':
        return events.onReady(message.workflowTypes);
      case 'broken':
        return events.onBroken(message.reason);
      case 'done': {
        const { seq, ...done } = message;
        const debt = this.#debts.get(seq);
        this.#debts.delete(seq);
        if (this.#debts.size === 0) this.#worker.unref();
        return debt?.resolve(done);
      }
    }
  }

  #post(message: ToThread): void {
    this.#outbox.push(message);
    if (this.#outbox.length > 1) return;
    setImmediate(() => {
      const messages = this.#outbox;
      this.#outbox = [];
      if (!this.#isOver) this.#worker.postMessage(messages);
    });
  }
}

const MAX_INT32 = 2 ** 31 - 1;
