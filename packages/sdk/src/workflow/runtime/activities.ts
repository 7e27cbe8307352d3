/** Activities that code asks for: what goes into the command, and how a cancellation reaches it. */
import { optionalDurationMs } from '../../conversion/duration.js';
import { compilePriority } from '../../conversion/priority.js';
import { compileRetryPolicy } from '../../conversion/retry-policy.js';
import type { ActivityCancellation } from '../../replay/contract.js';
import { CancellationScope } from './cancellation-scope.js';
import { requireRun } from './current.js';
import { LocalActivityDoBackoff } from './errors.js';
import { intercepted } from './interceptors.js';
import type { ActivityInput, LocalActivityInput } from './interceptors.js';
import type { ActivityCancellationType, ActivityOptions, LocalActivityOptions } from './options.js';
import { suggestNames } from './suggest.js';
import { sleep } from './timers.js';
import { encodeHeaders, encodeUserMetadata, encodeValues } from './values.js';
import { Wait, WaitKind } from './waits.js';
import type { WaitKey } from './waits.js';

const CANCELLATIONS: { readonly [type in ActivityCancellationType]: ActivityCancellation } = {
  TRY_CANCEL: 'tryCancel',
  WAIT_CANCELLATION_COMPLETED: 'waitCompleted',
  ABANDON: 'abandon',
};

/** Asks for an activity by name. Throws TypeError when the options have no time-out. */
export function scheduleActivity<R>(activityType: string, args: unknown[], options: ActivityOptions): Promise<R> {
  const run = requireRun(`activity '${activityType}'`);
  checkOptions(options, activityType);
  const seq = run.seqs.activity++;
  const schedule = intercepted(run.modules?.interceptors.outbound, 'scheduleActivity', scheduleNow);
  return schedule({ activityType, args, options, headers: {}, seq }) as Promise<R>;
}

function scheduleNow({ activityType, args, options, headers, seq }: ActivityInput): Promise<unknown> {
  const run = requireRun(`activity '${activityType}'`);
  checkTimeouts(options, activityType);
  const activityId = options.activityId ?? String(seq);
  const conversion = run.conversionForActivity(activityId, false);
  return new Promise((resolve, reject) => {
    const wait = activityWait({ activityId, isLocal: false }, { run, seq, below: scheduleNow }, { resolve, reject });
    if (wait === undefined) return;
    const taskQueue = options.taskQueue || run.setup.taskQueue;
    const isOwnQueue = taskQueue === run.setup.taskQueue;
    run.push({
      kind: 'scheduleActivity',
      seq,
      cancellation: CANCELLATIONS[options.cancellationType ?? 'TRY_CANCEL'],
      userMetadata: encodeUserMetadata(conversion, options.summary),
      attributes: {
        activityId,
        activityType: { name: activityType },
        taskQueue: { name: taskQueue },
        input: encodeValues(conversion, args),
        header: encodeHeaders(headers),
        ...timeoutsOf(options),
        heartbeatTimeout: optionalDurationMs(options.heartbeatTimeout),
        requestEagerExecution: isOwnQueue && (options.allowEagerDispatch ?? true),
        useWorkflowBuildId: isOwnQueue,
        priority: options.priority && compilePriority(options.priority),
      },
    });
    run.waits.add(wait);
  });
}

/** Asks for a local activity by name, again after each back-off that waits by a timer. */
export async function scheduleLocalActivity<R>(
  activityType: string,
  args: unknown[],
  options: LocalActivityOptions,
): Promise<R> {
  const run = requireRun(`local activity '${activityType}'`);
  checkOptions(options, activityType);
  let attempt = 1;
  let originalScheduleTime: number | undefined;
  for (;;) {
    const seq = run.seqs.activity++;
    const schedule = intercepted(run.modules?.interceptors.outbound, 'scheduleLocalActivity', scheduleLocalNow);
    try {
      return (await schedule({ activityType, args, options, headers: {}, seq, attempt, originalScheduleTime })) as R;
    } catch (error) {
      if (!(error instanceof LocalActivityDoBackoff)) throw error;
      await sleep(error.backoff.backoffMs);
      attempt = error.backoff.attempt;
      originalScheduleTime = error.backoff.originalScheduleTimeMs;
    }
  }
}

