/** What lists show of one run. Made when it starts, when it closes, and when its attributes or memo change. */
import { Memo, SearchAttributes, WorkflowExecutionStatus } from '@perdure/protocol';
import { attributeType } from '../attributes/check.js';
import { decodeAttribute, withAttributeType } from '../attributes/payloads.js';
import type { DecodedAttribute } from '../attributes/payloads.js';
import type { AttributeValue, VisibilityRecord } from '../visibility/record.js';
import type { ExecutionState } from './state.js';

/**
 * `customAttributes`: name → IndexedValueType number of the namespace. Attributes that are not (or no longer) in it are
 * returned by lists, but no query finds them.
 */
export function visibilityRecord(
  state: ExecutionState,
  customAttributes: ReadonlyMap<string, number>,
): VisibilityRecord {
  const { start, memo, searchAttributes } = state;
  return {
    namespaceId: state.namespaceId,
    workflowId: state.workflowId,
    runId: state.runId,
    workflowType: start.workflowType,
    taskQueue: start.taskQueue,
    status: state.status,
    startTimeMs: start.startedAtMs,
    executionTimeMs: start.executionTimeMs,
    ...closeFacts(state),
    ...(start.parent === undefined
      ? {}
      : { parentWorkflowId: start.parent.workflowId, parentRunId: start.parent.runId }),
    rootWorkflowId: start.rootWorkflowId,
    rootRunId: start.rootRunId,
    attributes: typedAttributes(searchAttributes, customAttributes),
    ...(memo.size === 0 ? {} : { memo: encodedMemo(state) }),
    ...(searchAttributes.size === 0 ? {} : { searchAttributes: encodedSearchAttributes(state, customAttributes) }),
  };
}

type CloseFacts = Pick<
  VisibilityRecord,
  'closeTimeMs' | 'historyLength' | 'historySizeBytes' | 'stateTransitionCount' | 'executionDurationMs'
>;

function closeFacts(state: ExecutionState): CloseFacts {
  if (state.status === WorkflowExecutionStatus.RUNNING || state.closedAtMs === undefined) return {};
  return {
    closeTimeMs: state.closedAtMs,
    historyLength: state.nextEventId - 1,
    historySizeBytes: state.historySizeBytes,
    stateTransitionCount: state.transitionCount,
    executionDurationMs: state.closedAtMs - state.start.executionTimeMs,
  };
}

function typedAttributes(
  payloads: ReadonlyMap<string, Uint8Array>,
  custom: ReadonlyMap<string, number>,
): ReadonlyMap<string, AttributeValue> {
  const attributes = new Map<string, AttributeValue>();
  for (const [name, payload] of payloads) {
    const type = attributeType(name, custom);
    const decoded = type === undefined ? undefined : decodeAttribute(payload, type);
    if (decoded?.ok === true && decoded.value !== undefined) attributes.set(name, decoded.value);
  }
  return attributes;
}

/** Encoded temporal.api.common.v1.Memo. */
export function encodedMemo(state: ExecutionState): Uint8Array {
  return Memo.encode({ fields: state.memo });
}

/** Encoded temporal.api.common.v1.SearchAttributes, each value with its type, as clients read them. */
export function encodedSearchAttributes(state: ExecutionState, custom: ReadonlyMap<string, number>): Uint8Array {
  const indexedFields = new Map<string, Uint8Array>();
  for (const [name, payload] of state.searchAttributes) {
    const type = attributeType(name, custom);
    if (type === undefined) indexedFields.set(name, payload);
    else if (!isUnset(decodeAttribute(payload, type))) indexedFields.set(name, withAttributeType(payload, type));
  }
  return SearchAttributes.encode({ indexedFields });
}

/** A null takes an attribute away; what is left of it must not be shown. */
function isUnset(decoded: DecodedAttribute): boolean {
  return decoded.ok && decoded.value === undefined;
}
