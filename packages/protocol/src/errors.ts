/**
 * Refusals on the wire: a gRPC status code, a message, and details that tell clients which error class to raise.
 * An RpcError is a value, returned and not thrown. The first detail decides the class a client raises.
 */
import {
  ActivityExecutionAlreadyStartedFailure,
  CancellationAlreadyRequestedFailure,
  ClientVersionNotSupportedFailure,
  MultiOperationExecutionAborted,
  MultiOperationExecutionFailure,
  NamespaceAlreadyExistsFailure,
  NamespaceInvalidStateFailure,
  NamespaceNotActiveFailure,
  NamespaceNotFoundFailure,
  NamespaceUnavailableFailure,
  NewerBuildExistsFailure,
  NexusOperationExecutionAlreadyStartedFailure,
  NotFoundFailure,
  PermissionDeniedFailure,
  QueryFailedFailure,
  ResourceExhaustedFailure,
  ServerVersionNotSupportedFailure,
  Status,
  SystemWorkflowFailure,
  WorkflowExecutionAlreadyStartedFailure,
  WorkflowNotReadyFailure,
  WorkflowTaskCompletionBufferLostFailure,
} from './generated/messages.js';
import type { Any } from './generated/messages.js';
import type { Init, MessageType } from './codec.js';

/** The status codes of gRPC. */
export const StatusCode = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;
export type StatusCode = (typeof StatusCode)[keyof typeof StatusCode];

/** What a call answers instead of a response. */
export interface RpcError {
  readonly code: StatusCode;
  readonly message: string;
  readonly details: readonly Any[];
}

/** Longer messages are cut: they travel in trailers, and proxies limit those. */
const MESSAGE_CHARS_MAX = 4000;

/** An error with any code; `details` are packed messages, see `packAny`. */
export function rpcError(code: StatusCode, message: string, details: readonly Any[] = []): RpcError {
  const text = message.length > MESSAGE_CHARS_MAX ? message.slice(0, MESSAGE_CHARS_MAX) : message;
  return { code, message: text, details };
}

/** Wraps a message in google.protobuf.Any. */
export function packAny<T>(type: MessageType<T>, message: Init<T>): Any {
  return { typeUrl: `type.googleapis.com/${type.name}`, value: type.encode(message) };
}

/** The message inside an Any; undefined when it holds another type. */
export function unpackAny<T>(type: MessageType<T>, any: Any): T | undefined {
  return any.typeUrl.endsWith(`/${type.name}`) ? type.decode(any.value) : undefined;
}

/** The error as google.rpc.Status, the content of the trailer `grpc-status-details-bin`. */
export function encodeStatus(error: RpcError): Uint8Array {
  return Status.encode(error);
}

/** Makes errors of one code that carry one detail. */
function detailed<T>(code: StatusCode, type: MessageType<T>): (message: string, detail: Init<T>) => RpcError {
  return (message, detail) => rpcError(code, message, [packAny(type, detail)]);
}

// --- without a detail

export const invalidArgument = (message: string): RpcError => rpcError(StatusCode.INVALID_ARGUMENT, message);
export const failedPrecondition = (message: string): RpcError => rpcError(StatusCode.FAILED_PRECONDITION, message);
export const unimplemented = (message: string): RpcError => rpcError(StatusCode.UNIMPLEMENTED, message);
export const unavailable = (message: string): RpcError => rpcError(StatusCode.UNAVAILABLE, message);
export const internal = (message: string): RpcError => rpcError(StatusCode.INTERNAL, message);
export const deadlineExceeded = (message: string): RpcError => rpcError(StatusCode.DEADLINE_EXCEEDED, message);
export const canceled = (message: string): RpcError => rpcError(StatusCode.CANCELLED, message);
export const unauthenticated = (message: string): RpcError => rpcError(StatusCode.UNAUTHENTICATED, message);
export const aborted = (message: string): RpcError => rpcError(StatusCode.ABORTED, message);
export const outOfRange = (message: string): RpcError => rpcError(StatusCode.OUT_OF_RANGE, message);
export const dataLoss = (message: string): RpcError => rpcError(StatusCode.DATA_LOSS, message);

