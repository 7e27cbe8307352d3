/** The table of all workloads, ours above the reference, and how many times better ours is. */
import type { Measurement } from '../measure.js';
import type { Workload } from '../workloads.js';
import { figure, table } from './table.js';

export interface WorkloadResult {
  readonly workload: Workload;
  readonly perdure: Measurement;
  readonly reference: Measurement | undefined;
}

const HEAD = [
  'workload',
  'server',
  'op/s',
  'p50 ms',
  'p99 ms',
  'server CPU ms',
  'worker',
  'client',
  'commits',
  'transitions',
  'KiB written',
  'in server ms',
  'commit ms',
];

export function workloadTable(results: readonly WorkloadResult[]): string {
  const rows = results.flatMap(({ workload, perdure, reference }) => [
    row(workload.name, 'perdure', perdure),
    ...(reference === undefined ? [] : [row('', 'reference', reference), ratios(perdure, reference)]),
  ]);
  return table(HEAD, rows);
}

function row(name: string, server: string, measurement: Measurement): string[] {
  const {
    operationsPerSecond,
    p50Ms,
    p99Ms,
    serverCpuMs,
    workerCpuMs,
    clientCpuMs,
    commits,
    transitions,
    writtenBytes,
    inServerMs,
    commitMs,
  } = measurement;
  const kib = writtenBytes === undefined ? undefined : writtenBytes / 1024;
  const numbers = [
    operationsPerSecond,
    p50Ms,
    p99Ms,
    serverCpuMs,
    workerCpuMs,
    clientCpuMs,
    commits,
    transitions,
    kib,
    inServerMs,
    commitMs,
  ];
  return [name, server, ...numbers.map(figure)];
}

function ratios(ours: Measurement, theirs: Measurement): string[] {
  const times = (better: number | undefined, worse: number | undefined): string =>
    better === undefined || worse === undefined || worse === 0 ? '–' : `${figure(better / worse)}x`;
  return [
    '',
    'better by',
    times(ours.operationsPerSecond, theirs.operationsPerSecond),
    times(theirs.p50Ms, ours.p50Ms),
    times(theirs.p99Ms, ours.p99Ms),
    times(theirs.serverCpuMs, ours.serverCpuMs),
    times(theirs.workerCpuMs, ours.workerCpuMs),
    times(theirs.clientCpuMs, ours.clientCpuMs),
    '',
    '',
    times(theirs.writtenBytes, ours.writtenBytes),
    '',
    '',
  ];
}
