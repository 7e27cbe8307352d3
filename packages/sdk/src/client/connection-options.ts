/** Where a connection goes and how it behaves. */
import { proxyFor } from './proxy.js';
import type { ChannelOptions, ChannelProxy, ChannelTls } from '@perdure/protocol/channel';
import { durationMs } from '../conversion/duration.js';
import type { Duration } from '../conversion/duration.js';
import { ValueError } from '../conversion/errors.js';
import type { GrpcCallInterceptor } from './call-interceptor.js';
import { configuredConnection } from './plugins.js';
import type { ConnectionPlugin } from './plugins.js';
import { defaultGrpcRetryOptions } from './grpc-retry.js';
import type { GrpcRetryOptions } from './grpc-retry.js';
import { SDK_VERSION } from '../conversion/version.js';

/** Where a server of one's own listens. */
export const LOCAL_TARGET = 'localhost:7233';

/** Headers of calls. Names are lower-case; values of names that end in `-bin` are bytes. */
export type Metadata = Record<string, string | Uint8Array>;

export interface TLSConfig {
  /** Name that the server's certificate must have, if it is not that of `address`. */
  serverNameOverride?: string | undefined;
  /** PEM. Default: the certificates that Node trusts. */
  serverRootCACertificate?: Uint8Array | string | undefined;
  /** PEM, for servers that ask for a certificate (mTLS). */
  clientCertPair?: { crt: Uint8Array | string; key: Uint8Array | string } | undefined;
  /** True: any certificate will do, also one of an impostor. For tests only. Default false. */
  insecureSkipVerification?: boolean | undefined;
}

export interface ConnectionOptions {
  /** `host` or `host:port`. Default `localhost:7233`; the port is 7233, with TLS 443. */
  address?: string | undefined;
  /** True is TLS with Node's certificates. Default: on if there is an `apiKey`, else off. */
  tls?: TLSConfig | boolean | null | undefined;
  /** Sent as `Authorization: Bearer …`. A function is asked for each attempt of each call, so that keys can be renewed. */
  apiKey?: string | (() => string) | undefined;
  /** Sent with every call. */
  metadata?: Metadata | undefined;
  /**
   * HTTP proxy to go through, `http://user:password@host:port`; false: none. Default: that of the environment (`grpc_proxy`,
   * `https_proxy`, `no_grpc_proxy`, `no_proxy`).
   */
  proxy?: string | false | undefined;
  /** Code around every call; the first is the outermost. */
  interceptors?: readonly GrpcCallInterceptor[] | undefined;
  /** Change these options; those that are plugins of clients too reach the clients of this connection. */
  plugins?: readonly ConnectionPlugin[] | undefined;
  /** For `Connection.connect`, and for each attempt to reach the server later. Default 10 s. */
  connectTimeout?: Duration | undefined;
  /** When calls are repeated. Default: `defaultGrpcRetryOptions()`. False: never. */
  retry?: GrpcRetryOptions | false | undefined;
  /** Silence after which the server is asked whether it is there. Default 30 s. */
  keepaliveInterval?: Duration | undefined;
  /** How long it may take to answer that. Default 15 s. */
  keepaliveTimeout?: Duration | undefined;
}

/** Options with the defaults filled in. */
export interface ConnectionOptionsWithDefaults {
  readonly address: string;
  readonly tls: TLSConfig | undefined;
  readonly apiKey: string | (() => string) | undefined;
  readonly metadata: Metadata;
  /** In clear, with its credentials. */
  readonly proxy: ChannelProxy | undefined;
  readonly interceptors: readonly GrpcCallInterceptor[];
  readonly plugins: readonly ConnectionPlugin[];
  readonly connectTimeoutMs: number;
  readonly retry: GrpcRetryOptions | undefined;
  readonly keepaliveIntervalMs: number;
  readonly keepaliveTimeoutMs: number;
}

/** Throws ValueError for options that contradict each other or cannot be. */
export function loadConnectionOptions(given: ConnectionOptions): ConnectionOptionsWithDefaults {
  const options = configuredConnection(given);
  const tls = loadTls(options);
  const metadata = options.metadata ?? {};
  if (options.apiKey !== undefined && Object.keys(metadata).some((name) => name.toLowerCase() === 'authorization')) {
    throw new ValueError('Both `apiKey` and `metadata.authorization` are set: keep one of them');
  }
  const address = withPort(options.address ?? LOCAL_TARGET, tls === undefined ? 7233 : 443);
  return {
    address,
    proxy: proxyFor(address, options.proxy, process.env),
    tls,
    apiKey: options.apiKey,
    metadata,
    interceptors: options.interceptors ?? [],
    plugins: options.plugins ?? [],
    connectTimeoutMs: durationMs(options.connectTimeout ?? 10_000),
    retry: options.retry === false ? undefined : (options.retry ?? defaultGrpcRetryOptions()),
    keepaliveIntervalMs: durationMs(options.keepaliveInterval ?? 30_000),
    keepaliveTimeoutMs: durationMs(options.keepaliveTimeout ?? 15_000),
  };
}

function loadTls({ tls, apiKey }: ConnectionOptions): TLSConfig | undefined {
  if (tls === undefined) return apiKey === undefined ? undefined : {};
  if (tls === null || tls === false) return undefined;
  return tls === true ? {} : tls;
}

/** The address with a port. Throws ValueError for an address with a scheme or a path. */
function withPort(address: string, port: number): string {
  if (/[/\s]/.test(address) || address === '') {
    throw new ValueError(`'${address}' is not an address: write host:port, without a scheme or path`);
  }
  if (/^\[[^\]]+\]$/.test(address) || !/:\d+$/.test(address)) return `${address}:${port}`;
  return address;
}

/** The same for the channel. */
export function channelOptions(options: ConnectionOptionsWithDefaults): ChannelOptions {
  const { address, tls, proxy, connectTimeoutMs, keepaliveIntervalMs, keepaliveTimeoutMs } = options;
  const timing = { connectTimeoutMs, keepaliveIntervalMs, keepaliveTimeoutMs };
  const channel = { address, proxy, userAgent: `perdure/${SDK_VERSION}`, ...timing };
  return tls === undefined ? channel : { ...channel, tls: channelTls(tls) };
}

function channelTls(tls: TLSConfig): ChannelTls {
  const { serverNameOverride, serverRootCACertificate, clientCertPair, insecureSkipVerification = false } = tls;
  return {
    isVerified: !insecureSkipVerification,
    ...(serverNameOverride === undefined ? {} : { serverName: serverNameOverride }),
    ...(serverRootCACertificate === undefined ? {} : { ca: Buffer.from(serverRootCACertificate) }),
    ...(clientCertPair === undefined
      ? {}
      : { cert: Buffer.from(clientCertPair.crt), key: Buffer.from(clientCertPair.key) }),
  };
}
