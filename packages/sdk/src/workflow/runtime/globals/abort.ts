/** `AbortController` and `AbortSignal`; `AbortSignal.timeout` is a durable timer. */
import { DOMException } from './dom-exception.js';
import { Event, EventTarget, HandlerSlot } from './event-target.js';
import { defineTag } from './methods.js';
import { setTimeout } from '../for-globals.js';

/** What makes signals; other code gets "Illegal constructor". */
const KEY = Symbol('abort');

let abort: (signal: AbortSignal, reason: unknown) => void;
let follow: (signal: AbortSignal, source: AbortSignal) => void;

export class AbortSignal extends EventTarget {
  static {
    abort = (signal, reason) => signal.#abort(reason);
    follow = (signal, source) => signal.#follow(source);
  }

  #isAborted = false;
  #reason: unknown = undefined;
  #followers: AbortSignal[] = [];
  readonly #onabort = new HandlerSlot();

  constructor(key?: unknown) {
    if (key !== KEY) throw new TypeError('Illegal constructor');
    super();
  }

  static abort(reason: unknown = aborted()): AbortSignal {
    const signal = new AbortSignal(KEY);
    abort(signal, reason);
    return signal;
  }

  /** A durable timer: it lasts as long as the workflow says, whatever happens to the worker. */
  static timeout(delayMs: number): AbortSignal {
    if (!(Number(delayMs) >= 0)) throw new RangeError('The value of "delay" is out of range');
    const signal = new AbortSignal(KEY);
    setTimeout(
      () => abort(signal, new DOMException('The operation was aborted due to timeout', 'TimeoutError')),
      delayMs,
    );
    return signal;
  }

  static any(signals: Iterable<AbortSignal>): AbortSignal {
    const result = new AbortSignal(KEY);
    const sources = [...signals];
    const done = sources.find((source) => source.aborted);
    if (done !== undefined) abort(result, done.reason);
    else for (const source of sources) follow(result, source);
    return result;
  }

  get aborted(): boolean {
    return this.#isAborted;
  }
  get reason(): unknown {
    return this.#reason;
  }
  get onabort(): ((event: Event) => unknown) | null {
    return this.#onabort.get();
  }
  set onabort(handler: unknown) {
    this.#onabort.set(this, 'abort', handler);
  }

  throwIfAborted(): void {
    if (this.#isAborted) throw this.#reason;
  }

  #abort(reason: unknown): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#reason = reason;
    const followers = this.#followers.splice(0);
    this.dispatchEvent(new Event('abort'));
    for (const follower of followers) follower.#abort(reason);
  }

  #follow(source: AbortSignal): void {
    source.#followers.push(this);
  }
}
defineTag(AbortSignal.prototype, 'AbortSignal');

export class AbortController {
  readonly #signal = new AbortSignal(KEY);

  get signal(): AbortSignal {
    return this.#signal;
  }

  abort(reason: unknown = aborted()): void {
    abort(this.#signal, reason);
  }
}
defineTag(AbortController.prototype, 'AbortController');

function aborted(): DOMException {
  return new DOMException('This operation was aborted', 'AbortError');
}
