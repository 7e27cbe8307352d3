/** Markers, search attributes and memo: what workflow code writes down about itself. */
import { EventType, Memo, SearchAttributes, WorkflowTaskFailedCause as Cause } from '@perdure/protocol';
import type {
  ModifyWorkflowPropertiesCommandAttributes,
  RecordMarkerCommandAttributes,
  UpsertWorkflowSearchAttributesCommandAttributes,
} from '@perdure/protocol';
import type { CommandContext, CommandFailure } from './commands.js';
import { oversized } from './sizes.js';

export function recordMarker(
  { draft, completedEventId, options }: CommandContext,
  a: RecordMarkerCommandAttributes,
): CommandFailure | undefined {
  const cause = Cause.BAD_RECORD_MARKER_ATTRIBUTES;
  if (a.markerName === '') return { cause, message: 'MarkerName is not set on RecordMarkerCommand.' };
  for (const details of a.details.values()) {
    const failure = oversized(draft, cause, 'RecordMarkerCommandAttributes.Details', details);
    if (failure !== undefined) return failure;
  }
  const { markerName, details, header, failure } = a;
  draft.write(
    EventType.MARKER_RECORDED,
    { markerName, details, header, failure, workflowTaskCompletedEventId: completedEventId },
    options,
  );
  return undefined;
}

export function upsertSearchAttributes(
  { draft, completedEventId }: CommandContext,
  a: UpsertWorkflowSearchAttributesCommandAttributes,
): CommandFailure | undefined {
  const cause = Cause.BAD_SEARCH_ATTRIBUTES;
  const fields =
    a.searchAttributes === undefined ? undefined : SearchAttributes.decode(a.searchAttributes).indexedFields;
  if (fields === undefined || fields.size === 0)
    return { cause, message: 'IndexedFields is not set on UpsertWorkflowSearchAttributesCommand.' };
  const { searchAttributeKeysMax, searchAttributesSizeBytesMax } = draft.env.limits;
  if (fields.size > searchAttributeKeysMax)
    return { cause, message: `number of search attributes ${fields.size} exceeds limit ${searchAttributeKeysMax}` };
  const sizeBytes = a.searchAttributes?.length ?? 0;
  if (sizeBytes > searchAttributesSizeBytesMax) {
    return {
      cause,
      message: `total size of search attributes ${sizeBytes} exceeds size limit ${searchAttributesSizeBytesMax}`,
      terminates: true,
    };
  }
  const refusal = draft.env.checkSearchAttributes(fields);
  if (refusal !== undefined) return { cause, message: refusal };
  draft.write(EventType.UPSERT_WORKFLOW_SEARCH_ATTRIBUTES, {
    searchAttributes: SearchAttributes.encode({ indexedFields: draft.env.typedSearchAttributes(fields) }),
    workflowTaskCompletedEventId: completedEventId,
  });
  return undefined;
}

export function modifyProperties(
  { draft, completedEventId }: CommandContext,
  a: ModifyWorkflowPropertiesCommandAttributes,
): CommandFailure | undefined {
  const cause = Cause.BAD_MODIFY_WORKFLOW_PROPERTIES_ATTRIBUTES;
  const fields = a.upsertedMemo === undefined ? undefined : Memo.decode(a.upsertedMemo).fields;
  if (fields === undefined || fields.size === 0)
    return { cause, message: 'UpsertedMemo is not set on ModifyWorkflowPropertiesCommand.' };
  const sizeBytes = a.upsertedMemo?.length ?? 0;
  const { memoSizeBytesMax } = draft.env.limits;
  if (sizeBytes > memoSizeBytesMax)
    return {
      cause,
      message: `memo exceeds size limit: ${sizeBytes} bytes, at most ${memoSizeBytesMax} are allowed.`,
      terminates: true,
    };
  draft.write(EventType.WORKFLOW_PROPERTIES_MODIFIED, {
    upsertedMemo: a.upsertedMemo,
    workflowTaskCompletedEventId: completedEventId,
  });
  return undefined;
}
