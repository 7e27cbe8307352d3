/** What `server start-dev` prints before it falls silent. */
import { CLI_VERSION } from '../version.js';
import type { NotServed } from './server-options.js';

export interface BannerFacts {
  /** Address of the gRPC port. */
  readonly address: string;
  readonly dbFilename: string | undefined;
  readonly namespaces: readonly string[];
  readonly metricsUrl: string | undefined;
  /** Undefined: clear text. */
  readonly tls: 'server' | 'mutual' | undefined;
  /** What was asked for and is not served. */
  readonly notServed: readonly NotServed[];
}

const TLS_TEXT = { server: 'on', mutual: 'on, clients must show a certificate' };

export function banner({ address, dbFilename, namespaces, metricsUrl, tls, notServed }: BannerFacts): string {
  const rows: [string, string][] = [
    ['Server', address],
    ['Persistence', dbFilename ?? 'in memory: gone when it stops (keep it with --db-filename FILE)'],
    ['Namespaces', namespaces.join(', ')],
  ];
  if (tls !== undefined) rows.push(['TLS', TLS_TEXT[tls]]);
  if (metricsUrl !== undefined) rows.push(['Metrics', metricsUrl]);
  for (const { name, port } of notServed)
    rows.push([name, `not served yet: nothing listens${port === 0 ? '' : ` on port ${port}`}`]);
  const width = Math.max(...rows.map(([label]) => label.length)) + 2;
  return `Perdure ${CLI_VERSION}\n\n${rows.map(([label, value]) => `  ${label.padEnd(width)}${value}\n`).join('')}\n`;
}
