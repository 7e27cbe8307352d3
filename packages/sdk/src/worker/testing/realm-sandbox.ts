/** A sandbox for tests of the worker: one realm in this thread, without replaced globals, threads and watchdog. */
import { TestRealm } from '../../workflow/testing/realm-host.js';
import type { RunSetup } from '../../workflow/runtime/contract.js';
import type { Activation } from '../../replay/contract.js';
import type { Activated, WorkflowSandbox } from '../sandbox/contract.js';

export class RealmSandbox implements WorkflowSandbox {
  readonly workflowTypes: readonly string[] = [];
  readonly evicted: string[] = [];
  readonly #realm: TestRealm;
  /** What the next activation answers instead of running. */
  instead: Activated | undefined;
  activationCount = 0;
  runBytes = 20_000;

  constructor(code: string) {
    this.#realm = new TestRealm(code);
  }

  createRun(setup: RunSetup): void {
    this.#realm.realm.createRun(setup);
  }

  async activate(activation: Activation): Promise<Activated> {
    this.activationCount += 1;
    const { instead } = this;
    this.instead = undefined;
    if (instead !== undefined) return instead;
    const { completion, sinkCalls } = this.#realm.activate(activation);
    return { kind: 'done', completion, sinkCalls, runBytes: this.runBytes };
  }

  evictRun(runId: string): void {
    this.evicted.push(runId);
    this.#realm.realm.destroyRun(runId);
  }

  async close(): Promise<void> {}
}
