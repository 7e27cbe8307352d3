/** Which client versions are served. Clients that are not in the table are not checked. */
import { invalidArgument, reject } from '../core/rejection.js';
import type { Caller } from './contract.js';
import type { Problem } from './validate.js';

/** `client-name` → range of versions. Every range here has one upper bound. */
export const SUPPORTED_CLIENTS = {
  'temporal-cli': '<2.0.0',
  'temporal-go': '<2.0.0',
  'temporal-java': '<2.0.0',
  'temporal-php': '<2.0.0',
  'temporal-server': '<2.0.0',
  'temporal-typescript': '<2.0.0',
  'temporal-ui': '<3.0.0',
  'Nexus-go-sdk': '<2.0.0',
} as const satisfies Record<string, `<${number}.0.0`>;

export function checkClientVersion({ clientName, clientVersion }: Caller): Problem {
  if (clientName === '' || clientVersion === '' || !isListed(clientName)) return undefined;
  const supported = SUPPORTED_CLIENTS[clientName];
  const major = /^v?(\d+)(?:[.+-]|$)/.exec(clientVersion)?.[1];
  if (major === undefined) return invalidArgument(`Unable to parse client version: ${clientVersion}`);
  if (Number(major) < Number.parseInt(supported.slice(1), 10)) return undefined;
  return reject(
    'CLIENT_VERSION_NOT_SUPPORTED',
    `Client version ${clientVersion} is not supported. Server supports ${clientName} versions: ${supported}`,
    { kind: 'clientVersion', clientVersion, clientName, supported },
  );
}

function isListed(clientName: string): clientName is keyof typeof SUPPORTED_CLIENTS {
  return Object.hasOwn(SUPPORTED_CLIENTS, clientName);
}
