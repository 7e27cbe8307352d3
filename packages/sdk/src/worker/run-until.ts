/** A worker for the life of a promise. */
import { durationMs } from '../conversion/duration.js';
import type { Duration } from '../conversion/duration.js';
import { CombinedWorkerRunError, PromiseCompletionTimeoutError } from './errors.js';

export interface RunUntilOptions {
  /** How long to wait for the promise when the worker has stopped before it settled. Default 0. */
  promiseCompletionTimeout?: Duration | undefined;
}

type Settled<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

async function settled<T>(promise: Promise<T>): Promise<Settled<T>> {
  try {
    return { ok: true, value: await promise };
  } catch (error) {
    return { ok: false, error };
  }
}

/** `run` runs the worker, `stop` shuts it down; both sides are waited for. */
export async function runUntil<R>(
  run: () => Promise<void>,
  stop: () => void,
  fnOrPromise: Promise<R> | (() => Promise<R>),
  { promiseCompletionTimeout = 0 }: RunUntilOptions,
): Promise<R> {
  const running = settled(run());
  const inner = settled(typeof fnOrPromise === 'function' ? (async () => fnOrPromise())() : fnOrPromise);
  void inner.then(stop);
  const worker = await running;
  const result = await within(inner, durationMs(promiseCompletionTimeout));
  if (!worker.ok && !result.ok) {
    throw new CombinedWorkerRunError('Both the worker and the promise given to runUntil() failed', {
      cause: { workerError: worker.error, innerError: result.error },
    });
  }
  if (!worker.ok) throw worker.error;
  if (!result.ok) throw result.error;
  return result.value;
}

async function within<R>(inner: Promise<Settled<R>>, timeoutMs: number): Promise<Settled<R>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Settled<R>>((resolve) => {
    timer = setTimeout(() => {
      const text = `The worker has stopped, and the promise given to runUntil() had not settled ${timeoutMs} ms later`;
      resolve({ ok: false, error: new PromiseCompletionTimeoutError(text) });
    }, timeoutMs);
  });
  try {
    return await Promise.race([inner, late]);
  } finally {
    clearTimeout(timer);
  }
}
