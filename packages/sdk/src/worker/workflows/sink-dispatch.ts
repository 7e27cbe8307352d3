/** What workflows called outside of the sandbox: their log, their metrics, and the sinks of the user. */
import type { Anything } from '../../conversion/anything.js';
import { messageOf } from '../../conversion/error-class.js';
import type { Logger, LogMetadata } from '../../conversion/logger.js';
import { recordWith } from '../../conversion/meter.js';
import type { RecordMetric } from '../../conversion/meter.js';
import type { Metric, MetricMeter, MetricTags } from '../../conversion/metrics.js';
import type { WorkflowInfo } from '../../workflow/runtime/info.js';
import type { Sink, SinkFunction, Sinks } from '../../workflow/runtime/sinks.js';
import type { SinkCall } from '../../workflow/runtime/contract.js';
import { LOGGER_SINK, METRICS_SINK } from '../../workflow/runtime/sinks.js';

/** A function that workflows call through `proxySinks`. Errors are logged; nobody waits for it. */
export interface InjectedSinkFunction<F extends SinkFunction> {
  fn(info: WorkflowInfo, ...args: Parameters<F>): void | Promise<void>;
  /** Also called when history is replayed. Default false. */
  callDuringReplay?: boolean | undefined;
}
export type InjectedSink<T extends Sink> = { [P in keyof T]: InjectedSinkFunction<T[P]> };
export type InjectedSinks<T extends Sinks> = { [P in keyof T]: InjectedSink<T[P]> };

export class SinkDispatch {
  readonly #sinks: InjectedSinks<Anything>;
  readonly #logger: Logger;
  readonly #record: RecordMetric;

  constructor(sinks: InjectedSinks<Anything>, logger: Logger, meter: MetricMeter) {
    this.#sinks = sinks;
    this.#logger = logger;
    this.#record = recordWith(meter);
  }

  call(calls: readonly SinkCall[], isReplaying: boolean): void {
    for (const call of calls) {
      try {
        this.#one(call, isReplaying);
      } catch (error) {
        this.#failed(call, error);
      }
    }
  }

  #one(call: SinkCall, isReplaying: boolean): void {
    const { sink, fn, args, info } = call;
    if (sink === LOGGER_SINK) return this.#log(fn, args);
    if (sink === METRICS_SINK) {
      const [metric, value, tags] = args as readonly [Metric, number, MetricTags];
      return this.#record(metric, value, tags);
    }
    const injected = (this.#sinks as Record<string, Record<string, InjectedSinkFunction<Anything>> | undefined>)[
      sink
    ]?.[fn];
    if (injected === undefined) {
      return this.#logger.error(
        `A workflow called the sink ${sink}.${fn}(), which is not among the worker's \`sinks\``,
      );
    }
    if (isReplaying && injected.callDuringReplay !== true) return;
    const result = injected.fn(info as unknown as WorkflowInfo, ...args);
    if (result instanceof Promise) result.catch((error: unknown) => this.#failed(call, error));
  }

  #log(level: string, args: readonly unknown[]): void {
    const [message, meta] = args as readonly [string, LogMetadata | undefined];
    if (isLevel(level)) this.#logger[level](message, meta);
  }

  #failed({ sink, fn }: SinkCall, error: unknown): void {
    this.#logger.error(`The sink ${sink}.${fn}() failed: ${messageOf(error)}`, { error });
  }
}

function isLevel(name: string): name is 'trace' | 'debug' | 'info' | 'warn' | 'error' {
  return name === 'trace' || name === 'debug' || name === 'info' || name === 'warn' || name === 'error';
}
