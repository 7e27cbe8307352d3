/** The way of a request to its namespace: the name, permission, the record, its state. */
import { NamespaceState, NamespaceStateNames, enumShortName } from '@perdure/protocol';
import { invalidArgument, reject } from '../core/rejection.js';
import type { Rejection } from '../core/rejection.js';
import type { NamespaceRecord } from '../engine/messages.js';
import type { ApiContext } from './contract.js';
import { isTooLong } from './validate.js';

/** Nothing new may begin in a deprecated namespace; what runs there goes on. */
export const ONLY_REGISTERED: readonly NamespaceState[] = [NamespaceState.REGISTERED];
export const NOT_DELETED: readonly NamespaceState[] = [NamespaceState.REGISTERED, NamespaceState.DEPRECATED];

/** `whenEmpty` is the text for a missing name: RPCs differ in it. */
export function checkNamespaceName(name: string, context: ApiContext, whenEmpty: string): Rejection | undefined {
  if (name === '') return invalidArgument(whenEmpty);
  return isTooLong(name, context.limits) ? invalidArgument('Namespace length exceeds limit.') : undefined;
}

export function findNamespace(
  name: string,
  context: ApiContext,
  states: readonly NamespaceState[],
): NamespaceRecord | Rejection {
  const record = context.namespaces.byName(name);
  if (record === undefined) return namespaceNotFound(name);
  return states.includes(record.state) ? record : wrongState(record, states);
}

export function namespaceNotFound(namespace: string): Rejection {
  return reject('NAMESPACE_NOT_FOUND', `Namespace ${namespace} is not found.`, { kind: 'namespace', namespace });
}

function wrongState({ name, state }: NamespaceRecord, allowed: readonly NamespaceState[]): Rejection {
  const message = `Namespace has invalid state: ${stateName(state)}. Must be ${allowed.map(stateName).join(' or ')}.`;
  return reject('NAMESPACE_INVALID_STATE', message, { kind: 'namespaceState', namespace: name, state, allowed });
}

/** `Registered` */
function stateName(state: NamespaceState): string {
  const constant = enumShortName(NamespaceStateNames, state);
  return constant.slice(0, 1) + constant.slice(1).toLowerCase();
}
