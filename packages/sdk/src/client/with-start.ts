/** Update-with-start: an execution is started, unless it runs already, and updated in one call. */
import { randomUUID } from 'node:crypto';
import {
  MultiOperationExecutionAborted,
  MultiOperationExecutionFailure,
  StatusCode,
  unpackAny,
  UpdateWorkflowExecutionLifecycleStage as Stage,
} from '@perdure/protocol';
import type { ExecuteMultiOperationResponse } from '@perdure/protocol';
import { IllegalStateError } from '../conversion/errors.js';
import type { Workflow } from '../conversion/workflow-types.js';
import type { ClientContext } from './context.js';
import { GrpcServiceError, isGrpcServiceError, statusDetail } from './grpc-error.js';
import type { WorkflowStartUpdateWithStartInput, WorkflowStartUpdateWithStartOutput } from './interceptors.js';
import type { WorkflowStartOptions } from './options.js';
import { startRequest } from './start-request.js';
import { updateError, updateRequest, waitForOutcome } from './update-calls.js';
import { startError } from './workflow-calls.js';
import type { WorkflowHandle } from './workflow-handle.js';

/** The start of an update-with-start. Good for one call. `workflowIdConflictPolicy` must be given. */
export class WithStartWorkflowOperation<W extends Workflow> {
  readonly workflowTypeOrFunc: string | W;
  readonly options: WorkflowStartOptions<W> & { workflowIdConflictPolicy: string };
  readonly #handle: Promise<WorkflowHandle<W>>;
  #settle: { resolve: (handle: WorkflowHandle<W>) => void; reject: (error: unknown) => void } | undefined;
  #isUsed = false;

  constructor(
    workflowTypeOrFunc: string | W,
    options: WorkflowStartOptions<W> & { workflowIdConflictPolicy: 'FAIL' | 'USE_EXISTING' | 'TERMINATE_EXISTING' },
  ) {
    this.workflowTypeOrFunc = workflowTypeOrFunc;
    this.options = options;
    this.#handle = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // Who does not ask for the handle learns of the failure by the update.
    this.#handle.catch(() => undefined);
  }

  /** The handle of the execution, once it is known that it runs. Rejects when it could not be started. */
  async workflowHandle(): Promise<WorkflowHandle<W>> {
    return this.#handle;
  }

  /** Runs the call that this start is a part of. Throws IllegalStateError the second time. */
  async use<T>(call: (started: (handle: WorkflowHandle<W>) => void) => Promise<T>): Promise<T> {
    if (this.#isUsed) throw new IllegalStateError('A WithStartWorkflowOperation is good for one call: make a new one');
    this.#isUsed = true;
    try {
      return await call((handle) => this.#settle?.resolve(handle));
    } catch (error) {
      this.#settle?.reject(error);
      throw error;
    }
  }
}

/** Sends both, again and again until the update has reached the stage. */
export async function startUpdateWithStart(
  context: ClientContext,
  input: WorkflowStartUpdateWithStartInput,
  started: (runId: string) => void,
): Promise<WorkflowStartUpdateWithStartOutput> {
  const { workflowType, workflowStartOptions, workflowStartHeaders, updateName, updateArgs, updateOptions } = input;
  const { workflowId } = workflowStartOptions;
  const updateId = updateOptions.updateId ?? randomUUID();
  const stage = Stage[updateOptions.waitForStage];
  const startWorkflow = await startRequest(context, workflowType, workflowStartHeaders, workflowStartOptions);
  const updateWorkflow = {
    namespace: context.namespace,
    workflowExecution: { workflowId },
    waitPolicy: { lifecycleStage: stage },
    request: await updateRequest(context, workflowId, updateName, updateId, updateArgs, input.updateHeaders),
  };
  const request = { namespace: context.namespace, operations: [{ startWorkflow }, { updateWorkflow }] };
  for (;;) {
    const answer = await send(context, request, workflowId, workflowType, updateName);
    const [start, update] = answer.responses;
    const runId = start?.startWorkflow?.runId ?? '';
    if (runId !== '') started(runId);
    const { outcome, stage: reached = 0 } = update?.updateWorkflow ?? {};
    const output = { workflowExecution: { workflowId, runId }, updateId, updateOutcome: outcome };
    if (outcome !== undefined || reached >= stage) return output;
    if (reached >= Stage.ACCEPTED) {
      return { ...output, updateOutcome: await waitForOutcome(context, output.workflowExecution, updateId) };
    }
  }
}

async function send(
  { connection }: ClientContext,
  request: Parameters<ClientContext['connection']['workflowService']['executeMultiOperation']>[0],
  workflowId: string,
  workflowType: string,
  updateName: string,
): Promise<ExecuteMultiOperationResponse> {
  try {
    return await connection.workflowService.executeMultiOperation(request);
  } catch (thrown) {
    const culprit = culpritOf(thrown);
    if (culprit?.isStart === true) throw startError(culprit.error, workflowId, workflowType);
    throw updateError(culprit?.error ?? thrown, updateName, { workflowId });
  }
}

/** Which of the two operations failed by itself; the other one was only left out. */
function culpritOf(thrown: unknown): { readonly error: GrpcServiceError; readonly isStart: boolean } | undefined {
  if (!isGrpcServiceError(thrown)) return undefined;
  const statuses = statusDetail(thrown, MultiOperationExecutionFailure)?.statuses ?? [];
  const index = statuses.findIndex(
    ({ code, details }) =>
      code !== StatusCode.OK && !details.some((any) => unpackAny(MultiOperationExecutionAborted, any) !== undefined),
  );
  const status = statuses[index];
  if (status === undefined) return undefined;
  const error = new GrpcServiceError(status.code, status.message, { statusDetails: status.details, cause: thrown });
  return { error, isStart: index === 0 };
}
