/** A bare gRPC client for the tests of this folder: it can also do what a well-behaved client never would. */

import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders } from 'node:http2';
import type { SecureClientSessionOptions } from 'node:http2';
import type { Service } from './contract.js';

export interface RawAnswer {
  readonly httpStatus: number;
  readonly status: number;
  readonly message: string;
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly messages: readonly Buffer[];
}

export interface RawCallOptions {
  readonly headers?: Record<string, string>;
  /** What is sent as the body, already framed. */
  readonly body?: Buffer;
}

export function frame(bytes: Uint8Array | string, isCompressed = false): Buffer {
  const content = Buffer.from(bytes as Uint8Array);
  const prefix = Buffer.alloc(5);
  prefix[0] = isCompressed ? 1 : 0;
  prefix.writeUInt32BE(content.length, 1);
  return Buffer.concat([prefix, content]);
}

export function connectTo(port: number, tls?: SecureClientSessionOptions): ClientHttp2Session {
  const session = connect(`${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`, tls);
  session.on('error', () => undefined);
  return session;
}

/** Opens a call without ending its request. */
export function open(
  session: ClientHttp2Session,
  path: string,
  headers: Record<string, string> = {},
): ClientHttp2Stream {
  const stream = session.request(
    { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers', ...headers },
    { endStream: false },
  );
  stream.on('error', () => undefined);
  return stream;
}

export async function call(
  session: ClientHttp2Session,
  path: string,
  options: RawCallOptions = {},
): Promise<RawAnswer> {
  const stream = open(session, path, options.headers);
  stream.end(options.body ?? frame(''));
  return answerOf(stream);
}

export async function answerOf(stream: ClientHttp2Stream): Promise<RawAnswer> {
  let headers: IncomingHttpHeaders = {};
  let trailers: IncomingHttpHeaders | undefined;
  const chunks: Buffer[] = [];
  stream.on('response', (received) => (headers = received));
  stream.on('trailers', (received) => (trailers = received));
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve) => stream.on('close', resolve));
  const end = trailers ?? headers;
  return {
    httpStatus: Number(headers[':status'] ?? 0),
    status: Number(end['grpc-status'] ?? -1),
    message: decodeURIComponent(String(end['grpc-message'] ?? '')),
    headers,
    trailers: trailers ?? {},
    messages: messagesOf(Buffer.concat(chunks)),
  };
}

/** Resolves with the next message of a streaming call. */
export async function nextMessage(stream: ClientHttp2Stream): Promise<Buffer> {
  const [chunk] = (await once(stream, 'data')) as [Buffer];
  return chunk.subarray(5);
}

function messagesOf(bytes: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  for (let offset = 0; offset + 5 <= bytes.length;) {
    const end = offset + 5 + bytes.readUInt32BE(offset + 1);
    messages.push(bytes.subarray(offset + 5, end));
    offset = end;
  }
  return messages;
}

/** A service of the test's own making: one unary method per entry. */
export function serviceOf(methods: Record<string, Service['handler']['unary']>): Service {
  return {
    name: 'test.Service',
    methods: new Map(Object.keys(methods).map((name) => [name, 'unary'])),
    handler: {
      unary: (context, request, reply) => {
        methods[context.method.slice('/test.Service/'.length)]?.(context, request, reply);
      },
    },
  };
}
