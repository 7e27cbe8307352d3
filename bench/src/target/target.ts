/** One of the two servers under load, with the driver processes that are connected to it. */
import { DriverProcess } from '../driver/process.js';
import type { ServerCounts } from './server-counts.js';
import { readCounts } from './server-counts.js';
import type { ProcessStats } from './process-stats.js';
import { statsOf } from './process-stats.js';

export interface TargetOptions {
  readonly name: 'perdure' | 'reference';
  readonly address: string;
  /** Undefined: its process is not ours to look at. */
  readonly pid: number | undefined;
  readonly metricsUrl: string | undefined;
}

export interface Reading {
  readonly server: ProcessStats | undefined;
  readonly workerCpuMs: number;
  readonly clientCpuMs: number;
  readonly counts: ServerCounts | undefined;
}

export class Target {
  readonly options: TargetOptions;
  readonly worker: DriverProcess;
  readonly client: DriverProcess;

  private constructor(options: TargetOptions, worker: DriverProcess, client: DriverProcess) {
    this.options = options;
    this.worker = worker;
    this.client = client;
  }

  static async open(options: TargetOptions): Promise<Target> {
    const { address } = options;
    const taskQueue = `bench-${process.pid}-${Date.now()}`;
    const worker = await DriverProcess.open({ role: 'worker', address, taskQueue, connections: 1 });
    const client = await DriverProcess.open({ role: 'client', address, taskQueue });
    return new Target(options, worker, client);
  }

  async read(): Promise<Reading> {
    const { pid, metricsUrl } = this.options;
    const counts = metricsUrl === undefined ? undefined : await readCounts(metricsUrl);
    return {
      server: pid === undefined ? undefined : statsOf(pid),
      workerCpuMs: statsOf(this.worker.pid).cpuMs,
      clientCpuMs: statsOf(this.client.pid).cpuMs,
      counts,
    };
  }

  async close(): Promise<void> {
    await this.client.close();
    await this.worker.close();
  }
}
