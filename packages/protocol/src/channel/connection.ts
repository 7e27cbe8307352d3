/** One connection of a channel: its socket, the calls that wait for it or run on it, its keepalive. */

import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import {
  headerField,
  type HeaderField,
  Http2Connection,
  type Http2Error,
  type Http2Host,
  recurringField,
  writeOutput,
} from '../http2/index.js';
import { type CallFailed, channelFailure, socketFailure } from './answer.js';
import type { ChannelCall } from './call.js';
import type { LoadedChannelOptions } from './channel.js';

/** What a connection tells its channel. */
export interface ConnectionListener {
  /** It takes no more calls; those on it go on. */
  leaving(): void;
  gone(): void;
}

const limits = {
  headerBytesMax: 64 * 1024,
  /** Servers open no streams. */
  streamsMax: 0,
  streamWindowBytes: 4 * 1024 * 1024,
  connectionWindowBytes: 16 * 1024 * 1024,
};

export class ChannelConnection implements Http2Host {
  /** Settles with the handshake. */
  readonly connected: Promise<void>;
  readonly #options: LoadedChannelOptions;
  readonly #listener: ConnectionListener;
  readonly #head: readonly HeaderField[];
  readonly #socket: Socket;
  readonly #http2: Http2Connection;
  readonly #flush = (): void => this.#writeOutput();
  /** Calls for which there is no connection or no room yet, oldest first. */
  readonly #waiting: ChannelCall[] = [];
  readonly #connectTimer: NodeJS.Timeout;
  #keepaliveTimer: NodeJS.Timeout | undefined;
  #bytesReadSeen = 0;
  #pingTimer: NodeJS.Timeout | undefined;
  #isReady = false;
  #isGone = false;
  #lostBecause: CallFailed | undefined;
  #settle: { resolve: () => void; reject: (reason: CallFailed) => void } | undefined;

  constructor(options: LoadedChannelOptions, listener: ConnectionListener) {
    this.#options = options;
    this.#listener = listener;
    this.#head = requestHead(options);
    this.#http2 = new Http2Connection('client', this, limits);
    const socket = openSocket(options);
    this.#socket = socket;
    this.connected = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // Who does not wait for it learns of a failure by their calls.
    this.connected.catch(() => undefined);
    this.#connectTimer = setTimeout(() => this.#connectLate(), options.connectTimeoutMs);
    socket.once(options.tls === undefined ? 'connect' : 'secureConnect', () => this.#ready());
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) => this.close(socketFailure(error, !this.#isReady)));
    socket.on('close', () => this.close(channelFailure('unavailable', 'the server closed the connection', 'CLOSED')));
  }

  get takesCalls(): boolean {
    return !this.#isGone && !this.#http2.isPeerGoing && !this.#http2.isClosed;
  }

  start(call: ChannelCall): void {
    this.#waiting.push(call);
    this.#startWaiting();
  }

  /** Ends all calls and the socket. */
  close(reason: CallFailed): void {
    if (this.#isGone) return;
    this.#isGone = true;
    clearTimeout(this.#connectTimer);
    clearInterval(this.#keepaliveTimer);
    clearTimeout(this.#pingTimer);
    this.#listener.gone();
    this.#settle?.reject(reason);
    for (const call of this.#waiting.splice(0)) call.fail(reason);
    this.#lostBecause = reason;
    this.#http2.disconnected();
    this.#socket.destroy();
  }

  nowMs(): number {
    return performance.now();
  }

  /** What is sent in one turn leaves in one write. */
  wake(): void {
    process.nextTick(this.#flush);
  }

  opened(): undefined {
    throw new Error('a server cannot open streams');
  }

  goingAway(): void {
    this.#listener.leaving();
    for (const call of this.#waiting.splice(0)) call.notTaken();
    this.#endIfIdle();
  }

  finished(error: Http2Error | undefined): void {
    this.#writeOutput();
    this.close(channelFailure('unavailable', `the server does not speak HTTP/2: ${error?.message ?? ''}`, 'HTTP2'));
  }

  #ready(): void {
    this.#isReady = true;
    clearTimeout(this.#connectTimer);
    const { keepaliveIntervalMs } = this.#options;
    this.#keepaliveTimer = setInterval(() => this.#keepAlive(), keepaliveIntervalMs).unref();
    this.#settle?.resolve();
    this.#writeOutput();
    this.#startWaiting();
  }

  #connectLate(): void {
    const text = `no connection to ${this.#options.address} within ${this.#options.connectTimeoutMs} ms`;
    this.close(channelFailure('unavailable', text, 'TIMEOUT', true));
  }

  #receive(chunk: Buffer): void {
    this.#http2.receive(chunk);
    if (this.#waiting.length > 0) this.#startWaiting();
    if (this.#http2.isPeerGoing) this.#endIfIdle();
  }

  #startWaiting(): void {
    while (this.#isReady && this.#waiting.length > 0 && this.#http2.canOpen) {
      const call = this.#waiting.shift();
      if (call !== undefined && !call.isDone) call.send(this.#http2.open(call), this.#head, () => this.#lostBecause);
    }
  }

  #endIfIdle(): void {
    if (this.#http2.streamCount > 0) return;
    this.close(channelFailure('unavailable', 'the server is going away', 'GOAWAY'));
  }

  /** Silence is broken by a ping; a ping without an answer ends the connection. */
  #keepAlive(): void {
    const { bytesRead } = this.#socket;
    const isSilent = bytesRead === this.#bytesReadSeen;
    this.#bytesReadSeen = bytesRead;
    if (!isSilent || this.#pingTimer !== undefined) return;
    const { keepaliveTimeoutMs } = this.#options;
    const lost = (): void =>
      this.close(
        channelFailure('unavailable', `the server did not answer a ping within ${keepaliveTimeoutMs} ms`, 'PING'),
      );
    this.#pingTimer = setTimeout(lost, keepaliveTimeoutMs).unref();
    this.#http2.ping(() => {
      clearTimeout(this.#pingTimer);
      this.#pingTimer = undefined;
    });
  }

  #writeOutput(): void {
    if (this.#isReady) writeOutput(this.#http2, this.#socket);
  }
}

function openSocket({ target: { host, port }, tls }: LoadedChannelOptions): Socket {
  if (tls === undefined) return connectTcp({ host, port, noDelay: true });
  const serverName = tls.serverName ?? (isIP(host) === 0 ? host : undefined);
  const { ca, cert, key, isVerified = true } = tls;
  const files = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  const name = serverName === undefined ? {} : { servername: serverName };
  return connectTls({
    host,
    port,
    ALPNProtocols: ['h2'],
    rejectUnauthorized: isVerified,
    ...files,
    ...name,
  }).setNoDelay(true);
}

/** What all requests begin with. */
function requestHead({ address, tls, userAgent }: LoadedChannelOptions): readonly HeaderField[] {
  return [
    headerField(':method', 'POST'),
    headerField(':scheme', tls === undefined ? 'http' : 'https'),
    recurringField(':authority', address),
    recurringField('content-type', 'application/grpc'),
    recurringField('te', 'trailers'),
    recurringField('user-agent', userAgent),
  ];
}
