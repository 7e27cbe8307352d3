/** DescribeWorkflowExecution, ResetStickyTaskQueue. */
import type {
  DescribeWorkflowExecutionRequest,
  DescribeWorkflowExecutionResponse,
  ResetStickyTaskQueueRequest,
  ResetStickyTaskQueueResponse,
} from '@perdure/protocol';
import type { NamespaceRecord } from '../engine/messages.js';
import { asAnswered, asNothing, ask } from './contract.js';
import type { ApiContext, Plan } from './contract.js';
import { checkExecution } from './validate.js';

export function describeWorkflow(
  request: DescribeWorkflowExecutionRequest,
  _context: ApiContext,
  namespace: NamespaceRecord,
): Plan<DescribeWorkflowExecutionResponse> {
  const problem = checkExecution(request.execution);
  return problem ?? ask({ kind: 'describe', namespaceId: namespace.id, request }, asAnswered);
}

export function resetSticky(
  request: ResetStickyTaskQueueRequest,
  _context: ApiContext,
  namespace: NamespaceRecord,
): Plan<ResetStickyTaskQueueResponse> {
  const problem = checkExecution(request.execution);
  if (problem !== undefined) return problem;
  const { workflowId = '', runId = '' } = request.execution ?? {};
  return ask({ kind: 'resetSticky', namespaceId: namespace.id, workflowId, runId }, asNothing);
}
