/**
 * One gRPC call on one HTTP/2 stream: reads the request, gives it to the handler, writes the answer.
 *
 * 1. Exactly one status is sent, by whoever is first: the handler, the deadline, a refusal, the closing server.
 * 2. The cancel callback runs only if the handler has not answered, and at most once.
 * 3. What the call holds (deadline, byte budget, place in the connection's set) is given back when the stream closes.
 *
 * This is the hot path: the call is its own context and the listener of its stream, and a request in one frame with an answer in
 * one frame allocates little more than the two.
 */

import { headerField, recurringField } from '@perdure/protocol/http2';
import type { HeaderFields, HeaderList, StreamListener, StreamWriter } from '@perdure/protocol/http2';
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
import { MessageReader, messagePrefix, soleMessage, unpackGzip } from './grpc-framing.js';
import { HeaderMetadata } from './grpc-metadata.js';
import { fail, failureFields, okFields, parseGrpcTimeoutMs, statusCode } from './grpc-status.js';
import type { Route } from './services.js';

const responseFields: HeaderFields = [
  headerField(':status', '200'),
  recurringField('content-type', 'application/grpc'),
];
const acceptedEncodings = headerField('grpc-accept-encoding', 'identity,gzip');
const methodNotAllowed: HeaderFields = [headerField(':status', '405'), headerField('allow', 'POST')];
const unsupportedMediaType: HeaderFields = [headerField(':status', '415')];

/** Serves a new stream: refuses what is not gRPC, answers unknown methods, starts a call for the rest. */
export function acceptStream(
  connection: GrpcConnection,
  stream: StreamWriter,
  headers: HeaderList,
): StreamListener | undefined {
  const { services, limits } = connection.server;
  if (headers.isTooLong) {
    const text = `grpc: received headers larger than max (${limits.headerBytesMax} bytes)`;
    return refuseCall(stream, fail(statusCode.resourceExhausted, text));
  }
  if (headers.get(':method') !== 'POST') return refuseHttp(stream, methodNotAllowed);
  if (!isGrpcContentType(headers.get('content-type'))) return refuseHttp(stream, unsupportedMediaType);
  const path = headers.get(':path') ?? '';
  const route = services.find(path);
  if (route === undefined) return refuseCall(stream, services.unknown(path));
  const encoding = headers.get('grpc-encoding');
  if (encoding !== undefined && encoding !== 'identity' && encoding !== 'gzip') {
    const text = `grpc: Decompressor is not installed for grpc-encoding "${encoding}"`;
    return refuseCall(stream, fail(statusCode.unimplemented, text), [acceptedEncodings]);
  }
  const timeout = headers.get('grpc-timeout');
  const timeoutMs = timeout === undefined ? undefined : parseGrpcTimeoutMs(timeout);
  if (timeout !== undefined && timeoutMs === undefined) {
    return refuseCall(stream, fail(statusCode.internal, `malformed grpc-timeout: "${timeout}"`));
  }
  const call = new GrpcCall(connection, stream, path, route, headers, encoding === 'gzip', timeoutMs);
  call.start();
  return call;
}

/** `application/grpc`, optionally with the subtype `+proto` and parameters. */
function isGrpcContentType(value: string | undefined): boolean {
  if (value === 'application/grpc') return true;
  return value !== undefined && /^application\/grpc(\+proto)?\s*(;.*)?$/i.test(value);
}

export class GrpcCall implements CallContext, StreamListener {
  readonly method: string;
  readonly deadlineMs: number | undefined;
  readonly #connection: GrpcConnection;
  readonly #stream: StreamWriter;
  readonly #route: Route;
  readonly #headers: HeaderList;
  readonly #isGzip: boolean;
  readonly #timeoutMs: number | undefined;
  #metadata: CallMetadata | undefined;
  #deadlineToken: unknown;
  #reader: MessageReader | undefined;
  #sink: RequestSink | undefined;
  #onCancel: ((reason: CancelReason) => void) | undefined;
  #cancelled: CancelReason | undefined;
  #hasMessage = false;
  #hasReplied = false;
  #hasHeaders = false;

