/** The close event of a run that goes on in another, for clients that follow only continue-as-new to the next run. */
import { ContinueAsNewInitiator, EventType, History, RetryState } from '@perdure/protocol';
import type { HistoryEvent, Init, WorkflowExecutionContinuedAsNewEventAttributes } from '@perdure/protocol';
import type { Caller } from './contract.js';

/** Clients announce that they read the next run's id from every kind of close event. */
export function followsNextRun(caller: Caller): boolean {
  const features = caller.header('supported-features') ?? '';
  return features.split(',').some((feature) => feature.trim() === 'follows-next-run-id');
}

/**
 * `history`: encoded, of one event. A retry's or cron's close is told as continue-as-new; anything else stays as it is.
 * Without it such a client takes a failed attempt for the result.
 */
export function toldAsContinued(history: Uint8Array): Uint8Array {
  const event = History.decode(history).events[0];
  if (event === undefined) return history;
  const next = nextRun(event);
  if (next === undefined) return history;
  const { eventId, eventTime, taskId, version } = event;
  const eventType = EventType.WORKFLOW_EXECUTION_CONTINUED_AS_NEW;
  return History.encode({ events: [{ eventId, eventTime, taskId, version, eventType, attributes: next }] });
}

type ContinuedAttributes = Init<WorkflowExecutionContinuedAsNewEventAttributes>;

function nextRun({ eventType, attributes }: HistoryEvent): ContinuedAttributes | undefined {
  if (
    eventType !== EventType.WORKFLOW_EXECUTION_COMPLETED &&
    eventType !== EventType.WORKFLOW_EXECUTION_FAILED &&
    eventType !== EventType.WORKFLOW_EXECUTION_TIMED_OUT
  )
    return undefined;
  const { newExecutionRunId } = attributes;
  if (newExecutionRunId === '') return undefined;
  const isRetry = 'retryState' in attributes && attributes.retryState === RetryState.IN_PROGRESS;
  const initiator = isRetry ? ContinueAsNewInitiator.RETRY : ContinueAsNewInitiator.CRON_SCHEDULE;
  return { newExecutionRunId, initiator };
}
