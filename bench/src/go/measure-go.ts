/**
 * One hundred workflows at once, with the worker and the client of the official Go SDK: how much of what their own CPU time
 * allows on this machine is reached.
 */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { median } from '../driver/latencies.js';
import type { Options } from '../options.js';
import { statsOf } from '../target/process-stats.js';
import { ServerProcess } from '../target/server-process.js';

export interface GoResult {
  readonly server: string;
  readonly workflowsPerSecond: number;
  readonly serverCpuMs: number | undefined;
  readonly workerCpuMs: number;
  readonly clientCpuMs: number;
  /** All cores doing nothing but the worker's and the client's part. */
  readonly allowedPerSecond: number;
  /** Of that, what was reached. */
  readonly reachedShare: number;
  /** Of that, what all cores could do with the server's part too: a share below it was lost by waiting. */
  readonly boundShare: number | undefined;
}

const SOURCE = fileURLToPath(new URL('../../go', import.meta.url));
const CONCURRENCY = 100;
/** As for the other workloads: until the code of the server is compiled. */
const WARM_UP_MS = 5_000;

type Program = ChildProcessByStdio<Writable, Readable, null>;

export async function measureGo(options: Options, dbFilename: string | undefined): Promise<GoResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-bench-go-'));
  try {
    const program = build(folder);
    return program === undefined ? [] : await measureWith(program, options, dbFilename);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function build(folder: string): string | undefined {
  const program = join(folder, 'bench-go');
  const { status, error } = spawnSync('go', ['build', '-o', program, '.'], {
    cwd: SOURCE,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (error === undefined && status === 0 && existsSync(program)) return program;
  console.log(`\nGo SDK: skipped, ${error === undefined ? 'its program could not be built' : 'there is no Go here'}.`);
  return undefined;
}

async function measureWith(program: string, options: Options, dbFilename: string | undefined): Promise<GoResult[]> {
  const server = await ServerProcess.start({ dbFilename, profileFolder: options.profileFolder });
  try {
    const places = [{ name: 'perdure', address: server.address, pid: server.pid as number | undefined }];
    if (options.reference !== undefined)
      places.push({ name: 'reference', address: options.reference, pid: options.referencePid });
    const rounds: GoResult[][] = places.map(() => []);
    for (let round = 0; round < options.rounds; round++) {
      for (const [index, { name, address, pid }] of places.entries())
        rounds[index]?.push(await measureOne(program, name, address, pid, options.seconds));
    }
    return rounds.map(medianOf);
  } finally {
    await server.stop();
  }
}

async function measureOne(
  program: string,
  name: string,
  address: string,
  pid: number | undefined,
  seconds: number,
): Promise<GoResult> {
  const taskQueue = `go-${process.pid}-${Date.now()}`;
  const start = (role: string): Program =>
    spawn(program, ['-role', role, '-address', address, '-queue', taskQueue, '-concurrency', String(CONCURRENCY)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
  const worker = start('worker');
  const client = start('client');
  try {
    const lines = createInterface(client.stdout)[Symbol.asyncIterator]();
    const count = async (): Promise<number> => {
      client.stdin.write('count\n');
      const { value } = (await lines.next()) as { value: string | undefined };
      if (value === undefined) throw new Error(`the Go client ended on ${name}`);
      return Number(value);
    };
    const cpu = (): number[] =>
      [pid, worker.pid, client.pid].map((one) => (one === undefined ? NaN : statsOf(one).cpuMs));
    await count();
    await delay(WARM_UP_MS);
    const before = { count: await count(), cpu: cpu(), atMs: performance.now() };
    await delay(seconds * 1_000);
    const after = { count: await count(), cpu: cpu(), atMs: performance.now() };
    return resultOf(name, before, after);
  } finally {
    await Promise.all([end(client), end(worker)]);
  }
}

interface Point {
  readonly count: number;
  readonly cpu: readonly number[];
  readonly atMs: number;
}

function resultOf(server: string, before: Point, after: Point): GoResult {
  const workflows = after.count - before.count;
  const [serverCpuMs = NaN, workerCpuMs = NaN, clientCpuMs = NaN] = after.cpu.map(
    (cpuMs, index) => (cpuMs - (before.cpu[index] ?? NaN)) / workflows,
  );
  const workflowsPerSecond = (workflows * 1_000) / (after.atMs - before.atMs);
  const cpu = { serverCpuMs: Number.isNaN(serverCpuMs) ? undefined : serverCpuMs, workerCpuMs, clientCpuMs };
  return { server, workflowsPerSecond, ...cpu, ...sharesOf({ workflowsPerSecond, ...cpu }) };
}

function sharesOf({
  workflowsPerSecond,
  serverCpuMs,
  workerCpuMs,
  clientCpuMs,
}: Pick<GoResult, 'workflowsPerSecond' | 'serverCpuMs' | 'workerCpuMs' | 'clientCpuMs'>): Pick<
  GoResult,
  'allowedPerSecond' | 'reachedShare' | 'boundShare'
> {
  const driverCpuMs = workerCpuMs + clientCpuMs;
  const allowedPerSecond = (availableParallelism() * 1_000) / driverCpuMs;
  return {
    allowedPerSecond,
    reachedShare: workflowsPerSecond / allowedPerSecond,
    boundShare: serverCpuMs === undefined ? undefined : driverCpuMs / (driverCpuMs + serverCpuMs),
  };
}

async function end(program: Program): Promise<void> {
  if (program.exitCode !== null) return;
  const ended = once(program, 'exit');
  program.kill('SIGKILL');
  await ended;
}

function medianOf(rounds: readonly GoResult[]): GoResult {
  const of = (pick: (result: GoResult) => number | undefined): number =>
    median(rounds.map((result) => pick(result) ?? NaN));
  const serverCpuMs = of((result) => result.serverCpuMs);
  const middle = {
    workflowsPerSecond: of((result) => result.workflowsPerSecond),
    serverCpuMs: Number.isNaN(serverCpuMs) ? undefined : serverCpuMs,
    workerCpuMs: of((result) => result.workerCpuMs),
    clientCpuMs: of((result) => result.clientCpuMs),
  };
  return { server: rounds[0]?.server ?? '', ...middle, ...sharesOf(middle) };
}
