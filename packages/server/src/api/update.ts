/** UpdateWorkflowExecution, PollWorkflowExecutionUpdate. */
import { UpdateWorkflowExecutionLifecycleStage as Stage } from '@perdure/protocol';
import type {
  PollWorkflowExecutionUpdateRequest,
  PollWorkflowExecutionUpdateResponse,
  UpdateWorkflowExecutionRequest,
  UpdateWorkflowExecutionResponse,
} from '@perdure/protocol';
import { invalidArgument, reject } from '../core/rejection.js';
import type { NamespaceRecord } from '../engine/messages.js';
import { asAnswered, ask } from './contract.js';
import type { ApiContext, Plan } from './contract.js';
import { checkLinks } from './validate-start.js';
import { checkBlob, checkExecution, checkLength, refuseIf } from './validate.js';
import type { Problem } from './validate.js';

export function update(
  request: UpdateWorkflowExecutionRequest,
  context: ApiContext,
  namespace: NamespaceRecord,
): Plan<UpdateWorkflowExecutionResponse> {
  const problem = checkExecution(request.workflowExecution) ?? updateProblem(request, context);
  if (problem !== undefined) return problem;
  const complete = completeUpdate(request, context);
  return ask(
    { kind: 'update', namespaceId: namespace.id, request: complete, deadlineMs: updateDeadline(context) },
    asAnswered,
  );
}

/** What is wrong with the update itself, whatever execution it is for. */
export function updateProblem(
  { request, waitPolicy }: UpdateWorkflowExecutionRequest,
  { limits }: ApiContext,
): Problem {
  return (
    refuseIf(request?.meta === undefined, 'Update meta is not set on request.') ??
    checkLength('UpdateId', request?.meta?.updateId ?? '', limits) ??
    refuseIf(request?.input === undefined, 'Update input is not set on request.') ??
    refuseIf(request?.input?.name === '', 'Update name is not set on request.') ??
    (waitPolicy?.lifecycleStage === Stage.ADMITTED ? ASYNCHRONOUS : undefined) ??
    checkLinks(request?.links ?? [], limits) ??
    refuseIf((request?.completionCallbacks.length ?? 0) > 0, 'completion callbacks of updates are not supported') ??
    checkBlob(request?.input?.args, limits)
  );
}

const ASYNCHRONOUS = reject(
  'PERMISSION_DENIED',
  'UpdateWorkflowExecution issued asynchronously and waiting on update admitted is not supported.',
);

/** The request with an update id and a stage to wait for. */
export function completeUpdate(
  update: UpdateWorkflowExecutionRequest,
  context: ApiContext,
): UpdateWorkflowExecutionRequest {
  const { request, waitPolicy } = update;
  if (request?.meta === undefined) return update;
  const { updateId } = request.meta;
  const stage = waitPolicy?.lifecycleStage ?? Stage.UNSPECIFIED;
  return {
    ...update,
    request: { ...request, meta: { ...request.meta, updateId: updateId === '' ? context.newId() : updateId } },
    waitPolicy: { lifecycleStage: stage === Stage.UNSPECIFIED ? Stage.COMPLETED : stage },
  };
}

/** When a waiting update is answered with the stage it has reached; the client then asks again. */
export function updateDeadline({ nowMs, deadlineMs, limits }: ApiContext): number {
  return Math.min(nowMs + limits.updateLongPollMs, (deadlineMs ?? Infinity) + AFTER_DEADLINE_MS);
}

/** At its deadline a caller is told that it has passed, as by the reference, and not of a stage in the same moment. */
const AFTER_DEADLINE_MS = 1_000;

export function pollUpdate(
  request: PollWorkflowExecutionUpdateRequest,
  context: ApiContext,
  namespace: NamespaceRecord,
): Plan<PollWorkflowExecutionUpdateResponse> {
  const { updateRef } = request;
  if (updateRef === undefined) return invalidArgument('UpdateRef is not set on request.');
  const execution = updateRef.workflowExecution;
  if ((execution?.workflowId ?? '') === '')
    return invalidArgument("Can't load workflow execution.  WorkflowId not set.");
  const problem = checkExecution(execution);
  return (
    problem ??
    ask({ kind: 'pollUpdate', namespaceId: namespace.id, request, deadlineMs: updateDeadline(context) }, asAnswered)
  );
}
