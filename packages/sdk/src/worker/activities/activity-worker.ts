/** Runs the activities that the server hands out. */
import { Header, StatusCode } from '@perdure/protocol';
import type { PollActivityTaskQueueResponse } from '@perdure/protocol';
import type { Info } from '../../activity/info.js';
import { grpcErrorOf } from '../../client/grpc-error.js';
import { ActivityCancellationDetails } from '../../conversion/activity-cancellation-details.js';
import type { LoadedDataConverter } from '../../conversion/data-converter.js';
import { messageOf } from '../../conversion/error-class.js';
import { ApplicationFailure, ensureApplicationFailure } from '../../conversion/failure.js';
import { payloadMapFromWire } from '../../conversion/payload.js';
import type { Headers } from '../../conversion/payload.js';
import { decodePriority } from '../../conversion/priority.js';
import { decompileRetryPolicy } from '../../conversion/retry-policy.js';
import type { ActivityFunction } from '../../conversion/workflow-types.js';
import type { Clock } from '../clock.js';
import type { ServerCalls } from '../server-calls.js';
import type { Permit } from '../slots/slots.js';
import type { ActivitySlotInfo } from '../slots/tuner-options.js';
import type { WorkerMetrics } from '../telemetry/worker-metrics.js';
import { ActivityAttempt } from './activity-attempt.js';
import type { AttemptOutcome, AttemptSurroundings, CancelReason } from './activity-attempt.js';
import { converterOf, failureTo, valuesFrom, valueTo } from './activity-converter.js';
import { findActivity } from './find-activity.js';
import { heartbeatIntervalMs, HeartbeatThrottle } from './heartbeat-throttle.js';
import type { HeartbeatLimits } from './heartbeat-throttle.js';

export interface ActivityWorkerOptions {
  readonly namespace: string;
  readonly taskQueue: string;
  readonly activities: ReadonlyMap<string, ActivityFunction>;
  readonly converter: LoadedDataConverter;
  readonly surroundings: AttemptSurroundings;
  readonly heartbeats: HeartbeatLimits;
  readonly calls: ServerCalls;
  readonly clock: Clock;
  readonly metrics: WorkerMetrics | undefined;
}

/** The server's time-out comes first: this one only ends attempts whose worker it cannot reach. */
const TIMEOUT_MARGIN_MS = 5000;

interface Running {
  readonly attempt: ActivityAttempt;
  readonly converter: LoadedDataConverter;
  heartbeats: HeartbeatThrottle | undefined;
}

export class ActivityWorker {
  readonly #options: ActivityWorkerOptions;
  readonly #running = new Set<Running>();
  #takenCount = 0;
  #processedCount = 0;
  #failedCount = 0;
  #whenIdle: (() => void)[] = [];

  constructor(options: ActivityWorkerOptions) {
    this.#options = options;
  }

  /** Attempts that have not been answered. */
  get runningCount(): number {
    return this.#takenCount;
  }

