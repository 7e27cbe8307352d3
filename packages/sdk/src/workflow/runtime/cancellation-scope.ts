/**
 * Scopes of cancellation: a tree of which the workflow's function runs in the root. Listeners are told one microtask after
 * `cancel`, in the order in which they came, and child scopes pass it on one microtask later: histories depend on it.
 */
import { CancelledFailure } from '../../conversion/failure.js';
import { optionalDurationMs } from '../../conversion/duration.js';
import type { Duration } from '../../conversion/duration.js';
import { currentFrame, runInFrame } from './async-context.js';
import { currentRun, requireRun } from './current.js';
import { RuntimeFlag } from './flags.js';
import { sleep } from './timers.js';

/** Told once. It must not throw, and must know itself whether it still has anything to cancel. */
export interface CancelListener {
  onCancel(error: Error): void;
  /** Its place among the listeners, which it keeps; set by the scope. */
  order?: number;
}

export interface CancellationScopeOptions {
  /** Cancels the scope when `run` takes longer. Default: never. */
  timeout?: Duration | undefined;
  /** False shields what is inside from cancellation from outside. Default true. */
  cancellable?: boolean | undefined;
  /** Whose cancellation reaches this scope. Default: the current scope. */
  parent?: CancellationScope | undefined;
}

const settled = Promise.resolve();

/**
 * Part of a workflow that can be cancelled on its own: timers, activities, children, conditions and triggers made inside
 * are cancelled with it, and with the scopes around it. A cancelled operation throws CancelledFailure (activities and
 * children: with it as `cause`), which `isCancellation` tells from other errors.
 *
 * @example
 * const scope = new CancellationScope();
 * const sending = scope.run(() => sendParcel());
 * setHandler(cancelOrder, () => scope.cancel());
 * await sending;
 */
export class CancellationScope {
  /** Milliseconds. */
  readonly timeout: number | undefined;
  readonly cancellable: boolean;
  readonly parent: CancellationScope | undefined;
  #isRequested = false;
  /** Set when this scope was told; listeners that come later are told at once. */
  #error: Error | undefined;
  #listeners: Set<CancelListener> | undefined;
  #nextOrder = 0;
  /** One that was forgotten is back, at its old place. */
  #isUnsorted = false;
  /** Some were forgotten: when they come back they must find out what they would have been told. */
  #hasForgotten = false;
  /** The microtask in which listeners are told has begun. */
  #isTold = false;
  #promise: Promise<never> | undefined;
  #rejectPromise: ((error: Error) => void) | undefined;
  /** The parent no longer knows this scope, which was idle. */
  #isDetached = false;

  constructor(options: CancellationScopeOptions = {}) {
    this.timeout = optionalDurationMs(options.timeout);
    this.cancellable = options.cancellable ?? true;
    this.parent = this.isRoot() ? undefined : (options.parent ?? CancellationScope.current());
    if (this.parent !== undefined) this.#attach(this.parent);
  }

  /** Rejects with a CancelledFailure when cancellation is asked for, also in a scope that is not cancellable. */
  get cancelRequested(): Promise<never> {
    this.#reattach();
    if (this.#promise === undefined) {
      this.#promise = new Promise<never>((_, reject) => {
        if (this.#error === undefined) this.#rejectPromise = reject;
        else reject(this.#error);
      });
      // Nobody has to look at it.
      this.#promise.catch(() => undefined);
    }
    return this.#promise;
  }

  /** Whether what is inside counts as cancelled. Never true of a scope that is not cancellable. */
  get consideredCancelled(): boolean {
    this.#reattach();
    return this.#isRequested && this.cancellable;
  }

  /** Runs `fn` in this scope; what it starts belongs to the scope. */
  run<T>(fn: () => Promise<T>): Promise<T> {
    return runInFrame({ scope: this }, () => this.runInContext(fn));
  }

  /** Asks for the cancellation of everything inside. */
  cancel(): void {
    this.reject(new CancelledFailure('Cancellation scope cancelled'));
  }

  /** The scope of the code that calls it. */
  static current(): CancellationScope {
    return currentFrame().scope ?? requireRun('CancellationScope.current()').rootScope;
  }

  /** `new CancellationScope().run(fn)` */
  static cancellable<T>(fn: () => Promise<T>): Promise<T> {
    return new this({ cancellable: true }).run(fn);
  }

