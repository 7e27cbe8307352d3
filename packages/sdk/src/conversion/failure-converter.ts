/** From errors to failures on the wire and back. */
import { durationMs } from './duration.js';
import type { TemporalFailure } from './failure.js';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  ensureTemporalFailure,
  FAILURE_SOURCE,
  NexusOperationFailure,
  ServerFailure,
  TerminatedFailure,
  TimeoutFailure,
} from './failure.js';
import { readFailure } from './failure-reader.js';
import { encodeApplicationFailureCategory, encodeRetryState, encodeTimeoutType } from './failure-enums.js';
import { toPayloads } from './payload-converter.js';
import type { PayloadConverter } from './payload-converter.js';
import type { ProtoFailure, ProtoPayloads } from './proto-failure.js';
import type { SerializationContext } from './serialization-context.js';
import { cutoffStackTrace } from './stack.js';

/** Turns errors into failures and back. Pure, like payload converters. */
export interface FailureConverter {
  errorToFailure(error: unknown, payloadConverter: PayloadConverter, context?: SerializationContext): ProtoFailure;
  failureToError(failure: ProtoFailure, payloadConverter: PayloadConverter, context?: SerializationContext): Error;
}

/** What is hidden behind the codecs with `encodeCommonAttributes`. */
export interface DefaultEncodedFailureAttributes {
  message: string;
  stack_trace: string;
}

export interface DefaultFailureConverterOptions {
  /**
   * Puts message and stack into a payload, so that codecs encrypt them; tools without the codec see "Encoded failure".
   * Default false.
   */
  encodeCommonAttributes: boolean;
}

/** What every SDK of the field writes and reads. */
export class DefaultFailureConverter implements FailureConverter {
  readonly options: DefaultFailureConverterOptions;

  constructor(options: Partial<DefaultFailureConverterOptions> = {}) {
    this.options = { encodeCommonAttributes: options.encodeCommonAttributes ?? false };
  }

  /** A failure that came over the wire and was not touched goes back as it came. Anything else becomes an application failure. */
  errorToFailure(error: unknown, payloadConverter: PayloadConverter, context?: SerializationContext): ProtoFailure {
    if (context !== undefined) return this.errorToFailure(error, inContext(payloadConverter, context));
    const failure = ensureTemporalFailure(error);
    if (failure.failure !== undefined) return failure.failure;
    const { message } = failure;
    const stackTrace = cutoffStackTrace(failure.stack);
    const cause = failure.cause === undefined ? undefined : this.errorToFailure(failure.cause, payloadConverter);
    const common: ProtoFailure = { source: FAILURE_SOURCE, cause, ...infoOf(failure, payloadConverter) };
    const clear = { ...common, message, stackTrace };
    return this.options.encodeCommonAttributes ? hidden(clear, payloadConverter) : clear;
  }

  /** The failure's message and stack are those of where it happened. */
  failureToError(
    failure: ProtoFailure,
    payloadConverter: PayloadConverter,
    context?: SerializationContext,
  ): TemporalFailure {
    if (context !== undefined) return this.failureToError(failure, inContext(payloadConverter, context));
    return readFailure(failure, payloadConverter, (cause) => this.failureToError(cause, payloadConverter));
  }
}

export const defaultFailureConverter: FailureConverter = new DefaultFailureConverter();

/** The payload converter, told for whom it works. */
function inContext(converter: PayloadConverter, context: SerializationContext): PayloadConverter {
  return {
    toPayload: (value) => converter.toPayload(value, context),
    fromPayload: (payload) => converter.fromPayload(payload, context),
  };
}

/** Message and stack as a payload. */
function hidden(failure: ProtoFailure, converter: PayloadConverter): ProtoFailure {
  const { message = '', stackTrace = '' } = failure;
  const attributes: DefaultEncodedFailureAttributes = { message, stack_trace: stackTrace };
  return {
    ...failure,
    message: 'Encoded failure',
    stackTrace: '',
    encodedAttributes: converter.toPayload(attributes),
  };
}

/** By its options, not by its class: it may come from another copy of this package. */
export function hidesAttributes(converter: FailureConverter): boolean {
  return (converter as Partial<DefaultFailureConverter>).options?.encodeCommonAttributes === true;
}

/** A copy of a failure, with the messages and stacks of all its causes hidden that are not yet. */
export function withHiddenAttributes(failure: ProtoFailure, converter: PayloadConverter): ProtoFailure {
  const cause = failure.cause ? withHiddenAttributes(failure.cause, converter) : undefined;
  const copy = { ...failure, cause };
  return failure.encodedAttributes ? copy : hidden(copy, converter);
}

/** The part that says of which kind a failure is. */
function infoOf(failure: TemporalFailure, converter: PayloadConverter): ProtoFailure {
  if (failure instanceof ApplicationFailure) return applicationInfo(failure, converter);
  if (failure instanceof CancelledFailure) {
    return { canceledFailureInfo: { details: listOf(converter, failure.details), identity: '' } };
  }
  if (failure instanceof TimeoutFailure) {
    const { lastHeartbeatDetails } = failure;
    const details = lastHeartbeatDetails === undefined ? undefined : listOf(converter, [lastHeartbeatDetails]);
    return {
      timeoutFailureInfo: {
        timeoutType: encodeTimeoutType(failure.timeoutType) ?? 0,
        lastHeartbeatDetails: details,
      },
    };
  }
  if (failure instanceof ActivityFailure) return activityInfo(failure);
  if (failure instanceof ChildWorkflowFailure) return childInfo(failure);
  if (failure instanceof TerminatedFailure) return { terminatedFailureInfo: {} };
  if (failure instanceof ServerFailure) return { serverFailureInfo: { nonRetryable: failure.nonRetryable } };
  if (failure instanceof NexusOperationFailure) {
    const { endpoint, service, operation, operationToken = '' } = failure;
    return { nexusOperationExecutionFailureInfo: { endpoint, service, operation, operationToken } };
  }
  return { applicationFailureInfo: { type: failure.name, nonRetryable: false } };
}

function applicationInfo(failure: ApplicationFailure, converter: PayloadConverter): ProtoFailure {
  const { type, nonRetryable, details, nextRetryDelay, category } = failure;
  return {
    applicationFailureInfo: {
      type: type ?? '',
      nonRetryable: nonRetryable ?? false,
      details: listOf(converter, details ?? []),
      category: encodeApplicationFailureCategory(category) ?? 0,
      ...(nextRetryDelay === undefined ? {} : { nextRetryDelay: durationMs(nextRetryDelay) }),
    },
  };
}

function activityInfo(failure: ActivityFailure): ProtoFailure {
  return {
    activityFailureInfo: {
      activityType: { name: failure.activityType },
      activityId: failure.activityId ?? '',
      retryState: encodeRetryState(failure.retryState) ?? 0,
      identity: failure.identity ?? '',
    },
  };
}

function childInfo(failure: ChildWorkflowFailure): ProtoFailure {
  return {
    childWorkflowExecutionFailureInfo: {
      namespace: failure.namespace ?? '',
      workflowExecution: { ...failure.execution },
      workflowType: { name: failure.workflowType },
      retryState: encodeRetryState(failure.retryState) ?? 0,
    },
  };
}

function listOf(converter: PayloadConverter, values: readonly unknown[]): ProtoPayloads | undefined {
  const payloads = toPayloads(converter, ...values);
  return payloads && { payloads };
}
