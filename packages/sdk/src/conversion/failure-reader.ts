/** The error that a failure on the wire stands for. */
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  NexusOperationFailure,
  ServerFailure,
  TemporalFailure,
  TerminatedFailure,
  TimeoutFailure,
} from './failure.js';
import { decodeApplicationFailureCategory, decodeRetryState, decodeTimeoutType } from './failure-enums.js';
import { arrayFromPayloads, fromPayloadsAtIndex } from './payload-converter.js';
import type { PayloadConverter } from './payload-converter.js';
import type { ProtoFailure } from './proto-failure.js';

/** `read` reads the causes: it is the converter that was asked. */
export function readFailure(
  failure: ProtoFailure,
  converter: PayloadConverter,
  read: (cause: ProtoFailure) => Error,
): TemporalFailure {
  const visible = withAttributes(failure, converter);
  const cause = failure.cause ? read(failure.cause) : undefined;
  const error = errorOf(visible, converter, cause);
  const stack = visible.stackTrace ?? '';
  Object.defineProperty(error, 'stack', { value: stack, configurable: true, writable: true });
  error.failure = failure;
  return error;
}

/** With message and stack from the encoded attributes, where they can be read. */
function withAttributes(failure: ProtoFailure, converter: PayloadConverter): ProtoFailure {
  if (!failure.encodedAttributes) return failure;
  const attributes = converter.fromPayload<{ message?: unknown; stack_trace?: unknown } | null>(
    failure.encodedAttributes,
  );
  const visible = { ...failure };
  if (typeof attributes?.message === 'string') visible.message = attributes.message;
  if (typeof attributes?.stack_trace === 'string') visible.stackTrace = attributes.stack_trace;
  return visible;
}

function errorOf(failure: ProtoFailure, converter: PayloadConverter, cause: Error | undefined): TemporalFailure {
  const message = failure.message === '' ? undefined : failure.message;
  if (failure.applicationFailureInfo) return applicationFailure(failure, converter, cause);
  if (failure.serverFailureInfo) {
    return new ServerFailure(message, failure.serverFailureInfo.nonRetryable ?? false, cause);
  }
  if (failure.timeoutFailureInfo) {
    const { lastHeartbeatDetails, timeoutType } = failure.timeoutFailureInfo;
    const details = fromPayloadsAtIndex<unknown>(converter, 0, lastHeartbeatDetails?.payloads);
    return new TimeoutFailure(message, details, decodeTimeoutType(timeoutType));
  }
  if (failure.terminatedFailureInfo) return new TerminatedFailure(message, cause);
  if (failure.canceledFailureInfo) {
    const details = arrayFromPayloads(converter, failure.canceledFailureInfo.details?.payloads);
    return new CancelledFailure(message, details, cause);
  }
  if (failure.resetWorkflowFailureInfo) {
    const details = arrayFromPayloads(converter, failure.resetWorkflowFailureInfo.lastHeartbeatDetails?.payloads);
    return new ApplicationFailure(message, 'ResetWorkflow', false, details, cause);
  }
  return failureOfAnother(failure, message, cause);
}

function applicationFailure(
  failure: ProtoFailure,
  converter: PayloadConverter,
  cause: Error | undefined,
): ApplicationFailure {
  const info = failure.applicationFailureInfo ?? {};
  const details = arrayFromPayloads(converter, info.details?.payloads);
  const category = decodeApplicationFailureCategory(info.category);
  const { type, nonRetryable, nextRetryDelay } = info;
  return new ApplicationFailure(
    failure.message,
    type || undefined,
    nonRetryable,
    details,
    cause,
    nextRetryDelay,
    category,
  );
}

/** Failures of something that this execution had asked for. */
function failureOfAnother(
  failure: ProtoFailure,
  message: string | undefined,
  cause: Error | undefined,
): TemporalFailure {
  const child = failure.childWorkflowExecutionFailureInfo;
  if (child) {
    const { namespace, workflowExecution, workflowType, retryState } = child;
    const execution = { workflowId: workflowExecution?.workflowId ?? '', runId: workflowExecution?.runId ?? '' };
    const state = decodeRetryState(retryState);
    return new ChildWorkflowFailure(namespace || undefined, execution, workflowType?.name ?? '', state, cause);
  }
  const activity = failure.activityFailureInfo;
  if (activity) {
    const { activityType, activityId, retryState, identity } = activity;
    const state = decodeRetryState(retryState);
    const type = activityType?.name ?? '';
    return new ActivityFailure(message, type, activityId || undefined, state, identity || undefined, cause);
  }
  const nexus = failure.nexusOperationExecutionFailureInfo;
  if (nexus) {
    const { endpoint = '', service = '', operation = '', operationToken, operationId } = nexus;
    const token = operationToken || operationId || undefined;
    return new NexusOperationFailure(message, { endpoint, service, operation }, token, cause);
  }
  return new TemporalFailure(message, cause);
}
