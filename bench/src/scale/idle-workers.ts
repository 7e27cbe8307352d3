/** Many workers with nothing to do: what their long polls cost the server. */
import { setTimeout as delay } from 'node:timers/promises';
import { DriverProcess } from '../driver/process.js';
import type { Options } from '../options.js';
import { statsOf } from '../target/process-stats.js';
import { ServerProcess } from '../target/server-process.js';

export interface IdleResult {
  readonly server: string;
  readonly connections: number;
  /** Per cent of one core. */
  readonly cpuPercent: number;
  readonly residentBytesPerConnection: number;
}

const SETTLE_MS = 5_000;

export async function measureIdleWorkers(options: Options, dbFilename: string | undefined): Promise<IdleResult[]> {
  const server = await ServerProcess.start({ dbFilename, profileFolder: options.profileFolder });
  const results: IdleResult[] = [];
  try {
    results.push(await measureOne('perdure', server.address, server.pid, options));
  } finally {
    await server.stop();
  }
  const { reference, referencePid } = options;
  if (reference !== undefined && referencePid !== undefined) {
    try {
      results.push(await measureOne('reference', reference, referencePid, options));
    } catch (error) {
      // It may allow fewer polls than this takes; ours is told all the same.
      console.error(error instanceof Error ? error.message : error);
    }
  }
  return results;
}

async function measureOne(
  name: string,
  address: string,
  pid: number,
  { connections, idleSeconds }: Options,
): Promise<IdleResult> {
  const before = statsOf(pid);
  const workers = await DriverProcess.open({ role: 'worker', address, taskQueue: `idle-${process.pid}`, connections });
  try {
    await delay(Math.min(SETTLE_MS, idleSeconds * 1_000));
    const settled = statsOf(pid);
    await delay(idleSeconds * 1_000);
    const after = statsOf(pid);
    const { failure } = await workers.mark();
    if (failure !== undefined) throw new Error(`idle workers on ${name}: ${failure}`);
    return {
      server: name,
      connections,
      cpuPercent: (after.cpuMs - settled.cpuMs) / (idleSeconds * 10),
      residentBytesPerConnection: (after.residentBytes - before.residentBytes) / connections,
    };
  } finally {
    await workers.close();
  }
}
