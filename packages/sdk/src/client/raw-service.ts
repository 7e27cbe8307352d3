/** The services of the wire as objects: one method per RPC. */
import { health, operatorService, testService, workflowService } from '@perdure/protocol';
import type { AnyRpc, Init, Rpc } from '@perdure/protocol';

/** Sends one request. Rejects with GrpcServiceError. */
export type RawCall = <Request, Response>(rpc: Rpc<Request, Response>, request: Init<Request>) => Promise<Response>;

/**
 * `startWorkflowExecution(request)` for the RPC StartWorkflowExecution, and so on. Messages are as `@perdure/protocol` has them:
 * times and durations in milliseconds, maps are `Map`, and Payload, Failure, Memo and the like are encoded bytes.
 */
type ServiceOf<Rpcs> = {
  readonly [
    K in keyof Rpcs as Rpcs[K] extends Rpc<infer _, infer __> ? Uncapitalize<K & string> : never
  ]: Rpcs[K] extends Rpc<infer Request, infer Response> ? (request: Init<Request>) => Promise<Response> : never;
};

export type WorkflowService = ServiceOf<typeof workflowService>;
export type OperatorService = ServiceOf<typeof operatorService>;
export type TestService = ServiceOf<typeof testService>;
export type HealthService = Pick<ServiceOf<typeof health>, 'check'>;

export interface RawServices {
  readonly workflowService: WorkflowService;
  readonly operatorService: OperatorService;
  readonly testService: TestService;
  readonly healthService: HealthService;
}

export function rawServices(call: RawCall): RawServices {
  return {
    workflowService: serviceOf(workflowService, call),
    operatorService: serviceOf(operatorService, call),
    testService: serviceOf(testService, call),
    healthService: serviceOf({ Check: health.Check }, call),
  };
}

function serviceOf<Rpcs extends object>(rpcs: Rpcs, call: RawCall): ServiceOf<Rpcs> {
  const methods = Object.entries(rpcs as Record<string, AnyRpc>).map(([name, rpc]) => [
    name.charAt(0).toLowerCase() + name.slice(1),
    (request: Init<unknown>) => call(rpc, request),
  ]);
  return Object.fromEntries(methods) as ServiceOf<Rpcs>;
}
