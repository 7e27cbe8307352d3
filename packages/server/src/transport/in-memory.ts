/** The same services called inside the process, without sockets: for tests, simulations and embedding. */

import type {
  CallContext,
  CallFailure,
  CallMetadata,
  CallResult,
  CancelReason,
  RequestSink,
  Service,
  TransportLog,
} from './contract.js';
import { DeadlineClock, type Deadlines } from './deadlines.js';
import { HeaderMetadata } from './grpc-metadata.js';
import { HeaderList } from '@perdure/protocol/http2';
import { fail, statusCode } from './grpc-status.js';
import { type Route, Services } from './services.js';

export interface InMemoryOptions {
  readonly services: readonly Service[];
  /** The real clock when absent. */
  readonly deadlines?: Deadlines;
  readonly log?: TransportLog;
}

export interface InMemoryCallOptions {
  /** Milliseconds from now. */
  readonly timeoutMs?: number;
  /** Lower-case ASCII headers; values of `-bin` headers in base64. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A running call, seen by its caller. */
export interface InMemoryCall {
  /** The handler is told that the client is gone; the caller gets CANCELLED. */
  cancel(): void;
}

export interface InMemoryStream extends InMemoryCall {
  send(bytes: Uint8Array): void;
  /** No more messages will be sent. */
  end(): void;
}

export interface InMemoryStreamListener {
  message(bytes: Uint8Array): void;
  /** Undefined: the status is OK. */
  ended(failure: CallFailure | undefined): void;
}

/** Calls are delivered and answered synchronously: whoever wants turns in between makes them in the handler. */
export class InMemoryTransport {
  readonly #services: Services;
  readonly #deadlines: Deadlines;
  readonly #log: TransportLog;
  readonly #calls = new Set<LocalCall>();
  #isClosed = false;

  constructor(options: InMemoryOptions) {
    this.#services = new Services(options.services);
    this.#deadlines = options.deadlines ?? new DeadlineClock();
    this.#log = options.log ?? (() => undefined);
  }

  get callCount(): number {
    return this.#calls.size;
  }

  /** Calls a unary method; `done` runs exactly once. */
  unary(
    method: string,
    request: Uint8Array,
    done: (result: CallResult) => void,
    options: InMemoryCallOptions = {},
  ): InMemoryCall {
    const route = this.#route(method, 'unary');
    if ('ok' in route) {
      done(route);
      return { cancel: () => undefined };
    }
    const call = this.#open(method, route, options, done);
    call.run(() => route.handler.unary(call, request, (result) => call.reply(result)));
    return call;
  }

  /** The same as a promise; a failure is a value too. */
  async invoke(method: string, request: Uint8Array, options: InMemoryCallOptions = {}): Promise<CallResult> {
    return new Promise((resolve) => this.unary(method, request, resolve, options));
  }

  stream(method: string, listener: InMemoryStreamListener, options: InMemoryCallOptions = {}): InMemoryStream {
    const route = this.#route(method, 'streaming');
    if ('ok' in route) {
      listener.ended(route);
      return { send: () => undefined, end: () => undefined, cancel: () => undefined };
    }
    const call = this.#open(method, route, options, (result) => listener.ended(result.ok ? undefined : result));
    let sink: RequestSink | undefined;
    call.run(() => {
      sink = route.handler.streaming?.(call, {
        send: (bytes) => {
          if (!call.isDone) listener.message(bytes);
          return true;
        },
        end: (failure) => call.reply(failure ?? { ok: true, bytes: new Uint8Array(0) }),
      });
    });
    return {
      send: (bytes) => call.run(() => sink?.message(bytes)),
      end: () => call.run(() => sink?.ended()),
      cancel: () => call.cancel(),
    };
  }

