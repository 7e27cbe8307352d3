/**
 * How long a server takes from exec to its first answer and to its first accepted start, and its memory then. Starts
 * alternate, so that all meet the same machine; `node` alone is what no program of ours can go below.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { workflowService } from '@perdure/protocol';
import { GrpcClient } from './driver/grpc-client.js';
import { median } from './driver/latencies.js';
import type { Options } from './options.js';
import { statsOf } from './target/process-stats.js';

const LAUNCHER = fileURLToPath(new URL('../../packages/cli/bin/perdure.js', import.meta.url));
const GIVE_UP_MS = 15_000;
/** Between two looks whether the port takes connections. */
const LOOK_MS = 2;
const MIB = 1024 * 1024;
/**
 * Without the authorities that a machine may add to those of Node: Node 20 reads them all before it runs anything, 60 ms for
 * those of a whole system, whatever the program.
 */
const { NODE_EXTRA_CA_CERTS: _, ...ENVIRONMENT } = process.env;

/** Medians. */
export interface Start {
  readonly answeredMs: number;
  readonly acceptedMs: number;
  readonly cpuMs: number;
  readonly residentMib: number;
}

export interface StartupResult {
  readonly memory: Start | undefined;
  readonly file: Start | undefined;
  readonly reference: Start | undefined;
  /** From exec to the end of a program that does nothing. */
  readonly bareNodeMs: number;
}

export async function measureStartup(options: Options, dbFilename: string | undefined): Promise<StartupResult> {
  const memory = [process.execPath, LAUNCHER, 'server', 'start-dev', '--port', '{port}', '--log-level', 'error'];
  const commands = {
    memory,
    file: dbFilename === undefined ? undefined : [...memory, '--db-filename', dbFilename],
    reference: options.referenceCommand?.split(' '),
  };
  const names = ['memory', 'file', 'reference'] as const;
  const starts: Record<(typeof names)[number], Start[]> = { memory: [], file: [], reference: [] };
  const bareMs: number[] = [];
  for (let turn = 0; turn < options.starts; turn += 1) {
    bareMs.push(await bareNodeMs());
    for (const name of names) {
      const command = commands[name];
      if (command !== undefined) starts[name].push(await timeStart(name, command));
    }
  }
  return {
    memory: medianOf(starts.memory),
    file: medianOf(starts.file),
    reference: medianOf(starts.reference),
    bareNodeMs: median(bareMs),
  };
}

function medianOf(starts: readonly Start[]): Start | undefined {
  if (starts.length === 0) return undefined;
  const of = (field: keyof Start): number => median(starts.map((start) => start[field]));
  return {
    answeredMs: of('answeredMs'),
    acceptedMs: of('acceptedMs'),
    cpuMs: of('cpuMs'),
    residentMib: of('residentMib'),
  };
}

/** `{port}` in the command stands for the port. */
async function timeStart(name: string, command: readonly string[]): Promise<Start> {
  const port = await freePort();
  const [program = '', ...args] = command.map((word) => word.replace('{port}', String(port)));
  const beganMs = performance.now();
  const child = spawn(program, args, { stdio: 'ignore', env: ENVIRONMENT });
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

async function bareNodeMs(): Promise<number> {
  const beganMs = performance.now();
  await once(spawn(process.execPath, ['--eval', '0'], { stdio: 'ignore', env: ENVIRONMENT }), 'exit');
  return performance.now() - beganMs;
}