  get heartbeatingCount(): number {
    let count = 0;
    for (const { heartbeats } of this.#running) if (heartbeats !== undefined) count += 1;
    return count;
  }

  /** Since the worker started. */
  get totals(): { readonly processed: number; readonly failed: number } {
    return { processed: this.#processedCount, failed: this.#failedCount };
  }

  /** Takes over the permit. */
  take(task: PollActivityTaskQueueResponse, permit: Permit<ActivitySlotInfo>): void {
    permit.use({ type: 'activity', activityType: task.activityType?.name ?? '' });
    this.#takenCount += 1;
    void this.#process(task).finally(() => {
      permit.release();
      this.#takenCount -= 1;
      if (this.#takenCount > 0) return;
      for (const resolve of this.#whenIdle.splice(0)) resolve();
    });
  }

  cancelAll(reason: CancelReason, details: ActivityCancellationDetails): void {
    for (const { attempt } of this.#running) attempt.cancel(reason, details);
  }

  async idle(): Promise<void> {
    if (this.#takenCount > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  async #process(task: PollActivityTaskQueueResponse): Promise<void> {
    const { clock, metrics } = this.#options;
    const startedMs = clock.nowMs();
    const tags = { activity_type: task.activityType?.name ?? '' };
    const waitedMs = (task.startedTime ?? startedMs) - (task.currentAttemptScheduledTime ?? startedMs);
    metrics?.time('activity_schedule_to_start_latency', waitedMs, tags);
    try {
      const outcome = await this.#outcomeOf(task);
      this.#processedCount += 1;
      if (outcome.status === 'failed') this.#failedCount += 1;
      metrics?.time('activity_execution_latency', clock.nowMs() - startedMs, tags);
      if (outcome.status === 'failed') metrics?.count('activity_execution_failed', tags);
      if (outcome.status === 'cancelled') metrics?.count('activity_execution_cancelled', tags);
      if (outcome.status === 'completed') {
        metrics?.time('activity_succeed_endtoend_latency', clock.nowMs() - (task.scheduledTime ?? startedMs), tags);
      }
    } catch (error) {
      this.#reportFailed(task, error);
    }
  }

  /** Runs and answers. Rejects only when the answer did not reach the server. */
  async #outcomeOf(task: PollActivityTaskQueueResponse): Promise<AttemptOutcome> {
    const { namespace, activities } = this.#options;
    const { workflowExecution, activityId } = task;
    const converter = converterOf(this.#options.converter, () => ({
      type: 'activity',
      namespace,
      activityId,
      workflowId: workflowExecution?.workflowId,
      isLocal: false,
    }));
    let prepared;
    try {
      const fn = findActivity(activities, task.activityType?.name ?? '');
      prepared = { fn, info: await this.#infoOf(task, converter), args: await argsOf(task, converter) };
    } catch (error) {
      const failure = await failureTo(converter, ensureApplicationFailure(error));
      this.#options.surroundings.logger.warn(`An activity could not be started: ${messageOf(error)}`, {
        activityId,
        workflowId: workflowExecution?.workflowId,
      });
      const outcome: AttemptOutcome = { status: 'failed', failure, error };
      await this.#answer(task, outcome, undefined);
      return outcome;
    }
    const running = this.#start(task, prepared.info, converter);
    const cancelTimer = this.#watchTimeout(task, running.attempt);
    const outcome = await running.attempt.run(prepared.fn, prepared.args, headersOf(task));
    cancelTimer?.();
    this.#running.delete(running);
    await this.#answer(task, outcome, running);
    return outcome;
  }

