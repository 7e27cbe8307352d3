/** The connection to a server: one for all clients and workers of a process. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { StatusCode } from '@perdure/protocol';
import type { Init, Rpc } from '@perdure/protocol';
import { Channel } from '@perdure/protocol/channel';
import type { CallOptions } from '@perdure/protocol/channel';
import { IllegalStateError } from '../conversion/errors.js';
import { callMetadata } from './call-metadata.js';
import { channelOptions, loadConnectionOptions } from './connection-options.js';
import type { ConnectionOptions, ConnectionOptionsWithDefaults, Metadata } from './connection-options.js';
import { interceptedCall } from './call-interceptor.js';
import type { GrpcCall } from './call-interceptor.js';
import { GrpcServiceError, toGrpcError } from './grpc-error.js';
import { isRetryableError, pause } from './grpc-retry.js';
import type { ConnectionPlugin } from './plugins.js';
import { warnOfTwoVersions } from './two-versions.js';
import { rawServices } from './raw-service.js';
import type { RawServices } from './raw-service.js';

/** What applies to the calls made inside of `withDeadline`, `withAbortSignal` and `withMetadata`. */
export interface CallContext {
  /** Milliseconds since the epoch. */
  readonly deadline?: number | undefined;
  readonly abortSignal?: AbortSignal | undefined;
  readonly metadata?: Metadata | undefined;
  /** Instead of the connection's. */
  readonly apiKey?: string | undefined;
}

/** What a connection sends its calls through: a channel to an address, or a way to a server in this process. */
export interface CallChannel {
  /** Rejects with CallFailed when the server cannot be reached. */
  connect(): Promise<void>;
  /** Calls a method by its path with an encoded request, for the encoded answer. Rejects with CallFailed. */
  call(path: string, request: Uint8Array, options: CallOptions): Promise<Uint8Array>;
  close(): void;
}

/** Bounds of one call. */
export interface CallLimits {
  readonly timeoutMs?: number | undefined;
  /** Ends the call with CANCELLED when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** What clients need of a connection. */
export interface ConnectionLike extends RawServices {
  /** Plugins for the clients of this connection. */
  readonly plugins?: readonly ConnectionPlugin[];
  close(): Promise<void>;
  /** Resolves once the server has answered. Does nothing when it already has. */
  ensureConnected(): Promise<void>;
  /** Calls inside of `fn` end with DEADLINE_EXCEEDED at this time (milliseconds since the epoch, or a date). */
  withDeadline<R>(deadline: number | Date, fn: () => Promise<R>): Promise<R>;
  /** Calls inside of `fn` send these headers too; those of the same name replace the connection's. */
  withMetadata<R>(metadata: Metadata, fn: () => Promise<R>): Promise<R>;
  /** Calls inside of `fn` send this key instead of the connection's. */
  withApiKey?<R>(apiKey: string, fn: () => Promise<R>): Promise<R>;
  /** Calls inside of `fn` end with CANCELLED when the signal is aborted. */
  withAbortSignal<R>(abortSignal: AbortSignal, fn: () => Promise<R>): Promise<R>;
}

/** How long to wait between attempts to reach a server that is not there yet. */
const CONNECT_PAUSE_MS = 100;
const GET_SYSTEM_INFO_TIMEOUT_MS = 5000;

/**
 * A connection to a server, shared by clients and workers. It is opened anew, without an end, when it is lost; calls that failed
 * because of that are repeated.
 */
export class Connection implements ConnectionLike {
  readonly options: ConnectionOptionsWithDefaults;
  readonly workflowService: RawServices['workflowService'];
  readonly operatorService: RawServices['operatorService'];
  readonly testService: RawServices['testService'];
  readonly healthService: RawServices['healthService'];
  readonly #channel: CallChannel;
  readonly #context = new AsyncLocalStorage<CallContext>();
  #apiKey: ConnectionOptionsWithDefaults['apiKey'];
  #connected: Promise<void> | undefined;
  #isClosed = false;

