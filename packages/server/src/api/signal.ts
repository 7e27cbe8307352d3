/** SignalWorkflowExecution. */
import type { SignalWorkflowExecutionRequest, SignalWorkflowExecutionResponse } from '@perdure/protocol';
import type { NamespaceRecord } from '../engine/messages.js';
import { asAnswered, ask } from './contract.js';
import type { ApiContext, Plan } from './contract.js';
import { checkLinks } from './validate-start.js';
import { checkBlob, checkExecution, checkLength, refuseIf } from './validate.js';

export function signal(
  request: SignalWorkflowExecutionRequest,
  context: ApiContext,
  namespace: NamespaceRecord,
): Plan<SignalWorkflowExecutionResponse> {
  const { limits } = context;
  const problem =
    checkExecution(request.workflowExecution) ??
    refuseIf(request.signalName === '', 'SignalName is not set on request.') ??
    checkLength('SignalName', request.signalName, limits) ??
    checkLength('RequestId', request.requestId, limits) ??
    checkLinks(request.links, limits) ??
    checkBlob(request.input, limits);
  if (problem !== undefined) return problem;
  // An empty request id stays empty: it means that no other signal is a repetition of this one.
  return ask({ kind: 'signal', namespaceId: namespace.id, request }, asAnswered);
}
