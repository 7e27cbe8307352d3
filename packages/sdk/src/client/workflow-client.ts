/** The client of workflows. */
import type { UpdateDefinition, WithWorkflowArgs, Workflow, WorkflowResultType } from '../conversion/workflow-types.js';
import { extractWorkflowType } from '../conversion/workflow-options.js';
import type { QueryRejectCondition } from '../conversion/workflow-options.js';
import { loadContext } from './client-options.js';
import type { CommonClientOptions } from './client-options.js';
import type { ConnectionLike } from './connection.js';
import type { ClientContext } from './context.js';
import { intercepted, interceptedStart } from './intercept.js';
import type {
  WorkflowClientInterceptor,
  WorkflowSignalWithStartInput,
  WorkflowStartInput,
  WorkflowStartOutput,
  WorkflowStartUpdateWithStartInput,
} from './interceptors.js';
import { compileWorkflowOptions, nameOf, WorkflowUpdateStage } from './options.js';
import type {
  UpdateCallOptions,
  StartUpdateCallOptions,
  WorkflowSignalWithStartOptions,
  WorkflowStartOptions,
} from './options.js';
import type { WithStartWorkflowOperation } from './with-start.js';
import { startUpdateWithStart } from './with-start.js';
import * as calls from './workflow-calls.js';
import type { CountWorkflowExecution } from './workflow-description.js';
import { makeHandle, updateHandle } from './workflow-handle.js';
import type {
  WorkflowHandle,
  WorkflowHandleWithFirstExecutionRunId,
  WorkflowHandleWithSignaledRunId,
  WorkflowHandleWithStartDetails,
  WorkflowUpdateHandle,
} from './workflow-handle.js';
import { countWorkflows, listWorkflows } from './workflow-list.js';
import type { AsyncWorkflowListIterable, ListOptions } from './workflow-list.js';
import { workflowResult } from './workflow-result.js';

export interface WorkflowClientOptions extends CommonClientOptions {
  interceptors?: WorkflowClientInterceptor[] | undefined;
  /** For all queries of this client. Default NONE. */
  queryRejectCondition?: QueryRejectCondition | undefined;
}

export interface WorkflowResultOptions {
  /** Whether retries, cron and continue-as-new are followed to the last run. Default true. */
  followRuns?: boolean | undefined;
}

export interface GetWorkflowHandleOptions extends WorkflowResultOptions {
  /** `cancel` and `terminate` then reach only executions that began with this run. */
  firstExecutionRunId?: string | undefined;
}

/** What the options of a signal-with-start come to, whatever the workflow and the signal. */
type SignalWithStart = WorkflowStartOptions & {
  readonly signal: { readonly name: string } | string;
  readonly signalArgs?: readonly unknown[] | undefined;
};
type WithStart<W extends Workflow> = { readonly startWorkflowOperation: WithStartWorkflowOperation<W> };

/** Starts workflows and gives handles of them. One is enough for a process; it keeps nothing but its options. */
export class WorkflowClient {
  readonly options: ClientContext;

  constructor(options: WorkflowClientOptions = {}) {
    this.options = loadContext(options);
  }

  get connection(): ConnectionLike {
    return this.options.connection;
  }

  /** The services of the wire, for what this client does not have. */
  get workflowService(): ConnectionLike['workflowService'] {
    return this.connection.workflowService;
  }

