/** The calls behind a workflow client, after the interceptors: from inputs to requests, from answers to outputs. */
import { randomUUID } from 'node:crypto';
import { StatusCode, WorkflowExecutionAlreadyStartedFailure } from '@perdure/protocol';
import type {
  DescribeWorkflowExecutionResponse,
  RequestCancelWorkflowExecutionResponse,
  TerminateWorkflowExecutionResponse,
} from '@perdure/protocol';
import { valueFromBytes, valuesToBytes } from '../conversion/codec-pass.js';
import { encodeQueryRejectCondition } from '../conversion/workflow-options.js';
import { converterFor } from './context.js';
import type { ClientContext } from './context.js';
import { QueryNotRegisteredError, QueryRejectedError, WorkflowExecutionAlreadyStartedError } from './errors.js';
import { isGrpcServiceError, statusDetail } from './grpc-error.js';
import type {
  WorkflowCancelInput,
  WorkflowDescribeInput,
  WorkflowQueryInput,
  WorkflowSignalInput,
  WorkflowSignalWithStartInput,
  WorkflowStartInput,
  WorkflowTerminateInput,
} from './interceptors.js';
import { serviceError, translated } from './service-errors.js';
import { headerBytes, startRequest } from './start-request.js';
import { statusName } from './workflow-description.js';

export async function start(context: ClientContext, input: WorkflowStartInput): Promise<string> {
  const { workflowType, headers, options } = input;
  const request = await startRequest(context, workflowType, headers, options);
  try {
    const { runId } = await context.connection.workflowService.startWorkflowExecution(request);
    return runId;
  } catch (thrown) {
    throw startError(thrown, options.workflowId, workflowType);
  }
}

export async function signalWithStart(context: ClientContext, input: WorkflowSignalWithStartInput): Promise<string> {
  const { workflowType, headers, options, signalName, signalArgs } = input;
  const request = {
    ...(await startRequest(context, workflowType, headers, options)),
    signalName,
    signalInput: await valuesToBytes(converterFor(context, options.workflowId), signalArgs),
  };
  try {
    const { runId } = await context.connection.workflowService.signalWithStartWorkflowExecution(request);
    return runId;
  } catch (thrown) {
    throw startError(thrown, options.workflowId, workflowType);
  }
}

/** Why there was no start. */
export function startError(thrown: unknown, workflowId: string, workflowType: string): unknown {
  if (!isGrpcServiceError(thrown) || thrown.code !== StatusCode.ALREADY_EXISTS) {
    return serviceError(thrown, `Workflow '${workflowId}' could not be started`);
  }
  const runId = statusDetail(thrown, WorkflowExecutionAlreadyStartedFailure)?.runId ?? '';
  const run = runId === '' ? '' : ` (run ${runId})`;
  return new WorkflowExecutionAlreadyStartedError(
    `There is a workflow execution '${workflowId}' already${run}. Use another workflowId, \`workflowIdConflictPolicy\` if it is running, or \`workflowIdReusePolicy\` if it is closed.`,
    workflowId,
    workflowType,
    { cause: thrown },
  );
}

export async function signal(context: ClientContext, input: WorkflowSignalInput): Promise<void> {
  const { signalName, args, workflowExecution, headers } = input;
  const { connection, namespace, identity } = context;
  const request = {
    namespace,
    identity,
    workflowExecution,
    requestId: randomUUID(),
    signalName,
    input: await valuesToBytes(converterFor(context, workflowExecution.workflowId), args),
    header: headerBytes(headers),
  };
  const call = () => connection.workflowService.signalWorkflowExecution(request);
  await translated(`The signal '${signalName}' could not be sent`, call, workflowExecution);
}

export async function query(context: ClientContext, input: WorkflowQueryInput): Promise<unknown> {
  const { queryType, args, workflowExecution, queryRejectCondition, headers } = input;
  const { connection, namespace } = context;
  const dataConverter = converterFor(context, workflowExecution.workflowId);
  const queryArgs = await valuesToBytes(dataConverter, args);
  const condition = encodeQueryRejectCondition(queryRejectCondition ?? context.queryRejectCondition);
  try {
    const answer = await connection.workflowService.queryWorkflow({
      namespace,
      execution: workflowExecution,
      query: { queryType, queryArgs, header: headerBytes(headers) },
      queryRejectCondition: condition,
    });
    if (answer.queryRejected !== undefined) throw new QueryRejectedError(statusName(answer.queryRejected.status));
    return await valueFromBytes(dataConverter, answer.queryResult);
  } catch (thrown) {
    if (isGrpcServiceError(thrown) && thrown.code === StatusCode.INVALID_ARGUMENT) {
      throw new QueryNotRegisteredError(thrown.details, thrown.code, { cause: thrown });
    }
    throw serviceError(thrown, `The query '${queryType}' failed`, workflowExecution);
  }
}

export async function terminate(
  context: ClientContext,
  input: WorkflowTerminateInput,
): Promise<TerminateWorkflowExecutionResponse> {
  const { workflowExecution, reason, details, firstExecutionRunId } = input;
  const { connection, namespace, identity } = context;
  const encoded = await valuesToBytes(converterFor(context, workflowExecution.workflowId), details ?? []);
  const request = { namespace, identity, workflowExecution, reason, details: encoded, firstExecutionRunId };
  const call = () => connection.workflowService.terminateWorkflowExecution(request);
  return translated('The workflow could not be terminated', call, workflowExecution);
}

export async function cancel(
  context: ClientContext,
  input: WorkflowCancelInput,
): Promise<RequestCancelWorkflowExecutionResponse> {
  const { workflowExecution, firstExecutionRunId } = input;
  const { connection, namespace, identity } = context;
  const request = { namespace, identity, workflowExecution, requestId: randomUUID(), firstExecutionRunId };
  const call = () => connection.workflowService.requestCancelWorkflowExecution(request);
  return translated('The workflow could not be cancelled', call, workflowExecution);
}

export async function describe(
  context: ClientContext,
  { workflowExecution }: WorkflowDescribeInput,
): Promise<DescribeWorkflowExecutionResponse> {
  const { connection, namespace } = context;
  const call = () => connection.workflowService.describeWorkflowExecution({ namespace, execution: workflowExecution });
  return translated('The workflow could not be described', call, workflowExecution);
}
