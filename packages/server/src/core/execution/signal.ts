/** Signals from clients and from other executions. */
import { EventType, WorkflowExecutionStatus } from '@perdure/protocol';
import { invalidArgument, reject, workflowClosed } from '../rejection.js';
import type { Rejection } from '../rejection.js';
import type { Draft } from './draft.js';
import type { SignalInput } from './inputs.js';
import type { Address } from './messages.js';
import { hasId } from './id-set.js';

export function signal(draft: Draft, input: SignalInput): Rejection | undefined {
  const { state, env } = draft;
  if (state.status !== WorkflowExecutionStatus.RUNNING) return workflowClosed();
  if (input.requestId !== '' && hasId(state.signalRequestIds, input.requestId)) return undefined;
  if (state.triedToClose && draft.isTaskStarted) {
    return reject(
      'WORKFLOW_BUSY',
      'Workflow is closing: it takes no new signals while it handles those it has not seen. Try again.',
    );
  }
  if (state.signalCount >= env.limits.signalsMax) {
    return invalidArgument(
      `exceeded workflow execution limit for signal events: ${env.limits.signalsMax} signals were received by this run`,
    );
  }
  recordSignal(draft, input);
  if (input.endsStartDelay && state.firstTaskDueMs !== undefined)
    draft.fact({ record: 'fact', kind: 'firstTaskDue', dueMs: undefined });
  draft.wantWorkflowTask();
  return undefined;
}

export function recordSignal(draft: Draft, input: SignalInput, external?: Address): void {
  if (input.requestId !== '') draft.fact({ record: 'fact', kind: 'signalRequest', requestId: input.requestId });
  draft.happen(
    EventType.WORKFLOW_EXECUTION_SIGNALED,
    {
      signalName: input.signalName,
      input: input.input,
      identity: input.identity,
      header: input.header,
      externalWorkflowExecution:
        external === undefined ? undefined : { workflowId: external.workflowId, runId: external.runId },
      requestId: input.requestId,
    },
    { links: input.links },
  );
}
