/** The headers of one attempt of a call. */
import { ValueError } from '../conversion/errors.js';
import type { Metadata } from './connection-options.js';
import { SDK_NAME, SDK_VERSION } from '../conversion/version.js';

const always: Metadata = { 'client-name': SDK_NAME, 'client-version': SDK_VERSION };

/** Those of the call go before those of the connection. Throws ValueError for bytes under a name that is not for bytes. */
export function callMetadata(
  ofConnection: Metadata,
  ofCall: Metadata | undefined,
  apiKey: string | (() => string) | undefined,
  namespace: unknown,
): (readonly [name: string, value: string])[] {
  const all: Metadata = { ...always };
  if (typeof namespace === 'string' && namespace !== '') all['temporal-namespace'] = namespace;
  if (apiKey !== undefined) all.authorization = `Bearer ${typeof apiKey === 'function' ? apiKey() : apiKey}`;
  for (const [name, value] of [...Object.entries(ofConnection), ...Object.entries(ofCall ?? {})]) {
    all[name.toLowerCase()] = value;
  }
  return Object.entries(all).map(([name, value]) => [name, headerValue(name, value)]);
}

function headerValue(name: string, value: string | Uint8Array): string {
  if (name.endsWith('-bin')) return Buffer.from(value).toString('base64');
  if (typeof value === 'string') return value;
  throw new ValueError(`the header '${name}' is given as bytes: only names that end in -bin can carry them`);
}
