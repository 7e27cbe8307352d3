/** Activities without a server and without a workflow. */
import { EventEmitter } from 'node:events';
import type { Context } from '../activity/context.js';
import type { Info } from '../activity/info.js';
import type { Client } from '../client/client.js';
import { ActivityCancellationDetails } from '../conversion/activity-cancellation-details.js';
import { defaultDataConverter } from '../conversion/data-converter.js';
import type { Logger } from '../conversion/logger.js';
import { noopMetricMeter } from '../conversion/meter.js';
import type { MetricMeter } from '../conversion/metrics.js';
import type { ActivityFunction } from '../conversion/workflow-types.js';
import { ActivityAttempt } from '../worker/activities/activity-attempt.js';
import type { CancelReason } from '../worker/activities/activity-attempt.js';
import type { ActivityInterceptorsFactory } from '../worker/activities/interceptors.js';
import { DefaultLogger } from '../worker/telemetry/logger.js';

export interface MockActivityEnvironmentOptions {
  /** Around the function, the first outermost. Default: none. */
  interceptors?: ActivityInterceptorsFactory[] | undefined;
  /** Default: to stderr. */
  logger?: Logger | undefined;
  /** Default: values go nowhere. */
  metricMeter?: MetricMeter | undefined;
  /** What `Context.current().client` is. Default: asking for it throws IllegalStateError. */
  client?: Client | undefined;
}

/** What an activity in a MockActivityEnvironment knows of itself, unless told otherwise. */
export const defaultActivityInfo: Info = {
  attempt: 1,
  taskQueue: 'test',
  isLocal: false,
  taskToken: Buffer.from('test'),
  base64TaskToken: Buffer.from('test').toString('base64'),
  activityId: 'test',
  activityType: 'unknown',
  activityNamespace: 'default',
  workflowType: 'test',
  workflowNamespace: 'default',
  workflowExecution: { workflowId: 'test', runId: '00000000-0000-0000-0000-000000000000' },
  heartbeatDetails: undefined,
  scheduledTimestampMs: 1,
  startToCloseTimeoutMs: 1000,
  scheduleToCloseTimeoutMs: 1000,
  currentAttemptScheduledTimestampMs: 1,
  namespace: 'test',
  inWorkflow: true,
};

interface Events {
  /** The details of each heartbeat, as the activity gave them; none is left out. */
  heartbeat: [details: unknown];
}

/**
 * Runs activity functions with a context of their own: `Context.current()` is there, heartbeats are events, and the test may
 * cancel.
 *
 *     const env = new MockActivityEnvironment({ attempt: 2 });
 *     env.on('heartbeat', (details) => …);
 *     assert.equal(await env.run(countTo, 3), 3);
 *
 * The context is one for all functions that are run in it: once cancelled, it stays so.
 */
export class MockActivityEnvironment extends EventEmitter<Events> {
  readonly #attempt: ActivityAttempt;

  constructor(info: Partial<Info> = {}, options: MockActivityEnvironmentOptions = {}) {
    super();
    const { interceptors = [], logger = new DefaultLogger(), metricMeter = noopMetricMeter, client } = options;
    this.#attempt = new ActivityAttempt(
      { ...defaultActivityInfo, ...info },
      defaultDataConverter,
      { logger, logsDebug: false, metricMeter, client, interceptors },
      (details) => this.emit('heartbeat', details),
    );
  }

  get context(): Context {
    return this.#attempt.context;
  }

  /** Cancels what runs here, and what will. `reason` is the message of its CancelledFailure; the default is `CANCELLED`. */
  readonly cancel = (
    reason: CancelReason = 'CANCELLED',
    details = new ActivityCancellationDetails({ cancelRequested: true }),
  ): void => this.#attempt.cancel(reason, details);

  /** Resolves to what the function returns, rejects with what it throws, both as they are. */
  async run<P extends unknown[], R>(fn: (...args: P) => Promise<R> | R, ...args: P): Promise<R> {
    return (await this.#attempt.call(fn as unknown as ActivityFunction, args, {})) as R;
  }
}
