/** One measurement: load on one server for some seconds, and all that is counted meanwhile. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Spread } from './driver/latencies.js';
import { median } from './driver/latencies.js';
import type { Reading, Target } from './target/target.js';
import type { Workload } from './workloads.js';

/** Undefined: cannot be told of this server. Everything "per operation" is divided by the operations that ended. */
export interface Measurement {
  readonly operations: number;
  readonly operationsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of timers, from the Started to the Fired event by their own times. */
  readonly eventP50Ms: number | undefined;
  readonly eventP99Ms: number | undefined;
  readonly serverCpuMs: number | undefined;
  readonly workerCpuMs: number;
  readonly clientCpuMs: number;
  readonly writtenBytes: number | undefined;
  readonly commits: number | undefined;
  readonly transitions: number | undefined;
  /** Inside the server, request in to answer out, summed over the operation's calls but for those that wait. */
  readonly inServerMs: number | undefined;
  /** One commit, from the engine's wish to the end of its flush. */
  readonly commitMs: number | undefined;
  readonly residentBytes: number | undefined;
}

/** Until the code is compiled; it takes some thousand operations. */
const WARM_UP_MS = 5_000;

export async function measure(target: Target, workload: Workload, seconds: number): Promise<Measurement> {
  const { client, worker } = target;
  await client.ask({ kind: 'begin', load: workload });
  await delay(Math.min(WARM_UP_MS, seconds * 1_000));
  const before = await target.read();
  await worker.mark();
  await client.mark();
  await delay(seconds * 1_000);
  const mark = await client.mark();
  const workerMark = await worker.mark();
  const after = await target.read();
  const failure = mark.failure ?? workerMark.failure;
  if (failure !== undefined) throw new Error(`${workload.name} on ${target.options.name}: ${failure}`);
  await client.ask({ kind: 'end' });
  const latencyMs = workload.latencyAtWorker === true ? workerMark.latencyMs : mark.latencyMs;
  const { eventMs } = workerMark;
  const hasTimers = workload.latencyAtWorker === true && eventMs !== undefined;
  return {
    ...perOperation(before, after, mark.operations),
    ...rates(mark.operations, mark.elapsedMs, latencyMs),
    eventP50Ms: hasTimers ? eventMs.p50 : undefined,
    eventP99Ms: hasTimers ? eventMs.p99 : undefined,
  };
}

type Rates = Pick<Measurement, 'operations' | 'operationsPerSecond' | 'p50Ms' | 'p99Ms'>;

function rates(operations: number, elapsedMs: number, { p50, p99 }: Spread): Rates {
  return { operations, operationsPerSecond: (operations * 1_000) / elapsedMs, p50Ms: p50, p99Ms: p99 };
}

function perOperation(
  before: Reading,
  after: Reading,
  operations: number,
): Omit<Measurement, keyof Rates | 'eventP50Ms' | 'eventP99Ms'> {
  const share = (from: number | undefined, to: number | undefined): number | undefined =>
    from === undefined || to === undefined || operations === 0 ? undefined : (to - from) / operations;
  const commits = share(before.counts?.commits, after.counts?.commits);
  const commitSeconds = share(before.counts?.commitSeconds, after.counts?.commitSeconds);
  const callSeconds = share(before.counts?.callSeconds, after.counts?.callSeconds);
  return {
    serverCpuMs: share(before.server?.cpuMs, after.server?.cpuMs),
    workerCpuMs: share(before.workerCpuMs, after.workerCpuMs) ?? 0,
    clientCpuMs: share(before.clientCpuMs, after.clientCpuMs) ?? 0,
    writtenBytes: share(before.server?.writtenBytes, after.server?.writtenBytes),
    commits,
    transitions: share(before.counts?.transitions, after.counts?.transitions),
    inServerMs: callSeconds === undefined ? undefined : callSeconds * 1_000,
    commitMs:
      commits === undefined || commitSeconds === undefined || commits === 0
        ? undefined
        : (commitSeconds * 1_000) / commits,
    residentBytes: after.server?.residentBytes,
  };
}

/** Of several rounds, field by field. */
export function medianOf(rounds: readonly Measurement[]): Measurement {
  const first = rounds[0];
  if (first === undefined) throw new Error('nothing was measured');
  const fields = Object.keys(first) as (keyof Measurement)[];
  const entries = fields.map((field) => {
    const values = rounds.flatMap((round) => round[field] ?? []);
    return [field, values.length === 0 ? undefined : median(values)] as const;
  });
  return Object.fromEntries(entries) as unknown as Measurement;
}
