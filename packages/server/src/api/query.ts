/** QueryWorkflow. */
import type { QueryWorkflowRequest, QueryWorkflowResponse } from '@perdure/protocol';
import type { NamespaceRecord } from '../engine/messages.js';
import { asAnswered, ask } from './contract.js';
import type { ApiContext, Plan } from './contract.js';
import { checkBlob, checkExecution, refuseIf } from './validate.js';

/** How long a query waits for a worker when its caller did not say. */
const QUERY_TIMEOUT_MS = 10_000;

export function query(
  request: QueryWorkflowRequest,
  context: ApiContext,
  namespace: NamespaceRecord,
): Plan<QueryWorkflowResponse> {
  const problem =
    checkExecution(request.execution) ??
    refuseIf(request.query === undefined, 'WorkflowQuery is not set on request.') ??
    refuseIf(request.query?.queryType === '', 'QueryType is not set on request.') ??
    checkBlob(request.query?.queryArgs, context.limits);
  if (problem !== undefined) return problem;
  const deadlineMs = context.deadlineMs ?? context.nowMs + QUERY_TIMEOUT_MS;
  return ask({ kind: 'query', namespaceId: namespace.id, request, deadlineMs }, asAnswered);
}
