/**
 * Refused inputs are values. Each code has one gRPC status (api/errors.ts) and one page (docs/errors/<CODE>.md).
 * The message is what the user reads: it says what is wrong and, where there is a cure, what to do.
 */
export type RejectionCode =
  | 'INVALID_ARGUMENT'
  | 'WORKFLOW_NOT_FOUND'
  | 'WORKFLOW_CLOSED'
  | 'WORKFLOW_ALREADY_STARTED'
  | 'WORKFLOW_NOT_READY'
  | 'WORKFLOW_BUSY'
  | 'WORKFLOW_QUARANTINED'
  | 'TASK_NOT_FOUND'
  | 'UPDATE_NOT_FOUND'
  | 'UPDATE_ABORTED_BY_CLOSE'
  | 'UPDATE_LIMIT_IN_FLIGHT'
  | 'UPDATE_LIMIT_TOTAL'
  | 'QUERY_FAILED'
  | 'QUERY_NO_POLLER'
  | 'QUERY_TIMEOUT'
  | 'MULTI_OPERATION_FAILED'
  | 'MULTI_OPERATION_ABORTED'
  | 'NAMESPACE_NOT_FOUND'
  | 'NAMESPACE_ALREADY_EXISTS'
  | 'NAMESPACE_INVALID_STATE'
  | 'PERMISSION_DENIED'
  | 'LIMIT_EXCEEDED'
  | 'CONCURRENT_LIMIT'
  | 'UNAVAILABLE'
  | 'DEADLINE_EXCEEDED'
  | 'CANCELLED'
  | 'UNIMPLEMENTED'
  | 'FAILED_PRECONDITION'
  | 'CLIENT_VERSION_NOT_SUPPORTED'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'INTERNAL';

export interface Rejection {
  readonly kind: 'rejection';
  readonly code: RejectionCode;
  readonly message: string;
  /** Extra facts for the error detail of the codes that have one. */
  readonly detail?: RejectionDetail;
}

export type RejectionDetail =
  | {
      readonly kind: 'alreadyStarted';
      readonly startRequestId: string;
      readonly runId: string;
      readonly firstRunId: string;
    }
  | { readonly kind: 'queryFailed'; readonly failure: Uint8Array | undefined }
  | { readonly kind: 'namespace'; readonly namespace: string }
  | {
      readonly kind: 'namespaceState';
      readonly namespace: string;
      readonly state: number;
      readonly allowed: readonly number[];
    }
  | {
      readonly kind: 'clientVersion';
      readonly clientVersion: string;
      readonly clientName: string;
      readonly supported: string;
    }
  | { readonly kind: 'multiOperation'; readonly statuses: readonly (Rejection | undefined)[] };

export function reject(code: RejectionCode, message: string, detail?: RejectionDetail): Rejection {
  return detail === undefined ? { kind: 'rejection', code, message } : { kind: 'rejection', code, message, detail };
}

export function isRejection(value: object): value is Rejection {
  return 'kind' in value && value.kind === 'rejection';
}

/** The texts SDKs and users know; some clients match on them. */
export const workflowNotFound = (workflowId: string): Rejection =>
  reject('WORKFLOW_NOT_FOUND', `workflow not found for ID: ${workflowId}`);
export const workflowClosed = (): Rejection => reject('WORKFLOW_CLOSED', 'workflow execution already completed');
export const workflowTaskNotFound = (): Rejection => reject('TASK_NOT_FOUND', 'Workflow task not found.');
export const activityTaskNotFound = (): Rejection =>
  reject('TASK_NOT_FOUND', 'invalid activityID or activity already timed out or invoking workflow is completed');
export const invalidArgument = (message: string): Rejection => reject('INVALID_ARGUMENT', message);

export const queryTaskNotFound = (): Rejection => reject('TASK_NOT_FOUND', 'query task not found, or already expired');
