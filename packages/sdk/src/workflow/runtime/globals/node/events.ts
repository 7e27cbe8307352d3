/** `node:events` for workflow code: EventEmitter and `once`. Evaluated per run, as all that a run imports. */
type Listener = (...args: never[]) => unknown;
interface Entry {
  readonly listener: Listener;
  readonly once: boolean;
}

export class EventEmitter {
  static defaultMaxListeners = 10;
  static readonly EventEmitter = EventEmitter;
  static once = once;

  // A map made when first needed, so that `util.inherits` without a call of the constructor works.
  #entries: Map<string | symbol, Entry[]> | undefined;

  on(name: string | symbol, listener: Listener): this {
    return this.#add(name, { listener, once: false }, false);
  }
  addListener(name: string | symbol, listener: Listener): this {
    return this.on(name, listener);
  }
  once(name: string | symbol, listener: Listener): this {
    return this.#add(name, { listener, once: true }, false);
  }
  prependListener(name: string | symbol, listener: Listener): this {
    return this.#add(name, { listener, once: false }, true);
  }
  prependOnceListener(name: string | symbol, listener: Listener): this {
    return this.#add(name, { listener, once: true }, true);
  }

  off(name: string | symbol, listener: Listener): this {
    const entries = this.#of(name);
    const index = entries.findLastIndex((entry) => entry.listener === listener);
    if (index < 0) return this;
    this.#set(name, entries.toSpliced(index, 1));
    if (name !== 'removeListener') this.emit('removeListener', name, listener);
    return this;
  }
  removeListener(name: string | symbol, listener: Listener): this {
    return this.off(name, listener);
  }
  removeAllListeners(name?: string | symbol): this {
    if (name === undefined) this.#entries = undefined;
    else this.#entries?.delete(name);
    return this;
  }

  emit(name: string | symbol, ...args: unknown[]): boolean {
    const entries = this.#of(name);
    if (entries.length === 0) {
      if (name === 'error')
        throw args[0] instanceof Error ? args[0] : new Error(`Unhandled error. (${String(args[0])})`);
      return false;
    }
    for (const { listener, once } of entries) {
      if (once) this.off(name, listener);
      Reflect.apply(listener, this, args);
    }
    return true;
  }

  listenerCount(name: string | symbol): number {
    return this.#of(name).length;
  }
  listeners(name: string | symbol): Listener[] {
    return this.#of(name).map((entry) => entry.listener);
  }
  rawListeners(name: string | symbol): Listener[] {
    return this.listeners(name);
  }
  eventNames(): (string | symbol)[] {
    return [...(this.#entries ?? new Map<string, Entry[]>())]
      .filter(([, list]) => list.length > 0)
      .map(([name]) => name);
  }
  setMaxListeners(_count: number): this {
    return this;
  }
  getMaxListeners(): number {
    return EventEmitter.defaultMaxListeners;
  }

  #of(name: string | symbol): readonly Entry[] {
    return this.#entries?.get(name) ?? [];
  }
  #set(name: string | symbol, entries: Entry[]): void {
    (this.#entries ??= new Map()).set(name, entries);
  }
  #add(name: string | symbol, entry: Entry, first: boolean): this {
    if (typeof entry.listener !== 'function') throw new TypeError('The "listener" argument must be of type function');
    if (this.listenerCount('newListener') > 0) this.emit('newListener', name, entry.listener);
    const entries = this.#of(name);
    this.#set(name, first ? [entry, ...entries] : [...entries, entry]);
    return this;
  }
}

/** The arguments of the next event of this name; rejects with the next `error`. */
export function once(emitter: EventEmitter, name: string | symbol): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const onEvent = (...args: unknown[]): void => {
      emitter.off('error', onError);
      resolve(args);
    };
    const onError = (error: Error): void => {
      emitter.off(name, onEvent);
      reject(error);
    };
    emitter.once(name, onEvent);
    if (name !== 'error') emitter.once('error', onError);
  });
}

export default EventEmitter;
