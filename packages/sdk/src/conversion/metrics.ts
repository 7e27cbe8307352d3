/** Metrics that an application counts; where they go is the worker's matter. */

/** Tags of a value or a meter. */
export type MetricTags = Record<string, string | number | boolean>;
/** Tags, or a function that is asked for them with each value. */
export type MetricTagsOrFunc = MetricTags | (() => MetricTags);
/** How values are recorded. */
export type NumericMetricValueType = 'int' | 'float';
export type MetricKind = 'counter' | 'histogram' | 'gauge' | 'up-down-counter';

/** What all metrics have. */
export interface Metric {
  name: string;
  unit?: string | undefined;
  description?: string | undefined;
  kind: MetricKind;
  valueType: NumericMetricValueType;
}

/** Counts up. */
export interface MetricCounter extends Metric {
  kind: 'counter';
  valueType: 'int';
  /** `value` is not negative. */
  add(value: number, extraTags?: MetricTags): void;
  withTags(tags: MetricTags): MetricCounter;
}

/** Counts up and down. */
export interface MetricUpDownCounter extends Metric {
  kind: 'up-down-counter';
  valueType: 'int';
  add(value: number, extraTags?: MetricTags): void;
  withTags(tags: MetricTags): MetricUpDownCounter;
}

/** Records how values are distributed. */
export interface MetricHistogram extends Metric {
  kind: 'histogram';
  /** `value` is not negative. */
  record(value: number, extraTags?: MetricTags): void;
  withTags(tags: MetricTags): MetricHistogram;
}

/** Holds the last value. */
export interface MetricGauge extends Metric {
  kind: 'gauge';
  set(value: number, extraTags?: MetricTags): void;
  withTags(tags: MetricTags): MetricGauge;
}

/** Makes metrics. */
export interface MetricMeter {
  createCounter(name: string, unit?: string, description?: string): MetricCounter;
  /** `valueType`: default `int`. */
  createHistogram(
    name: string,
    valueType?: NumericMetricValueType,
    unit?: string,
    description?: string,
  ): MetricHistogram;
  /** `valueType`: default `int`. */
  createGauge(name: string, valueType?: NumericMetricValueType, unit?: string, description?: string): MetricGauge;
  /** Absent where the meter behind has none. */
  createUpDownCounter?(name: string, unit?: string, description?: string): MetricUpDownCounter;
  /** A meter whose metrics have these tags too. */
  withTags(tags: MetricTags): MetricMeter;
}
