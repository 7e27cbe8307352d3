/** `Event`, `CustomEvent` and `EventTarget`, without a tree: what a signal or an emitter needs. */
import { clockMs } from './clock.js';
import { defineTag } from './methods.js';

interface EventInit {
  readonly bubbles?: boolean;
  readonly cancelable?: boolean;
  readonly composed?: boolean;
}

/** What an event is being dispatched with; hidden from code that holds the event. */
interface Dispatch {
  target: EventTarget | null;
  isRunning: boolean;
  stopsNow: boolean;
  isPassive: boolean;
}

let dispatchOf: (event: Event) => Dispatch;

export class Event {
  static readonly NONE = 0;
  static readonly CAPTURING_PHASE = 1;
  static readonly AT_TARGET = 2;
  static readonly BUBBLING_PHASE = 3;

  static {
    dispatchOf = (event) => event.#dispatch;
  }

  readonly #dispatch: Dispatch = { target: null, isRunning: false, stopsNow: false, isPassive: false };
  readonly #type: string;
  readonly #init: EventInit;
  readonly #timeStamp = clockMs();
  #isPrevented = false;

  constructor(type: string, init: EventInit = {}) {
    this.#type = String(type);
    this.#init = { ...init };
  }

  get type(): string {
    return this.#type;
  }
  get target(): EventTarget | null {
    return this.#dispatch.target;
  }
  get srcElement(): EventTarget | null {
    return this.#dispatch.target;
  }
  get currentTarget(): EventTarget | null {
    return this.#dispatch.isRunning ? this.#dispatch.target : null;
  }
  get eventPhase(): number {
    return this.#dispatch.isRunning ? Event.AT_TARGET : Event.NONE;
  }
  get bubbles(): boolean {
    return this.#init.bubbles === true;
  }
  get cancelable(): boolean {
    return this.#init.cancelable === true;
  }
  get composed(): boolean {
    return this.#init.composed === true;
  }
  get defaultPrevented(): boolean {
    return this.#isPrevented;
  }
  get returnValue(): boolean {
    return !this.#isPrevented;
  }
  get isTrusted(): boolean {
    return false;
  }
  get timeStamp(): number {
    return this.#timeStamp;
  }

  preventDefault(): void {
    if (this.cancelable && !this.#dispatch.isPassive) this.#isPrevented = true;
  }
  stopPropagation(): void {
    // There is nothing to propagate to.
  }
  stopImmediatePropagation(): void {
    this.#dispatch.stopsNow = true;
  }
  composedPath(): EventTarget[] {
    const { target, isRunning } = this.#dispatch;
    return isRunning && target !== null ? [target] : [];
  }
}
defineTag(Event.prototype, 'Event');

export class CustomEvent extends Event {
  readonly #detail: unknown;

  constructor(type: string, init: EventInit & { readonly detail?: unknown } = {}) {
    super(type, init);
    this.#detail = init.detail ?? null;
  }
  get detail(): unknown {
    return this.#detail;
  }
}
defineTag(CustomEvent.prototype, 'CustomEvent');

export type Listener = ((event: Event) => unknown) | { handleEvent(event: Event): unknown };

export interface ListenerOptions {
  readonly capture?: boolean;
  readonly once?: boolean;
  readonly passive?: boolean;
  readonly signal?: EventTarget & { readonly aborted: boolean };
}

interface Entry {
  readonly type: string;
  readonly listener: Listener;
  readonly capture: boolean;
  readonly once: boolean;
  readonly passive: boolean;
  isRemoved: boolean;
}

export class EventTarget {
  #entries: Entry[] = [];

  addEventListener(type: string, listener: Listener | null, options: boolean | ListenerOptions = {}): void {
    if (listener === null || listener === undefined) return;
    const { capture = false, once = false, passive = false, signal } = optionsOf(options);
    if (signal?.aborted === true || this.#find(type, listener, capture) !== undefined) return;
    this.#entries.push({ type: String(type), listener, capture, once, passive, isRemoved: false });
    signal?.addEventListener('abort', () => this.removeEventListener(type, listener, { capture }), { once: true });
  }

  removeEventListener(type: string, listener: Listener | null, options: boolean | ListenerOptions = {}): void {
    const entry = listener === null ? undefined : this.#find(type, listener, optionsOf(options).capture === true);
    if (entry === undefined) return;
    entry.isRemoved = true;
    this.#entries = this.#entries.filter((other) => other !== entry);
  }

  /** A listener that throws does not stop the others; the error is that of a promise nobody handles. */
  dispatchEvent(event: Event): boolean {
    if (!(event instanceof Event)) throw new TypeError('The "event" argument must be an instance of Event');
    const dispatch = dispatchOf(event);
    if (dispatch.isRunning) throw new TypeError('The event is already being dispatched');
    Object.assign(dispatch, { target: this, isRunning: true, stopsNow: false });
    try {
      for (const entry of [...this.#entries]) {
        if (entry.type === event.type && !entry.isRemoved && !dispatch.stopsNow) this.#call(entry, event, dispatch);
      }
    } finally {
      dispatch.isRunning = false;
    }
    return !event.defaultPrevented;
  }

  #call(entry: Entry, event: Event, dispatch: Dispatch): void {
    if (entry.once) this.removeEventListener(entry.type, entry.listener, { capture: entry.capture });
    dispatch.isPassive = entry.passive;
    try {
      if (typeof entry.listener === 'function') Reflect.apply(entry.listener, this, [event]);
      else entry.listener.handleEvent(event);
    } catch (error) {
      void Promise.reject(error as Error);
    } finally {
      dispatch.isPassive = false;
    }
  }

  #find(type: string, listener: Listener, capture: boolean): Entry | undefined {
    return this.#entries.find(
      (entry) => entry.type === String(type) && entry.listener === listener && entry.capture === capture,
    );
  }
}
defineTag(EventTarget.prototype, 'EventTarget');

function optionsOf(options: boolean | ListenerOptions | null): ListenerOptions {
  return typeof options === 'boolean' ? { capture: options } : (options ?? {});
}

/** `onabort` and the like: one listener that can be set and taken away. */
export class HandlerSlot {
  #handler: ((event: Event) => unknown) | null = null;
  #wrapper: ((event: Event) => unknown) | undefined;

  get(): ((event: Event) => unknown) | null {
    return this.#handler;
  }

  set(target: EventTarget, type: string, handler: unknown): void {
    this.#handler = typeof handler === 'function' ? (handler as (event: Event) => unknown) : null;
    if (this.#handler === null || this.#wrapper !== undefined) return;
    this.#wrapper = (event) => (this.#handler === null ? undefined : Reflect.apply(this.#handler, target, [event]));
    target.addEventListener(type, this.#wrapper);
  }
}
