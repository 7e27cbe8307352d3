/** Runs the local activities of workflows: attempts, waits, time-outs, and one result for each. */
import { Header, RetryState, TimeoutType } from '@perdure/protocol';
import type { Info } from '../../activity/info.js';
import { ActivityCancellationDetails } from '../../conversion/activity-cancellation-details.js';
import type { LoadedDataConverter } from '../../conversion/data-converter.js';
import { ApplicationFailure, CancelledFailure, ensureApplicationFailure } from '../../conversion/failure.js';
import { payloadMapFromWire } from '../../conversion/payload.js';
import { decompileRetryPolicy } from '../../conversion/retry-policy.js';
import { compileRetryPolicy } from '../../conversion/retry-policy.js';
import type { ActivityFunction } from '../../conversion/workflow-types.js';
import type { ClosedResolution, LocalResult, Resolution, ScheduleLocalActivity } from '../../replay/contract.js';
import type { Clock } from '../clock.js';
import type { Permit, Slots } from '../slots/slots.js';
import type { LocalActivitySlotInfo } from '../slots/tuner-options.js';
import type { WorkerMetrics } from '../telemetry/worker-metrics.js';
import { ActivityAttempt } from './activity-attempt.js';
import type { AttemptOutcome, AttemptSurroundings } from './activity-attempt.js';
import { converterOf, failureTo, valuesFrom } from './activity-converter.js';
import { findActivity } from './find-activity.js';
import { localCancelled, localFailed, timedOut } from './local-failures.js';
import type { LocalTimeout } from './local-failures.js';
import { localRetry } from './local-retry.js';

/** The workflow that asks. */
export interface LocalCaller {
  readonly runId: string;
  readonly workflowId: string;
  readonly workflowType: string;
  readonly result: (result: LocalResult) => void;
  /** There will be no result: the worker shuts down. */
  readonly lost: () => void;
}

export interface LocalActivitiesOptions {
  readonly namespace: string;
  readonly taskQueue: string;
  readonly identity: string;
  readonly activities: ReadonlyMap<string, ActivityFunction>;
  readonly converter: LoadedDataConverter;
  readonly surroundings: AttemptSurroundings;
  readonly slots: Slots<LocalActivitySlotInfo>;
  readonly clock: Clock;
  readonly metrics: WorkerMetrics | undefined;
}

/** One local activity of one run, through all its attempts here. */
interface Work {
  readonly caller: LocalCaller;
  readonly command: ScheduleLocalActivity;
  readonly originalScheduleTimeMs: number;
  readonly deadlineMs: number | undefined;
  readonly timers: Map<LocalTimeout | 'retry', () => void>;
  /** Aborted when it is over: whatever waits for it ends. */
  readonly over: AbortController;
  attemptNumber: number;
  attempt: ActivityAttempt | undefined;
  isOver: boolean;
}

export class LocalActivities {
  readonly #options: LocalActivitiesOptions;
  readonly #work = new Map<string, Map<number, Work>>();
  #runningCount = 0;
  #isStopped = false;
  #whenIdle: (() => void)[] = [];

  constructor(options: LocalActivitiesOptions) {
    this.#options = options;
  }

  /** Functions that run now, also of activities that are over for their workflow. */
  get runningCount(): number {
    return this.#runningCount;
  }

