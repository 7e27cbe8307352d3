// Activities in every manner of success and failure.
import {
  ActivityCancellationType,
  ActivityFailure,
  CancellationScope,
  condition,
  defineSignal,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
} from '@temporalio/workflow';
import type { ActivityOptions } from '@temporalio/workflow';
import type * as activities from '../activities.js';

type All = typeof activities & { completeByToken(): Promise<string>; leaveOpen(): Promise<string> };
const usual = proxyActivities<All>({ startToCloseTimeout: '30s' });
const finish = defineSignal('finish');

export async function hello(name: string): Promise<string> {
  return usual.greet(name);
}

export async function threeInTurn(): Promise<string[]> {
  const results: string[] = [];
  for (const name of ['a', 'b', 'c']) results.push(await usual.greet(name));
  return results;
}

export async function withAllOptions(): Promise<string> {
  const detailed = proxyActivities<All>({
    activityId: 'my-activity',
    scheduleToCloseTimeout: '1m',
    scheduleToStartTimeout: '50s',
    startToCloseTimeout: '20s',
    heartbeatTimeout: '10s',
    retry: {
      initialInterval: '2s',
      backoffCoefficient: 3,
      maximumInterval: '20s',
      maximumAttempts: 4,
      nonRetryableErrorTypes: ['X'],
    },
    summary: 'a summary',
    priority: { priorityKey: 2, fairnessKey: 'key', fairnessWeight: 2.5 },
  });
  return detailed.greet('options');
}

/** Runs one activity with the options and returns how it failed: class, message, retry state, cause. */
export async function failing(
  name: keyof typeof activities,
  options: ActivityOptions,
  ...args: unknown[]
): Promise<unknown> {
  const run = proxyActivities<Record<string, (...args: unknown[]) => Promise<unknown>>>(options)[name]!;
  try {
    return { result: await run(...args) };
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return { retryState: error.retryState, cause: error.cause?.name, message: error.cause?.message };
  }
}

/** Starts an activity, waits for the signal, cancels it and reports what became of it. */
export async function cancelsActivity(
  name: keyof typeof activities,
  cancellationType: ActivityCancellationType,
  taskQueue?: string,
): Promise<string> {
  let finished = false;
  setHandler(finish, () => void (finished = true));
  const options = {
    startToCloseTimeout: '60s',
    heartbeatTimeout: '10s',
    cancellationType,
    ...(taskQueue && { taskQueue }),
  } as const;
  const run = proxyActivities<Record<string, () => Promise<unknown>>>(options)[name]!;
  const scope = new CancellationScope();
  const outcome = scope.run(run).then(
    (value) => `result: ${String(value)}`,
    (error: unknown) => (isCancellation(error) ? 'cancelled' : `failed: ${String(error)}`),
  );
  await condition(() => finished);
  scope.cancel();
  return outcome;
}

/** On cancellation of the workflow: clean up in a scope of its own, then end as cancelled. */
export async function cleansUp(): Promise<void> {
  try {
    await condition(() => false);
  } finally {
    await CancellationScope.nonCancellable(() => usual.greet('cleaner'));
  }
}

export async function localActivities(): Promise<unknown> {
  const local = proxyLocalActivities<All>({
    startToCloseTimeout: '10s',
    retry: { initialInterval: '10ms', maximumAttempts: 3 },
  });
  const greeting = await local.greet('local');
  const attempt = await local.succeedOnAttempt(2);
  const failed = await local
    .failNonRetryable()
    .catch((error: Error) => (error.cause instanceof Error ? error.cause.message : error.message));
  return { greeting, attempt, failed };
}

export async function asyncByToken(): Promise<string> {
  return usual.completeByToken();
}

export async function asyncById(): Promise<unknown> {
  const open = proxyActivities<All>({ startToCloseTimeout: '60s', activityId: 'open', retry: { maximumAttempts: 1 } });
  return open.leaveOpen().catch((error: ActivityFailure) => ({
    cause: error.cause?.name,
    message: error.cause?.message,
    retryState: error.retryState,
  }));
}
