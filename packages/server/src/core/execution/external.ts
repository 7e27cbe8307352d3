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
import { lengthProblem, namespaceProblem } from './command-check.js';
import type { CommandContext, CommandOutcome } from './commands.js';
import type { Draft } from './draft.js';
import type { Address, ExecutionMessage } from './messages.js';
import { oversized } from './sizes.js';
import type { ExecutionState } from './state.js';

type MessageOf<K extends ExecutionMessage['kind']> = Extract<ExecutionMessage, { kind: K }>;

export function signalExternal(
  { draft, completedEventId, options }: CommandContext,
  a: SignalExternalWorkflowExecutionCommandAttributes,
): CommandOutcome {
  const { state } = draft;
  const cause = Cause.BAD_SIGNAL_WORKFLOW_EXECUTION_ATTRIBUTES;
  const workflowId = a.execution?.workflowId ?? '';
  const runId = a.execution?.runId ?? '';
  const foreign = namespaceProblem(draft, cause, a.namespace);
  if (foreign !== undefined) return foreign;
  const command = 'SignalExternalWorkflowExecutionCommand';
  if (a.execution === undefined) return { cause, message: `Execution is not set on ${command}.` };
  const { namespace, signalName: name } = a;
  const facts = ` Namespace=${namespace} RunId=${runId} SignalName=${name}`;
  const problem = targetProblem(draft, command, { workflowId, runId, facts, runFacts: facts });
  if (problem !== undefined) return { cause, message: problem };
  if (name === '') {
    const message = `SignalName is not set on ${command}. WorkflowId=${workflowId} Namespace=${namespace} RunId=${runId}`;
    return { cause, message };
  }
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
): CommandOutcome {
  const { state } = draft;
  const cause = Cause.BAD_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_ATTRIBUTES;
  const { workflowId, runId } = a;
  const foreign = namespaceProblem(draft, cause, a.namespace);
  if (foreign !== undefined) return foreign;
  const { namespace } = a;
  // A missing id is told with the namespace first, the others with the run id first.
  const facts = workflowId === '' ? ` Namespace=${namespace} RunId=${runId}` : ` RunId=${runId} Namespace=${namespace}`;
  const target = { workflowId, runId, facts, runFacts: facts };
  const problem = targetProblem(draft, 'RequestCancelExternalWorkflowExecutionCommand', target);
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
      // As the command said it, even unset.
      namespace,
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

interface Target {
  readonly workflowId: string;
  readonly runId: string;
  /** The other facts of the command, as ` Name=value` texts. */
  readonly facts: string;
  /** The same where the run id is at fault: the field puts them in another order. */
  readonly runFacts: string;
}

function targetProblem(
  draft: Draft,
  command: string,
  { workflowId, runId, facts, runFacts }: Target,
): string | undefined {
  if (workflowId === '') return `WorkflowId is not set on ${command}.${facts}`;
  const tooLong = lengthProblem(draft, 'WorkflowId', command, workflowId, { after: facts });
  if (tooLong !== undefined) return tooLong;
  if (runId !== '' && !UUID.test(runId)) return `Invalid RunId set on ${command}. WorkflowId=${workflowId}${runFacts}`;
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
  const { namespaceId, workflowId, runId } = target;
  const { namespace } = draft.state;
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
