/** One attempt of an activity: runs its function, and turns how it ended into what the server is told. */
import { asyncLocalStorage, Context } from '../../activity/context.js';
import type { ContextParts } from '../../activity/context.js';
import type { Info } from '../../activity/info.js';
import type { Client } from '../../client/client.js';
import type { ActivityCancellationDetails } from '../../conversion/activity-cancellation-details.js';
import { defaultDataConverter } from '../../conversion/data-converter.js';
import type { LoadedDataConverter } from '../../conversion/data-converter.js';
import { CompleteAsyncError } from '../../conversion/errors.js';
import { ApplicationFailure, CancelledFailure, ensureApplicationFailure } from '../../conversion/failure.js';
import { ApplicationFailureCategory } from '../../conversion/failure-enums.js';
import type { Logger, LogMetadata } from '../../conversion/logger.js';
import { LoggerWithComposedMetadata, SdkComponent } from '../../conversion/logger.js';
import { MetricMeterWithComposedTags } from '../../conversion/meter.js';
import type { MetricMeter, MetricTags } from '../../conversion/metrics.js';
import type { Headers } from '../../conversion/payload.js';
import type { ActivityFunction } from '../../conversion/workflow-types.js';
import { failureTo, valueTo } from './activity-converter.js';
import { chained } from './interceptors.js';
import type { ActivityExecuteInput, ActivityInterceptors, ActivityInterceptorsFactory } from './interceptors.js';

/** What all attempts of a worker share. */
export interface AttemptSurroundings {
  readonly logger: Logger;
  readonly logsDebug: boolean;
  readonly metricMeter: MetricMeter;
  readonly client: Client | undefined;
  readonly interceptors: readonly ActivityInterceptorsFactory[];
}

/** Names are those that official SDKs use for the message of the CancelledFailure. */
export type CancelReason =
  | 'CANCELLED'
  | 'NOT_FOUND'
  | 'TIMED_OUT'
  | 'WORKER_SHUTDOWN'
  | 'PAUSED'
  | 'RESET'
  | 'HEARTBEAT_DETAILS_CONVERSION_FAILED';

export type AttemptOutcome =
  | { readonly status: 'completed'; readonly result: Uint8Array | undefined }
  /** `error` for what depends on its class; `failure` is how it is told. */
  | { readonly status: 'failed'; readonly failure: Uint8Array; readonly error: unknown }
  | { readonly status: 'cancelled'; readonly failure: Uint8Array; readonly details: readonly unknown[] }
  | { readonly status: 'completesLater' };

export class ActivityAttempt implements ContextParts {
  readonly info: Info;
  readonly #surroundings: AttemptSurroundings;
  readonly #converter: LoadedDataConverter;
  readonly #heartbeat: (details?: unknown) => void;
  readonly #inbound: NonNullable<ActivityInterceptors['inbound']>[] = [];
  readonly #outbound: NonNullable<ActivityInterceptors['outbound']>[] = [];
  readonly context: Context;
  #abort: AbortController | undefined;
  #cancelled: Promise<never> | undefined;
  #rejectCancelled: (error: Error) => void = () => undefined;
  #cancellation: { readonly failure: CancelledFailure; readonly reason: CancelReason } | undefined;
  #cancellationDetails: ActivityCancellationDetails | undefined;
  #workerLog: Logger | undefined;
  #log: Logger | undefined;
  #metricMeter: MetricMeter | undefined;

  constructor(
    info: Info,
    converter: LoadedDataConverter,
    surroundings: AttemptSurroundings,
    heartbeat: (details?: unknown) => void,
  ) {
    this.info = info;
    this.#converter = converter;
    this.#surroundings = surroundings;
    this.#heartbeat = heartbeat;
    this.context = new Context(this);
    for (const factory of surroundings.interceptors) {
      const { inbound, outbound } = factory(this.context);
      if (inbound !== undefined) this.#inbound.push(inbound);
      if (outbound !== undefined) this.#outbound.push(outbound);
    }
  }

  // --- what a context is made of

  get client(): Client | undefined {
    return this.#surroundings.client;
  }

