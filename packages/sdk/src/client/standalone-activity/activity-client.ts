/** The client of activities: those without a workflow, and completion from outside of those of workflows. */
import type { Anything } from '../../conversion/anything.js';
import { ValueError } from '../../conversion/errors.js';
import { AsyncCompletionClient } from '../async-completion-client.js';
import type { AsyncCompletionClientOptions } from '../async-completion-client.js';
import { intercepted } from '../intercept.js';
import { activityCalls } from './activity-calls.js';
import { activityHandle } from './activity-handle.js';
import type { ActivityHandle } from './activity-handle.js';
import type { ActivityClientCalls, ActivityClientInterceptor } from './interceptors.js';
import type {
  ActivityExecutionInfo,
  ActivityName,
  ActivityOptions,
  ActivityOptionsFor,
  ActivityResult,
  CountActivityExecutions,
  GetActivityHandleOptions,
} from './types.js';

export interface ActivityClientOptions extends AsyncCompletionClientOptions {
  interceptors?: ActivityClientInterceptor[] | undefined;
}

/** The same with names, arguments and results of the functions in `T`. */
export interface TypedActivityClient<T> {
  start<N extends ActivityName<T>>(
    activity: N,
    options: ActivityOptionsFor<T, N>,
  ): Promise<ActivityHandle<ActivityResult<T, N>>>;
  execute<N extends ActivityName<T>>(activity: N, options: ActivityOptionsFor<T, N>): Promise<ActivityResult<T, N>>;
}

/** Starts activities without a workflow, and completes asynchronous ones (see AsyncCompletionClient). */
export class ActivityClient extends AsyncCompletionClient {
  readonly #calls: ActivityClientCalls;

  constructor({ interceptors = [], ...options }: ActivityClientOptions = {}) {
    super(options);
    const { start, ...calls } = activityCalls(this.options);
    const started: ActivityClientCalls['start'] = async (input) =>
      activityHandle(this.#calls, input.options.id, await start(input));
    this.#calls = wrapped({ ...calls, start: started }, interceptors);
  }

  /** This client, with the types of an object of activity functions. */
  typed<T>(): TypedActivityClient<T> {
    return this as unknown as TypedActivityClient<T>;
  }

  /**
   * Starts an activity; resolves once the server has recorded it.
   * Rejects with ActivityExecutionAlreadyStartedError, NamespaceNotFoundError, ServiceError; with ValueError for wrong options.
   */
  async start<R = Anything>(activity: string, options: ActivityOptions): Promise<ActivityHandle<R>> {
    if (activity === '') throw new ValueError('The activity has no name');
    return (await this.#calls.start({ activityType: activity, options, headers: {} })) as ActivityHandle<R>;
  }

  /** Starts an activity and waits for its result. */
  async execute<R = Anything>(activity: string, options: ActivityOptions): Promise<R> {
    return (await this.start<R>(activity, options)).result();
  }

  /** The handle of an activity. Nothing is asked of the server. */
  getHandle<R = Anything>(activityId: string, runId?: string): ActivityHandle<R> {
    return activityHandle(this.#calls, activityId, runId);
  }

  getHandleWithOptions<R = Anything>(activityId: string, { runId }: GetActivityHandleOptions): ActivityHandle<R> {
    return this.getHandle(activityId, runId);
  }

  /** Activities without a workflow, fetched as the list is consumed. */
  list(query = ''): AsyncIterable<ActivityExecutionInfo> {
    return this.#calls.list({ query, headers: {} });
  }

  async count(query = ''): Promise<CountActivityExecutions> {
    return this.#calls.count({ query, headers: {} });
  }
}

function wrapped(calls: ActivityClientCalls, interceptors: readonly ActivityClientInterceptor[]): ActivityClientCalls {
  if (interceptors.length === 0) return calls;
  const names = Object.keys(calls) as (keyof ActivityClientCalls)[];
  // Each name keeps its own input and output; the union of all of them cannot say so.
  const entries = names.map((name) => [name, intercepted(interceptors, name, calls[name] as never)] as const);
  return Object.fromEntries(entries) as unknown as ActivityClientCalls;
}
