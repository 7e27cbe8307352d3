/** A whole server inside this process, with a connection to it. */
import { fileURLToPath } from 'node:url';
import { constants, Script } from 'node:vm';
import { IndexedValueType } from '@perdure/protocol';
import type { Server, VirtualClock } from '@perdure/server';
import { Connection } from '../client/connection.js';
import { IllegalStateError } from '../conversion/errors.js';
import type { SearchAttributeType } from '../conversion/search-attributes.js';
import { InProcessChannel } from './in-process-channel.js';
import type { DevServerConfig, TimeSkippingServerConfig } from './options.js';

export interface InProcessServer {
  readonly connection: Connection;
  /** `host:port`; without a port, a text that says so. */
  readonly address: string;
  /** Of a server that skips time. */
  readonly clock: VirtualClock | undefined;
  close(): Promise<void>;
}

export type InProcessConfig = DevServerConfig & TimeSkippingServerConfig & { readonly skipsTime: boolean };

/** Rejects with IllegalStateError when the server is not installed, and with what it says when it cannot start. */
export async function startInProcess(config: InProcessConfig): Promise<InProcessServer> {
  const { createServer, streamLog, VirtualClock } = await loadServer();
  const { port, ip, namespace, searchAttributes = [], log, dbFilename, skipsTime, startTime } = config;
  const clock = skipsTime ? new VirtualClock(startTime === undefined ? {} : { startMs: Number(startTime) }) : undefined;
  const server = await createServer({
    ...(clock === undefined ? {} : { clock }),
    ...(dbFilename === undefined ? {} : { dbFilename }),
    ...(port === undefined || port === null ? {} : { port }),
    ...(ip === undefined ? {} : { host: ip }),
    ...(namespace === undefined ? {} : { namespaces: [namespace] }),
    searchAttributes: new Map(searchAttributes.map(({ name, type }) => [name, typeNumbers[type]])),
    log: streamLog({
      level: log?.level ?? 'warn',
      format: log?.format ?? 'pretty',
      write: (line) => process.stderr.write(line),
      nowMs: () => Date.now(),
    }),
  });
  return { connection: connectionTo(server), address: addressOf(server), clock, close: () => server.close(0) };
}

/** Calls of the connection are not repeated: nothing is lost on the way. */
function connectionTo(server: Server): Connection {
  return Connection.over(new InProcessChannel(server.transport), { address: addressOf(server), retry: false });
}

function addressOf({ address }: Server): string {
  return address === undefined ? IN_THIS_PROCESS : `${address.host}:${address.port}`;
}

const IN_THIS_PROCESS = 'in-process:0';

const typeNumbers: Readonly<Record<SearchAttributeType, number>> = {
  TEXT: IndexedValueType.TEXT,
  KEYWORD: IndexedValueType.KEYWORD,
  INT: IndexedValueType.INT,
  DOUBLE: IndexedValueType.DOUBLE,
  BOOL: IndexedValueType.BOOL,
  DATETIME: IndexedValueType.DATETIME,
  KEYWORD_LIST: IndexedValueType.KEYWORD_LIST,
};

type ServerModule = typeof import('@perdure/server');

async function loadServer(): Promise<ServerModule> {
  try {
    return await import('@perdure/server').catch(importAroundContext);
  } catch (error) {
    if (codeOf(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new IllegalStateError(
      'Test environments run the server in this process, and @perdure/server is not installed: npm install --save-dev @perdure/server',
      { cause: error },
    );
  }
}

/**
 * Code in a context of `node:vm` may be unable to import (jest has such contexts); the process itself is able. The server is
 * then one for all contexts, loaded once.
 */
async function importAroundContext(failed: unknown): Promise<ServerModule> {
  if (codeOf(failed) === 'ERR_MODULE_NOT_FOUND') throw failed;
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  const script = new Script('(name) => import(name)', {
    filename: fileURLToPath(import.meta.url),
    importModuleDynamically,
  });
  const importName = script.runInThisContext() as (name: string) => Promise<ServerModule>;
  return importName('@perdure/server');
}

/** Errors of another context are no instances of this one's Error. */
function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