  /** Shields `fn` from cancellation: for clean-up. */
  static nonCancellable<T>(fn: () => Promise<T>): Promise<T> {
    return new this({ cancellable: false }).run(fn);
  }

  /** Cancels what `fn` has started when it takes longer than `timeout`. */
  static withTimeout<T>(timeout: Duration, fn: () => Promise<T>): Promise<T> {
    return new this({ cancellable: true, timeout }).run(fn);
  }

  /** @internal Tells `listener` of a cancellation to come, or, one microtask from now, of the one that was. */
  listen(listener: CancelListener): void {
    this.#reattach();
    const error = this.#error;
    // Once somebody holds the promise, all go through it: so they are told in the order in which they came.
    if (this.#promise !== undefined) this.#promise.catch((reason: Error) => listener.onCancel(reason));
    else if (error !== undefined) void settled.then(() => listener.onCancel(error));
    else {
      this.#listeners ??= new Set();
      this.#listeners.add(listener);
      if (listener.order === undefined) listener.order = this.#nextOrder++;
      else this.#isUnsorted = true;
    }
  }

  /** @internal */
  unlisten(listener: CancelListener): void {
    this.#listeners?.delete(listener);
  }

  protected isRoot(): boolean {
    return false;
  }

  protected reject(error: Error): void {
    this.#isRequested = true;
    if (this.#error !== undefined) return;
    this.#error = error;
    if (this.#hasForgotten) void settled.then(() => (this.#isTold = true));
    const listeners = [...(this.#listeners ?? [])];
    this.#listeners = undefined;
    if (this.#isUnsorted) listeners.sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
    for (const listener of listeners) void settled.then(() => listener.onCancel(error));
    this.#rejectPromise?.(error);
    this.#rejectPromise = undefined;
    // It cannot be cancelled twice: the parent may forget it.
    this.parent?.forget(this.#link);
  }

  /** A name of its own, so that stacks tell where the scope was entered. */
  protected async runInContext<T>(fn: () => Promise<T>): Promise<T> {
    const timer = this.timeout === undefined || this.timeout === 0 ? undefined : this.#startTimeout(this.timeout);
    try {
      return await fn();
    } finally {
      if (timer !== undefined && !timer.consideredCancelled && shieldsScopes()) timer.cancel();
      this.#detachIfIdle();
    }
  }

  #startTimeout(timeoutMs: number): CancellationScope {
    const timer = new CancellationScope();
    timer
      .run(() => sleep(timeoutMs))
      .then(
        () => this.cancel(),
        () => undefined,
      );
    return timer;
  }

  /** What the parent holds of this scope. Whether a shield holds is decided when it happens: the flag is known by then. */
  readonly #link: CancelListener = {
    onCancel: (error) => {
      if (!this.#isShielded || !shieldsScopes()) this.reject(error);
    },
  };
  #isShielded = false;

  #attach(parent: CancellationScope): void {
    parent.#reattach();
    this.#isShielded = !parent.cancellable && !(parent.#isRequested && !shieldsScopes());
    if (!this.#isShielded) this.#isRequested = parent.#isRequested;
    parent.listen(this.#link);
  }

  protected forget(link: CancelListener): void {
    this.#listeners?.delete(link);
  }

  /** A workflow that makes scopes in a loop must not keep them all. */
  #detachIfIdle(): void {
    const isIdle = this.#promise === undefined && (this.#listeners === undefined || this.#listeners.size === 0);
    if (!isIdle || this.#isRequested || this.parent === undefined) return;
    this.parent.forget(this.#link);
    this.parent.#hasForgotten = true;
    this.#isDetached = true;
  }

  #reattach(): void {
    if (!this.#isDetached || this.parent === undefined) return;
    this.#isDetached = false;
    const { parent } = this;
    parent.#reattach();
    if (parent.#isTold && parent.#error !== undefined) this.#link.onCancel(parent.#error);
    else this.#attach(parent);
  }
}

/** Of the workflow's function. */
export class RootCancellationScope extends CancellationScope {
  override cancel(): void {
    this.reject(new CancelledFailure('Workflow cancelled'));
  }

  protected override isRoot(): boolean {
    return true;
  }
}

/** Histories of old SDKs were made without the shield of scopes that are not cancellable. */
function shieldsScopes(): boolean {
  return currentRun()?.hasFlag(RuntimeFlag.SHIELDS_NON_CANCELLABLE_SCOPES) ?? true;
}
