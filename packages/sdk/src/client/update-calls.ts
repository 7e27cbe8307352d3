/** Updates: sent once, waited for as long as it takes. */
import { randomUUID } from 'node:crypto';
import { UpdateWorkflowExecutionLifecycleStage as Stage } from '@perdure/protocol';
import type { Init, UpdateRequest, UpdateWorkflowExecutionRequest } from '@perdure/protocol';
import { valuesToBytes } from '../conversion/codec-pass.js';
import type { Headers } from '../conversion/payload.js';
import type { WorkflowExecution } from '../conversion/workflow-types.js';
import { converterFor } from './context.js';
import type { ClientContext } from './context.js';
import { WorkflowUpdateRPCTimeoutOrCancelledError } from './errors.js';
import { isGrpcCancelledError, isGrpcDeadlineError } from './grpc-error.js';
import type { WorkflowStartUpdateInput, WorkflowStartUpdateOutput } from './interceptors.js';
import { serviceError } from './service-errors.js';
import { headerBytes } from './start-request.js';
import type { UpdateOutcome } from './update-outcome.js';

/** Sends an update and waits until it has reached the stage. The server answers early when it takes long; then it is asked again. */
export async function startUpdate(
  context: ClientContext,
  input: WorkflowStartUpdateInput,
): Promise<WorkflowStartUpdateOutput> {
  const { updateName, args, workflowExecution, firstExecutionRunId, headers, options } = input;
  const updateId = options.updateId ?? randomUUID();
  const stage = Stage[options.waitForStage];
  const request: Init<UpdateWorkflowExecutionRequest> = {
    namespace: context.namespace,
    workflowExecution,
    firstExecutionRunId,
    waitPolicy: { lifecycleStage: stage },
    request: await updateRequest(context, workflowExecution.workflowId, updateName, updateId, args, headers),
  };
  try {
    for (;;) {
      const answer = await context.connection.workflowService.updateWorkflowExecution(request);
      const execution = { workflowId: workflowExecution.workflowId, runId: answer.updateRef?.workflowExecution?.runId };
      const output = { updateId, workflowExecution: execution, outcome: answer.outcome };
      if (answer.outcome !== undefined || answer.stage >= stage) return output;
      // Accepted, and somebody waits for the result: asking for it is cheaper than sending the update again.
      if (answer.stage >= Stage.ACCEPTED)
        return { ...output, outcome: await pollOutcome(context, execution, updateId) };
    }
  } catch (thrown) {
    throw updateError(thrown, updateName, workflowExecution);
  }
}

/** What all kinds of calls with an update send. */
export async function updateRequest(
  context: ClientContext,
  workflowId: string,
  name: string,
  updateId: string,
  args: unknown[],
  headers: Headers,
): Promise<Init<UpdateRequest>> {
  return {
    meta: { updateId, identity: context.identity },
    input: { name, args: await valuesToBytes(converterFor(context, workflowId), args), header: headerBytes(headers) },
  };
}

/** Waits for the end of an update that was sent before. */
export async function waitForOutcome(
  context: ClientContext,
  execution: WorkflowExecution,
  updateId: string,
): Promise<UpdateOutcome> {
  try {
    return await pollOutcome(context, execution, updateId);
  } catch (thrown) {
    throw updateError(thrown, updateId, execution);
  }
}

async function pollOutcome(
  { connection, namespace, identity }: ClientContext,
  workflowExecution: WorkflowExecution,
  updateId: string,
): Promise<UpdateOutcome> {
  for (;;) {
    const { outcome } = await connection.workflowService.pollWorkflowExecutionUpdate({
      namespace,
      identity,
      updateRef: { workflowExecution, updateId },
      waitPolicy: { lifecycleStage: Stage.COMPLETED },
    });
    if (outcome !== undefined) return outcome;
  }
}

/** A deadline or an abort ends the waiting, not the update. */
export function updateError(thrown: unknown, update: string, execution: WorkflowExecution): unknown {
  if (isGrpcDeadlineError(thrown) || isGrpcCancelledError(thrown)) {
    return new WorkflowUpdateRPCTimeoutOrCancelledError(
      `Waiting for the update '${update}' ended before the update did. It goes on: getUpdateHandle() finds it again.`,
      { cause: thrown },
    );
  }
  return serviceError(thrown, `The update '${update}' failed`, execution);
}