  /** Running calls get UNAVAILABLE, as later ones do. */
  close(): void {
    this.#isClosed = true;
    for (const call of [...this.#calls]) call.abort('serverClosing');
  }

  #route(method: string, kind: Route['kind']): Route | CallFailure {
    if (this.#isClosed) return abortFailure.serverClosing;
    const route = this.#services.find(method);
    return route?.kind === kind ? route : this.#services.unknown(method);
  }

  #open(method: string, route: Route, options: InMemoryCallOptions, done: (result: CallResult) => void): LocalCall {
    const call = new LocalCall(method, route, options, this.#deadlines, this.#log, (result) => {
      this.#calls.delete(call);
      done(result);
    });
    this.#calls.add(call);
    call.armDeadline();
    return call;
  }
}

const abortFailure: Readonly<Record<CancelReason, CallFailure>> = {
  clientGone: fail(statusCode.cancelled, 'the call was cancelled'),
  deadlineExceeded: fail(statusCode.deadlineExceeded, 'context deadline exceeded'),
  serverClosing: fail(statusCode.unavailable, 'the server is shutting down'),
};

class LocalCall implements CallContext, InMemoryCall {
  readonly method: string;
  readonly deadlineMs: number | undefined;
  readonly metadata: CallMetadata;
  readonly peer = 'in-memory';
  readonly peerCertificateSubject = undefined;
  readonly isStreaming: boolean;
  readonly #deadlines: Deadlines;
  readonly #log: TransportLog;
  readonly #done: (result: CallResult) => void;
  #deadlineToken: unknown;
  #onCancel: ((reason: CancelReason) => void) | undefined;
  #cancelled: CancelReason | undefined;
  #isDone = false;

  constructor(
    method: string,
    route: Route,
    options: InMemoryCallOptions,
    deadlines: Deadlines,
    log: TransportLog,
    done: (result: CallResult) => void,
  ) {
    this.method = method;
    this.isStreaming = route.kind === 'streaming';
    this.deadlineMs = options.timeoutMs === undefined ? undefined : deadlines.nowMs() + options.timeoutMs;
    this.metadata = new HeaderMetadata(headerList(options.headers ?? {}));
    this.#deadlines = deadlines;
    this.#log = log;
    this.#done = done;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  get isCancelled(): boolean {
    return this.#cancelled !== undefined;
  }

  armDeadline(): void {
    if (this.deadlineMs !== undefined) this.#deadlineToken = this.#deadlines.arm(this.deadlineMs, this);
  }

  onCancel(callback: (reason: CancelReason) => void): void {
    if (this.#cancelled !== undefined) callback(this.#cancelled);
    else this.#onCancel = callback;
  }

  /** Runs code of the handler, unless the call is over. */
  run(step: () => void): void {
    if (this.#isDone) return;
    try {
      step();
    } catch (error) {
      this.#log('error', 'a gRPC handler threw', { method: this.method, error });
      const callback = this.#onCancel;
      this.#onCancel = undefined;
      this.#cancelled ??= 'clientGone';
      if (callback !== undefined) this.run(() => callback('clientGone'));
      this.#finish(fail(statusCode.internal, 'internal error'));
    }
  }

  reply(result: CallResult): void {
    if (this.#cancelled === undefined) this.#finish(result);
  }

  cancel(): void {
    this.abort('clientGone');
  }

  expire(): void {
    this.abort('deadlineExceeded');
  }

  abort(reason: CancelReason): void {
    if (this.#isDone || this.#cancelled !== undefined) return;
    this.#cancelled = reason;
    const callback = this.#onCancel;
    this.#onCancel = undefined;
    if (callback !== undefined) this.run(() => callback(reason));
    this.#finish(abortFailure[reason]);
  }

  #finish(result: CallResult): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#onCancel = undefined;
    if (this.#deadlineToken !== undefined) this.#deadlines.disarm(this.#deadlineToken, this);
    this.#done(result);
  }
}

function headerList(headers: Readonly<Record<string, string>>): HeaderList {
  const list = new HeaderList(Number.POSITIVE_INFINITY);
  for (const [name, value] of Object.entries(headers)) list.add(name, value);
  return list;
}
