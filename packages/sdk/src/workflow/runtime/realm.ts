/** The realm: all runs in it, and the order in which an activation is worked off, of which histories know. */
import { defaultFailureConverter } from '../../conversion/failure-converter.js';
import { defaultPayloadConverter } from '../../conversion/default-payload-converter.js';
import { ensureTemporalFailure } from '../../conversion/failure.js';
import { failureToBytes } from '../../conversion/proto-failure.js';
import type { Activation, Completion, Job } from '../../replay/contract.js';
import { useAsyncContext } from './async-context.js';
import type { Concluded, LoadRunModules, Realm, RealmHost, RealmOptions, RunSetup } from './contract.js';
import { currentRun, setCurrentRun } from './current.js';
import { RuntimeFlag } from './flags.js';
import { adviseOn } from './globals/refuse.js';
import { intercepted } from './interceptors.js';
import type { ActivateInput, ConcludeActivationInput } from './interceptors.js';
import { applyJob } from './jobs.js';
import { Run } from './run.js';
import { useSources } from './stacks.js';
import { initialize, loadModules, readDefinition } from './start.js';
import { warnOfUnfinished } from './warnings.js';

export function createRealm(host: RealmHost, load: LoadRunModules, options: RealmOptions = {}): Realm {
  useAsyncContext(host.asyncContext);
  useSources(host);
  return new RunRealm(load, options);
}

class RunRealm implements Realm {
  readonly #load: LoadRunModules;
  readonly #options: RealmOptions;
  readonly #runs = new Map<string, Run>();
  /** The work on the present activation. */
  #work: ActivationWork | undefined;

  constructor(load: LoadRunModules, options: RealmOptions) {
    this.#load = load;
    this.#options = options;
  }

  createRun(setup: RunSetup): void {
    this.#runs.set(setup.runId, new Run(setup, this.#options));
  }

  begin(activation: Activation): void {
    const run = this.#runs.get(activation.runId);
    if (run === undefined) throw new Error(`no run ${activation.runId} in this realm`);
    setCurrentRun(run);
    this.#work = new ActivationWork(run, activation);
    this.#work.begin(this.#load);
  }

  step(): boolean {
    return this.#work?.step() ?? false;
  }

  conclude(): Concluded {
    try {
      if (this.#work === undefined) throw new Error('conclude without begin');
      return this.#work.conclude();
    } finally {
      this.#work = undefined;
      setCurrentRun(undefined);
    }
  }

  destroyRun(runId: string): void {
    const run = this.#runs.get(runId);
    if (run === undefined) return;
    this.#runs.delete(runId);
    if (run.modules?.interceptors.internals === undefined) return;
    const before = currentRun();
    setCurrentRun(run);
    try {
      intercepted(run.modules.interceptors.internals, 'dispose', () => undefined)({});
    } catch {
      // The run is gone: nobody is there to be told.
    } finally {
      setCurrentRun(before);
    }
  }

  unhandledRejection(runId: string, failure: Uint8Array): void {
    const run = this.#runs.get(runId);
    if (run !== undefined) run.unhandled ??= failure;
  }
}

/** One activation: batches of jobs; microtasks are drained between the steps. */
class ActivationWork {
  readonly #run: Run;
  readonly #activation: Activation;
  readonly #isQueries: boolean;
  #batches: (readonly Job[])[] = [];
  #batchIndex = 0;
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(run: Run, activation: Activation) {
    this.#run = run;
    this.#activation = activation;
    this.#isQueries = activation.jobs.length > 0 && activation.jobs.every(({ kind }) => kind === 'query');
  }

  begin(load: LoadRunModules): void {
    this.#guarded(() => {
      const run = this.#run;
      run.accept(this.#activation, this.#isQueries);
      if (run.modules === undefined) {
        const job = this.#activation.jobs.find((candidate) => candidate.kind === 'initialize');
        if (job !== undefined) initialize(run, job);
        run.modules = loadModules(run, load(run.setup.runId));
        readDefinition(run);
        this.#batches = this.#split();
      } else {
        this.#batches = this.#split();
        this.#applyNextBatch();
      }
    });
  }

