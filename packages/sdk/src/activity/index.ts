/**
 * `perdure/activity`: inside of activities. An activity is any async function given to a worker; what it does besides its work
 * is here, as methods of `Context.current()` and as functions.
 *
 *     export async function countTo(limit: number): Promise<number> {
 *       for (let n = 1; n <= limit; n++) {
 *         await sleep('1s');
 *         heartbeat(n);
 *       }
 *       return limit;
 *     }
 */
import type { Client } from '../client/client.js';
import type { ActivityCancellationDetails } from '../conversion/activity-cancellation-details.js';
import type { Duration } from '../conversion/duration.js';
import type { Logger } from '../conversion/logger.js';
import { meterOf, recordWith } from '../conversion/meter.js';
import type { MetricMeter } from '../conversion/metrics.js';
import { Context } from './context.js';
import type { Info } from './info.js';

export { asyncLocalStorage, Context } from './context.js';
export type { ContextParts } from './context.js';
export type { Info } from './info.js';
export { CompleteAsyncError } from '../conversion/errors.js';
export { ApplicationFailure, CancelledFailure } from '../conversion/failure.js';
export type { ActivityFunction, UntypedActivities } from '../conversion/workflow-types.js';
export type { ActivityCancellationDetails } from '../conversion/activity-cancellation-details.js';

/** Facts of this attempt. */
export function activityInfo(): Info {
  return Context.current().info;
}

/** See `Context.heartbeat`. */
export function heartbeat(details?: unknown): void {
  Context.current().heartbeat(details);
}

/** See `Context.sleep`. */
export function sleep(duration: Duration): Promise<void> {
  return Context.current().sleep(duration);
}

/** See `Context.cancelled`. */
export function cancelled(): Promise<never> {
  return Context.current().cancelled;
}

/** See `Context.cancellationSignal`. */
export function cancellationSignal(): AbortSignal {
  return Context.current().cancellationSignal;
}

/** Why this activity was cancelled; undefined until then. */
export function cancellationDetails(): ActivityCancellationDetails | undefined {
  return Context.current().cancellationDetails;
}

/** A client on the worker's connection. */
export function getClient(): Client {
  return Context.current().client;
}

/** The worker's logger, with the ids of this activity in each message. */
export const log: Logger = {
  log: (level, message, meta) => Context.current().log.log(level, message, meta),
  trace: (message, meta) => Context.current().log.trace(message, meta),
  debug: (message, meta) => Context.current().log.debug(message, meta),
  info: (message, meta) => Context.current().log.info(message, meta),
  warn: (message, meta) => Context.current().log.warn(message, meta),
  error: (message, meta) => Context.current().log.error(message, meta),
};

/** The worker's meter, with namespace, task queue and type of this activity as tags. Metrics may be made outside of activities. */
export const metricMeter: MetricMeter = meterOf((metric, value, tags) =>
  recordWith(Context.current().metricMeter)(metric, value, tags),
);
