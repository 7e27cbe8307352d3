/** What an activity can do besides its work: heartbeat, learn of its cancellation, log, measure. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Client } from '../client/client.js';
import type { ActivityCancellationDetails } from '../conversion/activity-cancellation-details.js';
import type { Duration } from '../conversion/duration.js';
import { durationMs } from '../conversion/duration.js';
import { IllegalStateError } from '../conversion/errors.js';
import type { Logger } from '../conversion/logger.js';
import type { MetricMeter } from '../conversion/metrics.js';
import type { Info } from './info.js';

/** Follows the code of each activity. For frameworks that lose it: `asyncLocalStorage.run(context, fn)`. */
export const asyncLocalStorage = new AsyncLocalStorage<Context>();

/** What a context is made of; workers and test environments make it. Parts are asked for when they are needed. */
export interface ContextParts {
  readonly info: Info;
  readonly cancelled: Promise<never>;
  readonly cancellationSignal: AbortSignal;
  readonly heartbeat: (details?: unknown) => void;
  readonly client?: Client | undefined;
  readonly log: Logger;
  readonly metricMeter: MetricMeter;
  /** Undefined until the activity is cancelled. */
  readonly cancellationDetails: () => ActivityCancellationDetails | undefined;
}

/** The context of one attempt of an activity: `Context.current()` anywhere in its code. */
export class Context {
  readonly #parts: ContextParts;
  #log: Logger | undefined;

  constructor(parts: ContextParts) {
    this.#parts = parts;
  }

  /** Throws IllegalStateError outside of an activity. */
  static current(): Context {
    const context = asyncLocalStorage.getStore();
    if (context === undefined) {
      throw new IllegalStateError(
        'There is no activity here: call this inside of an activity function. If it is inside, a library has lost the ' +
          'asynchronous context: keep `Context.current()` in a variable, or use `asyncLocalStorage.run`',
      );
    }
    return context;
  }

  get info(): Info {
    return this.#parts.info;
  }

  /** The worker's logger, with the ids of this activity in each message. Replace it to send them elsewhere. */
  get log(): Logger {
    return this.#log ?? this.#parts.log;
  }
  set log(logger: Logger) {
    this.#log = logger;
  }

  /**
   * Never resolves; rejects with CancelledFailure when the activity is cancelled: by its workflow, a time-out, an operator or the
   * worker's shutdown. An activity of a server learns of it only with its heartbeats. Ending with that failure accepts it.
   */
  get cancelled(): Promise<never> {
    return this.#parts.cancelled;
  }

  /** Aborted when the activity is cancelled; give it to `fetch` and other libraries. Its reason is a CancelledFailure. */
  get cancellationSignal(): AbortSignal {
    return this.#parts.cancellationSignal;
  }

  /** Why it was cancelled; undefined until then. */
  get cancellationDetails(): ActivityCancellationDetails | undefined {
    return this.#parts.cancellationDetails();
  }

  /** Metrics with this activity's tags. */
  get metricMeter(): MetricMeter {
    return this.#parts.metricMeter;
  }

  /** A client on the worker's connection. Throws IllegalStateError in test environments that have none. */
  get client(): Client {
    const { client } = this.#parts;
    if (client === undefined) throw new IllegalStateError('This activity has no client: its worker has no connection');
    return client;
  }

  /**
   * Says that the activity is alive, and keeps `details` for the next attempt. Never blocks: what comes within 0.8 of the
   * heartbeat time-out (30 s without one) of the last one sent waits for its turn, and only the newest is sent. Does nothing in
   * local activities.
   */
  heartbeat = (details?: unknown): void => this.#parts.heartbeat(details);

  /** Resolves after the time; rejects with CancelledFailure when the activity is cancelled before. */
  sleep = (duration: Duration): Promise<void> => {
    const ms = durationMs(duration);
    const { cancellationSignal: signal, cancelled } = this.#parts;
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        cancelled.catch(reject);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', stop);
        resolve();
      }, ms);
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
  };
}
