/** One seed from beginning to end: faults on, then off until all is done, then the checks. */
import { isClosed } from '@perdure/server/core';
import { checkFamilies } from './checkers/families.js';
import { DurableView } from './checkers/durable-view.js';
import { FoldCheck } from './checkers/fold.js';
import { readHistories } from './checkers/histories.js';
import type { RunHistory } from './checkers/histories.js';
import { checkLateness } from './checkers/lateness.js';
import { checkLeaks } from './checkers/leaks.js';
import { checkOrder } from './checkers/order.js';
import { checkPromises } from './checkers/promises.js';
import { RowCheck } from './checkers/rows.js';
import { Cluster } from './cluster.js';
import { Coverage } from './coverage.js';
import type { CoverageTable } from './coverage.js';
import { Disk } from './disk.js';
import type { Failure } from './failures.js';
import { Faults } from './faults.js';
import { Journal } from './journal.js';
import type { Modules } from './modules.js';
import { RETENTION_MS, namespaceRecord } from './namespace-record.js';
import { Network } from './network.js';
import type { SimOptions } from './options.js';
import { Mismatch, Replay } from './replay.js';
import { NAMESPACE, NAMESPACE_ID } from './requests.js';
import { Story } from './story.js';
import { Trace } from './trace.js';
import { POLL_TIMEOUT_MS, Worker } from './worker.js';
import { World } from './world.js';

export interface SimResult {
  readonly seed: number;
  readonly failure: Failure | undefined;
  readonly hash: string;
  readonly events: number;
  readonly executions: number;
  readonly coverage: CoverageTable;
  readonly traceTail: readonly string[];
}

const LIVENESS_MS = 3 * 3_600_000;