  /** Patches and seeds first, at once; then the rest, in old histories signals before all others. */
  #split(): (readonly Job[])[] {
    const { jobs } = this.#activation;
    if (this.#isQueries) return [jobs];
    const isPlain = !jobs.some(({ kind }) => kind === 'notifyHasPatch' || kind === 'updateRandomSeed');
    const rest = isPlain ? jobs : this.#applyEarly(jobs);
    const hasSignals = rest.some(({ kind }) => kind === 'signal');
    if (!hasSignals || this.#run.hasFlag(RuntimeFlag.SINGLE_BATCH)) return [rest];
    const batches = [rest.filter(({ kind }) => kind === 'signal'), rest.filter(({ kind }) => kind !== 'signal')];
    return batches.filter((batch) => batch.length > 0);
  }

  #applyEarly(jobs: readonly Job[]): readonly Job[] {
    return jobs.filter((job) => {
      const isEarly = job.kind === 'notifyHasPatch' || job.kind === 'updateRandomSeed';
      if (isEarly) applyJob(this.#run, job);
      return !isEarly;
    });
  }

  step(): boolean {
    if (this.#isOver) return false;
    this.#guarded(() => {
      // The first jobs of a run come when its modules have settled.
      if (this.#batchIndex > 0 && this.#unblock() > 0) return;
      if (!this.#applyNextBatch()) this.#isOver = true;
    });
    return !this.#isOver;
  }

  /** Queries leave conditions alone. */
  #unblock(): number {
    return this.#isQueries ? 0 : this.#run.conditions.unblock(() => this.#run.throwTaskError());
  }

  /** False when there is none. */
  #applyNextBatch(): boolean {
    const jobs = this.#batches[this.#batchIndex];
    if (jobs === undefined) return false;
    const batchIndex = this.#batchIndex++;
    const activate = intercepted(this.#run.loaded.interceptors.internals, 'activate', ({ activation }: ActivateInput) =>
      this.#applyJobs(activation.jobs),
    );
    const activation = jobs === this.#activation.jobs ? this.#activation : { ...this.#activation, jobs };
    activate({ activation, batchIndex });
    return true;
  }

  /** Conditions are looked at after each job; the workflow's function starts last, so that it finds signals waiting. */
  #applyJobs(jobs: readonly Job[]): void {
    for (const job of jobs) if (job.kind !== 'initialize') this.#apply(job);
    const [first] = jobs;
    if (first?.kind === 'initialize') this.#apply(first);
  }

  #apply(job: Job): void {
    applyJob(this.#run, job);
    this.#unblock();
  }

  conclude(): Concluded {
    const run = this.#run;
    let completion: Completion | undefined;
    this.#guarded(() => {
      run.throwTaskError();
      run.handlers.rejectWaitingUpdates();
      completion = this.#complete();
      if (run.isCompleted) warnOfUnfinished(run);
    });
    if (run.unhandled !== undefined) completion = { status: 'failed', failure: run.unhandled };
    else if (this.#failure !== undefined)
      completion = { status: 'failed', failure: failureBytes(run, this.#failure.error) };
    const { sinkCalls } = run;
    run.commands = [];
    run.sinkCalls = [];
    return { completion: completion ?? { status: 'ok', commands: [] }, sinkCalls };
  }

  #complete(): Completion {
    const run = this.#run;
    const { internals } = run.loaded.interceptors;
    const { commands } = intercepted(internals, 'concludeActivation', asItIs)({ commands: run.commands });
    const usedFlags = run.takeUsedFlags();
    const { versioningBehavior } = run;
    return {
      status: 'ok',
      commands,
      ...(usedFlags === undefined ? {} : { usedFlags }),
      ...(versioningBehavior === undefined ? {} : { versioningBehavior }),
    };
  }

  /** What goes wrong ends the activation; only the first error counts. */
  #guarded(fn: () => void): void {
    if (this.#failure !== undefined) return;
    const run = this.#run;
    run.isSynchronous = true;
    try {
      fn();
    } catch (error) {
      this.#failure = { error };
      this.#isOver = true;
    } finally {
      run.isSynchronous = false;
    }
  }
}

function asItIs(input: ConcludeActivationInput): ConcludeActivationInput {
  return input;
}

/** Even when the run's own converter cannot be had, or fails itself. */
function failureBytes(run: Run, error: unknown): Uint8Array {
  adviseOn(error);
  try {
    if (run.modules !== undefined) return run.failureOf(ensureTemporalFailure(error));
  } catch {
    // Told with the default converter.
  }
  return failureToBytes(defaultFailureConverter.errorToFailure(error, defaultPayloadConverter));
}
