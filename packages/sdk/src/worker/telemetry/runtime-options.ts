/** What is set once for all workers of a process. */
import type { LogLevel } from '../../conversion/logger.js';
import type { AnyLogger } from './logger.js';
import type { PrometheusTextOptions } from './prometheus-text.js';

export interface RuntimeOptions {
  /** Takes messages of workers, activities and workflows: a Logger, pino or winston. Default: `DefaultLogger` at INFO. */
  logger?: AnyLogger | undefined;
  /** Signals that shut all workers down. Default SIGINT, SIGTERM, SIGQUIT, SIGUSR2. Empty: none. */
  shutdownSignals?: NodeJS.Signals[] | undefined;
  telemetryOptions?: TelemetryOptions | undefined;
}

export interface TelemetryOptions {
  /** Metrics are counted only when they go somewhere. Default: nowhere. */
  metrics?: MetricsExporterConfig | undefined;
  /** The level of a default logger; see `makeTelemetryFilterString`. */
  logging?: LogExporterConfig | undefined;
}

export interface LogExporterConfig {
  /** `WARN`, or a text made by `makeTelemetryFilterString`, or its options. Only for the default logger. */
  filter?: string | CoreLogFilterOptions | undefined;
  /** Accepted for compatibility: messages always go to the runtime's logger. */
  forward?: object | undefined;
  console?: object | undefined;
}

/** Accepted where the official SDK asks how its native part logs. */
export type ForwardLogger = Pick<Required<LogExporterConfig>, 'forward'>;
export type ConsoleLogger = Pick<Required<LogExporterConfig>, 'console'>;

export interface MetricsExporterConfig {
  /** In front of the names of the SDK's own metrics. Default `temporal_`. */
  metricPrefix?: string | undefined;
  /** Tags on all series. */
  globalTags?: Record<string, string> | undefined;
  /** Adds the tag `service_name`. Default true. */
  attachServiceName?: boolean | undefined;
  prometheus?: PrometheusMetricsExporter['prometheus'] | undefined;
}
export type MetricsExporter = MetricsExporterConfig;

export interface PrometheusMetricsExporter {
  prometheus: PrometheusTextOptions & {
    /** `host:port`, such as `127.0.0.1:9464`. */
    bindAddress: string;
    /** Upper bounds of buckets by the name of the metric, with or without its prefix. */
    histogramBucketOverrides?: Record<string, number[]> | undefined;
  };
}

export interface CoreLogFilterOptions {
  /** The worker's own messages. */
  core: LogLevel;
  /** Has no effect here: there are no native packages. */
  other?: LogLevel | undefined;
}

/** The least severe level that is logged, in the form of `logging.filter`. */
export function makeTelemetryFilterString({ core }: CoreLogFilterOptions): string {
  return core;
}

/** The level that a filter asks for. */
export function levelOf(filter: LogExporterConfig['filter']): LogLevel {
  const text = typeof filter === 'object' ? filter.core : (filter ?? 'INFO');
  const found = /TRACE|DEBUG|INFO|WARN|ERROR/i.exec(text)?.[0].toUpperCase();
  return (found ?? 'INFO') as LogLevel;
}
