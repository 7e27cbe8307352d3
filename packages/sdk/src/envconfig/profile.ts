/** What a profile says. */

/** Something in a file, or the content itself. */
export type ConfigDataSource = { path: string } | { data: string | Uint8Array };

export interface ClientConfigTLS {
  /** True: no TLS, whatever else is said. */
  disabled?: boolean | undefined;
  /** Name that the server's certificate must have. */
  serverName?: string | undefined;
  /** PEM, for servers that ask for a certificate. */
  clientCert?: ConfigDataSource | undefined;
  clientKey?: ConfigDataSource | undefined;
  /** PEM. Default: the certificates that Node trusts. */
  serverCACert?: ConfigDataSource | undefined;
  /** True: any certificate will do. For tests only. */
  disableHostVerification?: boolean | undefined;
}

/** A codec server; tools use it, clients and workers do not. */
export interface ClientConfigCodec {
  endpoint?: string | undefined;
  auth?: string | undefined;
}

export interface ClientConfigProfile {
  /** `host:port` */
  address?: string | undefined;
  namespace?: string | undefined;
  /** With a key, TLS is on unless it is disabled. */
  apiKey?: string | undefined;
  tls?: ClientConfigTLS | undefined;
  codec?: ClientConfigCodec | undefined;
  /** Headers of calls; names in lower case, with hyphens. */
  grpcMeta?: Record<string, string> | undefined;
}

/** A file: profiles by name. */
export interface ClientConfig {
  profiles: Record<string, ClientConfigProfile>;
}

/** The object without the properties that are undefined. */
export function withoutUndefined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}

/** How header names are written: variables and files cannot have hyphens everywhere. */
export function headerName(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}
