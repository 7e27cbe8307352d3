/** Register-, Describe-, List-, Update-, Deprecate-, DeleteNamespace. */
import { NamespaceState } from '@perdure/protocol';
import type {
  DeleteNamespaceRequest,
  DeleteNamespaceResponse,
  DeprecateNamespaceRequest,
  DeprecateNamespaceResponse,
  DescribeNamespaceRequest,
  DescribeNamespaceResponse,
  ListNamespacesRequest,
  ListNamespacesResponse,
  RegisterNamespaceRequest,
  RegisterNamespaceResponse,
  UpdateNamespaceRequest,
  UpdateNamespaceResponse,
} from '@perdure/protocol';
import { invalidArgument, isRejection, reject } from '../core/rejection.js';
import type { Rejection } from '../core/rejection.js';
import type { NamespaceRecord } from '../engine/messages.js';
import { NOT_DELETED, checkNamespaceName, findNamespace, namespaceNotFound } from './admit.js';
import { answer, asNothing, ask } from './contract.js';
import type { ApiContext, Plan } from './contract.js';
import { namespaceMessage } from './namespace-message.js';
import { decodeListToken, encodeListToken } from './page-token.js';
import { isUuid, refuseIf } from './validate.js';
import type { Problem } from './validate.js';

/** Of the field's own workers; nobody may make or delete it. */
export const SYSTEM_NAMESPACE = 'temporal-system';

const NAME_MISSING = 'Namespace not set on request.';

export function registerNamespace(
  request: RegisterNamespaceRequest,
  context: ApiContext,
): Plan<RegisterNamespaceResponse> {
  const name = request.namespace;
  const problem =
    checkNamespaceName(name, context, NAME_MISSING) ??
    checkRetention(request.workflowExecutionRetentionPeriod, context) ??
    refuseIf(request.isGlobalNamespace, 'Cannot register global namespace when not enabled') ??
    checkClusters(request, context);
  if (problem !== undefined) return problem;
  if (name === SYSTEM_NAMESPACE || context.namespaces.byName(name) !== undefined) {
    return reject('NAMESPACE_ALREADY_EXISTS', `Namespace "${name}" already exists`);
  }
  const namespace: NamespaceRecord = {
    id: context.newId(),
    name,
    state: NamespaceState.REGISTERED,
    description: request.description,
    ownerEmail: request.ownerEmail,
    data: request.data,
    retentionMs: request.workflowExecutionRetentionPeriod ?? 0,
    createdAtMs: context.executionNowMs,
    searchAttributes: new Map(),
  };
  return ask({ kind: 'putNamespace', namespace, mustBeNew: true }, asNothing);
}

function checkRetention(retentionMs: number | undefined, { limits }: ApiContext): Problem {
  return refuseIf((retentionMs ?? 0) < limits.retentionMsMin, 'A valid retention period is not set on request.');
}

function checkClusters(
  { activeClusterName, clusters }: Pick<RegisterNamespaceRequest, 'activeClusterName' | 'clusters'>,
  { clusterName }: ApiContext,
): Problem {
  const named = [activeClusterName, ...clusters.map((cluster) => cluster.clusterName)];
  const unknown = named.find((name) => name !== '' && name !== clusterName);
  return unknown === undefined ? undefined : invalidArgument(`Invalid cluster name: ${unknown}`);
}

export function describeNamespace(
  request: DescribeNamespaceRequest,
  context: ApiContext,
): Plan<DescribeNamespaceResponse> {
  const { namespace: name, id } = request;
  const record = id !== '' && name === '' ? namespaceById(id, context) : namespaceByName(name, context);
  return isRejection(record) ? record : answer(namespaceMessage(record, context));
}

function namespaceByName(name: string, context: ApiContext): NamespaceRecord | Rejection {
  const problem = checkNamespaceName(name, context, NAME_MISSING);
  return problem ?? context.namespaces.byName(name) ?? namespaceNotFound(name);
}

function namespaceById(id: string, context: ApiContext): NamespaceRecord | Rejection {
  if (!isUuid(id)) return invalidArgument(`invalid UUID length: ${id.length}`);
  return context.namespaces.byId(id) ?? namespaceNotFound(id);
}

const NAMESPACE_PAGE_ROWS = 100;
const NAMESPACE_PAGE_ROWS_MAX = 1_000;

