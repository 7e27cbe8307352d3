/** RespondActivityTaskCompleted, -Failed, -Canceled, each by token and by id. */
import { Failure } from '@perdure/protocol';
import type {
  RespondActivityTaskCanceledByIdRequest,
  RespondActivityTaskCanceledRequest,
  RespondActivityTaskCanceledResponse,
  RespondActivityTaskCompletedByIdRequest,
  RespondActivityTaskCompletedRequest,
  RespondActivityTaskCompletedResponse,
  RespondActivityTaskFailedByIdRequest,
  RespondActivityTaskFailedRequest,
  RespondActivityTaskFailedResponse,
  TaskToken,
} from '@perdure/protocol';
import { invalidArgument, isRejection, reject } from '../core/rejection.js';
import type { Rejection } from '../core/rejection.js';
import type { ActivityTarget, NamespaceRecord } from '../engine/messages.js';
import { asAnswered, asNothing, ask } from './contract.js';
import type { ApiContext, Plan } from './contract.js';
import { checkIdentity, isUuid, refuseIf } from './validate.js';
import type { Problem } from './validate.js';

export function activityCompleted(
  request: RespondActivityTaskCompletedRequest,
  context: ApiContext,
  _namespace: NamespaceRecord,
  token: TaskToken,
): Plan<RespondActivityTaskCompletedResponse> {
  const problem = checkIdentity(request.identity, context.limits);
  return problem ?? ask({ kind: 'respondActivityCompleted', target: { by: 'token', token }, request }, asNothing);
}

export function activityCompletedById(
  request: RespondActivityTaskCompletedByIdRequest,
  context: ApiContext,
  namespace: NamespaceRecord,
): Plan<RespondActivityTaskCompletedResponse> {
  const target = activityById(request, namespace);
  if (isRejection(target)) return target;
  const problem = checkIdentity(request.identity, context.limits);
  return problem ?? ask({ kind: 'respondActivityCompleted', target, request }, asNothing);
}

export function activityFailed(
  request: RespondActivityTaskFailedRequest,
  context: ApiContext,
  _namespace: NamespaceRecord,
  token: TaskToken,
): Plan<RespondActivityTaskFailedResponse> {
  const problem = checkFailure(request.failure) ?? checkIdentity(request.identity, context.limits);
  return problem ?? ask({ kind: 'respondActivityFailed', target: { by: 'token', token }, request }, asAnswered);
}

export function activityFailedById(
  request: RespondActivityTaskFailedByIdRequest,
  context: ApiContext,
  namespace: NamespaceRecord,
): Plan<RespondActivityTaskFailedResponse> {
  const target = activityById(request, namespace);
  if (isRejection(target)) return target;
  const problem = checkIdentity(request.identity, context.limits);
  return problem ?? ask({ kind: 'respondActivityFailed', target, request }, asAnswered);
}

export function activityCanceled(
  request: RespondActivityTaskCanceledRequest,
  context: ApiContext,
  _namespace: NamespaceRecord,
  token: TaskToken,
): Plan<RespondActivityTaskCanceledResponse> {
  const problem = checkIdentity(request.identity, context.limits);
  return problem ?? ask({ kind: 'respondActivityCanceled', target: { by: 'token', token }, request }, asNothing);
}

export function activityCanceledById(
  request: RespondActivityTaskCanceledByIdRequest,
  context: ApiContext,
  namespace: NamespaceRecord,
): Plan<RespondActivityTaskCanceledResponse> {
  const target = activityById(request, namespace);
  if (isRejection(target)) return target;
  const problem = checkIdentity(request.identity, context.limits);
  return problem ?? ask({ kind: 'respondActivityCanceled', target, request }, asNothing);
}

/** Activities may only fail the way application code fails; what the server itself finds out it says itself. */
function checkFailure(failure: Uint8Array | undefined): Problem {
  return refuseIf(
    failure !== undefined && Failure.decode(failure).applicationFailureInfo === undefined,
    'Failure must have ApplicationFailureInfo.',
  );
}

interface ActivityIds {
  readonly workflowId: string;
  readonly runId: string;
  readonly activityId: string;
}

/** The activity that a request names by its ids. */
export function activityById(
  { workflowId, runId, activityId }: ActivityIds,
  namespace: NamespaceRecord,
): ActivityTarget | Rejection {
  if (activityId === '') return invalidArgument('ActivityId is not set on request.');
  if (runId !== '' && !isUuid(runId)) return invalidArgument('RunId is not valid UUID.');
  // Without a workflow id an activity of its own is meant; there are none yet.
  if (workflowId === '') return reject('NOT_FOUND', `activity not found for ID: ${activityId}`);
  return { by: 'id', namespaceId: namespace.id, workflowId, runId, activityId };
}