  constructor(
    connection: GrpcConnection,
    stream: StreamWriter,
    path: string,
    route: Route,
    headers: HeaderList,
    isGzip: boolean,
    timeoutMs: number | undefined,
  ) {
    this.method = path;
    this.deadlineMs = timeoutMs === undefined ? undefined : connection.server.deadlines.nowMs() + timeoutMs;
    this.#connection = connection;
    this.#stream = stream;
    this.#route = route;
    this.#headers = headers;
    this.#isGzip = isGzip;
    this.#timeoutMs = timeoutMs;
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

  start(): void {
    this.#connection.calls.add(this);
    if (this.deadlineMs !== undefined) {
      if (this.#timeoutMs === 0) return this.expire();
      this.#deadlineToken = this.#connection.server.deadlines.arm(this.deadlineMs, this);
    }
    if (this.isStreaming) this.#openSink();
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

  /** Trailers of a request say nothing. */
  headers(): void {}

  data(chunk: Buffer): void {
    if (this.#hasReplied) return;
    const { requestBytesMax } = this.#connection.server.limits;
    if (this.#reader === undefined && !this.#hasMessage) {
      const message = soleMessage(chunk, requestBytesMax);
      if (message !== undefined) return this.#deliver(message);
    }
    this.#reader ??= new MessageReader(requestBytesMax, this.#connection.requestBudget);
    const refusal = this.#reader.push(chunk, (isCompressed, bytes) => this.#unpack(isCompressed, bytes));
    if (refusal !== undefined) this.#refuse(refusal);
  }

  /** The client has sent all. */
  ended(): void {
    if (this.#hasReplied) return;
    if (this.#reader?.isInsideMessage === true)
      return this.#refuse(fail(statusCode.internal, 'the request is cut off'));
    if (this.#sink !== undefined) this.#guard(() => this.#sink?.ended());
    else if (!this.#hasMessage) this.#refuse(fail(statusCode.internal, 'the request has no message'));
  }

  closed(): void {
    this.#connection.calls.delete(this);
    this.#disarm();
    this.#reader?.release();
    this.#cancel('clientGone');
    this.#hasReplied = true;
  }

  drained(): void {
    this.#guard(() => this.#sink?.drained?.());
  }

  #unpack(isCompressed: boolean, bytes: Buffer): void {
    if (this.#hasMessage) return this.#refuse(fail(statusCode.internal, 'the request has more than one message'));
    this.#hasMessage = !this.isStreaming;
    if (!isCompressed) return this.#deliver(bytes);
    if (!this.#isGzip) {
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
  }

  /** The handler's own answer: it knows, so it is not told of a cancellation any more. */
  #reply(result: CallResult): void {
    if (this.#hasReplied || this.#cancelled !== undefined) return;
    if (!result.ok) return this.#finish(result);
    this.#answered();
    this.#stream.sendWhole(responseFields, messagePrefix(result.bytes.length), result.bytes, okFields);
    this.#connection.checkUnread();
  }

  #send(bytes: Uint8Array): boolean {
    if (this.#hasReplied || this.#cancelled !== undefined || this.#stream.isClosed) return true;
    if (!this.#hasHeaders) {
      this.#hasHeaders = true;
      this.#stream.writeHeaders(responseFields);
    }
    const goesOn = this.#stream.send(messagePrefix(bytes.length), bytes);
    this.#connection.checkUnread();
    return goesOn;
  }

  /** Ends the call with a status; without headers sent so far, status and headers are one frame. */
  #finish(failure: CallFailure | undefined): void {
    if (this.#hasReplied) return;
    this.#answered();
    const fields = failure === undefined ? okFields : failureFields(failure);
    if (this.#hasHeaders) this.#stream.end(fields);
    else this.#stream.sendEmpty([...responseFields, ...fields]);
  }

  /** A request that cannot be served: answer, and cancel what runs for it. */
  #refuse(failure: CallFailure): void {
    this.#cancel('clientGone');
    this.#finish(failure);
  }

  #answered(): void {
    this.#onCancel = undefined;
    this.#hasReplied = true;
    this.#disarm();
    this.#reader?.release();
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

function refuseHttp(stream: StreamWriter, fields: HeaderFields): undefined {
  stream.sendEmpty(fields);
}

function refuseCall(stream: StreamWriter, failure: CallFailure, more: HeaderFields = []): undefined {
  stream.sendEmpty([...responseFields, ...more, ...failureFields(failure)]);
}
