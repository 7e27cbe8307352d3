/** The way to the server: directly or through an HTTP proxy, in clear or with TLS. */

import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { LoadedChannelOptions } from './channel.js';

export interface SocketListener {
  /** Bytes can flow. */
  ready(socket: Socket): void;
  /** There will be no socket. */
  failed(error: Error): void;
}

/** Opens a socket; answers how to give it up before it is ready. The listener hears exactly one thing, later. */
export function openSocket(options: LoadedChannelOptions, listener: SocketListener): () => void {
  const { target, proxy } = options;
  const first = connectTcp({ ...(proxy ?? target), noDelay: true });
  let current = first;
  const failed = (error: Error): void => listener.failed(error);
  const closed = (): void => failed(new Error('the connection was closed before it was made'));
  const listen = (socket: Socket): void => void socket.once('error', failed).once('close', closed);
  const ready = (): void => {
    current.off('error', failed).off('close', closed);
    listener.ready(current);
    // Reading was stopped where one reader took over from another.
    current.resume();
  };
  const secure = (): void => {
    if (options.tls === undefined) return ready();
    current.off('error', failed).off('close', closed);
    current = tlsSocket(options, first).once('secureConnect', ready);
    listen(current);
  };
  listen(first);
  first.once('connect', () => (proxy === undefined ? secure() : askProxy(options, first, secure, failed)));
  return () => {
    current.destroy();
    first.destroy();
  };
}

function tlsSocket({ target: { host }, tls = {} }: LoadedChannelOptions, socket: Socket): Socket {
  const serverName = tls.serverName ?? (isIP(host) === 0 ? host : undefined);
  const { ca, cert, key, isVerified = true } = tls;
  const files = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  const name = serverName === undefined ? { host } : { host, servername: serverName };
  return connectTls({ socket, ALPNProtocols: ['h2'], rejectUnauthorized: isVerified, ...files, ...name });
}

/** The head of an answer is short; a proxy that sends more is none. */
const headBytesMax = 16 * 1024;

/** HTTP CONNECT: after its answer the socket leads to the target. */
function askProxy(
  { target, proxy }: LoadedChannelOptions,
  socket: Socket,
  done: () => void,
  failed: (error: Error) => void,
): void {
  const host = isIP(target.host) === 6 ? `[${target.host}]` : target.host;
  const authority = `${host}:${target.port}`;
  const authorization = proxy?.authorization === undefined ? '' : `Proxy-Authorization: ${proxy.authorization}\r\n`;
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${authorization}\r\n`);
  let head = Buffer.alloc(0);
  const read = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0 && head.length <= headBytesMax) return;
    socket.off('data', read).pause();
    const [statusLine = ''] = head.toString('latin1', 0, Math.max(0, end)).split('\r\n');
    if (!/^HTTP\/1\.[01] 2\d\d/.test(statusLine)) {
      const text = `the proxy ${proxy?.host}:${proxy?.port} refused to connect to ${authority}: ${statusLine || 'it is no HTTP proxy'}`;
      socket.destroy();
      return failed(Object.assign(new Error(text), { code: 'PROXY' }));
    }
    // The server may have spoken already.
    const rest = head.subarray(end + 4);
    if (rest.length > 0) socket.unshift(rest);
    done();
  };
  socket.on('data', read);
}
