/** The first bytes of a connection: HTTP/2 goes on, HTTP/1 is told what this port is, all else is closed. */

import type { Socket } from 'node:net';
import { connectionPreface as preface } from '@perdure/protocol/http2';

const body = 'This is a gRPC port: it speaks HTTP/2 only.\n';
const httpAnswer =
  `HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${body.length}\r\n` +
  `connection: close\r\n\r\n${body}`;
/** Time for the client to read the answer: closing at once could reset the connection before. */
const answerLingerMs = 1000;

const tlsHandshakeRecord = 0x16;

export interface PrefaceListener {
  /** The whole preface was read; what came behind it is still to be read from the socket. */
  http2(socket: Socket): void;
  /** The connection was, or is about to be, closed. */
  refused(reason: string): void;
}

/** Reads until it is clear what the client speaks, but no longer than the timeout. */
export function readPreface(socket: Socket, timeoutMs: number, listener: PrefaceListener): void {
  let seen: Buffer = Buffer.alloc(0);
  const timer = setTimeout(() => finish(() => refuse('no HTTP/2 preface in time')), timeoutMs);
  timer.unref();
  socket.on('readable', onReadable);
  socket.on('close', onClose);
  socket.on('error', onError);

  function onReadable(): void {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
    const compared = Math.min(seen.length, preface.length);
    if (seen.compare(preface, 0, compared, 0, compared) !== 0) return finish(() => refuseOther(seen));
    if (compared === preface.length) {
      finish(() => {
        if (seen.length > preface.length) socket.unshift(seen.subarray(preface.length));
        listener.http2(socket);
      });
    }
  }

  function onClose(): void {
    finish(() => listener.refused('closed before its HTTP/2 preface'));
  }

  function onError(): void {
    socket.destroy();
  }

  function finish(next: () => void): void {
    clearTimeout(timer);
    socket.off('readable', onReadable);
    socket.off('close', onClose);
    next();
    socket.off('error', onError);
  }

  function refuseOther(bytes: Buffer): void {
    if (bytes[0] === tlsHandshakeRecord) return refuse('a TLS client on a port in clear text');
    if (!/^[A-Z]{1,16} /.test(bytes.toString('latin1', 0, 17))) return refuse('not HTTP/2');
    socket.on('error', () => socket.destroy());
    socket.resume();
    socket.end(httpAnswer);
    setTimeout(() => socket.destroy(), answerLingerMs).unref();
    listener.refused('HTTP/1');
  }

  function refuse(reason: string): void {
    socket.on('error', () => undefined);
    socket.destroy();
    listener.refused(reason);
  }
}
