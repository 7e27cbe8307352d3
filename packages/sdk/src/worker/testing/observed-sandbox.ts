/** A sandbox for tests of the worker: counts, and can answer as one that lost its realm. */
import type { RunSetup } from '../../workflow/runtime/contract.js';
import type { Activation } from '../../replay/contract.js';
import type { Activated, WorkflowSandbox } from '../sandbox/contract.js';

export class ObservedSandbox implements WorkflowSandbox {
  readonly evicted: string[] = [];
  readonly #inner: WorkflowSandbox;
  /** What the next activation answers instead of running. */
  instead: Activated | undefined;
  activationCount = 0;
  runBytes = 20_000;

  constructor(inner: WorkflowSandbox) {
    this.#inner = inner;
  }

  get workflowTypes(): readonly string[] {
    return this.#inner.workflowTypes;
  }

  createRun(setup: RunSetup): void {
    this.#inner.createRun(setup);
  }

  async activate(activation: Activation): Promise<Activated> {
    this.activationCount += 1;
    const { instead } = this;
    this.instead = undefined;
    if (instead !== undefined) return instead;
    const activated = await this.#inner.activate(activation);
    return activated.kind === 'done' ? { ...activated, runBytes: this.runBytes } : activated;
  }

  evictRun(runId: string): void {
    this.evicted.push(runId);
    this.#inner.evictRun(runId);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
