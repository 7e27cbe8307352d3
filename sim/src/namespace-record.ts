/** The one namespace of a simulated world. */
import type { NamespaceRecord } from '@perdure/server/engine';
import { NAMESPACE, NAMESPACE_ID } from './requests.js';
import { NUMBER_ATTRIBUTE } from './run-plan.js';

export const RETENTION_MS = 24 * 3_600_000;
/** IndexedValueType. */
const INT = 3;

export function namespaceRecord(nowMs: number): NamespaceRecord {
  return {
    id: NAMESPACE_ID,
    name: NAMESPACE,
    state: 1,
    description: '',
    ownerEmail: '',
    data: new Map(),
    retentionMs: RETENTION_MS,
    createdAtMs: nowMs,
    searchAttributes: new Map([[NUMBER_ATTRIBUTE, INT]]),
  };
}
