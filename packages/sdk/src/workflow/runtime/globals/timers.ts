/**
 * Timers of the global scope: durable ones. `setImmediate` is a timer of one millisecond. An interval is one timer after
 * another, the next one started when its callback has returned; it goes on until it is cleared or the run ends.
 */
import * as runtime from '../for-globals.js';
import { currentRecord } from './run-record.js';

type Callback = (...args: unknown[]) => unknown;

/** Also accepts an interval's handle. */
function clearTimer(handle: unknown): void {
  const intervals = currentRecord()?.intervals;
  const id = Number(handle);
  const waiting = intervals?.get(id);
  if (waiting === undefined) return runtime.clearTimeout(handle);
  intervals?.delete(id);
  runtime.clearTimeout(waiting);
}

function setInterval(callback: Callback, delayMs?: number, ...args: unknown[]): number {
  requireFunction(callback);
  const record = currentRecord();
  const tick = (): void => {
    try {
      callback(...args);
    } finally {
      if (record?.intervals?.has(id) === true) record.intervals.set(id, runtime.setTimeout(tick, delayMs));
    }
  };
  const id = runtime.setTimeout(tick, delayMs);
  if (record !== undefined) (record.intervals ??= new Map()).set(id, id);
  return id;
}

function requireFunction(callback: unknown): void {
  if (typeof callback !== 'function') throw new TypeError('The "callback" argument must be of type function');
}

/** As functions of the global scope are: without a prototype. */
export const timers = {
  setTimeout(callback: Callback, delayMs?: number, ...args: unknown[]): number {
    requireFunction(callback);
    return runtime.setTimeout(callback, delayMs, ...args);
  },
  clearTimeout: (handle?: unknown): void => clearTimer(handle),
  setInterval,
  clearInterval: (handle?: unknown): void => clearTimer(handle),
  setImmediate(callback: Callback, ...args: unknown[]): number {
    requireFunction(callback);
    return runtime.setTimeout(callback, 0, ...args);
  },
  clearImmediate: (handle?: unknown): void => clearTimer(handle),
};

const done = Promise.resolve();

/** What the callback throws is the error of a promise that nobody handles. */
export function queueMicrotask(callback: () => unknown): void {
  requireFunction(callback);
  void done.then(() => void callback());
}
