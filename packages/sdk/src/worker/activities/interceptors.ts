/** What may be put around activities. */
import type { Context } from '../../activity/context.js';
import type { MetricTags } from '../../conversion/metrics.js';
import type { Headers } from '../../conversion/payload.js';

/** Called for each attempt of an activity. It may answer the same object each time. */
export type ActivityInterceptorsFactory = (context: Context) => ActivityInterceptors;

export interface ActivityInterceptors {
  inbound?: ActivityInboundCallsInterceptor | undefined;
  outbound?: ActivityOutboundCallsInterceptor | undefined;
}

export interface ActivityInboundCallsInterceptor {
  /** Around the activity function; its result is the activity's. */
  execute?: (input: ActivityExecuteInput, next: (input: ActivityExecuteInput) => Promise<unknown>) => Promise<unknown>;
}

export interface ActivityExecuteInput {
  readonly args: unknown[];
  readonly headers: Headers;
}

export interface ActivityOutboundCallsInterceptor {
  /** Fields of the activity's log messages; asked for with each. */
  getLogAttributes?: (
    input: GetLogAttributesInput,
    next: (input: GetLogAttributesInput) => Record<string, unknown>,
  ) => Record<string, unknown>;
  /** Tags of the activity's metrics; asked for with each value. */
  getMetricTags?: (input: GetMetricTagsInput, next: (input: GetMetricTagsInput) => MetricTags) => MetricTags;
}

export type GetLogAttributesInput = Record<string, unknown>;
export type GetMetricTagsInput = MetricTags;

/** The call wrapped in every interceptor that has the method; the first of the list is the outermost. */
export function chained<Interceptor extends object, Input, Output>(
  interceptors: readonly Interceptor[],
  method: keyof Interceptor,
  last: (input: Input) => Output,
): (input: Input) => Output {
  let chain = last;
  for (const interceptor of [...interceptors].reverse()) {
    const step = interceptor[method] as ((input: Input, next: (input: Input) => Output) => Output) | undefined;
    if (step === undefined) continue;
    const next = chain;
    chain = (input) => step.call(interceptor, input, next);
  }
  return chain;
}
