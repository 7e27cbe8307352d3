/**
 * What follows `await`: the cancellation scope, the update that is being handled, the source of randomness, and the values
 * of the user's AsyncLocalStorage objects, all in the host's one slot as an immutable frame.
 */
import type { CancellationScope } from './cancellation-scope.js';
import type { AsyncContext } from './contract.js';

/** An update as its handler sees it. */
export interface UpdateInfo {
  /** Unique within the workflow. */
  readonly id: string;
  readonly name: string;
}

export interface RandomSource {
  random(): number;
}

export interface Frame {
  readonly scope: CancellationScope | undefined;
  readonly update: UpdateInfo | undefined;
  readonly random: RandomSource | undefined;
  readonly stores: ReadonlyMap<object, unknown> | undefined;
}

const NONE: Frame = { scope: undefined, update: undefined, random: undefined, stores: undefined };

/** Without a host nothing runs, so nothing has to be followed. */
let context: AsyncContext = { get: () => undefined, run: (_value, fn) => fn() };

export function useAsyncContext(host: AsyncContext): void {
  context = host;
}

export function currentFrame(): Frame {
  return (context.get() as Frame | undefined) ?? NONE;
}

/** Calls `fn` in the current frame with some of it changed. */
export function runInFrame<T>(change: Partial<Frame>, fn: () => T): T {
  return context.run({ ...currentFrame(), ...change }, fn);
}

/**
 * A value that follows asynchronous code: what `fn` starts sees the store that `run` was called with. Each run of a workflow
 * has its own values. `enterWith` is not there: use `run`.
 */
export class AsyncLocalStorage<T> {
  readonly name: string;

  constructor(name = 'anonymous') {
    this.name = name;
  }

  /** Undefined outside of `run`. */
  getStore(): T | undefined {
    return currentFrame().stores?.get(this) as T | undefined;
  }

  run<R, Args extends unknown[]>(store: T, fn: (...args: Args) => R, ...args: Args): R {
    const stores = new Map(currentFrame().stores).set(this, store);
    return runInFrame({ stores }, () => fn(...args));
  }

  /** Calls `fn` without a store. */
  exit<R, Args extends unknown[]>(fn: (...args: Args) => R, ...args: Args): R {
    const stores = new Map(currentFrame().stores);
    stores.delete(this);
    return runInFrame({ stores }, () => fn(...args));
  }

  /** Nothing to free: values end with the code that they follow. */
  disable(): void {}

  /** `fn`, to be called later in the context of now. */
  static bind<Args extends unknown[], R>(fn: (...args: Args) => R): (...args: Args) => R {
    const frame = currentFrame();
    return (...args) => context.run(frame, () => fn(...args));
  }
}
