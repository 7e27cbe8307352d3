/** Why a call of a workflow client did not give what was asked for. */
import { namedErrorClass } from '../conversion/error-class.js';
export { WorkflowExecutionAlreadyStartedError } from '../conversion/failure.js';
import type { RetryState } from '../conversion/failure-enums.js';
import type { WorkflowExecutionStatusName } from './workflow-description.js';

/** The server refused a call, or could not be reached. `cause` is the gRPC status. */
export class ServiceError extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
  }
}
namedErrorClass(ServiceError, 'ServiceError');

/** The execution did not complete; `cause` is why: an ApplicationFailure, CancelledFailure, TerminatedFailure, TimeoutFailure, … */
export class WorkflowFailedError extends Error {
  declare readonly cause: Error | undefined;
  /** Why there was no further run. */
  readonly retryState: RetryState | undefined;

  constructor(message: string, cause: Error | undefined, retryState: RetryState | undefined) {
    super(message, { cause });
    this.retryState = retryState;
  }
}
namedErrorClass(WorkflowFailedError, 'WorkflowFailedError');

/** The run continued as a new one, and `followRuns` is off. */
export class WorkflowContinuedAsNewError extends Error {
  readonly newExecutionRunId: string;

  constructor(message: string, newExecutionRunId: string) {
    super(message);
    this.newExecutionRunId = newExecutionRunId;
  }
}
namedErrorClass(WorkflowContinuedAsNewError, 'WorkflowContinuedAsNewError');

/** The update was rejected by its validator, or its handler failed; `cause` is why. */
export class WorkflowUpdateFailedError extends Error {
  declare readonly cause: Error | undefined;

  constructor(message: string, cause: Error | undefined) {
    super(message, { cause });
  }
}
namedErrorClass(WorkflowUpdateFailedError, 'WorkflowUpdateFailedError');

/** Waiting for an update ended, by a deadline or an abort signal; the update itself goes on. */
export class WorkflowUpdateRPCTimeoutOrCancelledError extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
  }
}
namedErrorClass(WorkflowUpdateRPCTimeoutOrCancelledError, 'WorkflowUpdateRPCTimeoutOrCancelledError');

/** The workflow has no such query, or its handler failed; `cause` is the gRPC status. */
export class QueryNotRegisteredError extends Error {
  /** gRPC status code. */
  readonly code: number;

  constructor(message: string, code: number, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
namedErrorClass(QueryNotRegisteredError, 'QueryNotRegisteredError');

/** The execution is in a state that the `queryRejectCondition` excludes. */
export class QueryRejectedError extends Error {
  readonly status: WorkflowExecutionStatusName;

  constructor(status: WorkflowExecutionStatusName) {
    super(
      `The query was rejected because the workflow is ${status}. Set \`queryRejectCondition\` to NONE to query closed workflows.`,
    );
    this.status = status;
  }
}
namedErrorClass(QueryRejectedError, 'QueryRejectedError');
