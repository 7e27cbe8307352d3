/** The figures that Perdure is to reach, and whether it did. */
import type { Measurement } from '../measure.js';
import type { Sdk, SdkResult } from '../sdk/measure-sdk.js';
import type { Report } from './page.js';
import { figure, percent, table } from './table.js';

interface Judged {
  readonly what: string;
  readonly wanted: string;
  readonly measured: string;
  /** Undefined: not measured, or not as it has to be. */
  readonly isReached: boolean | undefined;
}

const FLUSHES = 4;
const OPEN_EXECUTIONS = 100_000;

export function figuresTable(report: Report): string {
  const all = [...workloadFigures(report), ...startupFigures(report), ...scaleFigures(report), ...sdkFigures(report)];
  const rows = all.map(({ what, wanted, measured, isReached }) => [
    what,
    wanted,
    measured,
    isReached === undefined ? 'open' : isReached ? 'reached' : 'missed',
  ]);
  return table(['figure', 'wanted', 'measured', ''], rows);
}

/** `show` and `reached` are asked only when there is a value. */
function judge<T>(
  what: string,
  wanted: string,
  value: T | undefined,
  show: (value: T) => string,
  reached: (value: T) => boolean | undefined,
): Judged {
  return value === undefined
    ? { what, wanted, measured: 'not measured', isReached: undefined }
    : { what, wanted, measured: show(value), isReached: reached(value) };
}

const atMost = (what: string, max: number, unit: string, value: number | undefined): Judged =>
  judge(
    what,
    `<= ${max} ${unit}`,
    value,
    (of) => `${figure(of)} ${unit}`,
    (of) => of <= max,
  );

function sdkFigures({ sdk = [] }: Report): Judged[] {
  const of = (name: Sdk): SdkResult | undefined => sdk.find((result) => result.sdk === name);
  const [ours, theirs] = [of('perdure'), of('official')];
  if (ours === undefined) return [];
  const allCpuMs = ours.workerCpuMs + ours.serverCpuMs + ours.clientCpuMs;
  return [
    atMost('worker CPU for one activity, our SDK', 0.5, 'ms', ours.workerCpuMs),
    judge(
      'the same, against the official worker',
      '10 times less',
      theirs === undefined ? undefined : theirs.workerCpuMs / ours.workerCpuMs,
      (n) => `${figure(n)} times`,
      (n) => n >= 10,
    ),
    atMost('CPU of worker, server and starter for one activity', 1.3, 'ms', allCpuMs),
    judge(
      'one activity, 50 at once, with our worker',
      '>= 1500/s',
      ours.workflowsPerSecond,
      (n) => `${Math.round(n)}/s`,
      (n) => n >= 1_500,
    ),
    atMost('Worker.create with a path', 100, 'ms', ours.createMs),
    atMost('start of a worker process to its first result', 500, 'ms', ours.firstResultMs),
  ];
}

function workloadFigures({ workloads = [], go = [] }: Report): Judged[] {
  const of = (name: string): { ours: Measurement | undefined; theirs: Measurement | undefined } => {
    const result = workloads.find(({ workload }) => workload.name === name);
    return { ours: result?.perdure, theirs: result?.reference };
  };
  const { ours, theirs } = of('one-activity');
  const lone = of('one-at-a-time').ours;
  const timer = of('timer-50ms').ours;
  const lessBy =
    ours?.serverCpuMs === undefined || theirs?.serverCpuMs === undefined
      ? undefined
      : theirs.serverCpuMs / ours.serverCpuMs;
  const perSecond = (what: string, min: number, name: string): Judged =>
    judge(
      what,
      `>= ${min}/s`,
      of(name).ours?.operationsPerSecond,
      (n) => `${Math.round(n)}/s`,
      (n) => n >= min,
    );
  return [
    judge('transitions for one activity, poller parked', '4', lone?.transitions, figure, (n) => n < 4.05),
    atMost('server CPU for one activity, 50 at once', 0.6, 'ms', ours?.serverCpuMs),
    judge(
      'the same, against the reference',
      '30 times less',
      lessBy,
      (n) => `${figure(n)} times`,
      (n) => n >= 30,
    ),
    judge(
      "Go SDK, 100 at once: share of what worker's and client's CPU allow",
      '>= 80 %',
      go[0],
      ({ reachedShare, boundShare }) => `${percent(reachedShare)} (CPU alone bounds it at ${percent(boundShare)})`,
      ({ reachedShare }) => reachedShare >= 0.8,
    ),
    loneFigure(lone),
    judge(
      '50 ms timer',
      '50 to 55 ms',
      timer,
      ({ eventP50Ms, p50Ms }) => `${figure(eventP50Ms)} ms by its events, ${figure(p50Ms)} at the worker`,
      ({ eventP50Ms = Infinity }) => eventP50Ms >= 50 && eventP50Ms <= 55,
    ),
    perSecond('start-only', 5_000, 'start-only'),
    perSecond('signals to one execution, 50 in flight', 3_000, 'signals'),
  ];
}

function loneFigure(lone: Measurement | undefined): Judged {
  const what = 'one at a time: inside the server';
  const { inServerMs, commitMs } = lone ?? {};
  const wanted = `<= ${FLUSHES} flushes + 2 ms`;
  if (inServerMs === undefined || commitMs === undefined)
    return judge(what, wanted, undefined, figure, () => undefined);
  const maxMs = FLUSHES * commitMs + 2;
  return {
    what,
    wanted: `${wanted} = ${figure(maxMs)} ms`,
    measured: `${figure(inServerMs)} ms (a flush took ${figure(commitMs)} ms)`,
    isReached: inServerMs <= maxMs,
  };
}

function startupFigures({ startup }: Report): Judged[] {
  const start = startup?.file ?? startup?.memory;
  return [
    atMost('exec to first GetSystemInfo, warm', 160, 'ms', start?.answeredMs),
    atMost('exec to first accepted start', 220, 'ms', start?.acceptedMs),
    atMost('resident memory then', 90, 'MiB', start?.residentMib),
  ];
}

function scaleFigures({ open, idle = [] }: Report): Judged[] {
  const kib = open === undefined ? undefined : open.usedBytesEach / 1024;
  const isFull = open !== undefined && open.executions >= OPEN_EXECUTIONS;
  return [
    judge(
      'memory per open execution at 100,000',
      '<= 1 KiB',
      kib,
      (n) => `${figure(n)} KiB at ${open?.executions ?? 0}`,
      (n) => (isFull ? n <= 1 : undefined),
    ),
    judge(
      'first due timer after a restart',
      'on time',
      open?.afterRestart?.timerLateMs,
      (n) => `${figure(n)} ms late`,
      (n) => n <= 5,
    ),
    judge(
      'describe of any of them',
      '<= 20 ms',
      open?.afterRestart?.describeMs,
      ({ p50, max }) => `p50 ${figure(p50)}, longest ${figure(max)} ms`,
      ({ max }) => max <= 20,
    ),
    judge(
      `${idle[0]?.connections ?? 1000} idle workers with 20 polls each`,
      '< 5 % of a core',
      idle[0]?.cpuPercent,
      (n) => `${figure(n)} %`,
      (n) => n < 5,
    ),
  ];
}
