/** Signals and cancel requests to other executions (server-surface 3.5). */
import {
  CancelExternalWorkflowExecutionFailedCause,
  EventType,
  SignalExternalWorkflowExecutionFailedCause,
  WorkflowTaskFailedCause as Cause,
} from '@perdure/protocol';
import type {
  RequestCancelExternalWorkflowExecutionCommandAttributes,
  SignalExternalWorkflowExecutionCommandAttributes,
} from '@perdure/protocol';
import type { CommandContext, CommandFailure } from './commands.js';
import type { Draft } from './draft.js';
import type { Address, ExecutionMessage } from './messages.js';
import { oversized, tooLong } from './sizes.js';
import type { ExecutionState } from './state.js';

type MessageOf<K extends ExecutionMessage['kind']> = Extract<ExecutionMessage, { kind: K }>;

export function signalExternal(
  { draft, completedEventId, options }: CommandContext,
  a: SignalExternalWorkflowExecutionCommandAttributes,
): CommandFailure | undefined {
  const { state } = draft;
  const cause = Cause.BAD_SIGNAL_WORKFLOW_EXECUTION_ATTRIBUTES;
  const workflowId = a.execution?.workflowId ?? '';
  const runId = a.execution?.runId ?? '';
  const problem = targetProblem(draft, 'SignalExternalWorkflowExecutionCommand', a.namespace, workflowId, runId);
  if (problem !== undefined) return { cause, message: problem };
  if (a.signalName === '')
    return { cause, message: 'SignalName is not set on SignalExternalWorkflowExecutionCommand.' };
  if (tooLong(draft, a.signalName))
    return {
      cause,
      message: `SignalName on SignalExternalWorkflowExecutionCommand exceeds length limit of ${draft.env.limits.idLengthMax}`,
    };
  const tooBig = oversized(
    draft,
    Cause.BAD_SIGNAL_INPUT_SIZE,
    'SignalExternalWorkflowExecutionCommandAttributes.Input',
    a.input,
  );
  if (tooBig !== undefined) return tooBig;
  const { pendingExternalSignalsMax } = draft.env.limits;
  if (state.externalSignals.size >= pendingExternalSignalsMax) {
    const message = `the number of pending signals to external workflows, ${state.externalSignals.size}, has reached the per-workflow limit of ${pendingExternalSignalsMax}`;
    return { cause: Cause.PENDING_SIGNALS_LIMIT_EXCEEDED, message };
  }
  const initiatedEventId = draft.write(
    EventType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
    {
      workflowTaskCompletedEventId: completedEventId,
      namespace: state.namespace,
      namespaceId: state.namespaceId,
      workflowExecution: { workflowId, runId },
      signalName: a.signalName,
      input: a.input,
      control: a.control,
      childWorkflowOnly: a.childWorkflowOnly,
      header: a.header,
    },
    options,
  );
  if (isSelf(state, workflowId, runId)) {
    externalSignalResolved(draft, {
      kind: 'externalSignalResolved',
      initiatedEventId,
      failedCause: SignalExternalWorkflowExecutionFailedCause.EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND,
    });
    return undefined;
  }
  const { signalName, input, header } = a;
  draft.effect({
    kind: 'send',
    to: { namespaceId: state.namespaceId, workflowId, runId },
    message: {
      kind: 'externalSignal',
      from: own(state),
      fromNamespace: state.namespace,
      initiatedEventId,
      requestId: draft.env.newId(),
      signalName,
      input,
      header,
      childOnly: a.childWorkflowOnly,
    },
  });
  return undefined;
}