  get cancelled(): Promise<never> {
    if (this.#cancelled === undefined) {
      this.#cancelled = new Promise((_, reject) => {
        this.#rejectCancelled = reject;
      });
      // Whoever does not look at it does not care.
      this.#cancelled.catch(() => undefined);
      if (this.#cancellation !== undefined) this.#rejectCancelled(this.#cancellation.failure);
    }
    return this.#cancelled;
  }

  get cancellationSignal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#cancellation !== undefined) this.#abort.abort(this.#cancellation.failure);
    return this.#abort.signal;
  }

  cancellationDetails = (): ActivityCancellationDetails | undefined => this.#cancellationDetails;

  heartbeat = (details?: unknown): void => this.#heartbeat(details);

  get log(): Logger {
    this.#log ??= LoggerWithComposedMetadata.compose(this.workerLog, { sdkComponent: SdkComponent.activity });
    return this.#log;
  }

  get metricMeter(): MetricMeter {
    this.#metricMeter ??= MetricMeterWithComposedTags.compose(this.#surroundings.metricMeter, () =>
      chained(
        this.#outbound,
        'getMetricTags',
        (tags: MetricTags) => tags,
      )({
        namespace: this.info.namespace,
        taskQueue: this.info.taskQueue,
        activityType: this.info.activityType,
      }),
    );
    return this.#metricMeter;
  }

  // --- what the worker does with it

  /** For the worker's own messages about this attempt. */
  get workerLog(): Logger {
    this.#workerLog ??= LoggerWithComposedMetadata.compose(this.#surroundings.logger, () =>
      chained(
        this.#outbound,
        'getLogAttributes',
        (fields: Record<string, unknown>) => fields,
      )(activityLogAttributes(this.info)),
    );
    return this.#workerLog;
  }

  get isCancelled(): boolean {
    return this.#cancellation !== undefined;
  }

  /** The first reason counts. */
  cancel(reason: CancelReason, details: ActivityCancellationDetails): void {
    if (this.#cancellation !== undefined) return;
    const failure = new CancelledFailure(reason);
    this.#cancellation = { failure, reason };
    this.#cancellationDetails = details;
    this.#rejectCancelled(failure);
    this.#abort?.abort(failure);
  }

  /** Never rejects. */
  async run(fn: ActivityFunction, args: unknown[], headers: Headers): Promise<AttemptOutcome> {
    const startedMs = performance.now();
    if (this.#surroundings.logsDebug) this.workerLog.debug('Activity started');
    try {
      const value: unknown = await this.call(fn, args, headers);
      const converted = valueTo(this.#converter, value);
      const result = converted instanceof Promise ? await converted : converted;
      if (this.#surroundings.logsDebug) this.#logEnd('Activity completed', startedMs);
      return { status: 'completed', result };
    } catch (error) {
      return await this.#ended(error, startedMs);
    }
  }

  /** Calls the function in its context, through the interceptors; for what comes of it as it is. */
  call(fn: ActivityFunction, args: unknown[], headers: Headers): Promise<unknown> {
    return asyncLocalStorage.run(this.context, () => this.#intercepted(fn, { args, headers }));
  }

  #intercepted(fn: ActivityFunction, input: ActivityExecuteInput): Promise<unknown> {
    if (this.#inbound.length === 0) return fn(...input.args);
    return chained(this.#inbound, 'execute', async ({ args }: ActivityExecuteInput): Promise<unknown> => fn(...args))(
      input,
    );
  }

  async #ended(error: unknown, startedMs: number): Promise<AttemptOutcome> {
    const { logsDebug } = this.#surroundings;
    if (error instanceof CompleteAsyncError) {
      if (logsDebug) this.#logEnd('Activity will complete asynchronously', startedMs);
      return { status: 'completesLater' };
    }
    const asCancelled = this.#cancellation !== undefined && (error instanceof CancelledFailure || isAbort(error));
    if (asCancelled) return this.#endedByCancellation(error, startedMs);
    const isBenign = error instanceof ApplicationFailure && error.category === ApplicationFailureCategory.BENIGN;
    if (!isBenign || logsDebug) this.#logEnd('Activity failed', startedMs, error, isBenign ? 'DEBUG' : 'WARN');
    return this.#failed(ensureApplicationFailure(error));
  }

  /** The function has accepted the cancellation. Only one that its workflow asked for, or that nobody waits for, counts as such. */
  async #endedByCancellation(error: unknown, startedMs: number): Promise<AttemptOutcome> {
    const reason = this.#cancellation?.reason ?? 'CANCELLED';
    if (this.#surroundings.logsDebug) this.#logEnd(`Activity ended because of its cancellation (${reason})`, startedMs);
    switch (reason) {
      case 'HEARTBEAT_DETAILS_CONVERSION_FAILED':
        return this.#failed(ApplicationFailure.retryable(reason, 'CancelledFailure'));
      case 'RESET':
        return this.#failed(ApplicationFailure.retryable('Activity reset', 'ActivityReset'));
      case 'PAUSED':
        return this.#failed(ApplicationFailure.retryable('Activity paused', 'ActivityPause'));
      case 'WORKER_SHUTDOWN':
        // As a failure the server tries again at once, elsewhere; as a cancellation nobody would.
        return this.#failed(
          ApplicationFailure.retryable('The worker shut down before the activity had ended', 'WorkerShutdown'),
        );
      case 'CANCELLED':
      case 'NOT_FOUND':
      case 'TIMED_OUT': {
        const details = error instanceof CancelledFailure ? error.details : [];
        const failure = error instanceof CancelledFailure ? error : new CancelledFailure(undefined);
        failure.stack = '';
        return { status: 'cancelled', failure: await failureTo(this.#converter, failure), details };
      }
    }
  }

  async #failed(error: Error): Promise<AttemptOutcome> {
    try {
      return { status: 'failed', failure: await failureTo(this.#converter, error), error };
    } catch (conversionError) {
      this.workerLog.error('The failure of an activity could not be converted', { error: conversionError });
      const plain = ApplicationFailure.create({ message: error.message, type: error.name });
      return { status: 'failed', failure: await failureTo(defaultDataConverter, plain), error };
    }
  }

  #logEnd(message: string, startedMs: number, error?: unknown, level: 'DEBUG' | 'WARN' = 'DEBUG'): void {
    const fields: LogMetadata = { durationMs: Math.round(performance.now() - startedMs) };
    if (error !== undefined) fields['error'] = error;
    this.workerLog.log(level, message, fields);
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** Fields that say which attempt a log message is about. */
export function activityLogAttributes(info: Info): Record<string, unknown> {
  const { isLocal, attempt, namespace, base64TaskToken, activityId, activityType, taskQueue, workflowExecution } = info;
  const common = { isLocal, attempt, namespace, taskToken: base64TaskToken, activityId, activityType, taskQueue };
  if (workflowExecution === undefined) return { ...common, activityRunId: info.activityRunId };
  const { workflowId, runId: workflowRunId } = workflowExecution;
  return { ...common, workflowId, workflowRunId, workflowType: info.workflowType };
}
