/** Links in answers: where in history the caller's request can be found. Encoded. */
import { EventType, Link } from '@perdure/protocol';
import type { Run } from './run.js';

/** To the beginning of the run. */
export function startLink(run: Run): Uint8Array {
  const eventRef = { eventId: 1, eventType: EventType.WORKFLOW_EXECUTION_STARTED };
  return Link.encode({ workflowEvent: { ...address(run), eventRef } });
}

/** To the event that the request causes: it may be buffered still, so it is named by the request's id. */
export function requestLink(run: Run, requestId: string, eventType: EventType): Uint8Array {
  return Link.encode({ workflowEvent: { ...address(run), requestIdRef: { requestId, eventType } } });
}

/** A rejected update leaves no event. */
export function rejectedUpdateLink(run: Run): Uint8Array {
  return Link.encode({ workflow: { ...address(run), reason: 'Update rejected' } });
}

function address(run: Run): { namespace: string; workflowId: string; runId: string } {
  const { namespace, workflowId, runId } = run.state;
  return { namespace, workflowId, runId };
}