// --- already exists

export const workflowExecutionAlreadyStarted = detailed(
  StatusCode.ALREADY_EXISTS,
  WorkflowExecutionAlreadyStartedFailure,
);
export const activityExecutionAlreadyStarted = detailed(
  StatusCode.ALREADY_EXISTS,
  ActivityExecutionAlreadyStartedFailure,
);
export const nexusOperationExecutionAlreadyStarted = detailed(
  StatusCode.ALREADY_EXISTS,
  NexusOperationExecutionAlreadyStartedFailure,
);
export const namespaceAlreadyExists = detailed(StatusCode.ALREADY_EXISTS, NamespaceAlreadyExistsFailure);
export const cancellationAlreadyRequested = detailed(StatusCode.ALREADY_EXISTS, CancellationAlreadyRequestedFailure);
/** An existing thing without an error class of its own, such as a schedule. */
export const alreadyExists = (message: string): RpcError => rpcError(StatusCode.ALREADY_EXISTS, message);

// --- not found

/** An execution, task or anything else that is not there. */
export const notFound = (message: string, detail: Init<NotFoundFailure> = {}): RpcError =>
  rpcError(StatusCode.NOT_FOUND, message, [packAny(NotFoundFailure, detail)]);
export const namespaceNotFound = (namespace: string): RpcError =>
  rpcError(StatusCode.NOT_FOUND, `Namespace ${namespace} is not found.`, [
    packAny(NamespaceNotFoundFailure, { namespace }),
  ]);

// --- the others that carry a detail

export const queryFailed = detailed(StatusCode.INVALID_ARGUMENT, QueryFailedFailure);
export const resourceExhausted = detailed(StatusCode.RESOURCE_EXHAUSTED, ResourceExhaustedFailure);
export const namespaceNotActive = detailed(StatusCode.FAILED_PRECONDITION, NamespaceNotActiveFailure);
export const namespaceInvalidState = detailed(StatusCode.FAILED_PRECONDITION, NamespaceInvalidStateFailure);
export const clientVersionNotSupported = detailed(StatusCode.FAILED_PRECONDITION, ClientVersionNotSupportedFailure);
export const serverVersionNotSupported = detailed(StatusCode.FAILED_PRECONDITION, ServerVersionNotSupportedFailure);
export const permissionDenied = detailed(StatusCode.PERMISSION_DENIED, PermissionDeniedFailure);
export const namespaceUnavailable = detailed(StatusCode.UNAVAILABLE, NamespaceUnavailableFailure);
export const systemWorkflowFailed = detailed(StatusCode.INTERNAL, SystemWorkflowFailure);
export const newerBuildExists = detailed(StatusCode.OUT_OF_RANGE, NewerBuildExistsFailure);
export const workflowNotReady = (message: string): RpcError =>
  rpcError(StatusCode.FAILED_PRECONDITION, message, [packAny(WorkflowNotReadyFailure, {})]);
export const workflowTaskCompletionBufferLost = (message: string): RpcError =>
  rpcError(StatusCode.ABORTED, message, [packAny(WorkflowTaskCompletionBufferLostFailure, {})]);

// --- multi-operation

/** The status of an operation that was not tried because another one of the same call failed. */
export const multiOperationAborted = (message: string): RpcError =>
  rpcError(StatusCode.ABORTED, message, [packAny(MultiOperationExecutionAborted, {})]);

/** The failure of a whole multi-operation: `code` is that of the operation at fault, `statuses` one per operation. */
export function multiOperationFailed(code: StatusCode, message: string, statuses: readonly RpcError[]): RpcError {
  return rpcError(code, message, [packAny(MultiOperationExecutionFailure, { statuses })]);
}
