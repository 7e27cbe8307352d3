/** Workflow Tasks of a worker: one at a time for each execution, those in memory within bounds. */
import type { PollWorkflowTaskQueueResponse } from '@perdure/protocol';
import type { Permit } from '../slots/slots.js';
import type { WorkflowSlotInfo } from '../slots/tuner-options.js';
import { RunCache } from './run-cache.js';
import type { RunCacheLimits } from './run-cache.js';
import { WorkflowRun } from './workflow-run.js';
import type { RunSurroundings } from './workflow-run.js';

interface Taken {
  readonly task: PollWorkflowTaskQueueResponse;
  readonly permit: Permit<WorkflowSlotInfo>;
}

interface Entry {
  readonly run: WorkflowRun;
  isBusy: boolean;
  /** Queries, mostly: a run has one other task at a time. */
  readonly waiting: Taken[];
}

export class WorkflowWorker {
  readonly #with: RunSurroundings;
  readonly #cache: RunCache;
  readonly #entries = new Map<string, Entry>();
  #busyCount = 0;
  #processedCount = 0;
  #whenIdle: (() => void)[] = [];

  constructor(surroundings: RunSurroundings, limits: RunCacheLimits) {
    this.#with = surroundings;
    this.#cache = new RunCache(limits);
  }

  get cachedCount(): number {
    return this.#entries.size;
  }

  get cachedBytes(): number {
    return this.#cache.bytes;
  }

  /** Executions with a task in work. */
  get busyCount(): number {
    return this.#busyCount;
  }

  get processedCount(): number {
    return this.#processedCount;
  }

  /** Takes over the permit. */
  take(task: PollWorkflowTaskQueueResponse, permit: Permit<WorkflowSlotInfo>, isSticky: boolean): void {
    permit.use({ type: 'workflow', workflowType: task.workflowType?.name ?? '', isSticky });
    const runId = task.workflowExecution?.runId ?? '';
    let entry = this.#entries.get(runId);
    if (entry === undefined) {
      entry = { run: new WorkflowRun(task, this.#with), isBusy: false, waiting: [] };
      this.#entries.set(runId, entry);
    }
    if (entry.isBusy) entry.waiting.push({ task, permit });
    else void this.#work(entry, { task, permit });
  }

  async idle(): Promise<void> {
    if (this.#busyCount > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  /** Forgets all executions; none may be busy. */
  evictAll(): void {
    for (const [runId, { run }] of this.#entries) {
      run.drop();
      this.#cache.remove(runId);
    }
    this.#entries.clear();
  }

  async #work(entry: Entry, first: Taken): Promise<void> {
    const { run } = entry;
    entry.isBusy = true;
    this.#busyCount += 1;
    let isKept = false;
    let next: Taken | undefined = first;
    while (next !== undefined) {
      const end = await run.process(next.task);
      this.#processedCount += 1;
      isKept = end.isKept;
      if (!isKept) run.drop();
      if (end.next !== undefined && end.next.taskToken.length > 0) {
        next = { task: end.next, permit: next.permit };
        continue;
      }
      next.permit.release();
      next = entry.waiting.shift();
    }
    entry.isBusy = false;
    this.#busyCount -= 1;
    this.#rest(entry, isKept);
    if (this.#busyCount === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /** The run has nothing to do: it stays in memory as long as there is room. */
  #rest({ run }: Entry, isKept: boolean): void {
    const { metrics } = this.#with;
    if (!isKept) {
      this.#entries.delete(run.runId);
      this.#cache.remove(run.runId);
    } else this.#cache.touch(run.runId, run.bytes);
    for (const runId of this.#cache.overflow((id) => this.#entries.get(id)?.isBusy === true)) {
      this.#entries.get(runId)?.run.drop();
      this.#entries.delete(runId);
      metrics?.count('sticky_cache_total_forced_eviction');
    }
    metrics?.gauge('sticky_cache_size', this.#entries.size);
  }
}