  start(caller: LocalCaller, command: ScheduleLocalActivity): void {
    if (this.#isStopped) return caller.lost();
    const nowMs = this.#options.clock.nowMs();
    const originalScheduleTimeMs = command.originalScheduleTimeMs ?? nowMs;
    const { scheduleToCloseTimeout = 0, scheduleToStartTimeout = 0 } = command.attributes;
    const work: Work = {
      caller,
      command,
      originalScheduleTimeMs,
      deadlineMs: scheduleToCloseTimeout > 0 ? originalScheduleTimeMs + scheduleToCloseTimeout : undefined,
      timers: new Map(),
      over: new AbortController(),
      attemptNumber: command.attempt,
      attempt: undefined,
      isOver: false,
    };
    const ofRun = this.#work.get(caller.runId) ?? new Map<number, Work>();
    this.#work.set(caller.runId, ofRun.set(command.seq, work));
    if (work.deadlineMs !== undefined) this.#timeout(work, TimeoutType.SCHEDULE_TO_CLOSE, work.deadlineMs - nowMs);
    if (scheduleToStartTimeout > 0) this.#timeout(work, TimeoutType.SCHEDULE_TO_START, scheduleToStartTimeout);
    void this.#attempt(work);
  }

  /** The workflow's code has cancelled it. */
  cancel(runId: string, seq: number): void {
    const work = this.#work.get(runId)?.get(seq);
    if (work === undefined) return;
    if (work.attempt !== undefined) {
      return work.attempt.cancel('CANCELLED', new ActivityCancellationDetails({ cancelRequested: true }));
    }
    // It waits for a slot or for its next attempt.
    void this.#cancelled(work);
  }

  /** The run is no longer here: its activities end, and nobody waits for their results. */
  dropRun(runId: string): void {
    const ofRun = this.#work.get(runId);
    if (ofRun === undefined) return;
    for (const work of ofRun.values()) {
      this.#close(work);
      work.attempt?.cancel('NOT_FOUND', new ActivityCancellationDetails({ notFound: true }));
    }
  }

  /** The worker shuts down: what has not ended is given up, to be run again by whoever gets the Workflow Task next. */
  stop(details: ActivityCancellationDetails): void {
    this.#isStopped = true;
    for (const work of [...this.#work.values()].flatMap((ofRun) => [...ofRun.values()])) {
      if (work.attempt === undefined) this.#giveUp(work);
      else work.attempt.cancel('WORKER_SHUTDOWN', details);
    }
  }

  #giveUp(work: Work): void {
    this.#close(work);
    work.caller.lost();
  }

  async idle(): Promise<void> {
    if (this.#runningCount > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  async #attempt(work: Work): Promise<void> {
    const permit = await this.#permit(work);
    if (permit === undefined) return;
    const { clock, metrics } = this.#options;
    const { activityType, attributes } = work.command;
    permit.use({ type: 'local-activity', activityType });
    this.#runningCount += 1;
    this.#untimed(work, TimeoutType.SCHEDULE_TO_START);
    const { startToCloseTimeout = 0 } = attributes;
    if (startToCloseTimeout > 0) this.#timeout(work, TimeoutType.START_TO_CLOSE, startToCloseTimeout);
    const startedMs = clock.nowMs();
    const tags = { activity_type: activityType };
    metrics?.count('local_activity_total', tags);
    const outcome = await this.#run(work);
    metrics?.time('local_activity_execution_latency', clock.nowMs() - startedMs, tags);
    if (outcome.status === 'failed') metrics?.count('local_activity_execution_failed', tags);
    permit.release();
    this.#runningCount -= 1;
    this.#untimed(work, TimeoutType.START_TO_CLOSE);
    work.attempt = undefined;
    if (!work.isOver) this.#ended(work, outcome);
    if (this.#runningCount === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  async #permit(work: Work): Promise<Permit<LocalActivitySlotInfo> | undefined> {
    try {
      const permit = await this.#options.slots.reserve(false, work.over.signal);
      if (!work.isOver) return permit;
      permit.release();
    } catch {
      // It is over.
    }
    return undefined;
  }

  async #run(work: Work): Promise<AttemptOutcome> {
    const { caller, command } = work;
    const { namespace, activities, surroundings } = this.#options;
    const converter = converterOf(this.#options.converter, () => ({
      type: 'activity',
      namespace,
      activityId: command.activityId,
      workflowId: caller.workflowId,
      isLocal: true,
    }));
    try {
      const fn = findActivity(activities, command.activityType);
      const args = await valuesFrom(converter, command.attributes.input);
      const attempt = new ActivityAttempt(this.#infoOf(work), converter, surroundings, () => undefined);
      work.attempt = attempt;
      const { header } = command.attributes;
      const headers = header === undefined ? {} : payloadMapFromWire(Header.decode(header).fields);
      const outcome = await attempt.run(fn, args, headers);
      return outcome.status === 'completesLater' ? await refusedLater(converter) : outcome;
    } catch (error) {
      return { status: 'failed', failure: await failureTo(converter, ensureApplicationFailure(error)), error };
    }
  }

  #ended(work: Work, outcome: AttemptOutcome): void {
    const { command } = work;
    const { identity } = this.#options;
    switch (outcome.status) {
      case 'completesLater':
        return;
      case 'completed':
        return this.#resolve(work, outcome);
      case 'cancelled':
        return this.#resolve(work, {
          status: 'cancelled',
          failure: localCancelled(command, outcome.failure, identity),
        });
      case 'failed':
        return this.#isStopped ? this.#giveUp(work) : this.#failed(work, outcome.failure);
    }
  }

  /** An attempt failed or took too long. */
  #failed(work: Work, failure: Uint8Array): void {
    const { command, attemptNumber: attempt, deadlineMs, originalScheduleTimeMs } = work;
    const next = localRetry({
      attempt,
      failure,
      retryPolicy: command.attributes.retryPolicy,
      nowMs: this.#options.clock.nowMs(),
      deadlineMs,
      thresholdMs: command.localRetryThresholdMs,
    });
    switch (next.kind) {
      case 'again':
        work.timers.set(
          'retry',
          this.#options.clock.after(next.afterMs, () => {
            work.timers.delete('retry');
            work.attemptNumber += 1;
            void this.#attempt(work);
          }),
        );
        return;
      case 'timer':
        return this.#resolve(work, {
          status: 'backoff',
          attempt: attempt + 1,
          backoffMs: next.backoffMs,
          originalScheduleTimeMs,
        });
      case 'over':
        return this.#resolve(work, {
          status: 'failed',
          failure: localFailed(command, failure, next.retryState, this.#options.identity),
        });
    }
  }

  /** A time-out of one attempt may be followed by another attempt, those of the whole are the end. */
  #timeout(work: Work, timeout: LocalTimeout, afterMs: number): void {
    const cancelTimer = this.#options.clock.after(afterMs, () => {
      work.timers.delete(timeout);
      work.attempt?.cancel('TIMED_OUT', new ActivityCancellationDetails({ timedOut: true }));
      const failure = localFailed(work.command, timedOut(timeout), RetryState.TIMEOUT, this.#options.identity);
      if (timeout === TimeoutType.START_TO_CLOSE) return this.#attemptTimedOut(work);
      this.#resolve(work, { status: 'failed', failure });
    });
    work.timers.set(timeout, cancelTimer);
  }

  /** The function may never end: a new piece of work goes on without it. */
  #attemptTimedOut(work: Work): void {
    if (work.isOver) return;
    this.#close(work);
    const { caller, command } = work;
    const next: Work = { ...work, timers: new Map(), over: new AbortController(), attempt: undefined, isOver: false };
    const ofRun = this.#work.get(caller.runId) ?? new Map<number, Work>();
    this.#work.set(caller.runId, ofRun.set(command.seq, next));
    const nowMs = this.#options.clock.nowMs();
    if (next.deadlineMs !== undefined) this.#timeout(next, TimeoutType.SCHEDULE_TO_CLOSE, next.deadlineMs - nowMs);
    this.#failed(next, timedOut(TimeoutType.START_TO_CLOSE));
  }

  #untimed(work: Work, timeout: LocalTimeout): void {
    work.timers.get(timeout)?.();
    work.timers.delete(timeout);
  }

  async #cancelled(work: Work): Promise<void> {
    const cause = await failureTo(this.#options.converter, new CancelledFailure('CANCELLED'));
    const failure = localCancelled(work.command, cause, this.#options.identity);
    this.#resolve(work, { status: 'cancelled', failure });
  }

  #resolve(work: Work, result: ClosedResolution | Resolution): void {
    if (work.isOver) return;
    this.#close(work);
    const { caller, command, attemptNumber: attempt, originalScheduleTimeMs } = work;
    const completeTimeMs = this.#options.clock.nowMs();
    caller.result({ seq: command.seq, attempt, result, completeTimeMs, originalScheduleTimeMs });
  }

  #close(work: Work): void {
    work.isOver = true;
    for (const cancelTimer of work.timers.values()) cancelTimer();
    work.timers.clear();
    const { runId } = work.caller;
    const ofRun = this.#work.get(runId);
    ofRun?.delete(work.command.seq);
    if (ofRun?.size === 0) this.#work.delete(runId);
    work.over.abort();
  }

  #infoOf({ caller, command, attemptNumber, originalScheduleTimeMs }: Work): Info {
    const { namespace, taskQueue, clock } = this.#options;
    const { runId, workflowId, workflowType } = caller;
    const { scheduleToCloseTimeout = 0, startToCloseTimeout = 0, retryPolicy } = command.attributes;
    return {
      taskToken: NO_TOKEN,
      base64TaskToken: '',
      activityId: command.activityId,
      activityType: command.activityType,
      activityNamespace: namespace,
      attempt: attemptNumber,
      isLocal: true,
      workflowExecution: { workflowId, runId },
      workflowNamespace: namespace,
      workflowType,
      scheduledTimestampMs: originalScheduleTimeMs,
      scheduleToCloseTimeoutMs: scheduleToCloseTimeout,
      startToCloseTimeoutMs: startToCloseTimeout,
      currentAttemptScheduledTimestampMs: clock.nowMs(),
      heartbeatDetails: undefined,
      taskQueue,
      ...(retryPolicy && {
        retryPolicy:
          decompileRetryPolicy({
            ...compileRetryPolicy({}),
            ...(retryPolicy as ReturnType<typeof compileRetryPolicy>),
          }) ?? {},
      }),
      namespace,
      inWorkflow: true,
    };
  }
}

const NO_TOKEN = new Uint8Array(0);

async function refusedLater(converter: LoadedDataConverter): Promise<AttemptOutcome> {
  const error = ApplicationFailure.nonRetryable(
    'A local activity cannot complete later: CompleteAsyncError is for activities that a server schedules',
    'CompleteAsyncError',
  );
  return { status: 'failed', failure: await failureTo(converter, error), error };
}
