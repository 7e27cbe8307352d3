/** One client connection: its socket, its calls, what it has not read yet, its life by keepalive, idleness and age. */

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import {
  type HeaderList,
  Http2Connection,
  type Http2Error,
  type Http2Host,
  type StreamListener,
  type StreamWriter,
  writeOutput,
} from '@perdure/protocol/http2';
import type { TransportLog } from './contract.js';
import type { Deadlines } from './deadlines.js';
import { acceptStream, type GrpcCall } from './grpc-call.js';
import { ByteBudget, type GrpcLimits } from './grpc-limits.js';
import type { Services } from './services.js';

/** What all connections of a server have in common. */
export interface GrpcServerParts {
  readonly services: Services;
  readonly limits: GrpcLimits;
  readonly deadlines: Deadlines;
  readonly log: TransportLog;
  readonly requestBudget: ByteBudget;
}

/** A client that does not answer the ping between the two GOAWAY frames gets the second one anyway. */
const drainPingMs = 1000;
/** Time for last frames to leave before the socket is destroyed. */
const lastFramesMs = 1000;

export class GrpcConnection implements Http2Host {
  readonly server: GrpcServerParts;
  readonly peer: string;
  readonly calls = new Set<GrpcCall>();
  readonly requestBudget: ByteBudget;
  readonly #http2: Http2Connection;
  readonly #socket: Socket;
  readonly #flush = (): void => writeOutput(this.#http2, this.#socket);
  readonly #openedAtMs: number;
  #isCut = false;
  #subject: string | undefined;
  #bytesReadSeen = 0;
  #lastReadAtMs: number;
  #lastCallAtMs: number;
  #pingSentAtMs: number | undefined;
  #goingSinceMs: number | undefined;

  /** The preface was read from the socket. `closed` is called when the socket is. */
  constructor(server: GrpcServerParts, socket: Socket, nowMs: number, closed: (connection: GrpcConnection) => void) {
    const { limits } = server;
    this.server = server;
    this.#socket = socket;
    this.peer = peerOf(socket);
    this.requestBudget = new ByteBudget(limits.bufferedRequestBytesPerConnectionMax, server.requestBudget);
    this.#openedAtMs = nowMs;
    this.#lastReadAtMs = nowMs;
    this.#lastCallAtMs = nowMs;
    this.#http2 = new Http2Connection('server', this, { ...limits, streamsMax: limits.callsPerConnectionMax });
    socket.on('data', (chunk: Buffer) => this.#http2.receive(chunk));
    socket.on('error', (error) => server.log('debug', 'a gRPC connection failed', { peer: this.peer, error }));
    socket.on('close', () => {
      this.#http2.disconnected();
      closed(this);
    });
    socket.resume();
  }

  get peerCertificateSubject(): string | undefined {
    if (this.#subject === undefined && isTls(this.#socket)) {
      this.#subject = this.#socket.getPeerX509Certificate()?.subject.replaceAll('\n', ',');
    }
    return this.#subject;
  }

  nowMs(): number {
    return this.server.deadlines.nowMs();
  }

  /** Whatever is answered in one turn leaves in one write. */
  wake(): void {
    process.nextTick(this.#flush);
  }

  opened(stream: StreamWriter, headers: HeaderList): StreamListener | undefined {
    return acceptStream(this, stream, headers);
  }

  /** A client that goes opens no more streams, and that is all. */
  goingAway(): void {}

  finished(error: Http2Error | undefined): void {
    if (error !== undefined) this.server.log('debug', 'a gRPC connection failed', { peer: this.peer, error });
    this.#flush();
    this.#socket.end();
    setTimeout(() => this.#socket.destroy(), lastFramesMs).unref();
  }

  /**
   * Asks the client to go: no call under way is lost, none is refused that the client could already have sent. The
   * connection closes when its last call ends.
   */
  goAway(nowMs: number): void {
    if (this.#goingSinceMs !== undefined) return;
    this.#goingSinceMs = nowMs;
    const closeWhenDone = (): void => {
      clearTimeout(timer);
      this.#http2.closeWhenDone();
    };
    const timer = setTimeout(closeWhenDone, drainPingMs);
    this.#http2.announceGoAway();
    this.#http2.ping(closeWhenDone);
  }

  /** A client that leaves too much unread loses its connection. */
  checkUnread(): void {
    const bytesMax = this.server.limits.unreadResponseBytesPerConnectionMax;
    if (this.#http2.waitingBytes + this.#socket.writableLength <= bytesMax) return;
    this.cut('the client does not read its responses');
  }

  /** Ends the connection; handlers of its calls are told that the client is gone. */
  cut(reason: string): void {
    if (this.#isCut || this.#http2.isClosed) return;
    this.#isCut = true;
    this.server.log('warn', 'a gRPC connection was cut', { peer: this.peer, reason });
    // Not now: who calls may be in the middle of an answer.
    setImmediate(() => this.destroy());
  }

  destroy(): void {
    this.#http2.disconnected();
    this.#socket.destroy();
  }

  /** Answers all running calls with UNAVAILABLE and cancels their handlers. */
  abandonCalls(): void {
    for (const call of [...this.calls]) call.abandon();
  }

  /** Called every few seconds: keepalive, idleness, age. */
  sweep(nowMs: number): void {
    if (this.#http2.isClosed) return;
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
      this.#http2.ping(() => undefined);
    }
  }
}

function peerOf(socket: Socket): string {
  const address = socket.remoteAddress ?? 'unknown';
  return `${address.includes(':') ? `[${address}]` : address}:${socket.remotePort ?? 0}`;
}

/** By its shape: a look at the class would load Node's TLS into servers that do without. */
function isTls(socket: Socket): socket is TLSSocket {
  return 'getPeerX509Certificate' in socket;
}