export function requestCancelExternal(
  { draft, completedEventId, options }: CommandContext,
  a: RequestCancelExternalWorkflowExecutionCommandAttributes,
): CommandFailure | undefined {
  const { state } = draft;
  const cause = Cause.BAD_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_ATTRIBUTES;
  const { workflowId, runId } = a;
  const problem = targetProblem(draft, 'RequestCancelExternalWorkflowExecutionCommand', a.namespace, workflowId, runId);
  if (problem !== undefined) return { cause, message: problem };
  const { pendingExternalCancelsMax } = draft.env.limits;
  if (state.externalCancels.size >= pendingExternalCancelsMax) {
    const message = `the number of pending requests to cancel external workflows, ${state.externalCancels.size}, has reached the per-workflow limit of ${pendingExternalCancelsMax}`;
    return { cause: Cause.PENDING_REQUEST_CANCEL_LIMIT_EXCEEDED, message };
  }
  const initiatedEventId = draft.write(
    EventType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
    {
      workflowTaskCompletedEventId: completedEventId,
      namespace: state.namespace,
      namespaceId: state.namespaceId,
      workflowExecution: { workflowId, runId },
      control: a.control,
      childWorkflowOnly: a.childWorkflowOnly,
      reason: a.reason,
    },
    options,
  );
  if (isSelf(state, workflowId, runId)) {
    externalCancelResolved(draft, {
      kind: 'externalCancelResolved',
      initiatedEventId,
      failedCause: CancelExternalWorkflowExecutionFailedCause.EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND,
    });
    return undefined;
  }
  draft.effect({
    kind: 'send',
    to: { namespaceId: state.namespaceId, workflowId, runId },
    message: {
      kind: 'externalCancel',
      from: own(state),
      fromNamespace: state.namespace,
      initiatedEventId,
      requestId: draft.env.newId(),
      reason: a.reason,
      childOnly: a.childWorkflowOnly,
    },
  });
  return undefined;
}

function own(state: ExecutionState): Address {
  return { namespaceId: state.namespaceId, workflowId: state.workflowId, runId: state.runId };
}

function isSelf(state: ExecutionState, workflowId: string, runId: string): boolean {
  return workflowId === state.workflowId && (runId === '' || runId === state.runId);
}

function targetProblem(
  draft: Draft,
  command: string,
  namespace: string,
  workflowId: string,
  runId: string,
): string | undefined {
  if (workflowId === '') return `WorkflowId is not set on ${command}.`;
  if (tooLong(draft, workflowId))
    return `WorkflowId on ${command} exceeds length limit of ${draft.env.limits.idLengthMax}`;
  if (runId !== '' && !UUID.test(runId))
    return `Invalid RunId set on ${command}. WorkflowId=${workflowId} RunId=${runId}`;
  if (namespace !== '' && namespace !== draft.state.namespace) {
    return `cross-namespace commands are not enabled. SourceNamespace=${draft.state.namespace} TargetNamespace=${namespace}`;
  }
  return undefined;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function externalSignalResolved(
  draft: Draft,
  { initiatedEventId, failedCause }: MessageOf<'externalSignalResolved'>,
): void {
  const target = draft.state.externalSignals.get(initiatedEventId);
  if (target === undefined) return;
  const { namespace, namespaceId, workflowId, runId, control } = target;
  const same = { namespace, namespaceId, workflowExecution: { workflowId, runId }, initiatedEventId, control };
  if (failedCause === undefined) draft.happen(EventType.EXTERNAL_WORKFLOW_EXECUTION_SIGNALED, same);
  else
    draft.happen(EventType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED, {
      ...same,
      cause: failedCause as never,
      workflowTaskCompletedEventId: 0,
    });
  draft.wantWorkflowTask();
}

export function externalCancelResolved(
  draft: Draft,
  { initiatedEventId, failedCause }: MessageOf<'externalCancelResolved'>,
): void {
  const target = draft.state.externalCancels.get(initiatedEventId);
  if (target === undefined) return;
  const { namespace, namespaceId, workflowId, runId } = target;
  const same = { namespace, namespaceId, workflowExecution: { workflowId, runId }, initiatedEventId };
  if (failedCause === undefined) draft.happen(EventType.EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED, same);
  else
    draft.happen(EventType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED, {
      ...same,
      cause: failedCause as never,
      workflowTaskCompletedEventId: 0,
    });
  draft.wantWorkflowTask();
}
