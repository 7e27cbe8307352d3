/** From the flags of `server start-dev` to the options of the server library. */
import type { ServerOptions } from '@perdure/server';
import { UsageError } from '../exit-code.js';
import { nearest } from '../suggest.js';
import type { StartDevFlags } from '../spec.js';

/** A service that was asked for on a port. */
export interface NotServed {
  readonly name: string;
  readonly port: number;
}

export type TlsFiles = NonNullable<ServerOptions['tls']>;

/** IndexedValueType of the API. */
const SEARCH_ATTRIBUTE_TYPES: Readonly<Record<string, number>> = {
  Text: 1,
  Keyword: 2,
  Int: 3,
  Double: 4,
  Bool: 5,
  Datetime: 6,
  KeywordList: 7,
};

/** Throws UsageError. */
export function searchAttributesOf(flags: Pick<StartDevFlags, 'search-attribute'>): ReadonlyMap<string, number> {
  return new Map([...flags['search-attribute']].map(([name, type]) => [name, searchAttributeType(name, type)]));
}

function searchAttributeType(name: string, type: string): number {
  const known = Object.keys(SEARCH_ATTRIBUTE_TYPES);
  const found = known.find((each) => each.toLowerCase() === type.toLowerCase().replaceAll('_', ''));
  if (found !== undefined) return SEARCH_ATTRIBUTE_TYPES[found] ?? 0;
  const meant = nearest(type, known);
  const advice =
    meant === undefined ? `Types: ${known.join(', ')}.` : `Did you mean: --search-attribute ${name}=${meant}`;
  throw new UsageError(`--search-attribute ${name}=${type}: there is no type "${type}".`, advice);
}

/** Throws UsageError. */
export function tlsOf(flags: StartDevFlags): TlsFiles | undefined {
  const { 'tls-cert': certFile, 'tls-key': keyFile, 'tls-client-ca': clientCaFile } = flags;
  if (certFile === undefined && keyFile === undefined) {
    if (clientCaFile === undefined) return undefined;
    throw new UsageError(
      '--tls-client-ca needs --tls-cert and --tls-key.',
      'A server that checks certificates must show its own.',
    );
  }
  if (certFile === undefined || keyFile === undefined)
    throw new UsageError('--tls-cert and --tls-key belong together.', 'Give both, or neither.');
  return clientCaFile === undefined ? { certFile, keyFile } : { certFile, keyFile, clientCaFile };
}

/** What was asked for by its port and does not exist yet. */
export function notServed(flags: StartDevFlags): NotServed[] {
  const { 'http-port': httpPort, 'ui-port': uiPort, headless } = flags;
  return [
    ...(httpPort === undefined ? [] : [{ name: 'HTTP API', port: httpPort }]),
    ...(uiPort === undefined || headless ? [] : [{ name: 'Web UI', port: uiPort }]),
  ];
}
