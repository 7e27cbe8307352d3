/** ExecuteMultiOperation: exactly a start and an update of the same workflow id, done or refused together. */
import type {
  ExecuteMultiOperationRequest,
  ExecuteMultiOperationResponse,
  StartWorkflowExecutionRequest,
  UpdateWorkflowExecutionRequest,
} from '@perdure/protocol';
import { invalidArgument, reject } from '../core/rejection.js';
import type { Rejection } from '../core/rejection.js';
import type { NamespaceRecord } from '../engine/messages.js';
import { asAnswered, ask } from './contract.js';
import type { ApiContext, Plan } from './contract.js';
import { completeStart, startProblem } from './start.js';
import { completeUpdate, updateDeadline, updateProblem } from './update.js';
import { checkExecution, refuseIf } from './validate.js';
import type { Problem } from './validate.js';

export function executeMultiOperation(
  request: ExecuteMultiOperationRequest,
  context: ApiContext,
  namespace: NamespaceRecord,
): Plan<ExecuteMultiOperationResponse> {
  const [first, second] = request.operations;
  const start = first?.startWorkflow;
  const update = second?.updateWorkflow;
  if (request.operations.length !== 2 || start === undefined || update === undefined) {
    return invalidArgument('Operations have to be exactly [Start, Update].');
  }
  const problemOfStart = startOperationProblem(start, context, namespace);
  if (problemOfStart !== undefined) return refused(problemOfStart, ABORTED);
  const problemOfUpdate = updateOperationProblem(update, start, context, namespace);
  if (problemOfUpdate !== undefined) return refused(ABORTED, problemOfUpdate);
  return ask(
    {
      kind: 'updateWithStart',
      namespaceId: namespace.id,
      start: completeStart(start, context),
      update: completeUpdate(update, context),
      deadlineMs: updateDeadline(context),
    },
    asAnswered,
  );
}

function startOperationProblem(
  start: StartWorkflowExecutionRequest,
  context: ApiContext,
  namespace: NamespaceRecord,
): Problem {
  return (
    refuseIf(start.namespace !== namespace.name, OTHER_NAMESPACE) ??
    startProblem(start, context, namespace) ??
    refuseIf(start.cronSchedule !== '', 'CronSchedule is not allowed.') ??
    refuseIf(start.requestEagerExecution, 'RequestEagerExecution is not supported.') ??
    refuseIf(start.workflowStartDelay !== undefined, 'WorkflowStartDelay is not supported.')
  );
}

function updateOperationProblem(
  update: UpdateWorkflowExecutionRequest,
  start: StartWorkflowExecutionRequest,
  context: ApiContext,
  namespace: NamespaceRecord,
): Problem {
  return (
    refuseIf(update.namespace !== namespace.name, OTHER_NAMESPACE) ??
    checkExecution(update.workflowExecution) ??
    refuseIf(update.workflowExecution?.runId !== '', 'RunId is not allowed.') ??
    refuseIf(update.firstExecutionRunId !== '', 'FirstExecutionRunId is not allowed.') ??
    updateProblem(update, context) ??
    refuseIf(
      update.workflowExecution?.workflowId !== start.workflowId,
      'WorkflowId is not consistent with previous operation(s).',
    )
  );
}

const OTHER_NAMESPACE = "Operation namespace did not match request's namespace.";
const ABORTED = reject('MULTI_OPERATION_ABORTED', 'Operation was aborted.');

function refused(start: Rejection, update: Rejection): Rejection {
  return reject('MULTI_OPERATION_FAILED', 'Update-with-Start could not be executed.', {
    kind: 'multiOperation',
    statuses: [start, update],
  });
}
