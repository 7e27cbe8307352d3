/**
 * How long a server takes from exec to its first answer and to its first accepted start, and its memory then.
 *
 *     node bench/dist/startup.js [--runs 11] [--db FOLDER] [--reference 'COMMAND … {port}']
 *
 * Starts alternate, so that all meet the same machine; `node` alone is what no program of ours can go below.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { workflowService } from '@perdure/protocol';
import { GrpcClient } from './driver/grpc-client.js';
import { median } from './driver/latencies.js';
import { figure, table } from './report/table.js';
import { statsOf } from './target/process-stats.js';

const LAUNCHER = fileURLToPath(new URL('../../packages/cli/bin/perdure.js', import.meta.url));
const GIVE_UP_MS = 15_000;
/** Between two looks whether the port takes connections. */
const LOOK_MS = 2;
const MIB = 1024 * 1024;

interface Contestant {
  readonly name: string;
  /** `{port}` stands for the port. */
  readonly command: readonly string[];
}

interface Start {
  readonly answeredMs: number;
  readonly acceptedMs: number;
  readonly cpuMs: number;
  readonly residentMib: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { runs: { type: 'string', default: '11' }, db: { type: 'string' }, reference: { type: 'string' } },
  });
  const folder = mkdtempSync(join(values.db ?? tmpdir(), 'perdure-startup-'));
  const contestants = contestantsOf(folder, values.reference);
  const starts = new Map<string, Start[]>(contestants.map(({ name }) => [name, []]));
  const bareMs: number[] = [];
  try {
    for (let run = 0; run < Number(values.runs); run += 1) {
      bareMs.push(await bareNodeMs());
      for (const contestant of contestants) starts.get(contestant.name)?.push(await timeStart(contestant));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.stdout.write(`${reportOf(starts, bareMs)}\n`);
}

function contestantsOf(folder: string, reference: string | undefined): Contestant[] {
  const ours = [process.execPath, LAUNCHER, 'server', 'start-dev', '--port', '{port}', '--log-level', 'error'];
  return [
    { name: 'perdure, in memory', command: ours },
    { name: 'perdure, file', command: [...ours, '--db-filename', join(folder, 'perdure.db')] },
    ...(reference === undefined ? [] : [{ name: 'reference', command: reference.split(' ') }]),
  ];
}

async function timeStart({ name, command }: Contestant): Promise<Start> {
  const port = await freePort();
  const [program = '', ...args] = command.map((word) => word.replace('{port}', String(port)));
  const beganMs = performance.now();
  const child = spawn(program, args, { stdio: 'ignore' });
  const exited = once(child, 'exit');
  try {
    await listening(port, beganMs + GIVE_UP_MS, name);
    const client = new GrpcClient(`127.0.0.1:${port}`);
    await untilAnswered(() => client.call(workflowService.GetSystemInfo, {}), beganMs + GIVE_UP_MS);
    const answeredMs = performance.now() - beganMs;
    await untilAnswered(() => startOne(client), beganMs + GIVE_UP_MS);
    const acceptedMs = performance.now() - beganMs;
    const { cpuMs, residentBytes } = statsOf(child.pid ?? 0);
    client.close();
    return { answeredMs, acceptedMs, cpuMs, residentMib: residentBytes / MIB };
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}

function startOne(client: GrpcClient): Promise<unknown> {
  return client.call(workflowService.StartWorkflowExecution, {
    namespace: 'default',
    workflowId: randomUUID(),
    workflowType: { name: 'startup' },
    taskQueue: { name: 'startup' },
    requestId: randomUUID(),
  });
}

/** A server may listen before it serves; the reference also makes its namespace after it listens. */
async function untilAnswered(call: () => Promise<unknown>, untilMs: number): Promise<void> {
  for (;;) {
    try {
      await call();
      return;
    } catch (error) {
      if (performance.now() > untilMs) throw error;
      await delay(LOOK_MS);
    }
  }
}

async function listening(port: number, untilMs: number, name: string): Promise<void> {
  while (!(await connects(port))) {
    if (performance.now() > untilMs) throw new Error(`${name} does not listen on port ${port}`);
    await delay(LOOK_MS);
  }
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** From exec to the end of a program that does nothing. */
async function bareNodeMs(): Promise<number> {
  const beganMs = performance.now();
  await once(spawn(process.execPath, ['--eval', '0'], { stdio: 'ignore' }), 'exit');
  return performance.now() - beganMs;
}

function reportOf(starts: ReadonlyMap<string, readonly Start[]>, bareMs: readonly number[]): string {
  const rows = [...starts].map(([name, of]) => {
    const middle = (field: keyof Start): string => figure(median(of.map((start) => start[field])));
    return [name, middle('answeredMs'), middle('acceptedMs'), middle('cpuMs'), middle('residentMib')];
  });
  const head = ['server', 'first answer, ms', 'first start accepted, ms', 'CPU until then, ms', 'resident, MiB'];
  return table(head, [...rows, ['node alone, to its exit', figure(median(bareMs)), '', '', '']]);
}

await main();
