/** What test environments take. The names are those of the official SDK, so that code written for it goes on. */
import type { ClientOptions } from '../client/client.js';
import type { ConnectionOptions } from '../client/connection-options.js';
import type { SearchAttributeKey, SearchAttributeType } from '../conversion/search-attributes.js';

/** Options of the client of an environment. Its connection and namespace are those of the environment. */
export type ClientOptionsForTestEnv = Omit<ClientOptions, 'connection' | 'namespace'>;

/** Of the server inside this process. */
interface InProcessServerConfig {
  /** Opens a gRPC port for other processes; 0 takes a free one. Default: none, and everything stays in this process. */
  port?: number | null | undefined;
  /** Default `127.0.0.1`. */
  ip?: string | undefined;
  /** Namespace of the environment; exists from the start. Default `default`. */
  namespace?: string | undefined;
  /** Exist in the namespace from the start. */
  searchAttributes?: readonly SearchAttributeKey<SearchAttributeType>[] | undefined;
  /** What the server has to say, on stderr. Default: warnings and errors. */
  log?:
    | { format?: 'pretty' | 'json' | undefined; level?: 'debug' | 'info' | 'warn' | 'error' | 'never' | undefined }
    | undefined;
}

export interface DevServerConfig extends InProcessServerConfig {
  /** SQLite file that keeps everything. Default: in memory, gone with the environment. */
  dbFilename?: string | undefined;
}

export interface TimeSkippingServerConfig extends InProcessServerConfig {
  /** What time it is at first. Default: the real time. */
  startTime?: Date | number | undefined;
}

export interface LocalTestWorkflowEnvironmentOptions {
  server?: DevServerConfig | undefined;
  client?: ClientOptionsForTestEnv | undefined;
}

export interface TimeSkippingTestWorkflowEnvironmentOptions {
  server?: TimeSkippingServerConfig | undefined;
  client?: ClientOptionsForTestEnv | undefined;
}

export type ExistingServerConnectionOptions = Pick<ConnectionOptions, 'apiKey' | 'metadata' | 'tls'>;

export interface ExistingServerTestWorkflowEnvironmentOptions {
  /** Default `localhost:7233`. */
  address?: string | undefined;
  /** Default `default`. */
  namespace?: string | undefined;
  connectionOptions?: ExistingServerConnectionOptions | undefined;
  client?: ClientOptionsForTestEnv | undefined;
}
