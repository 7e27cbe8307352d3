/** Ending runs from outside: RequestCancel-, Terminate-, DeleteWorkflowExecution. */
import type {
  DeleteWorkflowExecutionRequest,
  DeleteWorkflowExecutionResponse,
  RequestCancelWorkflowExecutionRequest,
  RequestCancelWorkflowExecutionResponse,
  TerminateWorkflowExecutionRequest,
  TerminateWorkflowExecutionResponse,
} from '@perdure/protocol';
import type { NamespaceRecord } from '../engine/messages.js';
import { asAnswered, asNothing, ask } from './contract.js';
import type { ApiContext, Plan } from './contract.js';
import { checkLinks } from './validate-start.js';
import { checkExecution } from './validate.js';

export function requestCancel(
  request: RequestCancelWorkflowExecutionRequest,
  context: ApiContext,
  namespace: NamespaceRecord,
): Plan<RequestCancelWorkflowExecutionResponse> {
  const problem = checkExecution(request.workflowExecution) ?? checkLinks(request.links, context.limits);
  if (problem !== undefined) return problem;
  const complete = { ...request, requestId: request.requestId === '' ? context.newId() : request.requestId };
  return ask({ kind: 'requestCancel', namespaceId: namespace.id, request: complete }, asAnswered);
}

export function terminate(
  request: TerminateWorkflowExecutionRequest,
  context: ApiContext,
  namespace: NamespaceRecord,
): Plan<TerminateWorkflowExecutionResponse> {
  const problem = checkExecution(request.workflowExecution) ?? checkLinks(request.links, context.limits);
  return problem ?? ask({ kind: 'terminate', namespaceId: namespace.id, request }, asNothing);
}

export function deleteExecution(
  request: DeleteWorkflowExecutionRequest,
  _context: ApiContext,
  namespace: NamespaceRecord,
): Plan<DeleteWorkflowExecutionResponse> {
  const problem = checkExecution(request.workflowExecution);
  if (problem !== undefined) return problem;
  const { workflowId = '', runId = '' } = request.workflowExecution ?? {};
  return ask({ kind: 'deleteExecution', namespaceId: namespace.id, workflowId, runId }, asNothing);
}
