/** What an execution does with messages from others. Those that start or look for a run are the engine's business. */
import { SignalExternalWorkflowExecutionFailedCause } from '@perdure/protocol';
import { requestCancel } from './cancel.js';
import { childClosed, childStarted, childStartFailed } from './child.js';
import { HISTORY_SERVICE, isClosed, terminate } from './close.js';
import type { Draft } from './draft.js';
import { externalCancelResolved, externalSignalResolved } from './external.js';
import type { Address, ExecutionMessage } from './messages.js';
import { recordSignal } from './signal.js';
import type { ParentLink } from './state.js';
import { hasId } from './id-set.js';

export function receiveMessage(draft: Draft, message: ExecutionMessage): void {
  switch (message.kind) {
    case 'startChild':
      throw new Error('a run cannot receive its own start');
    case 'externalSignal':
      return receiveSignal(draft, message);
    case 'externalCancel':
      return receiveCancel(draft, message);
    case 'parentClosed':
      return parentClosed(draft, message.parent, message.policy);
    case 'childStarted':
      return ifOpen(draft, () => childStarted(draft, message));
    case 'childStartFailed':
      return ifOpen(draft, () => childStartFailed(draft, message));
    case 'childClosed':
      return ifOpen(draft, () => childClosed(draft, message));
    case 'externalSignalResolved':
      return ifOpen(draft, () => externalSignalResolved(draft, message));
    case 'externalCancelResolved':
      return ifOpen(draft, () => externalCancelResolved(draft, message));
  }
}

function ifOpen(draft: Draft, act: () => void): void {
  if (!isClosed(draft.state.status)) act();
}

function receiveSignal(draft: Draft, message: Extract<ExecutionMessage, { kind: 'externalSignal' }>): void {
  const { state, env } = draft;
  const resolve = (failedCause: number | undefined): void =>
    draft.effect({
      kind: 'send',
      to: message.from,
      message: { kind: 'externalSignalResolved', initiatedEventId: message.initiatedEventId, failedCause },
    });
  if (isClosed(state.status) || (message.childOnly && !isChildOf(draft, message.from))) {
    return resolve(SignalExternalWorkflowExecutionFailedCause.EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND);
  }
  if (hasId(state.signalRequestIds, message.requestId)) return resolve(undefined);
  if (state.signalCount >= env.limits.signalsMax)
    return resolve(SignalExternalWorkflowExecutionFailedCause.SIGNAL_COUNT_LIMIT_EXCEEDED);
  const { signalName, input, header, requestId, from } = message;
  recordSignal(
    draft,
    { signalName, input, header, requestId, identity: HISTORY_SERVICE, links: [], endsStartDelay: false },
    from,
  );
  draft.wantWorkflowTask();
  resolve(undefined);
}

/** Cancelling a run that has closed counts as done; a second request is a no-op. */
function receiveCancel(draft: Draft, message: Extract<ExecutionMessage, { kind: 'externalCancel' }>): void {
  const { from, initiatedEventId, reason, requestId } = message;
  const resolve = (failedCause: number | undefined): void =>
    draft.effect({
      kind: 'send',
      to: from,
      message: { kind: 'externalCancelResolved', initiatedEventId, failedCause },
    });
  if (message.childOnly && !isChildOf(draft, from)) return resolve(1);
  if (!isClosed(draft.state.status)) {
    requestCancel(draft, {
      reason,
      identity: HISTORY_SERVICE,
      requestId,
      links: [],
      external: { from, initiatedEventId },
    });
  }
  resolve(undefined);
}

function isChildOf(draft: Draft, parent: Address): boolean {
  const link = draft.state.start.parent;
  return link !== undefined && link.workflowId === parent.workflowId && link.runId === parent.runId;
}

function parentClosed(draft: Draft, parent: ParentLink, policy: 'terminate' | 'cancel'): void {
  const link = draft.state.start.parent;
  const isOurParent =
    link !== undefined && link.runId === parent.runId && link.initiatedEventId === parent.initiatedEventId;
  if (!isOurParent || isClosed(draft.state.status)) return;
  if (policy === 'terminate') {
    terminate(draft, { reason: 'by parent close policy', details: undefined, identity: HISTORY_SERVICE, links: [] });
    return;
  }
  const from = { namespaceId: parent.namespaceId, workflowId: parent.workflowId, runId: parent.runId };
  requestCancel(draft, {
    reason: '',
    identity: HISTORY_SERVICE,
    requestId: '',
    links: [],
    external: { from, initiatedEventId: 0 },
  });
}
