/** The text that Prometheus reads. Pure. */
import type { Metric, MetricTags } from '../../conversion/metrics.js';
import type { MetricFamily, MetricsRegistry } from './registry.js';

export interface PrometheusTextOptions {
  /** Names of counters end in `_total`. Default false. */
  readonly countersTotalSuffix?: boolean | undefined;
  /** Names of histograms end in their unit. Default false. */
  readonly unitSuffix?: boolean | undefined;
  /** Latencies in seconds instead of milliseconds. Default false. */
  readonly useSecondsForDurations?: boolean | undefined;
}

export function prometheusText(registry: MetricsRegistry, options: PrometheusTextOptions = {}): string {
  const lines: string[] = [];
  for (const family of registry.families()) appendFamily(lines, registry, family, options);
  return `${lines.join('\n')}\n`;
}

const TYPES = { counter: 'counter', histogram: 'histogram', gauge: 'gauge', 'up-down-counter': 'gauge' } as const;

function appendFamily(
  lines: string[],
  registry: MetricsRegistry,
  { metric, series }: MetricFamily,
  options: PrometheusTextOptions,
): void {
  const inSeconds = options.useSecondsForDurations === true && metric.unit === 'ms';
  const name = exportedName(metric, options, inSeconds);
  if (metric.description) lines.push(`# HELP ${name} ${escapeHelp(metric.description)}`);
  lines.push(`# TYPE ${name} ${TYPES[metric.kind]}`);
  const scale = inSeconds ? 1000 : 1;
  for (const { tags, value, count, buckets } of series.values()) {
    if (metric.kind !== 'histogram') {
      lines.push(`${name}${labels(tags)} ${value / scale}`);
      continue;
    }
    let upTo = 0;
    for (const [at, bound] of registry.boundsOf(metric).entries()) {
      upTo += buckets[at] ?? 0;
      lines.push(`${name}_bucket${labels({ ...tags, le: String(bound / scale) })} ${upTo}`);
    }
    lines.push(`${name}_bucket${labels({ ...tags, le: '+Inf' })} ${count}`);
    lines.push(`${name}_sum${labels(tags)} ${value / scale}`, `${name}_count${labels(tags)} ${count}`);
  }
}

function exportedName(metric: Metric, options: PrometheusTextOptions, inSeconds: boolean): string {
  const name = metric.name.replaceAll(/[^a-zA-Z0-9_:]/g, '_');
  if (metric.kind === 'counter' && options.countersTotalSuffix === true) return `${name}_total`;
  if (metric.kind !== 'histogram' || options.unitSuffix !== true) return name;
  const unit = metric.unit === 'ms' ? (inSeconds ? 'seconds' : 'milliseconds') : metric.unit;
  return unit === undefined || unit === '' ? name : `${name}_${unit.replaceAll(/[^a-zA-Z0-9_]/g, '_')}`;
}

function labels(tags: MetricTags): string {
  const pairs = Object.entries(tags).map(
    ([name, value]) => `${name.replaceAll(/[^a-zA-Z0-9_]/g, '_')}="${escapeLabel(String(value))}"`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
