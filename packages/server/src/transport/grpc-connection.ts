/** One client connection: its calls, what it has not read yet, its life by keepalive, idleness and age. */

import type { ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { TransportLog } from './contract.js';
import type { Deadlines } from './deadlines.js';
import { ByteBudget, type GrpcLimits } from './grpc-limits.js';
import type { GrpcCall } from './grpc-stream.js';
import type { Services } from './services.js';

/** What all connections of a server have in common. */
export interface GrpcServerParts {
  readonly services: Services;
  readonly limits: GrpcLimits;
  readonly deadlines: Deadlines;
  readonly log: TransportLog;
  readonly requestBudget: ByteBudget;
}

const goawayNoError = 0;
/** In a first GOAWAY: all streams that are under way will be served. */
const lastStreamIdMax = 2 ** 31 - 1;
/** A client that does not answer the ping between the two GOAWAY frames gets the second one anyway. */
const drainPingMs = 1000;

export class GrpcConnection {
  readonly server: GrpcServerParts;
  readonly peer: string;
  readonly calls = new Set<GrpcCall>();
  readonly requestBudget: ByteBudget;
  unreadResponseBytes = 0;
  readonly #session: ServerHttp2Session;
  readonly #socket: Socket;
  readonly #openedAtMs: number;
  #isCut = false;
  #subject: string | undefined;
  #bytesReadSeen = 0;
  #lastReadAtMs: number;
  #lastCallAtMs: number;
  #pingSentAtMs: number | undefined;
  #goingSinceMs: number | undefined;

  constructor(server: GrpcServerParts, session: ServerHttp2Session, socket: Socket, nowMs: number) {
    this.server = server;
    this.#session = session;
    this.#socket = socket;
    this.peer = peerOf(socket);
    this.requestBudget = new ByteBudget(server.limits.bufferedRequestBytesPerConnectionMax, server.requestBudget);
    this.#openedAtMs = nowMs;
    this.#lastReadAtMs = nowMs;
    this.#lastCallAtMs = nowMs;
    session.setLocalWindowSize(server.limits.connectionWindowBytes);
  }

  get peerCertificateSubject(): string | undefined {
    if (this.#subject === undefined && this.#socket instanceof TLSSocket) {
      this.#subject = this.#socket.getPeerX509Certificate()?.subject.replaceAll('\n', ',');
    }
    return this.#subject;
  }

  get isClosed(): boolean {
    return this.#session.destroyed;
  }

  /**
   * Asks the client to go: no call under way is lost, none is refused that the client could already have sent. The
   * connection closes when its last call ends.
   */
  goAway(nowMs: number): void {
    if (this.#goingSinceMs !== undefined || this.#session.destroyed) return;
    this.#goingSinceMs = nowMs;
    const session = this.#session;
    const closeWhenDone = (): void => {
      clearTimeout(timer);
      setImmediate(() => session.close());
    };
    const timer = setTimeout(closeWhenDone, drainPingMs);
    session.goaway(goawayNoError, lastStreamIdMax);
    if (!session.ping(closeWhenDone)) closeWhenDone();
  }

  /** Ends the connection; handlers of its calls are told that the client is gone. */
  cut(reason: string): void {
    if (this.#isCut || this.#session.destroyed) return;
    this.#isCut = true;
    this.server.log('warn', 'a gRPC connection was cut', { peer: this.peer, reason });
    this.destroy();
  }

  /**
   * Ends the connection in the next turn: who calls (a handler, an answer to a ping) may stand inside the HTTP/2 parser
   * of this very session, and Node corrupts its heap when that is freed under the parser.
   */
  destroy(): void {
    setImmediate(() => {
      this.#session.destroy();
      this.#socket.destroy();
    });
  }

  /** Answers all running calls with UNAVAILABLE and cancels their handlers. */
  abandonCalls(): void {
    for (const call of [...this.calls]) call.abandon();
  }

  /** Called every few seconds: keepalive, idleness, age. */
  sweep(nowMs: number): void {
    if (this.#session.destroyed) return;
    const { limits } = this.server;
    if (this.calls.size > 0) this.#lastCallAtMs = nowMs;
    this.#keepAlive(nowMs);
    if (this.#goingSinceMs !== undefined) {
      if (limits.connectionAgeMs > 0 && nowMs - this.#goingSinceMs > limits.connectionAgeGraceMs) this.destroy();
      return;
    }
    const isIdle = nowMs - this.#lastCallAtMs >= limits.idleConnectionMs;
    const isOld = limits.connectionAgeMs > 0 && nowMs - this.#openedAtMs >= limits.connectionAgeMs;
    if (isIdle || isOld) this.goAway(nowMs);
  }

  #keepAlive(nowMs: number): void {
    const { bytesRead } = this.#socket;
    if (bytesRead !== this.#bytesReadSeen) {
      this.#bytesReadSeen = bytesRead;
      this.#lastReadAtMs = nowMs;
      this.#pingSentAtMs = undefined;
      return;
    }
    const { keepaliveIntervalMs, keepaliveTimeoutMs } = this.server.limits;
    if (this.#pingSentAtMs !== undefined) {
      if (nowMs - this.#pingSentAtMs >= keepaliveTimeoutMs) this.cut('no answer to a keepalive ping');
    } else if (nowMs - this.#lastReadAtMs >= keepaliveIntervalMs) {
      this.#pingSentAtMs = nowMs;
      this.#session.ping(() => undefined);
    }
  }
}

function peerOf(socket: Socket): string {
  const address = socket.remoteAddress ?? 'unknown';
  return `${address.includes(':') ? `[${address}]` : address}:${socket.remotePort ?? 0}`;
}
