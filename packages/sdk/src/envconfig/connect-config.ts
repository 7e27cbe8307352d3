/** From a profile to the options of a connection. */
import type { ConnectionOptions, TLSConfig } from '../client/connection-options.js';
import { ValueError } from '../conversion/errors.js';
import { readSource } from './config-file.js';
import type { ClientConfigProfile, ClientConfigTLS } from './profile.js';

export interface ClientConnectConfig {
  /** For `Connection.connect`. */
  connectionOptions: ConnectionOptions;
  /** For `new Client` and `Worker.create`. Undefined when nothing says it: they take `default`. */
  namespace?: string | undefined;
}

/** Reads certificates from their files. Throws ValueError when one cannot be read. */
export function toClientOptions(profile: ClientConfigProfile): ClientConnectConfig {
  const { address, namespace, apiKey, grpcMeta } = profile;
  const tls = toTLSConfig(profile.tls) ?? (apiKey === undefined ? undefined : true);
  return { namespace, connectionOptions: { address, apiKey, tls, metadata: grpcMeta } };
}

/** False when it is disabled, undefined when nothing is said. Throws ValueError for a certificate without its key. */
export function toTLSConfig(config?: ClientConfigTLS): TLSConfig | boolean | undefined {
  if (config === undefined) return undefined;
  if (config.disabled === true) return false;
  const crt = readSource("client's certificate", config.clientCert);
  const key = readSource("client's key", config.clientKey);
  if ((crt === undefined) !== (key === undefined)) {
    throw new ValueError(`A client's ${crt ? 'certificate' : 'key'} is set without its ${crt ? 'key' : 'certificate'}`);
  }
  return {
    serverNameOverride: config.serverName,
    serverRootCACertificate: readSource("server's root certificate", config.serverCACert),
    clientCertPair: crt && key ? { crt, key } : undefined,
    ...(config.disableHostVerification === true ? { insecureSkipVerification: true } : {}),
  };
}
