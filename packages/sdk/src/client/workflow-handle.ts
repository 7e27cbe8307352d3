/** Handles: one execution each, and everything that can be asked of it. */
import type {
  History,
  RequestCancelWorkflowExecutionResponse,
  TerminateWorkflowExecutionResponse,
} from '@perdure/protocol';
import type {
  BaseWorkflowHandle,
  QueryDefinition,
  SignalDefinition,
  UpdateDefinition,
  Workflow,
  WorkflowExecution,
  WorkflowResultType,
} from '../conversion/workflow-types.js';
import { converterFor } from './context.js';
import type { ClientContext } from './context.js';
import { intercepted } from './intercept.js';
import type {
  WorkflowCancelInput,
  WorkflowDescribeInput,
  WorkflowQueryInput,
  WorkflowSignalInput,
  WorkflowStartUpdateInput,
  WorkflowTerminateInput,
} from './interceptors.js';
import { nameOf, WorkflowUpdateStage } from './options.js';
import type { StartUpdateCallOptions, UpdateCallOptions, WorkflowUpdateOptions } from './options.js';
import { startUpdate, waitForOutcome } from './update-calls.js';
import { resultOfOutcome } from './update-outcome.js';
import type { UpdateOutcome } from './update-outcome.js';
import * as calls from './workflow-calls.js';
import { executionDescription } from './workflow-description.js';
import type { WorkflowExecutionDescription } from './workflow-description.js';
import type { WorkflowClient } from './workflow-client.js';
import { fetchHistory } from './workflow-history.js';
import { workflowResult } from './workflow-result.js';

/** An update that was sent. */
export interface WorkflowUpdateHandle<Ret> {
  readonly updateId: string;
  readonly workflowId: string;
  readonly workflowRunId: string | undefined;
  /** Waits for the handler's result. Rejects with WorkflowUpdateFailedError when it has none. */
  result(): Promise<Ret>;
}

export interface GetWorkflowUpdateHandleOptions {
  /** The run that has the update. Default: that of the handle. */
  readonly workflowRunId?: string | undefined;
}

/**
 * One execution. Every method rejects with WorkflowNotFoundError when there is no such execution (or, where an open one is needed,
 * when it is closed), with NamespaceNotFoundError, and with ServiceError for everything else that the server refuses.
 */
export interface WorkflowHandle<W extends Workflow = Workflow> extends BaseWorkflowHandle<W> {
  readonly client: WorkflowClient;
  /** Waits for the result. Rejects with WorkflowFailedError when there is none, its cause says why. */
  result(): Promise<WorkflowResultType<W>>;
  /** Sends a signal; resolves once it is in the history. */
  signal<Args extends unknown[] = [], Name extends string = string>(
    definition: SignalDefinition<Args, Name> | string,
    ...args: Args
  ): Promise<void>;
  /** Rejects with QueryNotRegisteredError or QueryRejectedError too. */
  query<Ret, Args extends unknown[] = []>(definition: QueryDefinition<Ret, Args> | string, ...args: Args): Promise<Ret>;
  /** Sends an update and waits for its result. Rejects with WorkflowUpdateFailedError when it was rejected or failed. */
  executeUpdate<Ret, Args extends unknown[] = [], Name extends string = string>(
    definition: UpdateDefinition<Ret, Args, Name> | string,
    options?: UpdateCallOptions<Args>,
  ): Promise<Ret>;
  /** Sends an update and waits until the workflow has accepted it. */
  startUpdate<Ret, Args extends unknown[] = [], Name extends string = string>(
    definition: UpdateDefinition<Ret, Args, Name> | string,
    options: StartUpdateCallOptions<Args>,
  ): Promise<WorkflowUpdateHandle<Ret>>;
  /** An update that was sent before, by anybody. */
  getUpdateHandle<Ret>(updateId: string, options?: GetWorkflowUpdateHandleOptions): WorkflowUpdateHandle<Ret>;
  /** Asks the workflow to end; it may clean up, and it may refuse. */
  cancel(): Promise<RequestCancelWorkflowExecutionResponse>;
  /** Ends it at once, without its code being asked. */
  terminate(reason?: string): Promise<TerminateWorkflowExecutionResponse>;
  describe(): Promise<WorkflowExecutionDescription>;
  /** All events so far. */
  fetchHistory(): Promise<History>;
}

export interface WorkflowHandleWithFirstExecutionRunId<W extends Workflow = Workflow> extends WorkflowHandle<W> {
  /** Of the run that was started. `cancel` and `terminate` reach only executions that began with it. */
  readonly firstExecutionRunId: string;
}

