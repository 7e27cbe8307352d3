/**
 * A thin gRPC client: unary calls on one HTTP/2 connection, which is opened by the first call.
 *
 * Streams and the session are never ended from inside a callback of Node's HTTP/2 parser (`data`, `trailers`): it corrupts
 * its heap when what it is parsing is freed under it. Ends are put off to the next turn.
 */
import { connect, constants } from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import type { Init } from '@perdure/protocol';

/** One row of the RPC table of `@perdure/protocol`. */
export interface CallableRpc<Q, S> {
  readonly path: string;
  readonly request: { encode(request: Init<Q>): Uint8Array };
  readonly response: { decode(bytes: Uint8Array): S };
}

export interface ClientTls {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly serverName?: string;
}

export interface GrpcClientOptions {
  /** `host:port`. */
  readonly address: string;
  /** In clear text when absent. */
  readonly tls?: ClientTls;
}

/** gRPC status codes that this client itself gives. */
const UNKNOWN = 2;
const DEADLINE_EXCEEDED = 4;
const UNAVAILABLE = 14;

/** A call that got another status than OK. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  /** gRPC status code. */
  readonly code: number;
  /** What the system said (`ECONNREFUSED`, a TLS error), or `HTTP` or `CLOSED`, when no gRPC answer came. */
  readonly systemCode: string | undefined;

  constructor(code: number, message: string, systemCode?: string) {
    super(message);
    this.code = code;
    this.systemCode = systemCode;
  }
}

const PREFIX_BYTES = 5;

export class GrpcClient {
  readonly #options: GrpcClientOptions;
  #session: ClientHttp2Session | undefined;
  #sessionError: Error | undefined;

  constructor(options: GrpcClientOptions) {
    this.#options = options;
  }

  /** Throws CallFailed. */
  async call<Q, S>(rpc: CallableRpc<Q, S>, request: NoInfer<Init<Q>>, timeoutMs: number): Promise<S> {
    return rpc.response.decode(await this.callBytes(rpc.path, rpc.request.encode(request), timeoutMs));
  }

  /** The same, with encoded messages. */
  async callBytes(path: string, request: Uint8Array, timeoutMs: number): Promise<Buffer> {
    const stream = this.#open().request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      'grpc-timeout': `${Math.max(1, Math.ceil(timeoutMs))}m`,
      'user-agent': 'perdure-cli',
    });
    stream.end(frame(request));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        stream.close(constants.NGHTTP2_CANCEL);
        reject(new CallFailed(DEADLINE_EXCEEDED, `no answer within ${timeoutMs} ms`));
      }, timeoutMs);
    });
    try {
      return await Promise.race([answerOf(stream, () => this.#sessionError), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    const session = this.#session;
    if (session !== undefined) setImmediate(() => session.destroy());
  }

  #open(): ClientHttp2Session {
    if (this.#session !== undefined && !this.#session.destroyed) return this.#session;
    const { address, tls } = this.#options;
    const url = `${tls === undefined ? 'http' : 'https'}://${address}`;
    const session =
      tls === undefined
        ? connect(url)
        : connect(url, { ca: tls.ca, cert: tls.cert, key: tls.key, servername: tls.serverName } as object);
    session.on('error', (error: Error) => (this.#sessionError = error));
    this.#session = session;
    return session;
  }
}

async function answerOf(stream: ClientHttp2Stream, sessionError: () => Error | undefined): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let headers: IncomingHttpHeaders | undefined;
  let trailers: IncomingHttpHeaders | undefined;
  let error: Error | undefined;
  stream.on('response', (received: IncomingHttpHeaders) => (headers = received));
  stream.on('trailers', (received: IncomingHttpHeaders) => (trailers = received));
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('error', (cause: Error) => (error = cause));
  await new Promise<void>((resolve) => stream.on('close', () => resolve()));
  const end = trailers ?? headers;
  const status = end?.['grpc-status'];
  if (status === undefined) throw notAnswered(headers, sessionError() ?? error);
  if (status !== '0') throw new CallFailed(Number(status), decodeMessage(String(end?.['grpc-message'] ?? '')));
  return messageOf(Buffer.concat(chunks));
}

function notAnswered(headers: IncomingHttpHeaders | undefined, error: Error | undefined): CallFailed {
  const httpStatus = headers?.[':status'] as number | undefined;
  if (httpStatus !== undefined && httpStatus !== 200)
    return new CallFailed(UNAVAILABLE, `HTTP status ${httpStatus} instead of a gRPC answer`, 'HTTP');
  const systemCode = error !== undefined && 'code' in error ? String(error.code) : 'CLOSED';
  return new CallFailed(UNAVAILABLE, error?.message ?? 'the connection was closed', systemCode);
}

/** Percent-encoded by the protocol; taken as it is where a peer does not keep to it. */
function decodeMessage(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function frame(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  framed[0] = 0;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, PREFIX_BYTES);
  return framed;
}

/** The first message of a body; a unary answer has no other. */
function messageOf(body: Buffer): Buffer {
  if (body.length < PREFIX_BYTES) throw new CallFailed(UNKNOWN, 'the answer has no message');
  if (body[0] !== 0) throw new CallFailed(UNKNOWN, 'the answer is compressed, which was not asked for');
  return body.subarray(PREFIX_BYTES, PREFIX_BYTES + body.readUInt32BE(1));
}
