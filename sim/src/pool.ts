/** Many seeds on several threads. Each thread takes the next seed when it is done with one. */
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { CoverageTable } from './coverage.js';
import type { Failure } from './failures.js';
import { REAL_MODULES } from './modules.js';
import { optionsOf } from './options.js';
import type { Overrides } from './options.js';
import { runSimulation } from './simulation.js';

export interface SeedReport {
  readonly seed: number;
  readonly failure: Failure | undefined;
  readonly coverage: CoverageTable;
  readonly events: number;
  readonly executions: number;
}

/** Every so many seeds one is run twice: the same seed must give the same world to the last event. */
const REPEATED_EVERY = 25;

export function runSeed(seed: number, overrides: Overrides): SeedReport {
  const options = optionsOf(seed, overrides);
  const { failure, coverage, events, executions, hash } = runSimulation(options, REAL_MODULES);
  const report = { seed, failure, coverage, events, executions };
  if (failure !== undefined || seed % REPEATED_EVERY !== 0) return report;
  const again = runSimulation(options, REAL_MODULES);
  if (again.hash === hash && again.events === events) return report;
  return {
    ...report,
    failure: {
      check: 'determinism',
      message: `two runs of the seed differ: ${events} events ${hash}, then ${again.events} events ${again.hash}`,
    },
  };
}

interface ThreadData {
  readonly overrides: Overrides;
}

/** Calls `done` for each seed, in any order. */
export async function runSeeds(
  first: number,
  count: number,
  threads: number,
  overrides: Overrides,
  done: (report: SeedReport) => void,
): Promise<void> {
  if (count === 1 || threads <= 1) {
    for (let seed = first; seed < first + count; seed += 1) done(runSeed(seed, overrides));
    return;
  }
  let next = first;
  const data: ThreadData = { overrides };
  const runs = Array.from({ length: Math.min(threads, count) }, () => {
    const worker = new Worker(new URL(import.meta.url), { workerData: data });
    return new Promise<void>((resolve, reject) => {
      const give = (): void => {
        if (next < first + count) {
          worker.postMessage(next);
          next += 1;
        } else void worker.terminate().then(() => resolve(), reject);
      };
      worker.on('message', (report: SeedReport) => {
        done(report);
        give();
      });
      worker.on('error', reject);
      give();
    });
  });
  await Promise.all(runs);
}

if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  const { overrides } = workerData as ThreadData;
  port.on('message', (seed: number) => port.postMessage(runSeed(seed, overrides)));
}
