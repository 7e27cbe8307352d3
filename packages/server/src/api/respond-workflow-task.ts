/** RespondWorkflowTaskCompleted, -Failed, RespondQueryTaskCompleted. */
import type {
  RespondQueryTaskCompletedRequest,
  RespondQueryTaskCompletedResponse,
  RespondWorkflowTaskCompletedRequest,
  RespondWorkflowTaskCompletedResponse,
  RespondWorkflowTaskFailedRequest,
  RespondWorkflowTaskFailedResponse,
  TaskToken,
} from '@perdure/protocol';
import type { NamespaceRecord } from '../engine/messages.js';
import { asAnswered, asNothing, ask } from './contract.js';
import type { ApiContext, Plan } from './contract.js';
import { checkIdentity } from './validate.js';

export function workflowTaskCompleted(
  request: RespondWorkflowTaskCompletedRequest,
  context: ApiContext,
  _namespace: NamespaceRecord,
  token: TaskToken,
): Plan<RespondWorkflowTaskCompletedResponse> {
  const problem = checkIdentity(request.identity, context.limits);
  return problem ?? ask({ kind: 'respondWorkflowTaskCompleted', token, request }, asAnswered);
}

export function workflowTaskFailed(
  request: RespondWorkflowTaskFailedRequest,
  context: ApiContext,
  _namespace: NamespaceRecord,
  token: TaskToken,
): Plan<RespondWorkflowTaskFailedResponse> {
  const problem = checkIdentity(request.identity, context.limits);
  return problem ?? ask({ kind: 'respondWorkflowTaskFailed', token, request }, asNothing);
}

export function queryTaskCompleted(
  request: RespondQueryTaskCompletedRequest,
  _context: ApiContext,
  _namespace: NamespaceRecord,
  token: TaskToken,
): Plan<RespondQueryTaskCompletedResponse> {
  return ask({ kind: 'respondQueryTaskCompleted', token, request }, asNothing);
}
