/** Cancel requests: cooperative, idempotent. */
import { EventType, WorkflowExecutionStatus } from '@perdure/protocol';
import type { RequestCancelWorkflowExecutionRequest } from '@perdure/protocol';
import { reject } from '../rejection.js';
import type { Rejection } from '../rejection.js';
import type { Draft } from './draft.js';
import type { Address } from './messages.js';

export interface CancelFacts {
  readonly reason: string;
  readonly identity: string;
  readonly requestId: string;
  readonly links: readonly Uint8Array[];
  readonly external?: { readonly from: Address; readonly initiatedEventId: number };
}

export function cancelFacts(request: RequestCancelWorkflowExecutionRequest): CancelFacts {
  const { reason, identity, requestId, links } = request;
  return { reason, identity, requestId, links };
}

export function requestCancel(draft: Draft, facts: CancelFacts): Rejection | undefined {
  const { state } = draft;
  // Too late is as good as done: the caller wants the run to end, and it has.
  if (state.status !== WorkflowExecutionStatus.RUNNING || state.cancelRequested) return undefined;
  if (state.triedToClose && draft.isTaskStarted) {
    return reject(
      'WORKFLOW_BUSY',
      'Workflow is closing: it takes no cancel request while it handles events it has not seen. Try again.',
    );
  }
  const { external } = facts;
  if (facts.requestId !== '') draft.fact({ record: 'fact', kind: 'cancelRequest', requestId: facts.requestId });
  draft.happen(
    EventType.WORKFLOW_EXECUTION_CANCEL_REQUESTED,
    {
      cause: facts.reason,
      identity: facts.identity,
      externalInitiatedEventId: external?.initiatedEventId ?? 0,
      externalWorkflowExecution:
        external === undefined ? undefined : { workflowId: external.from.workflowId, runId: external.from.runId },
    },
    { links: facts.links },
  );
  draft.wantWorkflowTask();
  return undefined;
}
