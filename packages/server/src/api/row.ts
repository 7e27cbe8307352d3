/** One line of the table of RPCs: how a request finds its namespace, and who handles it. */
import { TaskTokenKind } from '@perdure/protocol';
import type { NamespaceState } from '@perdure/protocol';
import { NOT_DELETED } from './admit.js';
import type { Handler, NamespaceHandler, TokenHandler } from './contract.js';

export type Row<Request, Response> =
  /** About the whole cluster, or finds its namespace itself. */
  | {
      readonly scope: 'cluster';
      /** The namespace the request is about, for the question of permission; empty = none. */
      readonly namespaceOf: (request: Request) => string;
      readonly handle: Handler<Request, Response>;
    }
  | {
      readonly scope: 'namespace';
      readonly namespaceOf: (request: Request) => string;
      readonly states: readonly NamespaceState[];
      readonly handle: NamespaceHandler<Request, Response>;
    }
  /** Named by a task token; the namespace may be left out. */
  | {
      readonly scope: 'token';
      readonly namespaceOf: (request: Request) => string;
      readonly tokenOf: (request: Request) => Uint8Array;
      readonly kind: ServedTaskKind;
      readonly handle: TokenHandler<Request, Response>;
    }
  | UnimplementedRow;

/** Exists in the API, is not built yet: answered UNIMPLEMENTED in the words of a server that never heard of it. */
export interface UnimplementedRow {
  readonly scope: 'unimplemented';
}

/** Tasks that workers answer. */
export type ServedTaskKind = Exclude<TaskTokenKind, typeof TaskTokenKind.NEXUS>;

type Named = { readonly namespace: string };

export function cluster<Request, Response>(handle: Handler<Request, Response>): Row<Request, Response> {
  return { scope: 'cluster', namespaceOf: () => '', handle };
}

/** For RPCs whose own checks come before those of their namespace, or that make it. */
export function aboutNamespace<Request extends Named, Response>(
  handle: Handler<Request, Response>,
): Row<Request, Response> {
  return { scope: 'cluster', namespaceOf: (request) => request.namespace, handle };
}

export function inNamespace<Request extends Named, Response>(
  handle: NamespaceHandler<Request, Response>,
  states: readonly NamespaceState[] = NOT_DELETED,
): Row<Request, Response> {
  return { scope: 'namespace', namespaceOf: (request) => request.namespace, states, handle };
}

type WithToken = Named & { readonly taskToken: Uint8Array };

function byToken<Request extends WithToken, Response>(
  kind: ServedTaskKind,
  handle: TokenHandler<Request, Response>,
): Row<Request, Response> {
  return {
    scope: 'token',
    namespaceOf: (request) => request.namespace,
    tokenOf: (request) => request.taskToken,
    kind,
    handle,
  };
}

export const forWorkflowTask = <Request extends WithToken, Response>(
  handle: TokenHandler<Request, Response>,
): Row<Request, Response> => byToken(TaskTokenKind.WORKFLOW, handle);
export const forActivity = <Request extends WithToken, Response>(
  handle: TokenHandler<Request, Response>,
): Row<Request, Response> => byToken(TaskTokenKind.ACTIVITY, handle);
export const forQuery = <Request extends WithToken, Response>(
  handle: TokenHandler<Request, Response>,
): Row<Request, Response> => byToken(TaskTokenKind.QUERY, handle);

/** Rows for names that are not built yet. */
export function unimplemented<Name extends string>(names: readonly Name[]): Readonly<Record<Name, UnimplementedRow>> {
  return Object.fromEntries(names.map((name) => [name, { scope: 'unimplemented' }])) as Record<Name, UnimplementedRow>;
}
