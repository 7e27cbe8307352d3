/** Markers, search attributes and memo: what workflow code writes down about itself. */
import { EventType, Memo, SearchAttributes, WorkflowTaskFailedCause as Cause } from '@perdure/protocol';
import type {
  ModifyWorkflowPropertiesCommandAttributes,
  RecordMarkerCommandAttributes,
  UpsertWorkflowSearchAttributesCommandAttributes,
} from '@perdure/protocol';
import { lengthProblem } from './command-check.js';
import type { CommandContext, CommandFailure } from './commands.js';
import type { Draft } from './draft.js';
import { oversized } from './sizes.js';

export function recordMarker(
  { draft, completedEventId, options }: CommandContext,
  a: RecordMarkerCommandAttributes,
): CommandFailure | undefined {
  const cause = Cause.BAD_RECORD_MARKER_ATTRIBUTES;
  if (a.markerName === '') return { cause, message: 'MarkerName is not set on RecordMarkerCommand.' };
  const tooLong = lengthProblem(draft, 'MarkerName', 'RecordMarkerCommand', a.markerName);
  if (tooLong !== undefined) return { cause, message: tooLong };
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
  if (a.searchAttributes === undefined)
    return { cause, message: 'SearchAttributes is not set on UpsertWorkflowSearchAttributesCommand.' };
  const fields = SearchAttributes.decode(a.searchAttributes).indexedFields;
  if (fields.size === 0)
    return { cause, message: 'IndexedFields is not set on UpsertWorkflowSearchAttributesCommand.' };
  const { searchAttributeKeysMax, searchAttributesSizeBytesMax } = draft.env.limits;
  if (fields.size > searchAttributeKeysMax)
    return { cause, message: `number of search attributes ${fields.size} exceeds limit ${searchAttributeKeysMax}` };
  const sizeBytes = a.searchAttributes.length;
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

/** Of a run that a command starts. */
export function searchAttributesFailure(
  draft: Draft,
  searchAttributes: Uint8Array | undefined,
): CommandFailure | undefined {
  if (searchAttributes === undefined) return undefined;
  const message = draft.env.checkSearchAttributes(SearchAttributes.decode(searchAttributes).indexedFields);
  return message === undefined ? undefined : { cause: Cause.BAD_SEARCH_ATTRIBUTES, message };
}

export function modifyProperties(
  { draft, completedEventId }: CommandContext,
  a: ModifyWorkflowPropertiesCommandAttributes,
): CommandFailure | undefined {
  const cause = Cause.BAD_MODIFY_WORKFLOW_PROPERTIES_ATTRIBUTES;
  if (a.upsertedMemo === undefined)
    return { cause, message: 'UpsertedMemo is not set on ModifyWorkflowPropertiesCommand.' };
  if (Memo.decode(a.upsertedMemo).fields.size === 0)
    return { cause, message: 'UpsertedMemo.Fields is not set on ModifyWorkflowPropertiesCommand.' };
  const sizeBytes = a.upsertedMemo.length;
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