/** A token is the id of the last namespace shown; one that cannot be read starts over, as in the field. */
export function listNamespaces(request: ListNamespacesRequest, context: ApiContext): Plan<ListNamespacesResponse> {
  const { pageSize, nextPageToken, namespaceFilter } = request;
  if (pageSize < 0) return invalidArgument('PageSize must not be negative.');
  const shown = context.namespaces
    .list()
    .filter(({ state }) => state !== NamespaceState.DELETED || namespaceFilter?.includeDeleted === true);
  const lastId = decodeListToken(nextPageToken) ?? '';
  const from = lastId === '' ? 0 : shown.findIndex(({ id }) => id === lastId) + 1;
  const page = shown.slice(
    from,
    from + (pageSize === 0 ? NAMESPACE_PAGE_ROWS : Math.min(pageSize, NAMESPACE_PAGE_ROWS_MAX)),
  );
  const hasMore = from + page.length < shown.length;
  return answer({
    namespaces: page.map((record) => namespaceMessage(record, context)),
    nextPageToken: encodeListToken(hasMore ? (page.at(-1)?.id ?? '') : ''),
  });
}

export function updateNamespace(request: UpdateNamespaceRequest, context: ApiContext): Plan<UpdateNamespaceResponse> {
  const record = changeable(request.namespace, context);
  if (isRejection(record)) return record;
  const retentionMs = request.config?.workflowExecutionRetentionTtl;
  const state = request.updateInfo?.state ?? NamespaceState.UNSPECIFIED;
  const problem =
    (retentionMs === undefined ? undefined : checkRetention(retentionMs, context)) ??
    refuseIf(request.deleteBadBinary !== '', `Bad binary checksum ${request.deleteBadBinary} doesn't exists.`) ??
    refuseIf(
      request.promoteNamespace,
      `global namespace is not enabled on this cluster, cannot update global namespace or promote local namespace: ${record.name}`,
    ) ??
    (request.replicationConfig === undefined ? undefined : checkClusters(request.replicationConfig, context)) ??
    refuseIf(state === NamespaceState.DELETED, 'A namespace is deleted with DeleteNamespace of the OperatorService.');
  if (problem !== undefined) return problem;
  const namespace = { ...updated(record, request), retentionMs: retentionMs ?? record.retentionMs };
  return ask({ kind: 'putNamespace', namespace, mustBeNew: false }, () => namespaceMessage(namespace, context));
}

/** What is empty in the request stays as it is; entries of `data` are merged. */
function updated(record: NamespaceRecord, { updateInfo }: UpdateNamespaceRequest): NamespaceRecord {
  if (updateInfo === undefined) return record;
  const { description, ownerEmail, data, state } = updateInfo;
  return {
    ...record,
    description: description === '' ? record.description : description,
    ownerEmail: ownerEmail === '' ? record.ownerEmail : ownerEmail,
    data: new Map([...record.data, ...data]),
    state: state === NamespaceState.UNSPECIFIED ? record.state : state,
  };
}

export function deprecateNamespace(
  request: DeprecateNamespaceRequest,
  context: ApiContext,
): Plan<DeprecateNamespaceResponse> {
  const record = changeable(request.namespace, context);
  if (isRejection(record)) return record;
  const namespace = { ...record, state: NamespaceState.DEPRECATED };
  return ask({ kind: 'putNamespace', namespace, mustBeNew: false }, asNothing);
}

function changeable(name: string, context: ApiContext): NamespaceRecord | Rejection {
  return checkNamespaceName(name, context, NAME_MISSING) ?? findNamespace(name, context, NOT_DELETED);
}

/** The name is free again at once; the executions are removed afterwards. */
export function deleteNamespace(request: DeleteNamespaceRequest, context: ApiContext): Plan<DeleteNamespaceResponse> {
  const { namespace: name, namespaceId: id } = request;
  if (name !== '' && id !== '') return invalidArgument('Only one of namespace name or Id should be set on request.');
  if (name === SYSTEM_NAMESPACE) return SYSTEM_IS_KEPT;
  const record = id === '' ? changeable(name, context) : namespaceById(id, context);
  if (isRejection(record)) return record;
  if (record.name === SYSTEM_NAMESPACE) return SYSTEM_IS_KEPT;
  const deletedNamespace = `${record.name}-deleted-${record.id.slice(0, 5)}`;
  return ask({ kind: 'deleteNamespace', namespaceId: record.id }, () => ({ deletedNamespace }));
}

const SYSTEM_IS_KEPT = reject('FAILED_PRECONDITION', 'unable to delete system namespace');
