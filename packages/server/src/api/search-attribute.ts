/** GetSearchAttributes, and the operator's List-, Add-, RemoveSearchAttributes. Any number, usable at once. */
import { IndexedValueType } from '@perdure/protocol';
import type {
  AddSearchAttributesRequest,
  AddSearchAttributesResponse,
  GetSearchAttributesResponse,
  ListSearchAttributesRequest,
  ListSearchAttributesResponse,
  RemoveSearchAttributesRequest,
  RemoveSearchAttributesResponse,
} from '@perdure/protocol';
import { isAttributeType } from '../core/attributes/check.js';
import { invalidArgument, isRejection } from '../core/rejection.js';
import type { Rejection } from '../core/rejection.js';
import {
  PREDEFINED_ATTRIBUTES,
  SYSTEM_ATTRIBUTES,
  isAttributeNameAllowed,
  isReservedAttributeName,
} from '../core/visibility/index.js';
import type { NamespaceRecord } from '../engine/messages.js';
import { NOT_DELETED, checkNamespaceName, findNamespace } from './admit.js';
import { answer, asNothing, ask } from './contract.js';
import type { ApiContext, Plan } from './contract.js';
import { refuseIf } from './validate.js';
import type { Problem } from './validate.js';

const SERVER_ATTRIBUTES: ReadonlyMap<string, IndexedValueType> = new Map<string, IndexedValueType>([
  ...Object.entries(SYSTEM_ATTRIBUTES),
  ...Object.entries(PREDEFINED_ATTRIBUTES),
]);

/** Asked without a namespace, so it knows only the server's own. */
export function getSearchAttributes(): Plan<GetSearchAttributesResponse> {
  return answer({ keys: SERVER_ATTRIBUTES });
}

export function listSearchAttributes(
  request: ListSearchAttributesRequest,
  context: ApiContext,
): Plan<ListSearchAttributesResponse> {
  const namespace = namespaceOf(request.namespace, context);
  if (isRejection(namespace)) return namespace;
  const customAttributes = new Map<string, IndexedValueType>();
  for (const [name, type] of namespace.searchAttributes) if (isAttributeType(type)) customAttributes.set(name, type);
  return answer({ customAttributes, systemAttributes: SERVER_ATTRIBUTES });
}

/** A name that exists keeps its type: adding it again changes nothing. */
export function addSearchAttributes(
  request: AddSearchAttributesRequest,
  context: ApiContext,
): Plan<AddSearchAttributesResponse> {
  const namespace = changedNamespace(request.namespace, request.searchAttributes.size, context);
  if (isRejection(namespace)) return namespace;
  for (const [name, type] of request.searchAttributes) {
    const problem = checkNewAttribute(name, type);
    if (problem !== undefined) return problem;
  }
  const searchAttributes = new Map([...request.searchAttributes, ...namespace.searchAttributes]);
  return ask({ kind: 'putNamespace', namespace: { ...namespace, searchAttributes }, mustBeNew: false }, asNothing);
}

function checkNewAttribute(name: string, type: number): Problem {
  return (
    refuseIf(isReservedAttributeName(name), `Search attribute ${name} is reserved by system.`) ??
    refuseIf(
      type === IndexedValueType.UNSPECIFIED,
      'Unable to create search attributes: cannot have more than 0 search attribute of type Unspecified.',
    ) ??
    refuseIf(!isAttributeType(type), `Unknown search attribute type: ${type}.`) ??
    refuseIf(
      !isAttributeNameAllowed(name),
      `Search attribute ${JSON.stringify(name)} must have 1 to 255 printable characters, no quotes and no backslashes.`,
    )
  );
}

/** Names that are not there are no error. Runs keep their values, but no query finds them any more. */
export function removeSearchAttributes(
  request: RemoveSearchAttributesRequest,
  context: ApiContext,
): Plan<RemoveSearchAttributesResponse> {
  const namespace = changedNamespace(request.namespace, request.searchAttributes.length, context);
  if (isRejection(namespace)) return namespace;
  const searchAttributes = new Map(namespace.searchAttributes);
  for (const name of request.searchAttributes) {
    if (SERVER_ATTRIBUTES.has(name)) return invalidArgument(`Unable to remove non-custom search attributes: ${name}.`);
    searchAttributes.delete(name);
  }
  return ask({ kind: 'putNamespace', namespace: { ...namespace, searchAttributes }, mustBeNew: false }, asNothing);
}

function namespaceOf(name: string, context: ApiContext): NamespaceRecord | Rejection {
  return (
    checkNamespaceName(name, context, 'Namespace is not set on request.') ?? findNamespace(name, context, NOT_DELETED)
  );
}

/** A namespace that does not exist counts before missing attributes, a missing name after them. */
function changedNamespace(name: string, attributeCount: number, context: ApiContext): NamespaceRecord | Rejection {
  const namespace = namespaceOf(name, context);
  if (isRejection(namespace) && name !== '') return namespace;
  return attributeCount === 0 ? invalidArgument('SearchAttributes are not set on request.') : namespace;
}
