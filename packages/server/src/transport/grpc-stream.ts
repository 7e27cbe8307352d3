/**
 * One gRPC call on one HTTP/2 stream: reads the request, gives it to the handler, writes the answer.
 *
 * 1. Exactly one status is sent, by whoever is first: the handler, the deadline, a refusal, the closing server.
 * 2. The cancel callback runs only if the handler has not answered, and at most once.
 * 3. What the call holds (deadline, byte budget, place in the connection's set) is given back when the stream closes.
 *
 * This is the hot path: listeners are functions shared by all calls, the call is its own context, and a request in one frame
 * with an answer in one frame allocates little more than the stream itself.
 */

import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type {
  CallContext,
  CallFailure,
  CallMetadata,
  CallResult,
  CancelReason,
  RequestSink,
  ResponseStream,
} from './contract.js';
import type { GrpcConnection } from './grpc-connection.js';
import { framedMessage, MessageReader, soleMessage, unpackGzip } from './grpc-framing.js';
import { HeaderMetadata } from './grpc-metadata.js';
import { fail, failureTrailers, okTrailers, parseGrpcTimeoutMs, statusCode } from './grpc-status.js';
import type { Route } from './services.js';

const responseHeaders: OutgoingHttpHeaders = { ':status': 200, 'content-type': 'application/grpc' };
const acceptedEncodings = 'identity,gzip';
const withTrailers = { waitForTrailers: true, sendDate: false };
const withoutBody = { endStream: true, sendDate: false };

const resetNoError = 0;
const endStreamFlag = 1;

const callKey = Symbol('call');

interface CallStream extends ServerHttp2Stream {
  [callKey]?: GrpcCall;
}

/** Serves a new stream: refuses what is not gRPC, answers unknown methods, starts a call for the rest. */
export function acceptStream(
  connection: GrpcConnection,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  flags: number,
): void {
  stream.on('error', ignoreStreamError);
  if (isGone(stream)) return;
  if (headers[':method'] !== 'POST') return refuseHttp(stream, 405, { allow: 'POST' });
  if (!isGrpcContentType(headers['content-type'])) return refuseHttp(stream, 415, {});
  const path = headers[':path'] ?? '';
  const route = connection.server.services.find(path);
  if (route === undefined) return refuseCall(stream, connection.server.services.unknown(path), {});
  const encoding = headers['grpc-encoding'];
  if (encoding !== undefined && encoding !== 'identity' && encoding !== 'gzip') {
    const text = `grpc: Decompressor is not installed for grpc-encoding "${String(encoding)}"`;
    return refuseCall(stream, fail(statusCode.unimplemented, text), { 'grpc-accept-encoding': acceptedEncodings });
  }
  const timeout = headers['grpc-timeout'];
  const timeoutMs = timeout === undefined ? undefined : parseGrpcTimeoutMs(String(timeout));
  if (timeout !== undefined && timeoutMs === undefined) {
    return refuseCall(stream, fail(statusCode.internal, `malformed grpc-timeout: "${String(timeout)}"`), {});
  }
  const call = new GrpcCall(connection, stream, path, route, headers, timeoutMs);
  call.start((flags & endStreamFlag) !== 0);
}

/** `application/grpc`, optionally with the subtype `+proto` and parameters. */
function isGrpcContentType(value: string | undefined): boolean {
  if (value === 'application/grpc') return true;
  return value !== undefined && /^application\/grpc(\+proto)?\s*(;.*)?$/i.test(value);
}

export class GrpcCall implements CallContext {
  readonly method: string;
  readonly deadlineMs: number | undefined;
  readonly #connection: GrpcConnection;
  readonly #stream: CallStream;
  readonly #route: Route;
  readonly #headers: IncomingHttpHeaders;
  readonly #timeoutMs: number | undefined;
  #metadata: CallMetadata | undefined;
  #deadlineToken: unknown;
  #reader: MessageReader | undefined;
  #sink: RequestSink | undefined;
  #onCancel: ((reason: CancelReason) => void) | undefined;
  #cancelled: CancelReason | undefined;
  #trailers: OutgoingHttpHeaders = okTrailers;
  #responseBytes = 0;
  #hasMessage = false;
  #hasReplied = false;
  #hasHeaders = false;
  #isClosed = false;

  constructor(
    connection: GrpcConnection,
    stream: CallStream,
    path: string,
    route: Route,
    headers: IncomingHttpHeaders,
    timeoutMs: number | undefined,
  ) {
    this.method = path;
    this.deadlineMs = timeoutMs === undefined ? undefined : connection.server.deadlines.nowMs() + timeoutMs;
    this.#connection = connection;
    this.#stream = stream;
    this.#route = route;
    this.#headers = headers;
    this.#timeoutMs = timeoutMs;
    stream[callKey] = this;
  }