  protected constructor(options: ConnectionOptionsWithDefaults, channel: CallChannel) {
    this.options = options;
    warnOfTwoVersions();
    this.#apiKey = options.apiKey;
    this.#channel = channel;
    const services = rawServices((rpc, request) => this.#call(rpc, request));
    this.workflowService = services.workflowService;
    this.operatorService = services.operatorService;
    this.testService = services.testService;
    this.healthService = services.healthService;
  }

  /**
   * Connects, and resolves once the server has answered. Tries again until `connectTimeout` has passed.
   * Rejects with GrpcServiceError that says why; throws ValueError for wrong options.
   */
  static async connect(options: ConnectionOptions = {}): Promise<Connection> {
    const connection = this.lazy(options);
    try {
      await connection.ensureConnected();
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /** A connection that opens itself with the first call. Throws ValueError for wrong options. */
  static lazy(options: ConnectionOptions = {}): Connection {
    const loaded = loadConnectionOptions(options);
    return new this(loaded, new Channel(channelOptions(loaded)));
  }

  /** A connection whose calls go through a channel of the caller's, which ends with it. `address` is for messages only. */
  static over(channel: CallChannel, options: ConnectionOptions = {}): Connection {
    return new this(loadConnectionOptions(options), channel);
  }

  async ensureConnected(): Promise<void> {
    if (this.#isClosed) throw closedConnection();
    this.#connected ??= this.#reach().catch((error: unknown) => {
      this.#connected = undefined;
      throw error;
    });
    await this.#connected;
  }

  get plugins(): readonly ConnectionPlugin[] {
    return this.options.plugins;
  }

  /** The key for calls from now on. */
  setApiKey(apiKey: string | (() => string)): void {
    this.#apiKey = apiKey;
  }

  async withDeadline<R>(deadline: number | Date, fn: () => Promise<R>): Promise<R> {
    return this.#within({ deadline: Number(deadline) }, fn);
  }

  async withMetadata<R>(metadata: Metadata, fn: () => Promise<R>): Promise<R> {
    return this.#within({ metadata: { ...this.#context.getStore()?.metadata, ...metadata } }, fn);
  }

  async withApiKey<R>(apiKey: string, fn: () => Promise<R>): Promise<R> {
    return this.#within({ apiKey }, fn);
  }

  async withAbortSignal<R>(abortSignal: AbortSignal, fn: () => Promise<R>): Promise<R> {
    return this.#within({ abortSignal }, fn);
  }

  /**
   * For workers: one attempt of a call, never repeated, outside of `withDeadline` and the like. Rejects with GrpcServiceError.
   */
  async callOnce<Request, Response>(
    rpc: Rpc<Request, Response>,
    request: Init<Request>,
    limits: CallLimits = {},
  ): Promise<Response> {
    if (this.#isClosed) throw closedConnection();
    const namespace = (request as { namespace?: unknown }).namespace;
    const metadata = callMetadata(this.options.metadata, undefined, this.#apiKey, namespace);
    const bytes = rpc.request.encodePassing(request);
    const { length } = bytes;
    try {
      return rpc.response.decode(await this.#channel.call(rpc.path, bytes, { metadata, ...limits }));
    } catch (thrown) {
      throw toGrpcError(thrown, this.options.address, length);
    }
  }

  /** Ends all running calls. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#channel.close();
    // Until Node 24 every storage that was ever used costs each promise of the process a little, for as long as it is enabled.
    this.#context.disable();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #within<R>(context: CallContext, fn: () => Promise<R>): Promise<R> {
    return this.#context.run({ ...this.#context.getStore(), ...context }, fn);
  }

  /** Attempts until one succeeds, the failure is one that waiting does not mend, or the time is up. */
  async #reach(): Promise<void> {
    const { connectTimeoutMs, address } = this.options;
    const giveUpAt = Date.now() + connectTimeoutMs;
    for (;;) {
      try {
        await this.#channel.connect();
        return await this.#greet(giveUpAt);
      } catch (thrown) {
        const error = toGrpcError(thrown, address);
        const isWorthwhile = error instanceof GrpcServiceError && isRetryableError(error);
        if (!isWorthwhile || this.#isClosed || Date.now() + CONNECT_PAUSE_MS >= giveUpAt) throw error;
        await pause(CONNECT_PAUSE_MS, undefined);
      }
    }
  }

  /** Old servers do not know the call: that is an answer too. */
  async #greet(giveUpAt: number): Promise<void> {
    try {
      const deadline = Math.min(giveUpAt, Date.now() + GET_SYSTEM_INFO_TIMEOUT_MS);
      await this.withDeadline(deadline, () => this.workflowService.getSystemInfo({}));
    } catch (error) {
      if (!(error instanceof GrpcServiceError && error.code === StatusCode.UNIMPLEMENTED)) throw error;
    }
  }

  async #call<Request, Response>(rpc: Rpc<Request, Response>, request: Init<Request>): Promise<Response> {
    if (this.#isClosed) throw closedConnection();
    const context = this.#context.getStore() ?? {};
    const { interceptors } = this.options;
    if (interceptors.length === 0) return this.#send(rpc, request, context);
    const send = (call: GrpcCall): Promise<Response> =>
      this.#send(rpc, request, { ...context, metadata: call.metadata });
    const call = { path: rpc.path, request, metadata: context.metadata ?? {} };
    // The message that comes back is the one that `send` gave, or one that an interceptor put in its place.
    return (await interceptedCall(interceptors, send)(call)) as Response;
  }

  async #send<Request, Response>(
    rpc: Rpc<Request, Response>,
    request: Init<Request>,
    context: CallContext,
  ): Promise<Response> {
    const bytes = rpc.request.encode(request);
    const namespace = (request as { namespace?: unknown }).namespace;
    for (let attempt = 1; ; attempt++) {
      try {
        return rpc.response.decode(await this.#attempt(rpc.path, bytes, context, namespace));
      } catch (thrown) {
        const error = toGrpcError(thrown, this.options.address, bytes.length);
        if (!(error instanceof GrpcServiceError) || !(await this.#mayRetry(attempt, error, context))) throw error;
      }
    }
  }

  async #attempt(path: string, bytes: Uint8Array, context: CallContext, namespace: unknown): Promise<Uint8Array> {
    const { deadline, abortSignal, apiKey = this.#apiKey } = context;
    const timeoutMs = deadline === undefined ? undefined : deadline - Date.now();
    if (timeoutMs !== undefined && timeoutMs <= 0)
      throw new GrpcServiceError(StatusCode.DEADLINE_EXCEEDED, 'the deadline had passed before the call', {
        isUnsent: true,
      });
    return this.#channel.call(path, bytes, {
      timeoutMs,
      metadata: callMetadata(this.options.metadata, context.metadata, apiKey, namespace),
      signal: abortSignal,
    });
  }

  /** Waits as long as the options say; false when there is to be no further attempt. */
  async #mayRetry(attempt: number, error: GrpcServiceError, { deadline, abortSignal }: CallContext): Promise<boolean> {
    const { retry } = this.options;
    if (this.#isClosed || abortSignal?.aborted === true || retry?.retryableDecider(attempt, error) !== true)
      return false;
    const delayMs = retry.delayFunction(attempt, error);
    if (deadline !== undefined && Date.now() + delayMs >= deadline) return false;
    await pause(delayMs, abortSignal);
    return !this.#isClosed;
  }
}

function closedConnection(): IllegalStateError {
  return new IllegalStateError('The connection is closed: make a new one with Connection.connect()');
}
