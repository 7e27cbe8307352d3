/** An HTTP port that answers `GET /metrics`, and nothing else, with a text that is made at that moment. */
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface MetricsEndpoint {
  readonly url: string;
  close(): void;
}

/** Rejects with what Node says of the port (EADDRINUSE). */
export async function openMetricsEndpoint(
  address: { host: string; port: number },
  text: () => string,
): Promise<MetricsEndpoint> {
  const server: Server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (path !== '/metrics')
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Metrics are at /metrics.\n');
    else if (request.method !== 'GET' && request.method !== 'HEAD')
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
    else response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return {
    url: `http://${host}:${port}/metrics`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
