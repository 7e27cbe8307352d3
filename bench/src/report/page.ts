/** The three tables of docs/performance.md, made of whatever was measured. */
import type { GoResult } from '../go/measure-go.js';
import type { InProcessResult } from '../in-process/in-process.js';
import type { IdleResult } from '../scale/idle-workers.js';
import type { OpenResult } from '../scale/open-executions.js';
import type { SdkResult } from '../sdk/measure-sdk.js';
import type { Start, StartupResult } from '../startup.js';
import { figuresTable } from './figures.js';
import { figure, percent, table } from './table.js';
import type { WorkloadResult } from './workload-table.js';

export interface Report {
  workloads?: readonly WorkloadResult[];
  startup?: StartupResult;
  inProcess?: readonly InProcessResult[];
  go?: readonly GoResult[];
  sdk?: readonly SdkResult[];
  idle?: readonly IdleResult[];
  open?: OpenResult;
}

export function pageOf(report: Report): string {
  const { workloads = [], sdk = [] } = report;
  const others = otherRows(report);
  return [
    ...(workloads.length === 0 ? [] : ['## Workloads', workloadsTable(workloads)]),
    ...(sdk.length === 0 ? [] : ['## Workers of TypeScript, one activity, 50 at once, on our server', sdkTable(sdk)]),
    ...(others.length === 0 ? [] : ['## Others', table(['what', 'ours', 'reference'], others)]),
    '## Figures',
    figuresTable(report),
  ].join('\n\n');
}

const WORKLOADS_HEAD = [
  'workload',
  ...['op/s', 'ref.', 'p50 ms', 'ref.', 'p99 ms', 'ref.', 'server CPU ms', 'ref.', 'ratio'],
  ...['commits', 'transitions', 'KiB written', 'ref.'],
];

function workloadsTable(results: readonly WorkloadResult[]): string {
  const kib = (bytes: number | undefined): number | undefined => (bytes === undefined ? undefined : bytes / 1024);
  const rows = results.map(({ workload, perdure: ours, reference: theirs }) => [
    workload.name,
    ...[ours.operationsPerSecond, theirs?.operationsPerSecond, ours.p50Ms, theirs?.p50Ms].map(figure),
    ...[ours.p99Ms, theirs?.p99Ms, ours.serverCpuMs, theirs?.serverCpuMs].map(figure),
    times(theirs?.serverCpuMs, ours.serverCpuMs),
    ...[ours.commits, ours.transitions, kib(ours.writtenBytes), kib(theirs?.writtenBytes)].map(figure),
  ]);
  return table(WORKLOADS_HEAD, rows);
}

const SDK_HEAD = [
  'worker',
  ...['workflows/s', 'worker CPU ms', 'server CPU ms', 'starter CPU ms', 'MiB resident'],
  ...['Worker.create ms', 'exec to first result ms'],
];

function sdkTable(results: readonly SdkResult[]): string {
  const rows = results.map((result) => [
    result.sdk,
    ...[result.workflowsPerSecond, result.workerCpuMs, result.serverCpuMs, result.clientCpuMs].map(figure),
    ...[result.residentMib, result.createMs, result.firstResultMs].map(figure),
  ]);
  return table(SDK_HEAD, rows);
}

function times(theirs: number | undefined, ours: number | undefined): string {
  return theirs === undefined || ours === undefined || ours === 0 ? '–' : `${figure(theirs / ours)}x`;
}

type Row = readonly [what: string, ours: string, reference: string];

function otherRows({ workloads = [], startup, inProcess = [], go = [], idle = [], open }: Report): Row[] {
  return [
    ...timerRows(workloads),
    ...startupRows(startup),
    ...inProcess.map(inProcessRow),
    ...goRows(go),
    ...idleRows(idle),
    ...(open === undefined ? [] : openRows(open)),
  ];
}