  get metadata(): CallMetadata {
    return (this.#metadata ??= new HeaderMetadata(this.#headers));
  }

  get peer(): string {
    return this.#connection.peer;
  }

  get peerCertificateSubject(): string | undefined {
    return this.#connection.peerCertificateSubject;
  }

  get isStreaming(): boolean {
    return this.#route.kind === 'streaming';
  }

  get isCancelled(): boolean {
    return this.#cancelled !== undefined;
  }

  onCancel(callback: (reason: CancelReason) => void): void {
    if (this.#cancelled !== undefined) callback(this.#cancelled);
    else this.#onCancel = callback;
  }

  start(isEnded: boolean): void {
    const { deadlines } = this.#connection.server;
    this.#connection.calls.add(this);
    this.#stream.on('close', onClose);
    if (this.deadlineMs !== undefined) {
      if (this.#timeoutMs === 0) return this.expire();
      this.#deadlineToken = deadlines.arm(this.deadlineMs, this);
    }
    if (this.isStreaming) this.#openSink();
    if (isEnded) return this.ended();
    this.#stream.on('data', onData);
    this.#stream.on('end', onEnd);
  }

  /** The deadline passed: the client is told, the handler is cancelled. */
  expire(): void {
    this.#cancel('deadlineExceeded');
    this.#finish(fail(statusCode.deadlineExceeded, 'context deadline exceeded'));
  }

  /** The server closes: the client may try elsewhere. */
  abandon(): void {
    this.#cancel('serverClosing');
    this.#finish(fail(statusCode.unavailable, 'the server is shutting down'));
  }

  receive(chunk: Buffer): void {
    if (this.#hasReplied) return;
    if (this.#reader === undefined && !this.#hasMessage) {
      const message = soleMessage(chunk, this.#connection.server.limits.requestBytesMax);
      if (message !== undefined) return this.#deliver(message);
    }
    const { requestBytesMax } = this.#connection.server.limits;
    this.#reader ??= new MessageReader(requestBytesMax, this.#connection.requestBudget);
    const refusal = this.#reader.push(chunk, (isCompressed, bytes) => this.#unpack(isCompressed, bytes));
    if (refusal !== undefined) this.#refuse(refusal);
  }

  /** The client has sent all. */
  ended(): void {
    // A reset also ends the request; the close that follows it cancels the call.
    if (this.#hasReplied || isGone(this.#stream)) return;
    if (this.#reader?.isInsideMessage === true)
      return this.#refuse(fail(statusCode.internal, 'the request is cut off'));
    if (this.#sink !== undefined) this.#guard(() => this.#sink?.ended());
    else if (!this.#hasMessage) this.#refuse(fail(statusCode.internal, 'the request has no message'));
  }

  closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#connection.calls.delete(this);
    this.#connection.unreadResponseBytes -= this.#responseBytes;
    this.#disarm();
    this.#reader?.release();
    this.#cancel('clientGone');
    this.#hasReplied = true;
  }

  wantTrailers(): void {
    if (!isGone(this.#stream)) this.#stream.sendTrailers(this.#trailers);
  }

  drained(): void {
    this.#guard(() => this.#sink?.drained?.());
  }

  #unpack(isCompressed: boolean, bytes: Buffer): void {
    if (this.#hasMessage) return this.#refuse(fail(statusCode.internal, 'the request has more than one message'));
    this.#hasMessage = !this.isStreaming;
    if (!isCompressed) return this.#deliver(bytes);
    if (this.#headers['grpc-encoding'] !== 'gzip') {
      return this.#refuse(fail(statusCode.internal, 'grpc: compressed flag set with identity or empty encoding'));
    }
    unpackGzip(bytes, this.#connection.server.limits.requestBytesMax, !this.isStreaming, (unpacked) => {
      if (unpacked instanceof Uint8Array) this.#deliver(unpacked);
      else this.#refuse(unpacked);
    });
  }

  #deliver(message: Buffer): void {
    if (this.#hasReplied) return;
    const sink = this.#sink;
    if (sink !== undefined) return this.#guard(() => sink.message(message));
    this.#hasMessage = true;
    try {
      this.#route.handler.unary(this, message, (result) => this.#reply(result));
    } catch (error) {
      this.#thrown(error);
    }
  }

  #openSink(): void {
    const responses: ResponseStream = {
      send: (bytes) => this.#send(bytes),
      end: (failure) => {
        if (this.#cancelled === undefined) this.#finish(failure);
      },
    };
    this.#guard(() => {
      const open = this.#route.handler.streaming;
      if (open === undefined) throw new Error(`no streaming handler for ${this.method}`);
      this.#sink = open.call(this.#route.handler, this, responses);
    });
    this.#stream.on('drain', onDrain);
  }

  /** The handler's own answer: it knows, so it is not told of a cancellation any more. */
  #reply(result: CallResult): void {
    if (this.#hasReplied || this.#cancelled !== undefined) return;
    if (!result.ok) return this.#finish(result);
    this.#onCancel = undefined;
    this.#hasReplied = true;
    this.#disarm();
    if (isGone(this.#stream)) return;
    if (!this.#account(result.bytes.length)) return;
    this.#sendHeaders();
    const frame = framedMessage(result.bytes);
    if (frame instanceof Uint8Array) {
      this.#stream.end(frame);
    } else {
      this.#stream.write(frame[0]);
      this.#stream.end(frame[1]);
    }
  }

  #send(bytes: Uint8Array): boolean {
    if (this.#hasReplied || this.#cancelled !== undefined || isGone(this.#stream)) return true;
    if (!this.#account(bytes.length)) return true;
    if (!this.#hasHeaders) this.#sendHeaders();
    const frame = framedMessage(bytes);
    if (frame instanceof Uint8Array) return this.#stream.write(frame);
    this.#stream.write(frame[0]);
    return this.#stream.write(frame[1]);
  }

  /** Ends the call with a status; without headers sent so far, status and headers are one frame. */
  #finish(failure: CallFailure | undefined): void {
    if (this.#hasReplied) return;
    this.#onCancel = undefined;
    this.#hasReplied = true;
    this.#disarm();
    this.#reader?.release();
    const stream = this.#stream;
    if (isGone(stream)) return;
    const trailers = failure === undefined ? okTrailers : failureTrailers(failure);
    if (this.#hasHeaders) {
      this.#trailers = trailers;
      stream.end();
    } else {
      stream.respond({ ...responseHeaders, ...trailers }, withoutBody);
    }
    // A client that is still sending is told to stop; what is under way is read and dropped.
    if (!stream.readableEnded) stream.resume();
  }

  /** A request that cannot be served: answer, and cancel what runs for it. */
  #refuse(failure: CallFailure): void {
    if (this.#hasReplied) return;
    this.#cancel('clientGone');
    this.#finish(failure);
    // Tells the client to stop sending. Not now: data is delivered from inside the HTTP/2 parser, and a reset there
    // frees the stream that the parser is working on (Node then corrupts its heap).
    setImmediate(resetUnread, this.#stream);
  }

  #sendHeaders(): void {
    this.#hasHeaders = true;
    this.#stream.on('wantTrailers', onWantTrailers);
    this.#stream.respond(responseHeaders, withTrailers);
  }

  /** Counts bytes not yet read by the client; a client that never reads loses its connection. */
  #account(bytes: number): boolean {
    this.#responseBytes += bytes;
    this.#connection.unreadResponseBytes += bytes;
    const bytesMax = this.#connection.server.limits.unreadResponseBytesPerConnectionMax;
    if (this.#connection.unreadResponseBytes <= bytesMax) return true;
    this.#connection.cut('the client does not read its responses');
    return false;
  }

  #cancel(reason: CancelReason): void {
    if (this.#cancelled !== undefined || this.#hasReplied) return;
    this.#cancelled = reason;
    const callback = this.#onCancel;
    this.#onCancel = undefined;
    if (callback !== undefined) this.#guard(() => callback(reason));
  }

  #disarm(): void {
    if (this.#deadlineToken === undefined) return;
    this.#connection.server.deadlines.disarm(this.#deadlineToken, this);
    this.#deadlineToken = undefined;
  }

  /** Runs code of the handler; the client learns nothing of what it throws. */
  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#thrown(error);
    }
  }

  #thrown(error: unknown): void {
    this.#connection.server.log('error', 'a gRPC handler threw', { method: this.method, error });
    this.#cancel('clientGone');
    this.#finish(fail(statusCode.internal, 'internal error'));
  }
}

function resetUnread(stream: ServerHttp2Stream): void {
  if (!isGone(stream)) stream.close(resetNoError);
}

/** Closed comes first, destroyed some turns later; in between Node throws on every use of a stream. */
function isGone(stream: ServerHttp2Stream): boolean {
  return stream.destroyed || stream.closed;
}

function refuseHttp(stream: ServerHttp2Stream, status: number, headers: OutgoingHttpHeaders): void {
  stream.respond({ ...headers, ':status': status }, withoutBody);
  stream.resume();
}

function refuseCall(stream: ServerHttp2Stream, failure: CallFailure, headers: OutgoingHttpHeaders): void {
  stream.respond({ ...responseHeaders, ...headers, ...failureTrailers(failure) }, withoutBody);
  stream.resume();
}

function onData(this: CallStream, chunk: Buffer): void {
  this[callKey]?.receive(chunk);
}

function onEnd(this: CallStream): void {
  this[callKey]?.ended();
}

function onClose(this: CallStream): void {
  this[callKey]?.closed();
}

function onWantTrailers(this: CallStream): void {
  this[callKey]?.wantTrailers();
}

function onDrain(this: CallStream): void {
  this[callKey]?.drained();
}

/** A broken stream also closes, and the close is what counts. */
function ignoreStreamError(): void {}
