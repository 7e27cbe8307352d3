/**
 * Request bytes → answer, error, or a question to the engine. The order of checks is the field's: decoding, then what
 * pipeline.ts does, then the handler's own.
 */
import {
  MalformedMessageError,
  internal,
  operatorService,
  unimplemented as unimplementedError,
  workflowService,
} from '@perdure/protocol';
import type { Init, Rpc, RpcError } from '@perdure/protocol';
import { isRejection } from '../core/rejection.js';
import type { Rejection } from '../core/rejection.js';
import type { EngineReply, EngineRequest } from '../engine/messages.js';
import type { ApiContext, Plan } from './contract.js';
import { toRpcError } from './errors.js';
import { makePlan } from './pipeline.js';
import type { Row } from './row.js';
import { OPERATOR_SERVICE, WORKFLOW_SERVICE } from './table.js';

export type Finished =
  { readonly kind: 'answer'; readonly bytes: Uint8Array } | { readonly kind: 'error'; readonly error: RpcError };

export type Dispatched =
  | Finished
  /** Ask the engine, then call `finish` with its reply. */
  | { readonly kind: 'ask'; readonly request: EngineRequest; readonly finish: (reply: EngineReply) => Finished };

/** `path` is `/service/method`. Never throws for what a client sent. */
export function dispatch(path: string, bytes: Uint8Array, context: ApiContext): Dispatched {
  const serve = servers().get(path);
  return serve === undefined ? { kind: 'error', error: unknownMethod(path) } : serve(bytes, context);
}

/** Clients tell a missing method by this text. */
function unknownMethod(path: string): RpcError {
  const [, service = '', method = ''] = path.split('/');
  const isKnown = SERVICES.some(([, rpcs]) => Object.values(rpcs).some((rpc) => rpc.service === service));
  return unimplementedError(isKnown ? `unknown method ${method} for service ${service}` : `unknown service ${service}`);
}

type Serve = (bytes: Uint8Array, context: ApiContext) => Dispatched;
type AnyRow = Row<unknown, unknown>;

// Rows and RPCs of one name belong together by the types of table.ts; walking over both loses that.
const SERVICES = [
  [WORKFLOW_SERVICE, workflowService],
  [OPERATOR_SERVICE, operatorService],
] as unknown as readonly (readonly [
  Readonly<Record<string, AnyRow>>,
  Readonly<Record<string, Rpc<unknown, unknown>>>,
])[];

let served: ReadonlyMap<string, Serve> | undefined;

function servers(): ReadonlyMap<string, Serve> {
  served ??= new Map(
    SERVICES.flatMap(([rows, rpcs]) =>
      Object.entries(rpcs).flatMap(([method, rpc]): [string, Serve][] => {
        const row = rows[method];
        return row === undefined ? [] : [[rpc.path, (bytes, context) => serve(rpc, row, bytes, context)]];
      }),
    ),
  );
  return served;
}

function serve<Request, Response>(
  rpc: Rpc<Request, Response>,
  row: Row<Request, Response>,
  bytes: Uint8Array,
  context: ApiContext,
): Dispatched {
  if (row.scope === 'unimplemented') return { kind: 'error', error: unknownMethod(rpc.path) };
  try {
    const plan = makePlan(rpc, row, rpc.request.decodeUntrusted(bytes), context);
    if (plan.kind !== 'ask') return finished(rpc, plan);
    return { kind: 'ask', request: plan.request, finish: (reply) => finishAsked(rpc, plan.respond, reply) };
  } catch (error) {
    // Also of a message inside: many fields are decoded only when somebody looks into them.
    if (error instanceof MalformedMessageError) return { kind: 'error', error: malformed(error) };
    throw error;
  }
}

function malformed({ message }: MalformedMessageError): RpcError {
  const reason = message.includes('UTF-8')
    ? 'string field contains invalid UTF-8'
    : 'proto: cannot parse invalid wire-format data';
  return internal(`grpc: error unmarshalling request: ${reason}`);
}

function finishAsked<Request, Response>(
  rpc: Rpc<Request, Response>,
  respond: (answer: object) => Init<Response> | Rejection,
  reply: EngineReply,
): Finished {
  if (!reply.ok) return { kind: 'error', error: toRpcError(reply.rejection) };
  const response = respond(reply.response);
  return finished(rpc, isRefused(response) ? response : { kind: 'answer', response });
}

function isRefused(response: unknown): response is Rejection {
  return typeof response === 'object' && response !== null && isRejection(response);
}

function finished<Request, Response>(
  rpc: Rpc<Request, Response>,
  plan: Exclude<Plan<Response>, { readonly kind: 'ask' }>,
): Finished {
  if (plan.kind === 'rejection') return { kind: 'error', error: toRpcError(plan) };
  return { kind: 'answer', bytes: rpc.response.encodePassing(plan.response) };
}