  #start(task: PollActivityTaskQueueResponse, info: Info, converter: LoadedDataConverter): Running {
    const { surroundings } = this.#options;
    const attempt = new ActivityAttempt(info, converter, surroundings, (details) => {
      running.heartbeats ??= this.#throttle(task, running);
      running.heartbeats.beat(details);
    });
    const running: Running = { attempt, converter, heartbeats: undefined };
    this.#running.add(running);
    return running;
  }

  #throttle(task: PollActivityTaskQueueResponse, running: Running): HeartbeatThrottle {
    const intervalMs = heartbeatIntervalMs(task.heartbeatTimeout ?? 0, this.#options.heartbeats);
    return new HeartbeatThrottle(intervalMs, this.#options.clock, (details) => this.#heartbeat(task, running, details));
  }

  async #heartbeat(task: PollActivityTaskQueueResponse, running: Running, details: unknown): Promise<void> {
    const { attempt, converter } = running;
    let bytes: Uint8Array | undefined;
    try {
      bytes = details === undefined ? undefined : await valueTo(converter, details);
    } catch (error) {
      attempt.workerLog.warn('The details of a heartbeat could not be converted', { error });
      attempt.cancel('HEARTBEAT_DETAILS_CONVERSION_FAILED', new ActivityCancellationDetails());
      return;
    }
    try {
      const answer = await this.#options.calls.heartbeatActivity(task.taskToken, bytes);
      const { cancelRequested, activityPaused: paused, activityReset: reset } = answer;
      if (!cancelRequested && !paused && !reset) return;
      const details = new ActivityCancellationDetails({ cancelRequested, paused, reset });
      attempt.cancel(cancelRequested ? 'CANCELLED' : reset ? 'RESET' : 'PAUSED', details);
    } catch (error) {
      if (grpcErrorOf(error)?.code === StatusCode.NOT_FOUND) {
        attempt.cancel('NOT_FOUND', new ActivityCancellationDetails({ notFound: true }));
      } else {
        attempt.workerLog.warn(`A heartbeat did not reach the server: ${messageOf(error)}`, { error });
      }
    }
  }

  /** The server ends an attempt that takes too long, but tells only those that heartbeat. */
  #watchTimeout(task: PollActivityTaskQueueResponse, attempt: ActivityAttempt): (() => void) | undefined {
    const { startToCloseTimeout = 0 } = task;
    if (startToCloseTimeout <= 0) return undefined;
    return this.#options.clock.after(startToCloseTimeout + TIMEOUT_MARGIN_MS, () =>
      attempt.cancel('TIMED_OUT', new ActivityCancellationDetails({ timedOut: true })),
    );
  }

  async #answer(
    { taskToken }: PollActivityTaskQueueResponse,
    outcome: AttemptOutcome,
    running: Running | undefined,
  ): Promise<void> {
    const { calls } = this.#options;
    const held = running?.heartbeats?.stop();
    switch (outcome.status) {
      case 'completesLater':
        return;
      case 'completed':
        return calls.completeActivityTask({ taskToken, result: outcome.result });
      case 'cancelled': {
        const [first] = outcome.details;
        const details = running && first !== undefined ? await valueTo(running.converter, first) : undefined;
        return calls.cancelActivityTask({ taskToken, details });
      }
      case 'failed': {
        const lastHeartbeatDetails =
          running && held?.details !== undefined ? await valueTo(running.converter, held.details) : undefined;
        return calls.failActivityTask({ taskToken, failure: outcome.failure, lastHeartbeatDetails });
      }
    }
  }

  async #infoOf(task: PollActivityTaskQueueResponse, converter: LoadedDataConverter): Promise<Info> {
    const { namespace, taskQueue } = this.#options;
    const { taskToken, workflowExecution, heartbeatTimeout = 0, heartbeatDetails, activityRunId } = task;
    const inWorkflow = workflowExecution !== undefined && workflowExecution.workflowId !== '';
    const [lastDetails] = heartbeatDetails === undefined ? [] : await valuesFrom(converter, heartbeatDetails);
    return {
      taskToken,
      get base64TaskToken() {
        return Buffer.from(taskToken).toString('base64');
      },
      activityId: task.activityId,
      activityType: task.activityType?.name ?? '',
      activityNamespace: namespace,
      attempt: task.attempt,
      isLocal: false,
      ...(inWorkflow && {
        workflowExecution,
        workflowNamespace: task.workflowNamespace,
        workflowType: task.workflowType?.name ?? '',
      }),
      ...(!inWorkflow && activityRunId !== '' && { activityRunId }),
      scheduledTimestampMs: task.scheduledTime ?? 0,
      scheduleToCloseTimeoutMs: task.scheduleToCloseTimeout ?? 0,
      startToCloseTimeoutMs: task.startToCloseTimeout ?? 0,
      currentAttemptScheduledTimestampMs: task.currentAttemptScheduledTime ?? 0,
      ...(heartbeatTimeout > 0 && { heartbeatTimeoutMs: heartbeatTimeout }),
      heartbeatDetails: lastDetails,
      taskQueue,
      ...(task.priority && { priority: decodePriority(task.priority) }),
      ...(task.retryPolicy && { retryPolicy: decompileRetryPolicy(task.retryPolicy) ?? {} }),
      namespace,
      inWorkflow,
    };
  }

  #reportFailed(task: PollActivityTaskQueueResponse, error: unknown): void {
    const { logger } = this.#options.surroundings;
    const fields = {
      activityId: task.activityId,
      activityType: task.activityType?.name,
      workflowId: task.workflowExecution?.workflowId,
      error,
    };
    if (grpcErrorOf(error)?.code === StatusCode.NOT_FOUND) {
      logger.debug(
        'The server no longer waits for this activity: it was cancelled or timed out, or its workflow ended',
        fields,
      );
    } else {
      logger.error(`The end of an activity could not be reported: ${messageOf(error)}`, fields);
    }
  }
}

async function argsOf(task: PollActivityTaskQueueResponse, converter: LoadedDataConverter): Promise<unknown[]> {
  try {
    return await valuesFrom(converter, task.input);
  } catch (error) {
    throw ApplicationFailure.fromError(error, {
      message: `The arguments of activity ${task.activityType?.name ?? ''} cannot be read: ${messageOf(error)}`,
      nonRetryable: false,
    });
  }
}

const NO_HEADERS: Headers = {};

function headersOf({ header }: PollActivityTaskQueueResponse): Headers {
  if (header === undefined || header.length === 0) return NO_HEADERS;
  return payloadMapFromWire(Header.decode(header).fields);
}
