/** `console` writes to the workflow's log: nothing while replaying, one line a call, levels as the methods say. */
import { consoleWrite } from '../for-globals.js';
import { clockMs } from './clock.js';
import { format, inspect } from './inspect.js';
import { currentRecord } from './run-record.js';

type Level = Parameters<typeof consoleWrite>[0];

function write(level: Level, args: readonly unknown[]): void {
  consoleWrite(level, [format(...args)]);
}

/** One object for all runs; what it counts belongs to the run. */
export function createConsole(): object {
  const nothing = (): void => undefined;
  return {
    log: (...args: unknown[]) => write('info', args),
    info: (...args: unknown[]) => write('info', args),
    debug: (...args: unknown[]) => write('debug', args),
    warn: (...args: unknown[]) => write('warn', args),
    error: (...args: unknown[]) => write('error', args),
    trace: (...args: unknown[]) => write('debug', [`Trace: ${format(...args)}\n${new Error().stack ?? ''}`]),
    dir: (value: unknown) => write('info', [inspect(value)]),
    dirxml: (...args: unknown[]) => write('info', args),
    table: (value: unknown) => write('info', [inspect(value)]),
    assert: (condition?: unknown, ...args: unknown[]) => {
      if (!condition) write('error', ['Assertion failed', ...args]);
    },
    count: (label: unknown = 'default') => {
      const counts = countsOf();
      const count = (counts?.get(String(label)) ?? 0) + 1;
      counts?.set(String(label), count);
      write('info', [`${String(label)}: ${count}`]);
    },
    countReset: (label: unknown = 'default') => countsOf()?.delete(String(label)),
    time: (label: unknown = 'default') => timersOf()?.set(String(label), clockMs()),
    timeLog: (label: unknown = 'default', ...args: unknown[]) => elapsed(String(label), args),
    timeEnd: (label: unknown = 'default') => {
      elapsed(String(label), []);
      timersOf()?.delete(String(label));
    },
    group: (...args: unknown[]) => write('info', args),
    groupCollapsed: (...args: unknown[]) => write('info', args),
    groupEnd: nothing,
    clear: nothing,
    profile: nothing,
    profileEnd: nothing,
    timeStamp: nothing,
  };
}

function countsOf(): Map<string, number> | undefined {
  const record = currentRecord();
  return record === undefined ? undefined : (record.consoleCounts ??= new Map());
}

function timersOf(): Map<string, number> | undefined {
  const record = currentRecord();
  return record === undefined ? undefined : (record.consoleTimers ??= new Map());
}

function elapsed(label: string, args: readonly unknown[]): void {
  const start = timersOf()?.get(label);
  if (start !== undefined) write('info', [`${label}: ${clockMs() - start}ms`, ...args]);
}
