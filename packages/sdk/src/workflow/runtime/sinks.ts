/** Calls out of the sandbox that nothing waits for. */
import { currentRun, requireRun } from './current.js';
import { toData } from './data.js';
import { infoData } from './info.js';
import type { Run } from './run.js';
import type { Anything } from '../../conversion/anything.js';

export type SinkFunction = (...args: Anything[]) => void;
export type Sink = Record<string, SinkFunction>;
export type Sinks = Record<string, Sink>;

/** One call, as the worker gets it. */
export interface SinkCall {
  ifaceName: string;
  fnName: string;
  args: unknown[];
}

export const LOGGER_SINK = '__temporal_logger';
export const METRICS_SINK = '__temporal_metrics';

/**
 * Functions that run in the worker, outside of the sandbox, as its `sinks` option says. Calls are made when the activation
 * has ended, arguments are copied, results and errors are not seen.
 *
 * @example
 * interface MySinks extends Sinks { alerter: { alert(message: string): void } }
 * const { alerter } = proxySinks<MySinks>();
 * alerter.alert('stock is low');
 */
export function proxySinks<T extends Sinks>(): T {
  const sinks = new Proxy<Sinks>({}, { get: (_target, sink) => sinkProxy(String(sink)) });
  return sinks as T;
}

function sinkProxy(sink: string): Sink {
  return new Proxy<Sink>(
    {},
    {
      get:
        (_target, fn) =>
        (...args: unknown[]) =>
          callSink(sink, String(fn), args),
    },
  );
}

function callSink(sink: string, fn: string, args: readonly unknown[]): void {
  const run = requireRun(`sink '${sink}'`);
  if (sink === LOGGER_SINK || sink === METRICS_SINK) callOwnSink(run, sink, fn, args);
  else run.sinkCalls.push({ sink, fn, args: args.map(toData), info: infoData(run.info) });
}

/** Logs and metrics: silent in replay. */
export function callOwnSink(run: Run, sink: string, fn: string, args: readonly unknown[]): void {
  if (!run.isReplayingHistoryEvents) run.sinkCalls.push({ sink, fn, args: args.map(toData) });
}

export function isSilent(): boolean {
  return currentRun()?.isReplayingHistoryEvents ?? true;
}
