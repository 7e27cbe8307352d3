/** The way of a decoded request: the namespace's name or the task token, permission, the namespace, the client, the fields. */
import { TaskTokenKind } from '@perdure/protocol';
import type { Rpc, TaskToken } from '@perdure/protocol';
import {
  activityTaskNotFound,
  invalidArgument,
  isRejection,
  queryTaskNotFound,
  workflowTaskNotFound,
} from '../core/rejection.js';
import type { Rejection } from '../core/rejection.js';
import type { NamespaceRecord } from '../engine/messages.js';
import { NOT_DELETED, checkNamespaceName, findNamespace, namespaceNotFound } from './admit.js';
import { authorize } from './authorize.js';
import { checkClientVersion } from './client-version.js';
import type { ApiContext, Plan } from './contract.js';
import type { Row, ServedTaskKind } from './row.js';
import { readTaskToken } from './validate.js';

export type ServedRow<Request, Response> = Exclude<Row<Request, Response>, { readonly scope: 'unimplemented' }>;

export function makePlan<Request, Response>(
  rpc: Rpc<Request, Response>,
  row: ServedRow<Request, Response>,
  request: Request,
  context: ApiContext,
): Plan<Response> {
  switch (row.scope) {
    case 'cluster': {
      const refusal = allowed(rpc.path, row.namespaceOf(request), context) ?? checkClientVersion(context.caller);
      return refusal ?? row.handle(request, context);
    }
    case 'namespace': {
      const name = row.namespaceOf(request);
      const refusal = checkNamespaceName(name, context, 'Namespace is empty.') ?? allowed(rpc.path, name, context);
      const namespace = refusal ?? findNamespace(name, context, row.states);
      if (isRejection(namespace)) return namespace;
      return checkClientVersion(context.caller) ?? row.handle(request, context, namespace);
    }
    case 'token': {
      const task = findTask(rpc.path, row.namespaceOf(request), row.tokenOf(request), context);
      if (isRejection(task)) return task;
      // The token of another kind of task names no task of this one.
      if (task.token.kind !== row.kind) return NO_SUCH_TASK[row.kind]();
      return checkClientVersion(context.caller) ?? row.handle(request, context, task.namespace, task.token);
    }
  }
}

function allowed(path: string, namespace: string, context: ApiContext): Rejection | undefined {
  return authorize(context.caller, { path, namespace });
}

const NO_SUCH_TASK: Readonly<Record<ServedTaskKind, () => Rejection>> = {
  [TaskTokenKind.WORKFLOW]: workflowTaskNotFound,
  [TaskTokenKind.ACTIVITY]: activityTaskNotFound,
  [TaskTokenKind.QUERY]: queryTaskNotFound,
};

interface FoundTask {
  readonly namespace: NamespaceRecord;
  readonly token: TaskToken;
}

/** A namespace that is named is looked up first; one that is not comes from the token. */
function findTask(path: string, name: string, tokenBytes: Uint8Array, context: ApiContext): FoundTask | Rejection {
  const named = name === '' ? undefined : namedNamespace(path, name, context);
  if (named !== undefined && isRejection(named)) return named;
  const token = readTaskToken(tokenBytes);
  if (isTokenRejection(token)) return token;
  if (named === undefined) return tokenNamespace(path, token, context);
  if (token.namespaceId !== named.id)
    return invalidArgument('Operation requested with a token from a different namespace.');
  return { namespace: named, token };
}

function namedNamespace(path: string, name: string, context: ApiContext): NamespaceRecord | Rejection {
  const refusal = checkNamespaceName(name, context, 'Namespace is empty.') ?? allowed(path, name, context);
  return refusal ?? findNamespace(name, context, NOT_DELETED);
}

function tokenNamespace(path: string, token: TaskToken, context: ApiContext): FoundTask | Rejection {
  const record = context.namespaces.byId(token.namespaceId);
  if (record === undefined) return namespaceNotFound(token.namespaceId);
  const namespace = allowed(path, record.name, context) ?? findNamespace(record.name, context, NOT_DELETED);
  return isRejection(namespace) ? namespace : { namespace, token };
}

/** A token has a `kind` of its own, a number. */
function isTokenRejection(token: TaskToken | Rejection): token is Rejection {
  return token.kind === 'rejection';
}
