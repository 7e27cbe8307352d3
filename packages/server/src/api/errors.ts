/** Refusals as they leave: the gRPC code and the detail of each. The first detail decides the class a client raises. */
import {
  ResourceExhaustedCause,
  ResourceExhaustedScope,
  StatusCode,
  alreadyExists,
  canceled,
  clientVersionNotSupported,
  deadlineExceeded,
  failedPrecondition,
  internal,
  invalidArgument,
  multiOperationAborted,
  multiOperationFailed,
  namespaceAlreadyExists,
  namespaceInvalidState,
  namespaceNotFound,
  notFound,
  permissionDenied,
  queryFailed,
  resourceExhausted,
  rpcError,
  unavailable,
  unimplemented,
  workflowExecutionAlreadyStarted,
  workflowNotReady,
} from '@perdure/protocol';
import type { NamespaceState, RpcError } from '@perdure/protocol';
import type { Rejection, RejectionCode, RejectionDetail } from '../core/rejection.js';

export function toRpcError(rejection: Rejection): RpcError {
  return ERRORS[rejection.code](rejection.message, rejection.detail);
}

type MakeError = (message: string, detail: RejectionDetail | undefined) => RpcError;

/**
 * What callers may simply try again is RESOURCE_EXHAUSTED, UNAVAILABLE or ABORTED: clients repeat those and no others
 * that are permanent here.
 */
const ERRORS: Readonly<Record<RejectionCode, MakeError>> = {
  INVALID_ARGUMENT: (message) => invalidArgument(message),
  WORKFLOW_NOT_FOUND: (message) => notFound(message),
  WORKFLOW_CLOSED: (message) => notFound(message),
  WORKFLOW_ALREADY_STARTED: alreadyStarted,
  WORKFLOW_NOT_READY: (message) => workflowNotReady(message),
  WORKFLOW_BUSY: (message) => exhausted(message, ResourceExhaustedCause.BUSY_WORKFLOW),
  WORKFLOW_QUARANTINED: (message) => failedPrecondition(message),
  TASK_NOT_FOUND: (message) => notFound(message),
  UPDATE_NOT_FOUND: (message) => notFound(message),
  UPDATE_ABORTED_BY_CLOSE: (message) => notFound(message),
  UPDATE_LIMIT_IN_FLIGHT: (message) => exhausted(message, ResourceExhaustedCause.CONCURRENT_LIMIT),
  UPDATE_LIMIT_TOTAL: (message) => failedPrecondition(message),
  QUERY_FAILED: (message, detail) =>
    queryFailed(message, { failure: detail?.kind === 'queryFailed' ? detail.failure : undefined }),
  QUERY_NO_POLLER: (message) => failedPrecondition(message),
  QUERY_TIMEOUT: (message) => deadlineExceeded(message),
  MULTI_OPERATION_FAILED: multiOperation,
  MULTI_OPERATION_ABORTED: (message) => multiOperationAborted(message),
  NAMESPACE_NOT_FOUND: namespaceMissing,
  NAMESPACE_ALREADY_EXISTS: (message) => namespaceAlreadyExists(message, {}),
  NAMESPACE_INVALID_STATE: invalidState,
  PERMISSION_DENIED: (message) => permissionDenied(message, {}),
  LIMIT_EXCEEDED: (message) => invalidArgument(message),
  CONCURRENT_LIMIT: (message) => exhausted(message, ResourceExhaustedCause.CONCURRENT_LIMIT),
  UNAVAILABLE: (message) => unavailable(message),
  DEADLINE_EXCEEDED: (message) => deadlineExceeded(message),
  CANCELLED: (message) => canceled(message),
  UNIMPLEMENTED: (message) => unimplemented(message),
  FAILED_PRECONDITION: (message) => failedPrecondition(message),
  CLIENT_VERSION_NOT_SUPPORTED: versionRefused,
  NOT_FOUND: (message) => notFound(message),
  ALREADY_EXISTS: (message) => alreadyExists(message),
  INTERNAL: (message) => internal(message),
};

function exhausted(message: string, cause: ResourceExhaustedCause): RpcError {
  return resourceExhausted(message, { cause, scope: ResourceExhaustedScope.NAMESPACE });
}

function alreadyStarted(message: string, detail: RejectionDetail | undefined): RpcError {
  if (detail?.kind !== 'alreadyStarted') return workflowExecutionAlreadyStarted(message, {});
  const { startRequestId, runId, firstRunId } = detail;
  return workflowExecutionAlreadyStarted(message, { startRequestId, runId, firstExecutionRunId: firstRunId });
}

function namespaceMissing(message: string, detail: RejectionDetail | undefined): RpcError {
  const namespace = detail?.kind === 'namespace' ? detail.namespace : '';
  const error = namespaceNotFound(namespace);
  return message === '' ? error : { ...error, message };
}

function invalidState(message: string, detail: RejectionDetail | undefined): RpcError {
  if (detail?.kind !== 'namespaceState') return failedPrecondition(message);
  const { namespace, state, allowed } = detail;
  return namespaceInvalidState(message, {
    namespace,
    state: state as NamespaceState,
    allowedStates: allowed as NamespaceState[],
  });
}

function versionRefused(message: string, detail: RejectionDetail | undefined): RpcError {
  if (detail?.kind !== 'clientVersion') return failedPrecondition(message);
  const { clientVersion, clientName, supported } = detail;
  return clientVersionNotSupported(message, { clientVersion, clientName, supportedVersions: supported });
}

/** The code of the whole is that of the operation at fault: the first one that was not merely left out because of it. */
function multiOperation(message: string, detail: RejectionDetail | undefined): RpcError {
  if (detail?.kind !== 'multiOperation') return internal(message);
  const statuses = detail.statuses.map((status) =>
    status === undefined ? rpcError(StatusCode.OK, '') : toRpcError(status),
  );
  const culprit = detail.statuses.findIndex(
    (status) => status !== undefined && status.code !== 'MULTI_OPERATION_ABORTED',
  );
  return multiOperationFailed(statuses[culprit]?.code ?? StatusCode.ABORTED, message, statuses);
}
