/** Activities as functions. */
import type { Anything } from '../../conversion/anything.js';
import type { ActivityFunction, UntypedActivities } from '../../conversion/workflow-types.js';
import { checkOptions, checkTimeouts, scheduleActivity, scheduleLocalActivity } from '../runtime/activities.js';
import type { ActivityOptions, LocalActivityOptions } from '../runtime/options.js';

export { scheduleActivity, scheduleLocalActivity };

/** Marks members of an activities object that are no activities. */
export const NotAnActivityMethod: unique symbol = Symbol.for('__TEMPORAL_NOT_AN_ACTIVITY_METHOD') as never;

/** Options of all activities of a proxy. */
export type ActivityProxyOptions = ActivityOptions;
export type LocalActivityProxyOptions = LocalActivityOptions;

/** An activity of a proxy: call it, or call it with options of its own. */
export interface ActivityFunctionWithOptions<T extends ActivityFunction> {
  (...args: Parameters<T>): Promise<Awaited<ReturnType<T>>>;
  /** Options given here win over those of the proxy; objects in them are merged. */
  executeWithOptions(options: ActivityOptions, args: Parameters<T>): Promise<Awaited<ReturnType<T>>>;
}

export interface LocalActivityFunctionWithOptions<T extends ActivityFunction> {
  (...args: Parameters<T>): Promise<Awaited<ReturnType<T>>>;
  /** Options given here win over those of the proxy; objects in them are merged. */
  executeWithOptions(options: LocalActivityOptions, args: Parameters<T>): Promise<Awaited<ReturnType<T>>>;
}

/** Activities as a workflow sees them: what is no async function is left out. */
export type ActivityInterfaceFor<T> = {
  [K in keyof T]: T[K] extends ActivityFunction ? ActivityFunctionWithOptions<T[K]> : typeof NotAnActivityMethod;
};
export type LocalActivityInterfaceFor<T> = {
  [K in keyof T]: T[K] extends ActivityFunction ? LocalActivityFunctionWithOptions<T[K]> : typeof NotAnActivityMethod;
};

type AnyOptions = ActivityOptions & LocalActivityOptions;
type Schedule<O> = (type: string, args: unknown[], options: O) => Promise<unknown>;

/**
 * Activities as functions of the workflow. Each call is scheduled on the server, run by a worker, retried as the options
 * say, and recorded with its result. A call that fails for good throws ActivityFailure, with the reason as `cause`.
 *
 * @param options One of `startToCloseTimeout` and `scheduleToCloseTimeout` is required; throws TypeError without.
 *
 * @example
 * import type * as activities from './activities';
 * const { sendEmail } = proxyActivities<typeof activities>({ startToCloseTimeout: '1 minute' });
 * await sendEmail('to@example.com');
 */
export function proxyActivities<A = UntypedActivities>(options: ActivityProxyOptions): ActivityInterfaceFor<A> {
  return proxyOf<ActivityOptions>('proxyActivities', options, scheduleActivity) as ActivityInterfaceFor<A>;
}

/**
 * Activities that run in the worker of the workflow, without a task of their own: quick, but they hold up the workflow's
 * task. For short calls; retries with long waits in between use a timer.
 *
 * @param options One of `startToCloseTimeout` and `scheduleToCloseTimeout` is required; throws TypeError without.
 */
export function proxyLocalActivities<A = UntypedActivities>(
  options: LocalActivityProxyOptions,
): LocalActivityInterfaceFor<A> {
  const proxy = proxyOf<LocalActivityOptions>('proxyLocalActivities', options, scheduleLocalActivity);
  return proxy as LocalActivityInterfaceFor<A>;
}

function proxyOf<O extends AnyOptions>(what: string, options: O, schedule: Schedule<O>): unknown {
  checkOptions(options);
  checkTimeouts(options);
  const known = new Map<string, Anything>();
  return new Proxy(
    {},
    {
      get(_target, type): unknown {
        if (typeof type !== 'string') {
          throw new TypeError(`Only strings are supported for Activity types, got: ${String(type)} (of ${what})`);
        }
        let activity: unknown = known.get(type);
        if (activity === undefined) known.set(type, (activity = activityOf(type, options, schedule)));
        return activity;
      },
    },
  );
}

function activityOf<O extends AnyOptions>(type: string, options: O, schedule: Schedule<O>): unknown {
  const call = (...args: unknown[]): Promise<unknown> => schedule(type, args, options);
  const executeWithOptions = (own: O, args: unknown[]): Promise<unknown> => schedule(type, args, merged(options, own));
  return Object.assign(call, { executeWithOptions });
}

function merged<T extends object>(base: T, own: Partial<T>): T {
  const result: Record<string, unknown> = Object.fromEntries(Object.entries(base));
  for (const [name, value] of Object.entries(own)) {
    const before = result[name];
    result[name] = isRecord(value) && isRecord(before) ? merged(before, value) : value;
  }
  return result as T;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
