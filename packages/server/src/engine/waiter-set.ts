/** A set that costs next to nothing while it is empty, as those of most runs are. Iterates over a copy. */
export class WaiterSet<T> {
  #waiters: Set<T> | undefined;

  get size(): number {
    return this.#waiters?.size ?? 0;
  }

  add(waiter: T): void {
    this.#waiters ??= new Set();
    this.#waiters.add(waiter);
  }

  delete(waiter: T): void {
    this.#waiters?.delete(waiter);
    if (this.#waiters?.size === 0) this.#waiters = undefined;
  }

  [Symbol.iterator](): IterableIterator<T> {
    return [...(this.#waiters ?? [])].values();
  }
}
