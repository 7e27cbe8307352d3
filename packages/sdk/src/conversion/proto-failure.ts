/** Failures as data: `temporal.api.failure.v1.Failure` with everything inside of it readable. */
import { Failure } from '@perdure/protocol';
import type { Init } from '@perdure/protocol';
import type { Payload } from './payload.js';
import { payloadFromBytes, payloadsFromBytes, payloadsToBytes, payloadToBytes } from './payload.js';

/** A list of payloads inside of a failure. */
export interface ProtoPayloads {
  payloads?: Payload[] | null | undefined;
}

type WithPayloads<T, Field extends string> = Omit<T, Field> & { [K in Field]?: ProtoPayloads | null | undefined };
type Info<K extends keyof Failure> = Partial<NonNullable<Failure[K]>>;

/** What a failure converter writes and reads. Exactly one of the `…Info` fields says of which kind it is. */
export interface ProtoFailure {
  message?: string | undefined;
  source?: string | undefined;
  stackTrace?: string | undefined;
  /** Message and stack when they are hidden behind the codecs. */
  encodedAttributes?: Payload | null | undefined;
  cause?: ProtoFailure | null | undefined;
  applicationFailureInfo?: WithPayloads<Info<'applicationFailureInfo'>, 'details'> | undefined;
  timeoutFailureInfo?: WithPayloads<Info<'timeoutFailureInfo'>, 'lastHeartbeatDetails'> | undefined;
  canceledFailureInfo?: WithPayloads<Info<'canceledFailureInfo'>, 'details'> | undefined;
  terminatedFailureInfo?: Info<'terminatedFailureInfo'> | undefined;
  serverFailureInfo?: Info<'serverFailureInfo'> | undefined;
  resetWorkflowFailureInfo?: WithPayloads<Info<'resetWorkflowFailureInfo'>, 'lastHeartbeatDetails'> | undefined;
  activityFailureInfo?: Info<'activityFailureInfo'> | undefined;
  childWorkflowExecutionFailureInfo?: Info<'childWorkflowExecutionFailureInfo'> | undefined;
  nexusOperationExecutionFailureInfo?: Info<'nexusOperationExecutionFailureInfo'> | undefined;
  nexusHandlerFailureInfo?: Info<'nexusHandlerFailureInfo'> | undefined;
}

/** The failure as bytes. */
export function failureToBytes(failure: ProtoFailure): Uint8Array {
  const { encodedAttributes, cause, applicationFailureInfo, timeoutFailureInfo, canceledFailureInfo } = failure;
  const { resetWorkflowFailureInfo, ...plain } = failure;
  const message: Init<Failure> = {
    ...plain,
    encodedAttributes: encodedAttributes ? payloadToBytes(encodedAttributes) : undefined,
    cause: cause ? failureToBytes(cause) : undefined,
    applicationFailureInfo: applicationFailureInfo && {
      ...applicationFailureInfo,
      details: listToBytes(applicationFailureInfo.details),
    },
    timeoutFailureInfo: timeoutFailureInfo && {
      ...timeoutFailureInfo,
      lastHeartbeatDetails: listToBytes(timeoutFailureInfo.lastHeartbeatDetails),
    },
    canceledFailureInfo: canceledFailureInfo && {
      ...canceledFailureInfo,
      details: listToBytes(canceledFailureInfo.details),
    },
    resetWorkflowFailureInfo: resetWorkflowFailureInfo && {
      lastHeartbeatDetails: listToBytes(resetWorkflowFailureInfo.lastHeartbeatDetails),
    },
  };
  return Failure.encode(message);
}

/** The failure that the bytes are, with all of its causes. */
export function failureFromBytes(bytes: Uint8Array): ProtoFailure {
  const message = Failure.decode(bytes);
  const { encodedAttributes, cause, applicationFailureInfo, timeoutFailureInfo, canceledFailureInfo } = message;
  const { resetWorkflowFailureInfo, ...plain } = message;
  return {
    ...plain,
    encodedAttributes: encodedAttributes && payloadFromBytes(encodedAttributes),
    cause: cause && failureFromBytes(cause),
    applicationFailureInfo: applicationFailureInfo && {
      ...applicationFailureInfo,
      details: listFromBytes(applicationFailureInfo.details),
    },
    timeoutFailureInfo: timeoutFailureInfo && {
      ...timeoutFailureInfo,
      lastHeartbeatDetails: listFromBytes(timeoutFailureInfo.lastHeartbeatDetails),
    },
    canceledFailureInfo: canceledFailureInfo && {
      ...canceledFailureInfo,
      details: listFromBytes(canceledFailureInfo.details),
    },
    resetWorkflowFailureInfo: resetWorkflowFailureInfo && {
      lastHeartbeatDetails: listFromBytes(resetWorkflowFailureInfo.lastHeartbeatDetails),
    },
  };
}

function listToBytes(list: ProtoPayloads | null | undefined): Uint8Array | undefined {
  return payloadsToBytes(list?.payloads ?? undefined);
}

function listFromBytes(bytes: Uint8Array | undefined): ProtoPayloads | undefined {
  return bytes === undefined ? undefined : { payloads: payloadsFromBytes(bytes) };
}

type Pass = (payloads: Payload[]) => Promise<Payload[]>;

/** A copy in which all payloads, those of the causes too, have gone through `pass`. */
export async function mapFailurePayloads(failure: ProtoFailure, pass: Pass): Promise<ProtoFailure> {
  const { encodedAttributes, cause, applicationFailureInfo, timeoutFailureInfo, canceledFailureInfo } = failure;
  const mapped: ProtoFailure = { ...failure };
  if (cause) mapped.cause = await mapFailurePayloads(cause, pass);
  if (encodedAttributes) [mapped.encodedAttributes] = await pass([encodedAttributes]);
  if (applicationFailureInfo) {
    const details = await mapList(applicationFailureInfo.details, pass);
    mapped.applicationFailureInfo = { ...applicationFailureInfo, details };
  }
  if (timeoutFailureInfo) {
    const lastHeartbeatDetails = await mapList(timeoutFailureInfo.lastHeartbeatDetails, pass);
    mapped.timeoutFailureInfo = { ...timeoutFailureInfo, lastHeartbeatDetails };
  }
  if (canceledFailureInfo) {
    mapped.canceledFailureInfo = { ...canceledFailureInfo, details: await mapList(canceledFailureInfo.details, pass) };
  }
  if (failure.resetWorkflowFailureInfo) {
    const lastHeartbeatDetails = await mapList(failure.resetWorkflowFailureInfo.lastHeartbeatDetails, pass);
    mapped.resetWorkflowFailureInfo = { lastHeartbeatDetails };
  }
  return mapped;
}

async function mapList(list: ProtoPayloads | null | undefined, pass: Pass): Promise<ProtoPayloads | undefined> {
  return list?.payloads && list.payloads.length > 0 ? { payloads: await pass(list.payloads) } : (list ?? undefined);
}
