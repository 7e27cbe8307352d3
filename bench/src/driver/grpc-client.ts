/**
 * The thinnest gRPC client that behaves: unary calls over one HTTP/2 connection. A driver must cost far less than the
 * server it drives, so there are no interceptors or retries here; a call fails with CallFailed or resolves.
 */
import { connect, constants } from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import type { Init, Rpc } from '@perdure/protocol';

const { HTTP2_HEADER_METHOD, HTTP2_HEADER_PATH, HTTP2_HEADER_CONTENT_TYPE, HTTP2_HEADER_TE } = constants;
const PREFIX_BYTES = 5;
const TIMEOUT = '30S';
const LONG_POLL_TIMEOUT = '70S';
const WINDOW_BYTES = 8 * 1024 * 1024;

export class CallFailed extends Error {
  /** gRPC status number; 14 when the connection was lost. */
  readonly code: number;

  constructor(method: string, code: number, message: string) {
    super(`${method} failed with status ${code}: ${message}`);
    this.code = code;
  }
}

export class GrpcClient {
  readonly #session: ClientHttp2Session;

  /** `address` is HOST:PORT, in clear text. */
  constructor(address: string) {
    this.#session = connect(`http://${address}`, { settings: { initialWindowSize: WINDOW_BYTES, enablePush: false } });
    // What goes wrong with the connection is said by every call on it.
    this.#session.on('error', () => undefined);
    this.#session.setMaxListeners(0);
  }

  call<Request, Response>(rpc: Rpc<Request, Response>, request: Init<Request>): Promise<Response> {
    return new Promise((resolve, reject) => {
      const stream = this.#session.request({
        [HTTP2_HEADER_METHOD]: 'POST',
        [HTTP2_HEADER_PATH]: rpc.path,
        [HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
        [HTTP2_HEADER_TE]: 'trailers',
        // Official SDKs send one with every call, and the reference takes no long poll without.
        'grpc-timeout': rpc.isLongPoll ? LONG_POLL_TIMEOUT : TIMEOUT,
      });
      receive(stream, (code, message, bytes) => {
        if (code === 0) resolve(rpc.response.decode(bytes));
        else reject(new CallFailed(rpc.method, code, message));
      });
      stream.end(framed(rpc.request.encode(request)));
    });
  }

  close(): void {
    this.#session.destroy();
  }
}

function framed(bytes: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + bytes.length);
  frame[0] = 0;
  frame.writeUInt32BE(bytes.length, 1);
  frame.set(bytes, PREFIX_BYTES);
  return frame;
}

function receive(stream: ClientHttp2Stream, done: (code: number, message: string, bytes: Uint8Array) => void): void {
  let status: string | undefined;
  let message = '';
  const chunks: Buffer[] = [];
  const note = (headers: Record<string, unknown>): void => {
    if (typeof headers['grpc-status'] === 'string') status = headers['grpc-status'];
    if (typeof headers['grpc-message'] === 'string') message = headers['grpc-message'];
  };
  stream.on('response', note);
  stream.on('trailers', note);
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('error', (error) => (message = error.message));
  stream.on('close', () => {
    const all = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
    done(status === undefined ? 14 : Number(status), message, all.subarray(PREFIX_BYTES));
  });
}
