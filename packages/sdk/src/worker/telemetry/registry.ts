/** Metrics of a process as numbers in memory: series by name and tags, to be read by an exporter. Pure. */
import { meterOf } from '../../conversion/meter.js';
import type { Metric, MetricMeter, MetricTags } from '../../conversion/metrics.js';

export interface MetricFamily {
  readonly metric: Metric;
  readonly series: Map<string, MetricSeries>;
}

/** Of a histogram, `value` is the sum. */
export interface MetricSeries {
  readonly tags: MetricTags;
  value: number;
  /** Of a histogram: how many values there were, and how many up to each bound. */
  count: number;
  readonly buckets: number[];
}

export interface RegistryOptions {
  /** Of the names of the SDK's own metrics; bucket overrides may leave it out. */
  readonly prefix?: string | undefined;
  /** On all series. */
  readonly globalTags?: Readonly<Record<string, string>> | undefined;
  /** Upper bounds of buckets by the name of the metric, in the unit of its values. */
  readonly bucketOverrides?: Readonly<Record<string, readonly number[]>> | undefined;
}

/** In milliseconds: of latencies. */
const LATENCY_BUCKETS_MS = [1, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 60_000, 600_000, 3_600_000];

export class MetricsRegistry {
  readonly #families = new Map<string, MetricFamily>();
  readonly #options: RegistryOptions;
  readonly meter: Required<MetricMeter>;

  constructor(options: RegistryOptions = {}) {
    this.#options = options;
    this.meter = meterOf((metric, value, tags) => this.#record(metric, value, tags), { ...options.globalTags });
  }

  families(): Iterable<MetricFamily> {
    return this.#families.values();
  }

  boundsOf(metric: Metric): readonly number[] {
    const { bucketOverrides = {}, prefix = '' } = this.#options;
    const { name } = metric;
    const bare = name.startsWith(prefix) ? name.slice(prefix.length) : name;
    return bucketOverrides[name] ?? bucketOverrides[bare] ?? LATENCY_BUCKETS_MS;
  }

  #record(metric: Metric, value: number, tags: MetricTags): void {
    const series = this.#series(metric, tags);
    switch (metric.kind) {
      case 'counter':
      case 'up-down-counter':
        series.value += value;
        break;
      case 'gauge':
        series.value = value;
        break;
      case 'histogram': {
        series.value += value;
        series.count += 1;
        const at = this.boundsOf(metric).findIndex((bound) => value <= bound);
        if (at >= 0) series.buckets[at] = (series.buckets[at] ?? 0) + 1;
        break;
      }
    }
  }

  #series(metric: Metric, tags: MetricTags): MetricSeries {
    let family = this.#families.get(metric.name);
    if (family === undefined) {
      family = { metric, series: new Map() };
      this.#families.set(metric.name, family);
    }
    const key = keyOf(tags);
    let series = family.series.get(key);
    if (series === undefined) {
      series = { tags, value: 0, count: 0, buckets: [] };
      family.series.set(key, series);
    }
    return series;
  }
}

function keyOf(tags: MetricTags): string {
  let key = '';
  for (const name in tags) key += `${name}\u0000${String(tags[name])}\u0001`;
  return key;
}
