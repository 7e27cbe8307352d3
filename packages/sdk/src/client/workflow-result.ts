/** The result of an execution: waits for the event that closes it, over as many runs as it takes. */
import { EventType, History, HistoryEventFilterType } from '@perdure/protocol';
import type { HistoryEvent, WorkflowExecutionFailedEventAttributes } from '@perdure/protocol';
import { errorFromFailureBytes, valueFromBytes, valuesFromBytes } from '../conversion/codec-pass.js';
import type { LoadedDataConverter } from '../conversion/data-converter.js';
import { CancelledFailure, TerminatedFailure, TimeoutFailure } from '../conversion/failure.js';
import { decodeRetryState, RetryState, TimeoutType } from '../conversion/failure-enums.js';
import { converterFor } from './context.js';
import type { ClientContext } from './context.js';
import { WorkflowContinuedAsNewError, WorkflowFailedError } from './errors.js';
import { translated } from './service-errors.js';

/** How one run ended. */
type RunEnd =
  | { readonly kind: 'result'; readonly bytes: Uint8Array | undefined }
  | { readonly kind: 'error'; readonly error: Error }
  | { readonly kind: 'next'; readonly runId: string };

/**
 * Rejects with WorkflowFailedError when the execution did not complete, with WorkflowContinuedAsNewError when a run continued as
 * new and `followRuns` is false, with WorkflowNotFoundError when there is no such execution.
 */
export async function workflowResult(
  context: ClientContext,
  workflowId: string,
  firstRunId: string | undefined,
  followRuns: boolean,
): Promise<unknown> {
  const converter = converterFor(context, workflowId);
  let runId = firstRunId;
  for (;;) {
    const event = await closeEvent(context, workflowId, runId);
    const end = await runEnd(converter, event, followRuns);
    if (end.kind === 'error') throw end.error;
    if (end.kind === 'result') return valueFromBytes(converter, end.bytes);
    ({ runId } = end);
  }
}

/** Waits for the last event of a run. */
async function closeEvent(
  { connection, namespace }: ClientContext,
  workflowId: string,
  runId: string | undefined,
): Promise<HistoryEvent> {
  let nextPageToken: Uint8Array | undefined;
  for (;;) {
    const request = {
      namespace,
      execution: { workflowId, runId },
      waitNewEvent: true,
      skipArchival: true,
      historyEventFilterType: HistoryEventFilterType.CLOSE_EVENT,
      nextPageToken,
    };
    const call = () => connection.workflowService.getWorkflowExecutionHistory(request);
    const answer = await translated('Waiting for the result failed', call, { workflowId, runId });
    const last = answer.history && History.decode(answer.history).events.at(-1);
    if (last !== undefined) return last;
    // Without events and token the wait has ended on the server's side: it starts anew.
    nextPageToken = answer.nextPageToken.length === 0 ? undefined : answer.nextPageToken;
  }
}

async function runEnd(converter: LoadedDataConverter, event: HistoryEvent, followRuns: boolean): Promise<RunEnd> {
  const next = followRuns ? newRunOf(event) : '';
  if (next !== '') return { kind: 'next', runId: next };
  switch (event.eventType) {
    case EventType.WORKFLOW_EXECUTION_COMPLETED:
      return { kind: 'result', bytes: event.attributes.result };
    case EventType.WORKFLOW_EXECUTION_FAILED:
      return { kind: 'error', error: await failedError(converter, event.attributes) };
    case EventType.WORKFLOW_EXECUTION_CANCELED: {
      const details = await valuesFromBytes(converter, event.attributes.details);
      return failed('Workflow execution cancelled', new CancelledFailure('Workflow canceled', details));
    }
    case EventType.WORKFLOW_EXECUTION_TERMINATED: {
      const cause = new TerminatedFailure(event.attributes.reason || 'Workflow execution terminated');
      return failed('Workflow execution terminated', cause);
    }
    case EventType.WORKFLOW_EXECUTION_TIMED_OUT: {
      const cause = new TimeoutFailure('Workflow execution timed out', undefined, TimeoutType.START_TO_CLOSE);
      return failed('Workflow execution timed out', cause, decodeRetryState(event.attributes.retryState));
    }
    case EventType.WORKFLOW_EXECUTION_CONTINUED_AS_NEW: {
      const message = 'Workflow execution continued as new: set `followRuns` to wait for the result of its last run';
      return { kind: 'error', error: new WorkflowContinuedAsNewError(message, event.attributes.newExecutionRunId) };
    }
    default:
      throw new TypeError(`the server ended the wait for a result with an event of type ${event.eventType}`);
  }
}

async function failedError(
  converter: LoadedDataConverter,
  { failure, retryState }: WorkflowExecutionFailedEventAttributes,
): Promise<WorkflowFailedError> {
  const cause = failure && (await errorFromFailureBytes(converter, failure));
  return new WorkflowFailedError('Workflow execution failed', cause, decodeRetryState(retryState));
}

function failed(
  message: string,
  cause: Error,
  retryState: RetryState | undefined = RetryState.NON_RETRYABLE_FAILURE,
): RunEnd {
  return { kind: 'error', error: new WorkflowFailedError(message, cause, retryState) };
}

/** The run that takes over from this one; empty when it was the last. */
function newRunOf(event: HistoryEvent): string {
  const { attributes } = event;
  return attributes !== undefined && 'newExecutionRunId' in attributes ? attributes.newExecutionRunId : '';
}
