/** What all clients take. */
import { hostname } from 'node:os';
import type { DataConverter } from '../conversion/data-converter.js';
import { QueryRejectCondition } from '../conversion/workflow-options.js';
import { Connection } from './connection.js';
import type { ConnectionLike } from './connection.js';
import type { ClientContext } from './context.js';
import type { WorkflowClientInterceptor } from './interceptors.js';
import { loadDataConverter } from './load-data-converter.js';

export interface CommonClientOptions {
  /** Default: to a server on this machine, opened by the first call. */
  connection?: ConnectionLike | undefined;
  /** Default `default`. */
  namespace?: string | undefined;
  /** Who asks, for histories. Default `pid@host`. */
  identity?: string | undefined;
  /** Must be that of the workers. Default: `defaultDataConverter`. */
  dataConverter?: DataConverter | undefined;
}

interface MoreOptions extends CommonClientOptions {
  readonly interceptors?: readonly WorkflowClientInterceptor[] | undefined;
  readonly queryRejectCondition?: QueryRejectCondition | undefined;
}

/** Options with the defaults filled in. Throws ValueError when a converter cannot be loaded. */
export function loadContext(options: MoreOptions): ClientContext {
  return {
    connection: options.connection ?? Connection.lazy(),
    namespace: options.namespace ?? 'default',
    identity: options.identity ?? `${process.pid}@${hostname()}`,
    dataConverter: loadDataConverter(options.dataConverter),
    interceptors: options.interceptors ?? [],
    queryRejectCondition: options.queryRejectCondition ?? QueryRejectCondition.NONE,
  };
}
