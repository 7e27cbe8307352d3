/** The port of a server that speaks TLS. Loaded for those that do: Node's TLS takes a moment that a start in clear text saves. */

import type { Socket } from 'node:net';
import { createServer, type Server } from 'node:tls';
import type { TransportLog } from './contract.js';
import { readTlsFiles, TlsWatcher } from './tls.js';
import type { TlsFiles } from './tls-files.js';

export interface TlsListener {
  readonly listener: Server;
  /** Puts renewed certificates into use; to be closed with the listener. */
  readonly watcher: TlsWatcher;
}

/** Throws TlsFilesError. */
export async function createTlsListener(
  files: TlsFiles,
  handshakeTimeoutMs: number,
  log: TransportLog,
  accept: (socket: Socket) => void,
): Promise<TlsListener> {
  const material = await readTlsFiles(files);
  const listener = createServer(
    {
      ...material,
      ALPNProtocols: ['h2'],
      minVersion: 'TLSv1.2',
      handshakeTimeout: handshakeTimeoutMs,
      requestCert: files.clientCaFile !== undefined,
      rejectUnauthorized: files.clientCaFile !== undefined,
    },
    accept,
  );
  listener.on('tlsClientError', (error, socket) => {
    log('debug', 'a TLS handshake failed', { peer: socket.remoteAddress, error });
    socket.destroy();
  });
  const watcher = new TlsWatcher(files, material, log, (renewed) => listener.setSecureContext(renewed));
  return { listener, watcher };
}