async function scheduleLocalNow(input: LocalActivityInput): Promise<unknown> {
  const { activityType, args, options, headers, seq, attempt, originalScheduleTime } = input;
  const run = requireRun(`local activity '${activityType}'`);
  const activityId = String(seq);
  const conversion = run.conversionForActivity(activityId, true);
  // In replay nothing has to run: the history may be of another worker.
  if (!run.isReplaying) checkRegistered(activityType, run.options.activityTypes);
  checkTimeouts(options, activityType);
  return new Promise((resolve, reject) => {
    const wait = activityWait(
      { activityId, isLocal: true },
      { run, seq, below: scheduleLocalNow },
      { resolve, reject },
    );
    if (wait === undefined) return;
    run.push({
      kind: 'scheduleLocalActivity',
      seq,
      cancellation: CANCELLATIONS[options.cancellationType ?? 'TRY_CANCEL'],
      userMetadata: encodeUserMetadata(conversion, options.summary),
      activityId,
      activityType,
      attempt,
      originalScheduleTimeMs: originalScheduleTime,
      localRetryThresholdMs: optionalDurationMs(options.localRetryThreshold),
      attributes: {
        input: encodeValues(conversion, args),
        header: encodeHeaders(headers),
        ...timeoutsOf(options),
      },
    });
    run.waits.add(wait);
  });
}

interface ActivityKey {
  readonly activityId: string;
  readonly isLocal: boolean;
}

/** An activity that is waited for. */
export class ActivityWait extends Wait<unknown> {
  readonly activity: ActivityKey;

  constructor(
    activity: ActivityKey,
    key: WaitKey,
    scope: CancellationScope | undefined,
    settle: ConstructorParameters<typeof Wait<unknown>>[2],
  ) {
    super(key, scope, settle, activity.isLocal ? cancelLocalActivity : cancelActivity);
    this.activity = activity;
  }
}

/** Undefined in a scope that is cancelled already, which rejects it. */
function activityWait(
  activity: ActivityKey,
  key: Omit<WaitKey, 'kind'>,
  settle: ConstructorParameters<typeof Wait<unknown>>[2],
): ActivityWait | undefined {
  const scope = CancellationScope.current();
  if (scope.consideredCancelled) {
    scope.listen({ onCancel: settle.reject });
    return undefined;
  }
  const wait = new ActivityWait(
    activity,
    { ...key, kind: WaitKind.ACTIVITY },
    scope.cancellable ? scope : undefined,
    settle,
  );
  if (scope.cancellable) scope.listen(wait);
  return wait;
}

// The activity's end comes as a job, when the core sees fit: the wait goes on.
function cancelActivity({ run, seq }: Wait<unknown>): void {
  run.push({ kind: 'cancelActivity', seq });
}

function cancelLocalActivity({ run, seq }: Wait<unknown>): void {
  run.push({ kind: 'cancelLocalActivity', seq });
}

function timeoutsOf(options: ActivityOptions | LocalActivityOptions) {
  return {
    scheduleToCloseTimeout: optionalDurationMs(options.scheduleToCloseTimeout),
    scheduleToStartTimeout: optionalDurationMs(options.scheduleToStartTimeout),
    startToCloseTimeout: optionalDurationMs(options.startToCloseTimeout),
    retryPolicy: options.retry && compileRetryPolicy(options.retry),
  };
}

/** `activityType`: undefined for options of a proxy, which are for all. Throws TypeError. */
export function checkOptions(
  options: ActivityOptions | LocalActivityOptions | undefined,
  activityType?: string,
): asserts options is ActivityOptions {
  if (options !== undefined && options !== null) return;
  throw new TypeError(`${nameOf(activityType)} without options: pass at least { startToCloseTimeout: '1 minute' }`);
}

/** Throws TypeError. */
export function checkTimeouts(options: ActivityOptions | LocalActivityOptions, activityType?: string): void {
  if (options.startToCloseTimeout !== undefined || options.scheduleToCloseTimeout !== undefined) return;
  throw new TypeError(
    `Required either scheduleToCloseTimeout or startToCloseTimeout: ${nameOf(activityType)} without a time-out would ` +
      "wait for ever when its worker dies. Set startToCloseTimeout, such as '1 minute', to more than one attempt takes.",
  );
}

function nameOf(activityType: string | undefined): string {
  return activityType === undefined ? 'an activity' : `activity '${activityType}'`;
}

function checkRegistered(activityType: string, registered: readonly string[] | undefined): void {
  if (registered === undefined || registered.includes(activityType) || registered.includes('default')) return;
  throw new ReferenceError(
    `Local activity of type '${activityType}' not registered on worker: local activities run in the worker of the workflow, ` +
      `so it must be among its \`activities\`. ${suggestNames(activityType, registered, 'activities')}`,
  );
}
