/** What the callers of one workflow id share and know. */
import type { Faults } from './faults.js';
import type { Journal } from './journal.js';
import type { Network } from './network.js';
import type { SimOptions } from './options.js';
import type { Plan } from './plan.js';
import type { Worker } from './worker.js';
import type { World } from './world.js';

export interface StoryParts {
  readonly world: World;
  readonly network: Network;
  readonly faults: Faults;
  readonly options: SimOptions;
  readonly journal: Journal;
  /** A worker of the caller's own process, for eager starts. */
  readonly anyWorker: () => Worker | undefined;
}

export class StoryFacts {
  readonly workflowId: string;
  readonly plan: Plan;
  readonly isCron: boolean;
  /** Of the start that was answered. */
  runId: string | undefined;
  startsPending = 0;
  acknowledgedSignals = 0;
  /** Another start of the same workflow id was tried. */
  hasRival = false;
  isRetried = false;
  #ids = 0;

  constructor(workflowId: string, plan: Plan, isCron: boolean) {
    this.workflowId = workflowId;
    this.plan = plan;
    this.isCron = isCron;
  }

  /** The workflow id has one run at most, as far as its callers know: a query can be held to what it must have seen. */
  get isLone(): boolean {
    return this.plan.end !== 'continue' && !this.isCron && !this.isRetried && !this.hasRival;
  }

  newId(kind: string): string {
    this.#ids += 1;
    return `${this.workflowId}-${kind}${this.#ids}`;
  }
}
