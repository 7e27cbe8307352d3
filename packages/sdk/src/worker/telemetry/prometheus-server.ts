/** Serves the metrics of a process under `/metrics`. */
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { ValueError } from '../../conversion/errors.js';
import { prometheusText } from './prometheus-text.js';
import type { PrometheusTextOptions } from './prometheus-text.js';
import type { MetricsRegistry } from './registry.js';

export interface PrometheusEndpoint {
  /** Resolves with the port once it listens; rejects when it cannot. */
  readonly listening: Promise<number>;
  close(): void;
}

/** `bindAddress`: `host:port`; port 0 is any. Does not keep the process alive. Throws ValueError for no address. */
export function servePrometheus(
  registry: MetricsRegistry,
  bindAddress: string,
  options: PrometheusTextOptions,
): PrometheusEndpoint {
  const [, host, port] = /^(?:https?:\/\/)?\[?(.*?)\]?:(\d+)$/.exec(bindAddress) ?? [];
  if (host === undefined || port === undefined) {
    throw new ValueError(`The bindAddress '${bindAddress}' is not of the form host:port, such as '127.0.0.1:9464'`);
  }
  const server = createServer((request, response) => {
    if (request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
    response.end(prometheusText(registry, options));
  });
  server.unref();
  return { listening: listen(server, host, Number(port)), close: () => server.close() };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