export interface WorkflowHandleWithSignaledRunId<W extends Workflow = Workflow> extends WorkflowHandle<W> {
  /** Of the run that got the signal. */
  readonly signaledRunId: string;
}

/** Which execution a handle is for. */
export interface HandleTarget {
  readonly workflowId: string;
  /** For signals, queries and the like; the newest run when absent. */
  readonly runId?: string | undefined;
  readonly runIdForResult?: string | undefined;
  readonly firstExecutionRunId?: string | undefined;
  readonly followRuns: boolean;
}

export function makeHandle<W extends Workflow>(
  client: WorkflowClient,
  context: ClientContext,
  target: HandleTarget,
): WorkflowHandle<W> {
  const { workflowId, runId, firstExecutionRunId, followRuns } = target;
  const workflowExecution: WorkflowExecution = { workflowId, runId };
  const { interceptors } = context;
  const update = async (
    stage: WorkflowUpdateStage,
    name: string,
    options: (WorkflowUpdateOptions & { readonly args?: readonly unknown[] | undefined }) | undefined,
  ): Promise<UpdateState> => {
    const { args = [], ...rest } = options ?? {};
    const call = (input: WorkflowStartUpdateInput): Promise<UpdateState> => startUpdate(context, input);
    return intercepted(
      interceptors,
      'startUpdate',
      call,
    )({
      updateName: name,
      args: [...args],
      workflowExecution,
      firstExecutionRunId,
      headers: {},
      options: { ...rest, waitForStage: stage },
    });
  };
  return {
    client,
    workflowId,
    async result() {
      return (await workflowResult(context, workflowId, target.runIdForResult, followRuns)) as WorkflowResultType<W>;
    },
    async signal(definition, ...args) {
      const call = (input: WorkflowSignalInput): Promise<void> => calls.signal(context, input);
      const input = { signalName: nameOf(definition), args, workflowExecution, headers: {} };
      await intercepted(interceptors, 'signal', call)(input);
    },
    async query<Ret, Args extends unknown[]>(definition: QueryDefinition<Ret, Args> | string, ...args: Args) {
      const call = (input: WorkflowQueryInput): Promise<unknown> => calls.query(context, input);
      const input = { queryType: nameOf(definition), args, workflowExecution, headers: {} };
      return (await intercepted(interceptors, 'query', call)(input)) as Ret;
    },
    async executeUpdate<Ret>(definition: { readonly name: string } | string, options?: WorkflowUpdateOptions) {
      const state = await update(WorkflowUpdateStage.COMPLETED, nameOf(definition), options);
      return updateHandle<Ret>(context, state).result();
    },
    async startUpdate<Ret>(definition: { readonly name: string } | string, options: WorkflowUpdateOptions) {
      return updateHandle<Ret>(context, await update(WorkflowUpdateStage.ACCEPTED, nameOf(definition), options));
    },
    getUpdateHandle<Ret>(updateId: string, options: GetWorkflowUpdateHandleOptions = {}) {
      const execution = { workflowId, runId: options.workflowRunId ?? runId };
      return updateHandle<Ret>(context, { updateId, workflowExecution: execution });
    },
    async cancel() {
      const call = (input: WorkflowCancelInput) => calls.cancel(context, input);
      return intercepted(interceptors, 'cancel', call)({ workflowExecution, firstExecutionRunId });
    },
    async terminate(reason) {
      const call = (input: WorkflowTerminateInput) => calls.terminate(context, input);
      return intercepted(interceptors, 'terminate', call)({ workflowExecution, reason, firstExecutionRunId });
    },
    async describe() {
      const call = (input: WorkflowDescribeInput) => calls.describe(context, input);
      const raw = await intercepted(interceptors, 'describe', call)({ workflowExecution });
      return executionDescription(converterFor(context, workflowId), raw);
    },
    async fetchHistory() {
      return fetchHistory(context, { workflowId, runId: runId ?? target.runIdForResult });
    },
  };
}

/** What is known of an update. */
export interface UpdateState {
  readonly updateId: string;
  readonly workflowExecution: WorkflowExecution;
  readonly outcome?: UpdateOutcome | undefined;
}

export function updateHandle<Ret>(context: ClientContext, state: UpdateState): WorkflowUpdateHandle<Ret> {
  const { updateId, workflowExecution } = state;
  return {
    updateId,
    workflowId: workflowExecution.workflowId,
    workflowRunId: workflowExecution.runId || undefined,
    async result() {
      const outcome = state.outcome ?? (await waitForOutcome(context, workflowExecution, updateId));
      return resultOfOutcome<Ret>(converterFor(context, workflowExecution.workflowId), outcome);
    },
  };
}
