/** The failures that the core makes itself: what code catches when an activity, a child or a request does not succeed. */
import { EventType, Failure, RetryState, TimeoutType } from '@perdure/protocol';
import type { ActivityTaskCanceledEventAttributes, HistoryEvent, HistoryEventOf, Init } from '@perdure/protocol';
import type { ActivityMachine } from './machines/activity.js';
import type { ChildMachine } from './machines/child.js';

export function applicationFailure(message: string, type: string): Uint8Array {
  return Failure.encode({ message, applicationFailureInfo: { type } });
}

export function cancelledFailure(message: string, details?: Uint8Array, identity?: string): Uint8Array {
  return Failure.encode({ message, canceledFailureInfo: { details, identity } });
}

interface ActivityNames {
  readonly activityId: string;
  readonly activityType: string;
}

/** `event` is absent when the code is told at once. */
export function activityCancelled(
  { activityId, activityType }: ActivityNames,
  event: ActivityTaskCanceledEventAttributes | undefined,
  retryState: RetryState,
): Uint8Array {
  return Failure.encode({
    message: 'Activity cancelled',
    cause: cancelledFailure('', event?.details),
    activityFailureInfo: {
      activityId,
      activityType: { name: activityType },
      retryState,
      identity: event?.identity,
      scheduledEventId: event?.scheduledEventId,
      startedEventId: event?.startedEventId,
    },
  });
}

type ActivityFailedEvent = HistoryEventOf<
  typeof EventType.ACTIVITY_TASK_FAILED | typeof EventType.ACTIVITY_TASK_TIMED_OUT
>;

export function activityFailed(machine: ActivityMachine, event: ActivityFailedEvent): Uint8Array {
  const { activityId, activityType } = machine.command.attributes;
  const { failure, scheduledEventId, startedEventId, retryState } = event.attributes;
  const failed = event.eventType === EventType.ACTIVITY_TASK_FAILED;
  return Failure.encode({
    message: failed ? 'Activity task failed' : 'Activity task timed out',
    cause: failure,
    activityFailureInfo: {
      activityId,
      activityType,
      scheduledEventId,
      startedEventId,
      retryState,
      identity: 'identity' in event.attributes ? event.attributes.identity : undefined,
    },
  });
}

/** Of a child that failed, timed out or was terminated. */
export function childFailed(machine: ChildMachine, event: HistoryEvent): Uint8Array {
  switch (event.eventType) {
    case EventType.CHILD_WORKFLOW_EXECUTION_FAILED:
      return childFailure(
        machine,
        'Child Workflow execution failed',
        event.attributes.failure,
        event.attributes.retryState,
      );
    case EventType.CHILD_WORKFLOW_EXECUTION_TIMED_OUT:
      return childFailure(
        machine,
        'Child Workflow execution timed out',
        Failure.encode({ message: 'Timed out', timeoutFailureInfo: { timeoutType: TimeoutType.START_TO_CLOSE } }),
        event.attributes.retryState,
      );
    default:
      return childFailure(
        machine,
        'Child Workflow execution terminated',
        Failure.encode({ message: 'Terminated', terminatedFailureInfo: {} }),
        RetryState.NON_RETRYABLE_FAILURE,
      );
  }
}

export function childCancelled(machine: ChildMachine, event: HistoryEvent | undefined): Uint8Array {
  const details =
    event?.eventType === EventType.CHILD_WORKFLOW_EXECUTION_CANCELED ? event.attributes.details : undefined;
  const cause = cancelledFailure('', details);
  return childFailure(machine, 'Child Workflow execution cancelled', cause, RetryState.NON_RETRYABLE_FAILURE);
}

/** Of a child that was cancelled before its start was sent. */
export function childNeverStarted(machine: ChildMachine): Uint8Array {
  const message = `Child workflow cancelled before its start was sent: ${machine.cancelReason}`;
  return childFailure(machine, message, cancelledFailure(''), RetryState.NON_RETRYABLE_FAILURE);
}

function childFailure(
  machine: ChildMachine,
  message: string,
  cause: Uint8Array | undefined,
  retryState: RetryState,
): Uint8Array {
  const { namespace, workflowId, workflowType } = machine.command.attributes;
  const { initiatedEventId, startedEventId, runId } = machine;
  const childWorkflowExecutionFailureInfo: Init<Failure>['childWorkflowExecutionFailureInfo'] = {
    namespace,
    workflowType,
    workflowExecution: { workflowId, runId },
    initiatedEventId,
    startedEventId,
    retryState,
  };
  return Failure.encode({ message, cause, childWorkflowExecutionFailureInfo });
}
