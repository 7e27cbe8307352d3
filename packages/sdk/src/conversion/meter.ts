/** A meter out of one function that takes all values; meters that add tags. */
import type {
  Metric,
  MetricCounter,
  MetricGauge,
  MetricHistogram,
  MetricMeter,
  MetricTags,
  MetricTagsOrFunc,
  MetricUpDownCounter,
  NumericMetricValueType,
} from './metrics.js';

/** Takes every value of every metric: the one function that a meter needs. */
export type RecordMetric = (metric: Metric, value: number, tags: MetricTags) => void;

/** A meter that gives all values to `record`. Tags of a value win over those of its metric, and these over the meter's. */
export function meterOf(record: RecordMetric, tags: MetricTagsOrFunc = {}): Required<MetricMeter> {
  return new RecordingMeter(record, [tags]);
}

/** A meter that adds tags to those of another one, asking for them with each value. */
export const MetricMeterWithComposedTags = {
  compose(meter: MetricMeter, tagsOrFunc: MetricTagsOrFunc): Required<MetricMeter> {
    if (meter instanceof RecordingMeter) return meter.tagged(tagsOrFunc);
    return new RecordingMeter(recordWith(meter), [tagsOrFunc]);
  },
} as const;

type Tags = readonly MetricTagsOrFunc[];

class RecordingMeter implements Required<MetricMeter> {
  readonly #record: RecordMetric;
  readonly #tags: Tags;

  constructor(record: RecordMetric, tags: Tags) {
    this.#record = record;
    this.#tags = tags;
  }

  createCounter(name: string, unit?: string, description?: string): MetricCounter {
    return this.#adding({ name, unit, description, kind: 'counter', valueType: 'int' }, this.#tags);
  }

  createUpDownCounter(name: string, unit?: string, description?: string): MetricUpDownCounter {
    return this.#adding({ name, unit, description, kind: 'up-down-counter', valueType: 'int' }, this.#tags);
  }

  createHistogram(
    name: string,
    valueType: NumericMetricValueType = 'int',
    unit?: string,
    description?: string,
  ): MetricHistogram {
    return this.#histogram({ name, unit, description, kind: 'histogram', valueType }, this.#tags);
  }

  createGauge(
    name: string,
    valueType: NumericMetricValueType = 'int',
    unit?: string,
    description?: string,
  ): MetricGauge {
    return this.#gauge({ name, unit, description, kind: 'gauge', valueType }, this.#tags);
  }

  withTags(tags: MetricTags): Required<MetricMeter> {
    return this.tagged(tags);
  }

  tagged(tags: MetricTagsOrFunc): RecordingMeter {
    return new RecordingMeter(this.#record, [...this.#tags, tags]);
  }

  #adding<M extends Metric>(metric: M, tags: Tags): M & Adding<M> {
    return {
      ...metric,
      add: (value, extra) => this.#record(metric, value, resolved(tags, extra)),
      withTags: (more) => this.#adding(metric, [...tags, more]),
    };
  }

  #histogram(metric: Metric & { kind: 'histogram' }, tags: Tags): MetricHistogram {
    return {
      ...metric,
      record: (value, extra) => this.#record(metric, value, resolved(tags, extra)),
      withTags: (more) => this.#histogram(metric, [...tags, more]),
    };
  }

  #gauge(metric: Metric & { kind: 'gauge' }, tags: Tags): MetricGauge {
    return {
      ...metric,
      set: (value, extra) => this.#record(metric, value, resolved(tags, extra)),
      withTags: (more) => this.#gauge(metric, [...tags, more]),
    };
  }
}

interface Adding<M> {
  add(value: number, extraTags?: MetricTags): void;
  withTags(tags: MetricTags): M & Adding<M>;
}

function resolved(tags: Tags, extra: MetricTags | undefined): MetricTags {
  const all: MetricTags = {};
  for (const some of tags) Object.assign(all, typeof some === 'function' ? some() : some);
  return Object.assign(all, extra);
}

/** Gives values to the metrics of a meter, each made when its first value comes. */
export function recordWith(meter: MetricMeter): RecordMetric {
  const sinks = new Map<string, (value: number, tags: MetricTags) => void>();
  return (metric, value, tags) => {
    const key = `${metric.kind} ${metric.name}`;
    const sink = sinks.get(key) ?? sinkOf(meter, metric);
    sinks.set(key, sink);
    sink(value, tags);
  };
}

function sinkOf(meter: MetricMeter, metric: Metric): (value: number, tags: MetricTags) => void {
  const { name, kind, valueType, unit, description } = metric;
  switch (kind) {
    case 'counter': {
      const counter = meter.createCounter(name, unit, description);
      return (value, tags) => counter.add(value, tags);
    }
    case 'up-down-counter': {
      const counter = meter.createUpDownCounter?.(name, unit, description);
      if (counter === undefined) throw new TypeError('the meter behind has no up-down-counters');
      return (value, tags) => counter.add(value, tags);
    }
    case 'histogram': {
      const histogram = meter.createHistogram(name, valueType, unit, description);
      return (value, tags) => histogram.record(value, tags);
    }
    case 'gauge': {
      const gauge = meter.createGauge(name, valueType, unit, description);
      return (value, tags) => gauge.set(value, tags);
    }
  }
}

/** A meter that does nothing. */
export const noopMetricMeter: Required<MetricMeter> = meterOf(() => undefined);
