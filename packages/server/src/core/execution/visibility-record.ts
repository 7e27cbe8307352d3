/** What lists show of one run. Made when it starts, when it closes, and when its attributes or memo change. */
import { Memo, SearchAttributes, WorkflowExecutionStatus } from '@perdure/protocol';
import { attributeType } from '../attributes/check.js';
import { decodeAttribute, withAttributeType } from '../attributes/payloads.js';
import type { DecodedAttribute } from '../attributes/payloads.js';
import type { AttributeValue, VisibilityRecord } from '../visibility/record.js';
import type { ExecutionState, Mutable } from './state.js';

/**
 * `customAttributes`: name → IndexedValueType number of the namespace. Attributes that are not (or no longer) in it are
 * returned by lists, but no query finds them.
 */
export function visibilityRecord(
  state: ExecutionState,
  customAttributes: ReadonlyMap<string, number>,
): VisibilityRecord {
  const { start, memo, searchAttributes } = state;
  const record: Mutable<VisibilityRecord> = {
    namespaceId: state.namespaceId,
    workflowId: state.workflowId,
    runId: state.runId,
    workflowType: start.workflowType,
    taskQueue: start.taskQueue,
    status: state.status,
    startTimeMs: start.startedAtMs,
    executionTimeMs: start.executionTimeMs,
    rootWorkflowId: start.rootWorkflowId,
    rootRunId: start.rootRunId,
    attributes: NO_ATTRIBUTES,
  };
  addCloseFacts(record, state);
  if (start.parent !== undefined) {
    record.parentWorkflowId = start.parent.workflowId;
    record.parentRunId = start.parent.runId;
  }
  if (memo.size > 0) record.memo = encodedMemo(state);
  if (searchAttributes.size > 0) addAttributes(record, searchAttributes, customAttributes);
  return record;
}

const NO_ATTRIBUTES: VisibilityRecord['attributes'] = new Map();

function addCloseFacts(record: Mutable<VisibilityRecord>, state: ExecutionState): void {
  if (state.status === WorkflowExecutionStatus.RUNNING || state.closedAtMs === undefined) return;
  record.closeTimeMs = state.closedAtMs;
  record.historyLength = state.nextEventId - 1;
  record.historySizeBytes = state.historySizeBytes;
  record.stateTransitionCount = state.transitionCount;
  record.executionDurationMs = state.closedAtMs - state.start.executionTimeMs;
}

interface ReadAttributes {
  readonly custom: ReadonlyMap<string, number>;
  readonly typed: VisibilityRecord['attributes'];
  readonly encoded: Uint8Array;
}

/** A run's row is written when its attributes change, and at its close with the same ones: they are read once. */
const read = new WeakMap<ReadonlyMap<string, Uint8Array>, ReadAttributes>();

function addAttributes(
  record: Mutable<VisibilityRecord>,
  payloads: ReadonlyMap<string, Uint8Array>,
  custom: ReadonlyMap<string, number>,
): void {
  let attributes = read.get(payloads);
  if (attributes?.custom !== custom) {
    const typed = typedAttributes(payloads, custom);
    attributes = { custom, typed, encoded: encodedFields(payloads, custom) };
    read.set(payloads, attributes);
  }
  record.attributes = attributes.typed;
  record.searchAttributes = attributes.encoded;
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
  return encodedFields(state.searchAttributes, custom);
}

function encodedFields(payloads: ReadonlyMap<string, Uint8Array>, custom: ReadonlyMap<string, number>): Uint8Array {
  const indexedFields = new Map<string, Uint8Array>();
  for (const [name, payload] of payloads) {
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