export function runSimulation(
  options: SimOptions,
  modules: Modules,
  isDetailed = false,
  echo?: (line: string) => void,
): SimResult {
  const simulation = new Simulation(options, modules, new Trace(isDetailed, echo));
  try {
    simulation.run();
  } catch (error) {
    simulation.world.failures.report('threw', error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  return simulation.result();
}

class Simulation {
  readonly world: World;
  readonly #options: SimOptions;
  readonly #faults: Faults;
  readonly #coverage: Coverage;
  readonly #disk: Disk;
  readonly #fold: FoldCheck;
  readonly #cluster: Cluster;
  readonly #network: Network;
  readonly #journal = new Journal();
  readonly #stories: Story[] = [];
  #workers: Worker[] = [];
  #workersStarted = 0;
  #runs: RunHistory[] = [];

  constructor(options: SimOptions, modules: Modules, trace: Trace) {
    this.#options = options;
    this.world = new World(options.seed, trace);
    const { world } = this;
    this.#coverage = new Coverage(() => world.nowMs);
    this.#faults = new Faults(options, world.rng.split('faults'), this.#coverage);
    this.#disk = new Disk(world, this.#faults, modules);
    this.#disk.tables.records.namespace.set(NAMESPACE_ID, modules.engine.encodeNamespace(namespaceRecord(world.nowMs)));
    this.#fold = new FoldCheck(world, NAMESPACE, options.limits.bufferedEventsMax);
    this.#fold.attach(this.#disk);
    new RowCheck(world, this.#disk, this.#fold);
    const durable = new DurableView(world, this.#disk);
    this.#cluster = new Cluster({
      world,
      disk: this.#disk,
      modules,
      options,
      coverage: this.#coverage,
      faults: this.#faults,
      fold: this.#fold,
      durable,
    });
    this.#network = new Network(world, this.#cluster, this.#faults);
  }

  run(): void {
    for (let index = 0; index < this.#options.workers; index += 1) this.#startWorker();
    this.#killWorkers();
    this.#beginStories();
    this.world.run(this.#options.faultPhaseMs, () => false);
    if (this.world.failures.any) return;
    // Event times are the server's, whose clock may be ahead.
    const healthyFromMs = this.world.nowMs + this.#cluster.aheadMsMax;
    this.#heal();
    if (!this.world.run(LIVENESS_MS, () => this.world.events % 64 === 0 && this.#isQuiet())) return this.#reportStuck();
    // Long enough for polls that were lost under faults to be made anew: what waits for them is done or dropped.
    this.world.run(POLL_TIMEOUT_MS, () => false);
    // Some leave in order, some just die: nothing of either may stay.
    this.#workers.forEach((worker, index) =>
      (index + this.#options.seed) % 2 === 0 ? worker.shutdown() : worker.die(),
    );
    this.world.run(10_000, () => false);
    this.#check(healthyFromMs);
    this.world.log('world', `the disk holds ${digestOf(this.#disk)}`);
    if (this.#options.untilRetention && !this.world.failures.any) this.#passRetention();
  }

  result(): SimResult {
    const { world } = this;
    return {
      seed: this.#options.seed,
      failure: world.failures.first,
      hash: world.trace.hash,
      events: world.events,
      executions: this.#disk.tables.lastExecNo,
      coverage: this.#coverage.table(),
      traceTail: world.trace.tail(60),
    };
  }

  #startWorker(): void {
    this.#workersStarted += 1;
    const { world } = this;
    const parts = {
      world,
      network: this.#network,
      faults: this.#faults,
      options: this.#options,
      journal: this.#journal,
    };
    const worker = new Worker(parts, `worker${this.#workersStarted}`);
    this.#workers.push(worker);
    worker.start();
  }

  #killWorkers(): void {
    if (!this.#faults.has('workerDied')) return;
    const rng = this.#faults.rng('workerDied');
    this.world.after(rng.between(0, 8_000 / this.#options.intensity), () => {
      if (!this.#faults.has('workerDied')) return;
      const victim = rng.pick(this.#workers);
      this.#faults.count('workerDied');
      this.world.log(victim.name, 'dies');
      if (rng.chance(0.3)) victim.shutdown();
      else victim.die();
      this.#workers = this.#workers.filter((worker) => worker !== victim);
      this.#startWorker();
      this.#killWorkers();
    });
  }

  #beginStories(): void {
    const { world } = this;
    const { executions } = this.#options;
    const parts = {
      world,
      network: this.#network,
      faults: this.#faults,
      options: this.#options,
      journal: this.#journal,
      anyWorker: () => this.#workers[0],
    };
    const ids = Array.from({ length: executions }, (_, index) => `wf-${index}`);
    for (let index = 0; index < executions; index += 1) {
      const story = new Story(parts, index, [...ids, 'wf-nobody']);
      this.#stories.push(story);
      story.begin();
    }
  }

  #heal(): void {
    this.world.log('world', 'faults are over');
    this.#faults.heal(this.world.nowMs);
    this.#cluster.heal();
    for (const story of this.#stories) story.conclude();
  }

  #isQuiet(): boolean {
    if (this.#stories.some((story) => !story.isOver)) return false;
    const { tables } = this.#disk;
    if (tables.outbox.size > 0) return false;
    for (const { row } of tables.executions.values()) if (row !== undefined && !isClosed(row.status as 1)) return false;
    return true;
  }

  #reportStuck(): void {
    if (this.world.failures.any) return;
    const open = [...this.#disk.tables.executions].filter(
      ([, { row }]) => row !== undefined && !isClosed(row.status as 1),
    );
    const described = open
      .slice(0, 3)
      .map(([execNo, { row }]) => `${row?.workflowId} (execution ${execNo}): ${describeStuck(this.#fold, execNo)}`);
    const waiting = this.#stories.filter((story) => !story.isOver).map((story) => story.workflowId);
    const outbox = this.#disk.tables.outbox.size;
    this.world.failures.report(
      'liveness',
      `${open.length} runs are open, callers wait for [${waiting.join(', ')}], ${outbox} outbox rows. ${described.join('; ')}`,
    );
  }

  #check(healthyFromMs: number): void {
    const { failures } = this.world;
    this.#fold.all();
    this.#runs = readHistories(this.#disk, this.#fold);
    for (const run of this.#runs) {
      checkOrder(run, (message) => failures.report('order', message));
      checkReplay(run, (message) => failures.report('replay', message));
      checkLateness(run, healthyFromMs, this.#options.faults.has('clockStep'), (message) =>
        failures.report('late', message),
      );
    }
    const report = (check: string, message: string): void => failures.report(check, message);
    checkPromises(this.#journal, this.#runs, report);
    checkFamilies(this.#runs, this.#disk, healthyFromMs, report);
    checkLeaks(this.#disk, this.#cluster.owner, report);
  }

  /** Everything that closed is deleted when its retention ends. */
  #passRetention(): void {
    const { tables } = this.#disk;
    this.world.run(RETENTION_MS + 3_600_000, () => this.world.events % 64 === 0 && tables.executions.size === 0);
    if (this.world.failures.any) return;
    const { failures } = this.world;
    if (tables.executions.size > 0)
      failures.report('retention', `${tables.executions.size} executions are left after their retention`);
    if (tables.timers.size > 0)
      failures.report('retention', `${tables.timers.size} timer rows are left after retention`);
    if (this.#cluster.owner.engine.runsInMemory > 0)
      failures.report('retention', `${this.#cluster.owner.engine.runsInMemory} deleted runs are in memory`);
  }
}

function checkReplay(run: RunHistory, report: (message: string) => void): void {
  const replay = new Replay();
  try {
    replay.feed(run.events);
    if (isClosed(run.state.status)) replay.finish();
  } catch (error) {
    report(`${run.workflowId} ${run.runId}: ${error instanceof Mismatch ? error.message : String(error)}`);
  }
}

function describeStuck(fold: FoldCheck, execNo: number): string {
  const state = fold.stateOf(execNo);
  if (state === undefined) return 'no state';
  const { workflowTask, activities, timers, children, externalSignals, externalCancels, buffered, nextEventId } = state;
  const task =
    workflowTask === undefined
      ? 'no task'
      : `task ${workflowTask.kind} ${workflowTask.scheduledEventId}/${workflowTask.startedEventId} attempt ${workflowTask.attempt} on ${workflowTask.queue}`;
  const pending = [...activities.values()].map(
    ({ activityId, phase, attempt }) => `${activityId} ${phase} attempt ${attempt}`,
  );
  return `${task}, ${nextEventId - 1} events, activities [${pending.join(', ')}], ${timers.size} timers, ${children.size} children, ${externalSignals.size + externalCancels.size} externals, ${buffered.length} buffered`;
}

/** All histories, so that two worlds that end differently are told apart. */
function digestOf(disk: Disk): string {
  let hash = 0;
  for (const { log } of disk.tables.executions.values()) {
    for (const { events, facts } of log.after(0)) {
      for (const byte of events) hash = Math.imul(hash ^ byte, 0x01000193);
      for (const byte of facts) hash = Math.imul(hash ^ byte, 0x01000193);
    }
  }
  return (hash >>> 0).toString(16);
}
