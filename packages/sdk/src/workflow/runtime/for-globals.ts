/**
 * What the replaced globals (`Date`, `Math.random`, timers, `console`) ask of the runtime. Not for workflow code: these
 * functions are about the run that the realm is working on now, and throw outside of one unless they say else.
 */
import type { LogLevel } from '../../conversion/logger.js';
import { CancellationScope } from './cancellation-scope.js';
import { currentRun, requireRun } from './current.js';
import { RuntimeFlag } from './flags.js';
import { log } from './log.js';
import { currentRandom } from './random-streams.js';
import type { Run } from './run.js';
import { sleep } from './timers.js';
import { Wait, WaitKind } from './waits.js';

/** Whether code of a run is running now. */
export function inRun(): boolean {
  return currentRun() !== undefined;
}

/** The workflow's clock: milliseconds since the epoch, the same in every replay. */
export function nowMs(): number {
  return requireRun('Date').nowMs;
}

/** The run's own sequence, seeded by its run id. At least 0, less than 1. */
export function random(): number {
  return currentRandom(requireRun('Math.random()')).random();
}

type Callback = (...args: unknown[]) => unknown;

/** A durable timer; `delayMs` below 1 counts as 1. The number is its `seq`: 1, 2, …, shared with `sleep`. */
export function setTimeout(callback: Callback, delayMs = 0, ...args: unknown[]): number {
  const run = requireRun('setTimeout()');
  const durationMs = delayMs > 1 ? Number(delayMs) : 1;
  if (!run.hasFlag(RuntimeFlag.SHIELDS_NON_CANCELLABLE_SCOPES)) return setOldTimeout(run, callback, durationMs, args);
  const { timer: seq } = run.seqs;
  const scope = new CancellationScope({ cancellable: true });
  const scopes = timeoutScopes(run);
  scope
    .run(() => sleep(durationMs))
    .then(
      () => {
        scopes.delete(seq);
        callback(...args);
      },
      () => void scopes.delete(seq),
    );
  scopes.set(seq, scope);
  return seq;
}

/** Of histories before the flag: no scope, no interceptors. */
function setOldTimeout(run: Run, callback: Callback, durationMs: number, args: unknown[]): number {
  const seq = run.seqs.timer++;
  new Promise<void>((resolve, reject) => {
    const key = { run, kind: WaitKind.TIMER, seq, below: setTimeout };
    run.waits.add(new Wait<void>(key, undefined, { resolve, reject }, () => undefined));
    run.push({ kind: 'startTimer', seq, durationMs });
  }).then(
    () => callback(...args),
    () => undefined,
  );
  return seq;
}

/** Does nothing for a timer that fired or is not there. */
export function clearTimeout(handle: unknown): void {
  const run = requireRun('clearTimeout()');
  const seq = Number(handle);
  const scope = timeoutScopes(run).get(seq);
  if (scope !== undefined) {
    timeoutScopes(run).delete(seq);
    scope.cancel();
  } else {
    // It takes a number all the same: histories depend on it.
    run.seqs.timer++;
    if (run.waits.take(WaitKind.TIMER, seq) !== undefined) run.push({ kind: 'cancelTimer', seq });
  }
}

function timeoutScopes(run: Run): Map<number, CancellationScope> {
  run.timeoutScopes ??= new Map();
  return run.timeoutScopes;
}

const LEVELS: { readonly [level in ConsoleLevel]: LogLevel } = {
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
};
export type ConsoleLevel = 'debug' | 'info' | 'warn' | 'error';

/** To the log of workflows, as `log` of the public API. Outside of a run it does nothing. */
export function consoleWrite(level: ConsoleLevel, args: readonly unknown[]): void {
  if (currentRun() === undefined) return;
  log.log(LEVELS[level], args.map(consoleText).join(' '));
}

function consoleText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return value.stack ?? String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
