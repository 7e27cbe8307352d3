/** What a run waits for: timers, activities, children, requests to others. Each is ended by a job, or by its scope. */
import type { CancellationScope, CancelListener } from './cancellation-scope.js';
import type { Run } from './run.js';

/** Numbers are given per kind of command; so are waits found. */
export const WaitKind = {
  TIMER: 0,
  ACTIVITY: 1,
  CHILD_START: 2,
  CHILD: 3,
  SIGNAL: 4,
  CANCEL: 5,
} as const;
export type WaitKind = (typeof WaitKind)[keyof typeof WaitKind];

const KINDS = 8;

/** Of a function, whatever it takes. */
type Callable = (...args: never[]) => unknown;

/** What V8 adds to the language. */
interface StackCapture {
  captureStackTrace?: (target: object, below: Callable) => void;
  stackTraceLimit?: number;
}

const capture = Error as unknown as StackCapture;

/** Every line costs a microsecond in each wait of each workflow; the first ones of the user's say enough. */
const LINES_MAX = 7;
const isLimitWritable = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')?.writable === true;

/** The stack of now without `below` and what it called; formatted only when somebody asks. */
export function placeBelow(below: Callable): Error {
  if (capture.captureStackTrace === undefined) return new Error();
  const place = {};
  const limit = capture.stackTraceLimit;
  const isShortened = isLimitWritable && limit !== undefined && limit > LINES_MAX;
  if (isShortened) capture.stackTraceLimit = LINES_MAX;
  capture.captureStackTrace(place, below);
  if (isShortened) capture.stackTraceLimit = limit;
  return place as Error;
}

/** Which wait it is, and the function of the runtime that makes it. */
export interface WaitKey {
  readonly run: Run;
  readonly kind: WaitKind;
  readonly seq: number;
  readonly below: Callable;
}

/** One of them. */
export class Wait<T> implements CancelListener {
  /** Where the code asked for it. */
  readonly place: Error;
  order?: number;
  readonly run: Run;
  readonly kind: WaitKind;
  readonly seq: number;
  readonly #scope: CancellationScope | undefined;
  readonly #resolve: (value: T) => void;
  readonly #reject: (error: unknown) => void;
  readonly #whenCancelled: (wait: Wait<T>, error: Error) => void;

  /** `scope`: of which it is part, if that is cancellable. */
  constructor(
    key: WaitKey,
    scope: CancellationScope | undefined,
    settle: { readonly resolve: (value: T) => void; readonly reject: (error: unknown) => void },
    whenCancelled: (wait: Wait<T>, error: Error) => void,
  ) {
    this.place = placeBelow(key.below);
    this.run = key.run;
    this.kind = key.kind;
    this.seq = key.seq;
    this.#scope = scope;
    this.#resolve = settle.resolve;
    this.#reject = settle.reject;
    this.#whenCancelled = whenCancelled;
  }

  /** Told by the scope; it may be over already. */
  onCancel(error: Error): void {
    if (this.run.waits.has(this)) this.#whenCancelled(this, error);
  }

  resolve(value: T): void {
    this.#scope?.unlisten(this);
    this.#resolve(value);
  }

  reject(error: unknown): void {
    this.#scope?.unlisten(this);
    this.#reject(error);
  }
}

/** The waits of a run. */
export class Waits {
  #byKey: Map<number, Wait<unknown>> | undefined;

  add<T>(wait: Wait<T>): void {
    this.#byKey ??= new Map();
    this.#byKey.set(wait.seq * KINDS + wait.kind, wait as Wait<unknown>);
  }

  has<T>(wait: Wait<T>): boolean {
    return this.#byKey?.get(wait.seq * KINDS + wait.kind) === wait;
  }

  /** Takes it out; undefined when it is over already, or never was. */
  take(kind: WaitKind, seq: number): Wait<unknown> | undefined {
    const key = seq * KINDS + kind;
    const wait = this.#byKey?.get(key);
    if (wait !== undefined) this.#byKey?.delete(key);
    return wait;
  }

  all(): Iterable<Wait<unknown>> {
    return this.#byKey?.values() ?? [];
  }
}