function timerRows(workloads: readonly WorkloadResult[]): Row[] {
  const timer = workloads.find(({ workload }) => workload.name === 'timer-50ms');
  if (timer === undefined) return [];
  const { perdure: ours, reference: theirs } = timer;
  return [
    [
      '50 ms timer by its events, p50 / p99 ms',
      `${figure(ours.eventP50Ms)} / ${figure(ours.eventP99Ms)}`,
      `${figure(theirs?.eventP50Ms)} / ${figure(theirs?.eventP99Ms)}`,
    ],
  ];
}

function inProcessRow({ operation, cpuUsMin, cpuUsMedian }: InProcessResult): Row {
  return [
    `in one process, without sockets: CPU µs of a ${operation}, driver included, least / median`,
    `${figure(cpuUsMin)} / ${figure(cpuUsMedian)}`,
    '–',
  ];
}

function startupRows(startup: StartupResult | undefined): Row[] {
  if (startup === undefined) return [];
  const { memory, file, reference, bareNodeMs } = startup;
  const rows = [
    ['exec to first answer / first accepted start', 'answeredMs', 'acceptedMs', 'ms'],
    ['CPU until then / resident memory', 'cpuMs', 'residentMib', 'MiB'],
  ] as const;
  const of = (where: string, ours: Start | undefined, theirs: Start | undefined): Row[] =>
    rows.map(([what, first, second, unit]) => {
      const pair = (start: Start | undefined): string =>
        start === undefined ? '–' : `${figure(start[first])} ms / ${figure(start[second])} ${unit}`;
      return [`${where}: ${what}`, pair(ours), pair(theirs)];
    });
  return [
    ...of('in memory', memory, undefined),
    ...(file === undefined ? [] : of('database file', file, reference)),
    ['Node alone: exec to exit', `${figure(bareNodeMs)} ms`, '–'],
  ];
}

function goRows(results: readonly GoResult[]): Row[] {
  const [ours, theirs] = results;
  if (ours === undefined) return [];
  const row = (what: string, of: (result: GoResult) => string): Row => [
    what,
    of(ours),
    theirs === undefined ? '–' : of(theirs),
  ];
  return [
    row('Go SDK, one activity, 100 at once: workflows/s', (result) => figure(result.workflowsPerSecond)),
    row('the same: CPU ms of server / worker / client', ({ serverCpuMs, workerCpuMs, clientCpuMs }) =>
      [serverCpuMs, workerCpuMs, clientCpuMs].map(figure).join(' / '),
    ),
    row("the same: share of what worker's and client's CPU allow / CPU-bound share", (result) =>
      [result.reachedShare, result.boundShare].map(percent).join(' / '),
    ),
  ];
}

function idleRows(results: readonly IdleResult[]): Row[] {
  const [ours, theirs] = results;
  if (ours === undefined) return [];
  const of = ({ cpuPercent }: IdleResult): string => `${figure(cpuPercent)} %`;
  const what = `${ours.connections} idle workers with 20 polls each: CPU of one core`;
  return [[what, of(ours), theirs === undefined ? '–' : of(theirs)]];
}

function openRows({ executions, startsPerSecond, usedBytesEach, residentBytesEach, afterRestart }: OpenResult): Row[] {
  const rows: [string, string][] = [
    [`${executions} executions on a month-long timer: starts/s`, figure(startsPerSecond)],
    ['the same: bytes in use each / resident each', `${figure(usedBytesEach)} / ${figure(residentBytesEach)}`],
  ];
  if (afterRestart !== undefined) {
    const { restartMs, residentBytes, timerLateMs, describeMs } = afterRestart;
    rows.push(
      ['restart with them: until it serves', `${figure(restartMs)} ms`],
      ['resident after it', `${figure(residentBytes / 1024 / 1024)} MiB`],
      ['first due timer late by', `${figure(timerLateMs)} ms`],
      [
        'describe, p50 / p99 / longest',
        `${[describeMs.p50, describeMs.p99, describeMs.max].map(figure).join(' / ')} ms`,
      ],
    );
  }
  return rows.map(([what, ours]) => [what, ours, '–']);
}
