/**
 * `npm run bench`: the same load on our server and, when one is given, on the reference, in turns, so that both meet the same
 * machine. Prints
 * the tables of docs/performance.md and writes JSON.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { measure, medianOf } from './measure.js';
import type { Measurement } from './measure.js';
import { parseOptions, USAGE, UsageError } from './options.js';
import type { Options } from './options.js';
import { ServerProcess } from './target/server-process.js';
import { Target } from './target/target.js';
import type { TargetOptions } from './target/target.js';
import { pageOf } from './report/page.js';
import type { Report } from './report/page.js';
import { workloadTable } from './report/workload-table.js';
import type { WorkloadResult } from './report/workload-table.js';
import { WORKLOADS } from './workloads.js';
import type { Workload } from './workloads.js';
import { measureGo } from './go/measure-go.js';
import { measureInProcess } from './in-process/in-process.js';
import { measureIdleWorkers } from './scale/idle-workers.js';
import { measureOpenExecutions } from './scale/open-executions.js';
import { measureSdk } from './sdk/measure-sdk.js';
import { measureStartup } from './startup.js';

async function main(options: Options): Promise<void> {
  const folder =
    options.db === 'memory'
      ? undefined
      : mkdtempSync(join(options.db === '' ? tmpdir() : options.db, 'perdure-bench-'));
  try {
    const report = await measureAll(options, folder);
    if (options.jsonFile !== undefined) writeFileSync(options.jsonFile, `${JSON.stringify(report, undefined, 2)}\n`);
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

async function measureAll(options: Options, folder: string | undefined): Promise<object> {
  console.log(
    `Node ${process.version}, ${availableParallelism()} cores, ${folder === undefined ? 'in memory' : 'SQLite, durable'}; ${options.rounds} x ${options.seconds} s each, medians.`,
  );
  const workloads = WORKLOADS.filter(({ name }) => options.only.includes(name));
  const results =
    workloads.length === 0 ? [] : await measureWorkloads(options, workloads, databaseIn(folder, 'workloads'));
  const report: Report = { workloads: results };
  const wants = (name: string): boolean => options.only.includes(name);
  if (wants('startup')) report.startup = await measureStartup(options, databaseIn(folder, 'startup'));
  if (wants('in-process')) report.inProcess = await measureInProcess(options, databaseIn(folder, 'in-process'));
  if (wants('go')) report.go = await measureGo(options, databaseIn(folder, 'go'));
  if (wants('sdk')) report.sdk = await measureSdk(options, databaseIn(folder, 'sdk'));
  if (wants('idle')) report.idle = await measureIdleWorkers(options, databaseIn(folder, 'idle'));
  if (wants('open')) report.open = await measureOpenExecutions(options, databaseIn(folder, 'open'));
  console.log(`\n${pageOf(report)}`);
  return { node: process.version, cores: availableParallelism(), options, ...report };
}

const databaseIn = (folder: string | undefined, name: string): string | undefined =>
  folder === undefined ? undefined : join(folder, `${name}.db`);

async function measureWorkloads(
  options: Options,
  workloads: readonly Workload[],
  dbFilename: string | undefined,
): Promise<WorkloadResult[]> {
  const server = await ServerProcess.start({ dbFilename, profileFolder: options.profileFolder });
  const targets: Target[] = [];
  try {
    const { address, pid, metricsUrl } = server;
    const places: TargetOptions[] = [{ name: 'perdure', address, pid, metricsUrl }];
    if (options.reference !== undefined)
      places.push({ name: 'reference', address: options.reference, pid: options.referencePid, metricsUrl: undefined });
    for (const place of places) targets.push(await Target.open(place));
    const results: WorkloadResult[] = [];
    for (const workload of workloads) results.push(await measurePaired(targets, workload, options));
    console.log(`\nPer operation:\n\n${workloadTable(results)}`);
    return results;
  } finally {
    for (const target of targets) await target.close();
    await server.stop();
  }
}

/** A B A B: each round loads one server after the other. */
async function measurePaired(
  targets: readonly Target[],
  workload: Workload,
  { rounds, seconds }: Options,
): Promise<WorkloadResult> {
  const measured: Measurement[][] = targets.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, target] of targets.entries()) measured[index]?.push(await measure(target, workload, seconds));
  }
  const [perdure = [], reference] = measured;
  const result = {
    workload,
    perdure: medianOf(perdure),
    reference: reference === undefined ? undefined : medianOf(reference),
  };
  console.error(
    `${workload.name}: ${Math.round(result.perdure.operationsPerSecond)}/s${result.reference === undefined ? '' : `, reference ${result.reference.operationsPerSecond.toFixed(1)}/s`}`,
  );
  return result;
}

try {
  await main(parseOptions(process.argv.slice(2)));
} catch (error) {
  const isUsage = error instanceof UsageError || (error instanceof TypeError && 'code' in error);
  console.error(isUsage ? `${error.message}\n\n${USAGE}` : error);
  process.exitCode = 1;
}