  /**
   * Starts a workflow; resolves once the server has recorded it.
   * Rejects with WorkflowExecutionAlreadyStartedError, NamespaceNotFoundError, ServiceError; with ValueError for wrong options.
   */
  async start<W extends Workflow>(
    workflowTypeOrFunc: string | W,
    options: WorkflowStartOptions<W>,
  ): Promise<WorkflowHandleWithStartDetails<W>> {
    const input = {
      workflowType: extractWorkflowType(workflowTypeOrFunc),
      headers: {},
      options: compileWorkflowOptions(options),
    };
    const call = (given: WorkflowStartInput): Promise<WorkflowStartOutput> => calls.start(this.options, given);
    const { runId, eagerlyStarted } = await interceptedStart(this.options.interceptors, call)(input);
    return { ...this.#startedHandle<W>(options.workflowId, runId, options.followRuns), eagerlyStarted };
  }

  /** Starts a workflow and waits for its result. Rejects as `start` and `result` do. */
  async execute<W extends Workflow>(
    workflowTypeOrFunc: string | W,
    options: WorkflowStartOptions<W>,
  ): Promise<WorkflowResultType<W>> {
    return (await this.start(workflowTypeOrFunc, options)).result();
  }

  /** Signals the running execution of this id; starts it first when there is none. */
  async signalWithStart<W extends Workflow, SignalArgs extends unknown[] = []>(
    workflowTypeOrFunc: string | W,
    options: WithWorkflowArgs<W, WorkflowSignalWithStartOptions<SignalArgs>>,
  ): Promise<WorkflowHandleWithSignaledRunId<W>> {
    const { signal, signalArgs = [], ...rest } = options as unknown as SignalWithStart;
    const input = {
      workflowType: extractWorkflowType(workflowTypeOrFunc),
      signalName: nameOf(signal),
      signalArgs: [...signalArgs],
      headers: {},
      options: compileWorkflowOptions(rest),
    };
    const call = (given: WorkflowSignalWithStartInput): Promise<string> => calls.signalWithStart(this.options, given);
    const runId = await intercepted(this.options.interceptors, 'signalWithStart', call)(input);
    const { workflowId, followRuns = true } = rest;
    const handle = makeHandle<W>(this, this.options, { workflowId, runIdForResult: runId, followRuns });
    return { ...handle, signaledRunId: runId };
  }

  /** Starts a workflow unless it runs, updates it, and waits until the update is accepted. */
  async startUpdateWithStart<W extends Workflow, Ret, Args extends unknown[] = []>(
    definition: UpdateDefinition<Ret, Args> | string,
    options: StartUpdateCallOptions<Args> & WithStart<W>,
  ): Promise<WorkflowUpdateHandle<Ret>> {
    return this.#updateWithStart<W, Ret>(WorkflowUpdateStage.ACCEPTED, nameOf(definition), options);
  }

  /** Starts a workflow unless it runs, updates it, and waits for the result of the update. */
  async executeUpdateWithStart<W extends Workflow, Ret, Args extends unknown[] = []>(
    definition: UpdateDefinition<Ret, Args> | string,
    options: UpdateCallOptions<Args> & WithStart<W>,
  ): Promise<Ret> {
    return (await this.#updateWithStart<W, Ret>(WorkflowUpdateStage.COMPLETED, nameOf(definition), options)).result();
  }

  /** The handle of an execution. Nothing is asked of the server: calls of the handle tell when there is no such execution. */
  getHandle<W extends Workflow>(
    workflowId: string,
    runId?: string,
    options: GetWorkflowHandleOptions = {},
  ): WorkflowHandle<W> {
    const { firstExecutionRunId, followRuns = true } = options;
    const runIdForResult = runId ?? firstExecutionRunId;
    return makeHandle<W>(this, this.options, { workflowId, runId, runIdForResult, firstExecutionRunId, followRuns });
  }

  /** Waits for the result of an execution. Rejects with WorkflowFailedError when there is none. */
  async result<W extends Workflow>(
    workflowId: string,
    runId?: string,
    { followRuns = true }: WorkflowResultOptions = {},
  ): Promise<WorkflowResultType<W>> {
    return (await workflowResult(this.options, workflowId, runId, followRuns)) as WorkflowResultType<W>;
  }

  /** Executions, fetched as the list is consumed: `for await (const info of client.list({ query }))`. */
  list(options?: ListOptions): AsyncWorkflowListIterable {
    return listWorkflows(this.options, options);
  }

  /** How many executions there are, by groups when the query has a GROUP BY. */
  async count(query = ''): Promise<CountWorkflowExecution> {
    return countWorkflows(this.options, query);
  }

  #startedHandle<W extends Workflow>(
    workflowId: string,
    runId: string,
    followRuns = true,
  ): WorkflowHandleWithFirstExecutionRunId<W> {
    const target = { workflowId, runIdForResult: runId, firstExecutionRunId: runId, followRuns };
    return { ...makeHandle<W>(this, this.options, target), firstExecutionRunId: runId };
  }

  async #updateWithStart<W extends Workflow, Ret>(
    waitForStage: WorkflowUpdateStage,
    updateName: string,
    options: WithStart<W> & { readonly args?: unknown[] | undefined; readonly updateId?: string | undefined },
  ): Promise<WorkflowUpdateHandle<Ret>> {
    const { startWorkflowOperation: operation, args = [], updateId } = options;
    const input = {
      workflowType: extractWorkflowType(operation.workflowTypeOrFunc),
      workflowStartOptions: compileWorkflowOptions(operation.options),
      workflowStartHeaders: {},
      updateName,
      updateArgs: [...args],
      updateOptions: { updateId, waitForStage },
      updateHeaders: {},
    };
    return operation.use(async (started) => {
      const { workflowId, followRuns } = operation.options;
      const onStart = (runId: string): void => started(this.#startedHandle<W>(workflowId, runId, followRuns));
      const call = (given: WorkflowStartUpdateWithStartInput) => startUpdateWithStart(this.options, given, onStart);
      const state = await intercepted(this.options.interceptors, 'startUpdateWithStart', call)(input);
      return updateHandle<Ret>(this.options, { ...state, outcome: state.updateOutcome });
    });
  }
}
