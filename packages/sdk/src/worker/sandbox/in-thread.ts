/**
 * The sandbox in the caller's own thread: for debuggers, whose breakpoints then hold the whole worker, and for short-lived
 * environments. There is no watchdog: code that does not come to an end stops the process.
 */
import type { Activation } from '../../replay/contract.js';
import type { RunSetup } from '../../workflow/runtime/contract.js';
import { copyData } from '../../workflow/runtime/globals/copy-data.js';
import { ActivationLoop } from './activation-loop.js';
import type { LoadedBundle } from './bundle-format.js';
import type { Activated, WorkflowSandbox } from './contract.js';
import { RunBytes } from './run-bytes.js';
import { watchRejections } from './unhandled-rejections.js';
import { VmRealm } from './vm-realm.js';
import type { VmRealmOptions } from './vm-realm.js';

export class InThreadSandbox implements WorkflowSandbox {
  readonly workflowTypes: readonly string[];
  readonly #realm: VmRealm;
  readonly #loop: ActivationLoop;
  readonly #runs = new Set<string>();
  readonly #runBytes = new RunBytes();
  readonly #out = new Set<(activated: Activated) => void>();
  readonly #unwatch: () => void;

  /** Throws when the bundle cannot be compiled. */
  constructor(bundle: LoadedBundle, options: VmRealmOptions = {}) {
    this.#realm = new VmRealm(options);
    this.#realm.loadBundle(bundle);
    this.#loop = new ActivationLoop(this.#realm);
    this.#unwatch = watchRejections({
      owns: (promise) => this.#realm.owns(promise),
      onRejection: (reason) => this.#loop.onRejection(reason),
    });
    this.workflowTypes = this.#realm.workflowTypes() ?? bundle.header.exports;
  }

  createRun(setup: RunSetup): void {
    this.#runs.add(setup.runId);
    this.#realm.createRun(setup);
  }

  activate(activation: Activation): Promise<Activated> {
    const { runId } = activation;
    if (!this.#runs.has(runId)) return Promise.resolve(lost(`run ${runId} is not in this sandbox`));
    return new Promise((resolve) => {
      this.#out.add(resolve);
      this.#loop.push(activation, ({ completion, sinkCalls }) => {
        this.#out.delete(resolve);
        const outside = copyData(completion);
        const runBytes = this.#runBytes.onActivation(runId, activation, outside);
        resolve({ kind: 'done', completion: outside, sinkCalls, runBytes });
      });
    });
  }

  evictRun(runId: string): void {
    if (!this.#runs.delete(runId)) return;
    this.#realm.destroyRun(runId);
    this.#runBytes.forget(runId);
  }

  close(): Promise<void> {
    this.#unwatch();
    for (const runId of [...this.#runs]) this.evictRun(runId);
    for (const resolve of this.#out) resolve(lost('the worker was closed'));
    this.#out.clear();
    return Promise.resolve();
  }
}

function lost(reason: string): Activated {
  return { kind: 'lost', reason };
}
