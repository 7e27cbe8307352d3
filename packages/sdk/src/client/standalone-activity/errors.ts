/** Why a call about an activity without a workflow did not give what was asked for. */
import { ActivityExecutionAlreadyStartedFailure, StatusCode } from '@perdure/protocol';
import { namedErrorClass } from '../../conversion/error-class.js';
import { ActivityNotFoundError } from '../async-completion-client.js';
import { isGrpcServiceError, statusDetail } from '../grpc-error.js';
import { serviceError } from '../service-errors.js';

/** The activity did not complete; `cause` is why. */
export class ActivityExecutionFailedError extends Error {
  declare readonly cause: Error | undefined;
  readonly activityId: string;
  readonly runId: string | undefined;

  constructor(message: string, cause: Error | undefined, activityId: string, runId?: string) {
    super(message, { cause });
    this.activityId = activityId;
    this.runId = runId;
  }
}
namedErrorClass(ActivityExecutionFailedError, 'ActivityExecutionFailedError');

/** An activity of this id exists and the id policies do not allow another one. */
export class ActivityExecutionAlreadyStartedError extends Error {
  readonly activityId: string;
  /** Of the one that exists. */
  readonly runId: string;

  constructor(message: string, activityId: string, runId: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.activityId = activityId;
    this.runId = runId;
  }
}
namedErrorClass(ActivityExecutionAlreadyStartedError, 'ActivityExecutionAlreadyStartedError');

/** What is thrown instead of `thrown`. */
export function activityError(thrown: unknown, what: string, activityId: string): unknown {
  const known = serviceError(thrown, what);
  if (!isGrpcServiceError(thrown) || (known instanceof Error && known.name === 'NamespaceNotFoundError')) return known;
  if (thrown.code === StatusCode.NOT_FOUND) {
    const message = `There is no activity '${activityId}' in this namespace, or it is closed and the call needs a running one`;
    return new ActivityNotFoundError(message, { cause: thrown });
  }
  if (thrown.code !== StatusCode.ALREADY_EXISTS) return known;
  const runId = statusDetail(thrown, ActivityExecutionAlreadyStartedFailure)?.runId ?? '';
  const message = `There is an activity '${activityId}' already (run ${runId}). Use another id, \`idConflictPolicy\` or \`idReusePolicy\``;
  return new ActivityExecutionAlreadyStartedError(message, activityId, runId, { cause: thrown });
}
