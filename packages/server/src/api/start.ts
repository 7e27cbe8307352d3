/** StartWorkflowExecution, SignalWithStartWorkflowExecution. */
import {
  WorkflowIdConflictPolicy as Conflict,
  WorkflowIdReusePolicy as Reuse,
  WorkflowIdConflictPolicyNames,
  WorkflowIdReusePolicyNames,
  enumName,
} from '@perdure/protocol';
import type {
  SignalWithStartWorkflowExecutionRequest,
  SignalWithStartWorkflowExecutionResponse,
  StartWorkflowExecutionRequest,
  StartWorkflowExecutionResponse,
} from '@perdure/protocol';
import { invalidArgument } from '../core/rejection.js';
import type { NamespaceRecord } from '../engine/messages.js';
import { asAnswered, ask } from './contract.js';
import type { ApiContext, Plan } from './contract.js';
import { checkCallbacks, checkRunFields } from './validate-start.js';
import {
  checkBlob,
  checkLength,
  checkLengthExactly,
  checkNewWorkflowId,
  checkTaskQueue,
  refuseIf,
} from './validate.js';
import type { Problem } from './validate.js';

export function startWorkflow(
  request: StartWorkflowExecutionRequest,
  context: ApiContext,
  namespace: NamespaceRecord,
): Plan<StartWorkflowExecutionResponse> {
  const problem = startProblem(request, context, namespace);
  if (problem !== undefined) return problem;
  return ask({ kind: 'start', namespaceId: namespace.id, request: completeStart(request, context) }, asAnswered);
}

/** What is wrong with a start, also with the start of an update-with-start. */
export function startProblem(
  request: StartWorkflowExecutionRequest,
  context: ApiContext,
  namespace: NamespaceRecord,
): Problem {
  const { limits } = context;
  return (
    checkNewWorkflowId(request.workflowId, limits) ??
    refuseIf((request.workflowType?.name ?? '') === '', 'WorkflowType is not set on request.') ??
    checkLength('WorkflowType', request.workflowType?.name ?? '', limits) ??
    checkTaskQueue(request.taskQueue, limits) ??
    checkLength('RequestId', request.requestId, limits) ??
    checkIdPolicies(request.workflowIdReusePolicy, request.workflowIdConflictPolicy) ??
    checkRunFields(request, context, namespace) ??
    checkCallbacks(request.completionCallbacks) ??
    checkBlob(request.input, limits)
  );
}

/** The request with its id and policies filled in. */
export function completeStart(
  request: StartWorkflowExecutionRequest,
  context: ApiContext,
): StartWorkflowExecutionRequest {
  const { workflowIdReusePolicy, workflowIdConflictPolicy } = resolvedPolicies(request, Conflict.FAIL);
  const requestId = request.requestId === '' ? context.newId() : request.requestId;
  return { ...request, workflowIdReusePolicy, workflowIdConflictPolicy, requestId };
}

export function signalWithStart(
  request: SignalWithStartWorkflowExecutionRequest,
  context: ApiContext,
  namespace: NamespaceRecord,
): Plan<SignalWithStartWorkflowExecutionResponse> {
  const problem = signalWithStartProblem(request, context, namespace);
  if (problem !== undefined) return problem;
  const complete = {
    ...request,
    ...resolvedPolicies(request, Conflict.USE_EXISTING),
    requestId: request.requestId === '' ? context.newId() : request.requestId,
  };
  return ask({ kind: 'signalWithStart', namespaceId: namespace.id, request: complete }, asAnswered);
}

/** The field words these refusals differently from those of a plain start. */
function signalWithStartProblem(
  request: SignalWithStartWorkflowExecutionRequest,
  context: ApiContext,
  namespace: NamespaceRecord,
): Problem {
  const { limits } = context;
  const { workflowIdReusePolicy: reuse, workflowIdConflictPolicy: conflict } = request;
  return (
    checkNewWorkflowId(request.workflowId, limits) ??
    refuseIf(request.signalName === '', 'signal not set') ??
    checkLengthExactly('signal name', request.signalName, limits) ??
    refuseIf((request.workflowType?.name ?? '') === '', 'workflow type not set') ??
    checkLengthExactly('workflow type', request.workflowType?.name ?? '', limits) ??
    checkTaskQueue(request.taskQueue, limits) ??
    checkLengthExactly('Request ID', request.requestId, limits) ??
    refuseIf(
      conflict === Conflict.FAIL,
      `Invalid WorkflowIDConflictPolicy: ${enumName(WorkflowIdConflictPolicyNames, conflict)} is not supported for this operation.`,
    ) ??
    checkIdPolicies(reuse, conflict) ??
    checkRunFields(request, context, namespace) ??
    checkBlob(request.input, limits) ??
    checkBlob(request.signalInput, limits)
  );
}

function checkIdPolicies(reuse: Reuse, conflict: Conflict): Problem {
  const refused = (what: string): Problem =>
    invalidArgument(
      `Invalid WorkflowIDReusePolicy: ${enumName(WorkflowIdReusePolicyNames, reuse)} cannot be used together with ${what}`,
    );
  if (reuse === Reuse.TERMINATE_IF_RUNNING && conflict !== Conflict.UNSPECIFIED) {
    return refused('a WorkflowIDConflictPolicy');
  }
  if (reuse === Reuse.REJECT_DUPLICATE && conflict === Conflict.TERMINATE_EXISTING) {
    return refused(`WorkflowIdConflictPolicy ${enumName(WorkflowIdConflictPolicyNames, conflict)}`);
  }
  return undefined;
}

interface IdPolicies {
  readonly workflowIdReusePolicy: Reuse;
  readonly workflowIdConflictPolicy: Conflict;
}

/** Numbers that no policy has are taken for the default, as the field does. */
function resolvedPolicies(
  { workflowIdReusePolicy, workflowIdConflictPolicy }: IdPolicies,
  byDefault: Conflict,
): IdPolicies {
  if (workflowIdReusePolicy === Reuse.TERMINATE_IF_RUNNING) {
    return { workflowIdReusePolicy: Reuse.ALLOW_DUPLICATE, workflowIdConflictPolicy: Conflict.TERMINATE_EXISTING };
  }
  const reuse = REUSE_POLICIES.has(workflowIdReusePolicy) ? workflowIdReusePolicy : Reuse.ALLOW_DUPLICATE;
  const conflict = CONFLICT_POLICIES.has(workflowIdConflictPolicy) ? workflowIdConflictPolicy : byDefault;
  return { workflowIdReusePolicy: reuse, workflowIdConflictPolicy: conflict };
}

const REUSE_POLICIES: ReadonlySet<Reuse> = new Set<Reuse>([
  Reuse.ALLOW_DUPLICATE,
  Reuse.ALLOW_DUPLICATE_FAILED_ONLY,
  Reuse.REJECT_DUPLICATE,
]);
const CONFLICT_POLICIES: ReadonlySet<Conflict> = new Set<Conflict>([
  Conflict.FAIL,
  Conflict.USE_EXISTING,
  Conflict.TERMINATE_EXISTING,
]);
