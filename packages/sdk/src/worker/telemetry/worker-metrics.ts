/** The metrics of a worker, under the names that dashboards of the field know. */
import type { MetricMeter, MetricTags } from '../../conversion/metrics.js';

export interface WorkerMetrics {
  count(name: CounterName, tags?: MetricTags, by?: number): void;
  /** Milliseconds. */
  time(name: LatencyName, valueMs: number, tags?: MetricTags): void;
  gauge(name: GaugeName, value: number, tags?: MetricTags): void;
}

export type CounterName =
  | 'workflow_completed'
  | 'workflow_failed'
  | 'workflow_canceled'
  | 'workflow_continue_as_new'
  | 'workflow_task_queue_poll_succeed'
  | 'workflow_task_queue_poll_empty'
  | 'workflow_task_execution_failed'
  | 'activity_poll_no_task'
  | 'activity_execution_failed'
  | 'activity_execution_cancelled'
  | 'activity_task_received'
  | 'local_activity_total'
  | 'local_activity_execution_failed'
  | 'local_activity_execution_cancelled'
  | 'sticky_cache_hit'
  | 'sticky_cache_miss'
  | 'sticky_cache_total_forced_eviction'
  | 'worker_start'
  | 'request'
  | 'request_failure'
  | 'long_request'
  | 'long_request_failure';

export type LatencyName =
  | 'workflow_endtoend_latency'
  | 'workflow_task_schedule_to_start_latency'
  | 'workflow_task_execution_latency'
  | 'workflow_task_replay_latency'
  | 'activity_schedule_to_start_latency'
  | 'activity_execution_latency'
  | 'activity_succeed_endtoend_latency'
  | 'local_activity_execution_latency'
  | 'local_activity_succeed_endtoend_latency'
  | 'request_latency'
  | 'long_request_latency';

export type GaugeName = 'num_pollers' | 'worker_task_slots_available' | 'worker_task_slots_used' | 'sticky_cache_size';

const DESCRIPTIONS: Partial<Record<CounterName | LatencyName | GaugeName, string>> = {
  workflow_completed: 'Count of Workflow Executions that completed',
  workflow_failed: 'Count of Workflow Executions that failed',
  workflow_task_queue_poll_empty: 'Count of polls for Workflow Tasks that brought none',
  workflow_task_execution_failed: 'Count of Workflow Tasks that failed',
  activity_execution_failed: 'Count of attempts of activities that failed',
  sticky_cache_size: 'Workflow Executions in memory',
  num_pollers: 'Polls that are open',
};

/** Undefined where nobody looks: then nothing is counted. `meter` has namespace and task queue as tags. */
export function workerMetrics(meter: MetricMeter, prefix: string): WorkerMetrics {
  const instruments = new Map<string, (value: number, tags?: MetricTags) => void>();
  const found = (
    name: CounterName | LatencyName | GaugeName,
    make: () => (value: number, tags?: MetricTags) => void,
  ) => {
    let instrument = instruments.get(name);
    if (instrument === undefined) instruments.set(name, (instrument = make()));
    return instrument;
  };
  return {
    count(name, tags, by = 1) {
      found(name, () => {
        const counter = meter.createCounter(prefix + name, undefined, DESCRIPTIONS[name]);
        return (value, more) => counter.add(value, more);
      })(by, tags);
    },
    time(name, valueMs, tags) {
      found(name, () => {
        const histogram = meter.createHistogram(prefix + name, 'int', 'ms', DESCRIPTIONS[name]);
        return (value, more) => histogram.record(value, more);
      })(Math.max(0, Math.round(valueMs)), tags);
    },
    gauge(name, value, tags) {
      found(name, () => {
        const gauge = meter.createGauge(prefix + name, 'int', undefined, DESCRIPTIONS[name]);
        return (latest, more) => gauge.set(latest, more);
      })(value, tags);
    },
  };
}
