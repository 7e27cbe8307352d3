/** Finding an RPC, and the types of its messages. The rows themselves are generated, one table per service. */
import { health, operatorService, testService, workflowService } from './generated/messages.js';
import type { Rpc } from './rpc-row.js';

export type { Rpc } from './rpc-row.js';
export type AnyRpc = Rpc<unknown, unknown>;
export type RequestOf<R> = R extends Rpc<infer Request, infer _> ? Request : never;
export type ResponseOf<R> = R extends Rpc<infer _, infer Response> ? Response : never;

let byPath: Map<string, AnyRpc> | undefined;

/** The RPC with this `:path`; undefined when there is none. */
export function rpcByPath(path: string): AnyRpc | undefined {
  byPath ??= new Map(allRpcs().map((rpc) => [rpc.path, rpc]));
  return byPath.get(path);
}

/** All RPCs of all services. */
export function allRpcs(): AnyRpc[] {
  const services: readonly object[] = [workflowService, operatorService, testService, health];
  return services.flatMap((service) => Object.values(service) as AnyRpc[]);
}
