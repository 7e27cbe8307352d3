/**
 * A gRPC client channel: unary calls to one address, over one HTTP/2 connection that is opened by the first call and opened anew
 * when it is lost. It repeats a call only if the server has said that it did not take it, and only once: all else is for those to
 * decide who know what may be repeated.
 *
 * A call ends exactly once: with an answer, with the status that the server sent, or with one of these of our own: UNAVAILABLE (not
 * connected, connection lost, the server goes away), DEADLINE_EXCEEDED, CANCELLED, INTERNAL (the answer is no gRPC).
 */

import { type Address, parseAddress } from './address.js';
import { channelFailure, type CallAnswer, type CallFailed } from './answer.js';
import { ChannelCall, type CallOptions } from './call.js';
import { ChannelConnection } from './connection.js';

export interface ChannelTls {
  /** PEM. The certificates of the system when absent. */
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  /** Name that the server's certificate must have; the host of the address when absent. */
  readonly serverName?: string;
  /** False: any certificate will do. Default true. */
  readonly isVerified?: boolean;
}

export interface ChannelOptions {
  /** `host:port`; IPv6 in brackets. */
  readonly address: string;
  /** In clear text when absent. */
  readonly tls?: ChannelTls;
  /** Default 10,000 ms, TLS included. */
  readonly connectTimeoutMs?: number;
  /** Without a byte from the server for this long, the channel pings. Default 30,000 ms. */
  readonly keepaliveIntervalMs?: number;
  /** Without an answer to the ping for this long, the connection is given up. Default 15,000 ms. */
  readonly keepaliveTimeoutMs?: number;
  /** Default: this package's name. */
  readonly userAgent?: string;
  /** Bounds one answer. Default 128 MiB. */
  readonly answerBytesMax?: number;
}

export type LoadedChannelOptions = Required<Omit<ChannelOptions, 'tls'>> & {
  readonly tls: ChannelTls | undefined;
  readonly target: Address;
};

const mib = 1024 * 1024;
const defaults = {
  connectTimeoutMs: 10_000,
  keepaliveIntervalMs: 30_000,
  keepaliveTimeoutMs: 15_000,
  userAgent: 'perdure',
  answerBytesMax: 128 * mib,
};

export class Channel {
  readonly #options: LoadedChannelOptions;
  /** The one for new calls. Older ones live on until their last call has ended. */
  #connection: ChannelConnection | undefined;
  readonly #leaving = new Set<ChannelConnection>();
  #isClosed = false;

  /** Throws TypeError when the address is none. */
  constructor(options: ChannelOptions) {
    this.#options = { ...defaults, tls: undefined, ...options, target: parseAddress(options.address) };
  }

  /**
   * Calls a method by its path, `/package.Service/Method`, with an encoded request. `done` is called once, never before this
   * returns. Answers how to cancel the call.
   */
  start(path: string, request: Uint8Array, options: CallOptions, done: (answer: CallAnswer) => void): () => void {
    const call = new ChannelCall(path, request, options, this.#options.answerBytesMax, {
      done,
      again: () => this.#begin(call),
    });
    this.#begin(call);
    return () => call.cancel();
  }

  /** The same as a promise of the encoded answer. Rejects with CallFailed. */
  async call(path: string, request: Uint8Array, options: CallOptions): Promise<Uint8Array> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      const aborted = (): void => cancel();
      const cancel = this.start(path, request, options, (answer) => {
        signal?.removeEventListener('abort', aborted);
        if (answer.ok) resolve(answer.bytes);
        else reject(answer);
      });
      signal?.addEventListener('abort', aborted, { once: true });
      if (signal?.aborted === true) cancel();
    });
  }

  /** Connects now. Rejects with CallFailed when that does not work. */
  async connect(): Promise<void> {
    if (this.#isClosed) throw closed();
    await this.#usable().connected;
  }

  /** Ends all calls with UNAVAILABLE and closes the connection. */
  close(): void {
    this.#isClosed = true;
    for (const connection of [this.#connection, ...this.#leaving]) connection?.close(closed());
  }

  #begin(call: ChannelCall): void {
    if (this.#isClosed) queueMicrotask(() => call.fail(closed()));
    else this.#usable().start(call);
  }

  #usable(): ChannelConnection {
    if (this.#connection?.takesCalls === true) return this.#connection;
    const connection = new ChannelConnection(this.#options, {
      leaving: () => {
        if (this.#connection !== connection) return;
        this.#connection = undefined;
        this.#leaving.add(connection);
      },
      gone: () => {
        if (this.#connection === connection) this.#connection = undefined;
        this.#leaving.delete(connection);
      },
    });
    this.#connection = connection;
    return connection;
  }
}

const closed = (): CallFailed => channelFailure('unavailable', 'the channel was closed', 'CLOSED');
