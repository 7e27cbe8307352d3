/** The workflow's metrics: values go to the worker's meter; silent in replay. */
import { meterOf } from '../../conversion/meter.js';
import type { Metric, MetricMeter, MetricTags } from '../../conversion/metrics.js';
import { requireRun } from './current.js';
import { intercepted } from './interceptors.js';
import { METRICS_SINK } from './sinks.js';

function record(metric: Metric, value: number, tags: MetricTags): void {
  const run = requireRun(`metric '${metric.name}'`);
  if (metric.kind !== 'up-down-counter' && metric.kind !== 'gauge' && value < 0)
    throw new TypeError(`metric '${metric.name}' was given ${value}: a ${metric.kind} takes no negative values`);
  if (run.isReplaying) return;
  const { name, unit, description, kind, valueType } = metric;
  const args = [{ name, unit, description, kind, valueType }, value, { ...tags }];
  run.sinkCalls.push({ sink: METRICS_SINK, fn: 'record', args });
}

function ownTags(): MetricTags {
  const run = requireRun('metricMeter');
  return intercepted(
    run.modules?.interceptors.outbound,
    'getMetricTags',
    sameTags,
  )({
    workflowType: run.setup.workflowType,
  });
}

function sameTags(tags: MetricTags): MetricTags {
  return tags;
}

/**
 * Counters, histograms and gauges of a workflow, tagged with its type. Values are recorded once: replays are silent.
 *
 * @example metricMeter.createCounter('orders').add(1, { country: 'nl' });
 */
export const metricMeter: MetricMeter = meterOf(record, ownTags);
