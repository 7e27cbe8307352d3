/** The one object of a process that all its workers share: logger, meter, signals. */
import { IllegalStateError } from '../../conversion/errors.js';
import type { Logger } from '../../conversion/logger.js';
import { noopMetricMeter } from '../../conversion/meter.js';
import type { MetricMeter } from '../../conversion/metrics.js';
import { asLogger, DefaultLogger } from './logger.js';
import { servePrometheus } from './prometheus-server.js';
import type { PrometheusEndpoint } from './prometheus-server.js';
import { MetricsRegistry } from './registry.js';
import { levelOf } from './runtime-options.js';
import type { MetricsExporterConfig, RuntimeOptions } from './runtime-options.js';

const SHUTDOWN_SIGNALS: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGUSR2'];

export class Runtime {
  static #instance: Runtime | undefined;
  static #isInstalled = false;

  readonly options: RuntimeOptions;
  readonly logger: Logger;
  readonly metricMeter: MetricMeter;
  /** False: nobody looks at metrics, so nothing needs to be counted. */
  readonly hasMetrics: boolean;
  /** In front of the names of the SDK's own metrics. */
  readonly metricPrefix: string;
  /** Where Prometheus finds the metrics, when that was asked for. */
  readonly prometheus: PrometheusEndpoint | undefined;
  readonly #shutdowns = new Set<() => void>();

  private constructor(options: RuntimeOptions) {
    this.options = options;
    const { logger, telemetryOptions = {} } = options;
    this.logger =
      logger === undefined ? new DefaultLogger(levelOf(telemetryOptions.logging?.filter)) : asLogger(logger);
    const { metrics } = telemetryOptions;
    this.metricPrefix = metrics?.metricPrefix ?? 'temporal_';
    const registry = metrics?.prometheus === undefined ? undefined : registryOf(metrics);
    this.hasMetrics = registry !== undefined;
    this.metricMeter = registry?.meter ?? noopMetricMeter;
    this.prometheus =
      registry && metrics?.prometheus && servePrometheus(registry, metrics.prometheus.bindAddress, metrics.prometheus);
    this.prometheus?.listening.catch((error: unknown) => {
      this.logger.error('The metrics endpoint cannot listen', { error });
    });
  }

  /** Sets the options of this process. Call it before anything makes a worker; throws IllegalStateError when it is too late. */
  static install(options: RuntimeOptions): Runtime {
    if (this.#instance !== undefined) {
      throw new IllegalStateError(
        this.#isInstalled
          ? 'The Runtime is installed already: call Runtime.install() once'
          : 'The Runtime is in use already: call Runtime.install() before the first worker is made',
      );
    }
    this.#isInstalled = true;
    this.#instance = new this(options);
    return this.#instance;
  }

  /** The runtime of this process, with the defaults if none was installed. */
  static instance(): Runtime {
    this.#instance ??= new this({});
    return this.#instance;
  }

  /** Closes the metrics endpoint and forgets the runtime, so that another one can be installed. */
  async shutdown(): Promise<void> {
    this.prometheus?.close();
    for (const signal of this.#signals()) process.off(signal, this.#shutDownAll);
    this.#shutdowns.clear();
    if (Runtime.#instance !== this) return;
    Runtime.#instance = undefined;
    Runtime.#isInstalled = false;
  }

  /** `callback` is called once when one of the signals comes. */
  registerShutdownSignalCallback(callback: () => void): void {
    if (this.#shutdowns.size === 0) for (const signal of this.#signals()) process.on(signal, this.#shutDownAll);
    this.#shutdowns.add(callback);
  }

  deregisterShutdownSignalCallback(callback: () => void): void {
    if (!this.#shutdowns.delete(callback) || this.#shutdowns.size > 0) return;
    for (const signal of this.#signals()) process.off(signal, this.#shutDownAll);
  }

  #signals(): readonly NodeJS.Signals[] {
    return this.options.shutdownSignals ?? SHUTDOWN_SIGNALS;
  }

  /** A second signal does what it does without us: end the process. */
  readonly #shutDownAll = (): void => {
    const callbacks = [...this.#shutdowns];
    this.#shutdowns.clear();
    for (const signal of this.#signals()) process.off(signal, this.#shutDownAll);
    for (const callback of callbacks) callback();
  };
}

function registryOf({
  metricPrefix = 'temporal_',
  globalTags,
  attachServiceName,
  prometheus,
}: MetricsExporterConfig): MetricsRegistry {
  const serviceName = attachServiceName === false ? {} : { service_name: 'temporal-core-sdk' };
  return new MetricsRegistry({
    prefix: metricPrefix,
    globalTags: { ...serviceName, ...globalTags },
    bucketOverrides: prometheus?.histogramBucketOverrides,
  });
}
