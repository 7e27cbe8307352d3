/** `npm run sim`: runs seeds, prints what fails with the one command that repeats it, and what met what. */
import { availableParallelism } from 'node:os';
import { USAGE, parseArguments } from './command-line.js';
import type { SimArguments } from './command-line.js';
import { addTable, printTable } from './coverage.js';
import { REAL_MODULES } from './modules.js';
import { runMutants } from './mutants/run.js';
import { optionsOf } from './options.js';
import type { Overrides } from './options.js';
import { runSeeds } from './pool.js';
import type { SeedReport } from './pool.js';
import { commandOf, faultsLeft, shrink } from './shrink.js';
import { runSimulation } from './simulation.js';

/** Below this many seeds, empty cells of the table say nothing. */
const SEEDS_FOR_TABLE = 100;
const FAILURES_SHOWN = 5;

const parsed = parseArguments(process.argv.slice(2), availableParallelism());
if ('problem' in parsed) {
  console.error(`${parsed.problem}\n${USAGE}`);
  process.exitCode = 2;
} else if (parsed.mutants) process.exitCode = await runMutants(parsed);
else process.exitCode = await runAll(parsed);

async function runAll(args: SimArguments): Promise<number> {
  const overrides: Overrides = { executions: args.executions, without: args.without };
  if (args.trace) return traceOne(args.seed, overrides);
  const startedMs = performance.now();
  const failed: SeedReport[] = [];
  const table: Record<string, number> = {};
  let passed = 0;
  let events = 0;
  let executions = 0;
  let executionsMin = Infinity;
  await runSeeds(args.seed, args.seeds, args.processes, overrides, (report) => {
    addTable(table, report.coverage);
    events += report.events;
    executions += report.executions;
    executionsMin = Math.min(executionsMin, report.executions);
    if (report.failure === undefined) passed += 1;
    else failed.push(report);
    if (report.failure !== undefined && failed.length <= FAILURES_SHOWN) explain(report, overrides);
  });
  const seconds = (performance.now() - startedMs) / 1_000;
  const { text, empty } = printTable(table);
  if (args.seeds >= SEEDS_FOR_TABLE) {
    console.log(`\nInputs (rows) that met faults (columns):\n${text}`);
    console.log(empty.length === 0 ? 'No cell is empty.' : `Empty cells: ${empty.join(', ')}`);
  }
  if (failed.length > 0)
    console.log(`\nFailed: ${failed.map(({ seed, failure }) => `${seed} (${failure?.check ?? ''})`).join(', ')}`);
  console.log(
    `\n${executions} executions (${executionsMin} or more a seed), ${events} events in ${seconds.toFixed(1)} s: ${(args.seeds / seconds).toFixed(1)} seeds/s, ${((process.cpuUsage().user + process.cpuUsage().system) / 1_000 / args.seeds).toFixed(0)} ms of CPU a seed`,
  );
  console.log(`${passed} passed, ${failed.length} failed`);
  return failed.length === 0 ? 0 : 1;
}

function explain({ seed, failure }: SeedReport, overrides: Overrides): void {
  if (failure === undefined) return;
  console.log(`\nseed ${seed}: ${failure.check}: ${failure.message}`);
  const smaller = failure.check === 'determinism' ? overrides : shrink(seed, failure.check, REAL_MODULES, overrides);
  const { traceTail } = runSimulation(optionsOf(seed, smaller), REAL_MODULES, true);
  for (const line of traceTail) console.log(`  ${line.slice(0, 220)}`);
  console.log(`  repeat:  ${commandOf(seed, overrides)}`);
  console.log(
    `  smaller: ${commandOf(seed, smaller)}   (left: ${faultsLeft(seed, smaller).join(', ') || 'no faults'})`,
  );
  console.log(`  in full: ${commandOf(seed, smaller)} --trace`);
}

function traceOne(seed: number, overrides: Overrides): number {
  const { failure } = runSimulation(optionsOf(seed, overrides), REAL_MODULES, true, (line) => console.log(line));
  console.log(
    failure === undefined ? '1 passed, 0 failed' : `${failure.check}: ${failure.message}\n0 passed, 1 failed`,
  );
  return failure === undefined ? 0 : 1;
}
