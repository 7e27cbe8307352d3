/** A promise that other code settles. */
import { CancellationScope } from './cancellation-scope.js';

/**
 * A promise with `resolve` and `reject`: for a handler that ends a wait of the workflow's function. Rejects with
 * CancelledFailure when the scope that it was made in is cancelled.
 *
 * @example
 * const approved = new Trigger<string>();
 * setHandler(approve, (by) => approved.resolve(by));
 * const by = await approved;
 */
export class Trigger<T> implements PromiseLike<T> {
  readonly resolve: (value: T | PromiseLike<T>) => void;
  readonly reject: (reason?: unknown) => void;
  readonly #promise: Promise<T>;

  constructor() {
    let resolve: this['resolve'] = () => undefined;
    let reject: this['reject'] = () => undefined;
    this.#promise = new Promise<T>((res, rej) => {
      resolve = res;
      reject = rej;
    });
    // Nobody has to wait for it.
    this.#promise.catch(() => undefined);
    const scope = CancellationScope.current();
    const listener = { onCancel: reject };
    if (scope.cancellable) scope.listen(listener);
    this.resolve = (value) => {
      scope.unlisten(listener);
      resolve(value);
    };
    this.reject = (reason) => {
      scope.unlisten(listener);
      reject(reason);
    };
  }

  then<R1 = T, R2 = never>(
    onFulfilled?: ((value: T) => R1 | PromiseLike<R1>) | null,
    onRejected?: ((reason: unknown) => R2 | PromiseLike<R2>) | null,
  ): Promise<R1 | R2> {
    return this.#promise.then(onFulfilled, onRejected);
  }
}
