/**
 * The worker of our SDK and the official one of TypeScript, in turns, on our server, under the same load: CPU, throughput,
 * start and memory. Without an installed `conformance` only ours is measured.
 */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { median } from '../driver/latencies.js';
import { DriverProcess } from '../driver/process.js';
import type { Options } from '../options.js';
import { statsOf } from '../target/process-stats.js';
import { ServerProcess } from '../target/server-process.js';

export type Sdk = 'perdure' | 'official';

export interface SdkResult {
  readonly sdk: Sdk;
  readonly workflowsPerSecond: number;
  /** Per workflow. */
  readonly workerCpuMs: number;
  readonly serverCpuMs: number;
  readonly clientCpuMs: number;
  readonly residentMib: number;
  /** `Worker.create` with the path of its workflows. */
  readonly createMs: number;
  /** From the start of the worker's process to the result of a workflow that waited for it. */
  readonly firstResultMs: number;
}

const CONCURRENCY = 50;
const WARM_UP_MS = 5_000;
/** How exactly the first result is timed; asking more often would take the worker's CPU. */
const FIRST_RESULT_STEP_MS = 5;
const here = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export async function measureSdk(options: Options, dbFilename: string | undefined): Promise<SdkResult[]> {
  const sdks: Sdk[] = ['perdure'];
  if (existsSync(here('../conformance/node_modules/@temporalio/worker'))) sdks.push('official');
  else console.log('\nOfficial SDK: skipped, it is not installed (cd conformance && npm ci).');
  const server = await ServerProcess.start({ dbFilename, profileFolder: options.profileFolder });
  try {
    const rounds: SdkResult[][] = sdks.map(() => []);
    for (let round = 0; round < options.rounds; round++) {
      for (const [index, sdk] of sdks.entries()) rounds[index]?.push(await measureOne(sdk, server, options.seconds));
    }
    return rounds.map(medianOf);
  } finally {
    await server.stop();
  }
}

async function measureOne(sdk: Sdk, server: ServerProcess, seconds: number): Promise<SdkResult> {
  const taskQueue = `sdk-${sdk}-${process.pid}-${Date.now()}`;
  const client = await DriverProcess.open({ role: 'client', address: server.address, taskQueue });
  const load = { kind: 'result', workflowType: 'oneActivity' } as const;
  await client.ask({ kind: 'begin', load: { ...load, concurrency: 1 } });
  const beganMs = performance.now();
  const worker = WorkerProcess.start(sdk, server.address, taskQueue);
  try {
    let first = await client.mark();
    while (first.operations === 0) {
      await delay(FIRST_RESULT_STEP_MS);
      first = await client.mark();
    }
    const firstResultMs = performance.now() - beganMs;
    await client.ask({ kind: 'end' });
    await client.ask({ kind: 'begin', load: { ...load, concurrency: CONCURRENCY } });
    await delay(Math.min(WARM_UP_MS, seconds * 1_000));
    const cpu = (): number[] => [worker.pid, server.pid, client.pid].map((pid) => statsOf(pid).cpuMs);
    await client.mark();
    const before = cpu();
    await delay(seconds * 1_000);
    const { operations, elapsedMs, failure } = await client.mark();
    if (failure !== undefined) throw new Error(`${sdk}: ${failure}`);
    const [workerCpuMs = NaN, serverCpuMs = NaN, clientCpuMs = NaN] = cpu().map(
      (cpuMs, index) => (cpuMs - (before[index] ?? NaN)) / operations,
    );
    const residentMib = statsOf(worker.pid).residentBytes / 2 ** 20;
    await client.ask({ kind: 'end' });
    return {
      sdk,
      workflowsPerSecond: (operations * 1_000) / elapsedMs,
      ...{ workerCpuMs, serverCpuMs, clientCpuMs, residentMib, firstResultMs },
      createMs: await worker.createMs,
    };
  } finally {
    await worker.kill();
    await client.close();
  }
}

class WorkerProcess {
  readonly #child: ChildProcessByStdio<null, Readable, null>;
  readonly createMs: Promise<number>;

  private constructor(child: ChildProcessByStdio<null, Readable, null>) {
    this.#child = child;
    this.createMs = once(createInterface(child.stdout), 'line').then(([line]) => Number(String(line).split(' ')[1]));
  }

  static start(sdk: Sdk, address: string, taskQueue: string): WorkerProcess {
    const args = [here(`sdk/${sdk}/worker.mjs`), address, taskQueue];
    return new WorkerProcess(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] }));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}

function medianOf(rounds: readonly SdkResult[]): SdkResult {
  const of = (pick: (result: SdkResult) => number): number => median(rounds.map(pick));
  return {
    sdk: rounds[0]?.sdk ?? 'perdure',
    workflowsPerSecond: of((result) => result.workflowsPerSecond),
    workerCpuMs: of((result) => result.workerCpuMs),
    serverCpuMs: of((result) => result.serverCpuMs),
    clientCpuMs: of((result) => result.clientCpuMs),
    residentMib: of((result) => result.residentMib),
    createMs: of((result) => result.createMs),
    firstResultMs: of((result) => result.firstResultMs),
  };
}
