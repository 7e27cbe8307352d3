/** Code of the application around every call of a client: tracing, headers, checks. */
import type {
  DescribeWorkflowExecutionResponse,
  RequestCancelWorkflowExecutionResponse,
  TerminateWorkflowExecutionResponse,
} from '@perdure/protocol';
import type { Headers } from '../conversion/payload.js';
import type { QueryRejectCondition } from '../conversion/workflow-options.js';
import type { WorkflowExecution } from '../conversion/workflow-types.js';
import type { CompiledWorkflowOptions, WorkflowUpdateOptions, WorkflowUpdateStage } from './options.js';
import type { ActivityClientInterceptor } from './standalone-activity/interceptors.js';
import type { CompiledScheduleOptions } from './schedule/types.js';
import type { UpdateOutcome } from './update-outcome.js';

export interface WorkflowStartInput {
  readonly workflowType: string;
  readonly headers: Headers;
  readonly options: CompiledWorkflowOptions;
}

export interface WorkflowSignalInput {
  readonly signalName: string;
  readonly args: unknown[];
  readonly workflowExecution: WorkflowExecution;
  readonly headers: Headers;
}

export interface WorkflowSignalWithStartInput {
  readonly workflowType: string;
  readonly signalName: string;
  readonly signalArgs: unknown[];
  readonly headers: Headers;
  readonly options: CompiledWorkflowOptions;
}

export interface WorkflowQueryInput {
  readonly queryType: string;
  readonly args: unknown[];
  readonly workflowExecution: WorkflowExecution;
  readonly queryRejectCondition?: QueryRejectCondition | undefined;
  readonly headers: Headers;
}

export interface WorkflowStartUpdateInput {
  readonly updateName: string;
  readonly args: unknown[];
  readonly workflowExecution: WorkflowExecution;
  readonly firstExecutionRunId?: string | undefined;
  readonly headers: Headers;
  readonly options: WorkflowUpdateOptions & { readonly waitForStage: WorkflowUpdateStage };
}

export interface WorkflowStartUpdateOutput {
  readonly updateId: string;
  readonly workflowExecution: WorkflowExecution;
  readonly outcome?: UpdateOutcome | undefined;
}

export interface WorkflowStartUpdateWithStartInput {
  readonly workflowType: string;
  readonly workflowStartOptions: CompiledWorkflowOptions;
  readonly workflowStartHeaders: Headers;
  readonly updateName: string;
  readonly updateArgs: unknown[];
  readonly updateOptions: WorkflowUpdateOptions & { readonly waitForStage: WorkflowUpdateStage };
  readonly updateHeaders: Headers;
}

export interface WorkflowStartUpdateWithStartOutput {
  readonly workflowExecution: WorkflowExecution;
  readonly updateId: string;
  readonly updateOutcome?: UpdateOutcome | undefined;
}

export interface WorkflowTerminateInput {
  readonly workflowExecution: WorkflowExecution;
  readonly reason?: string | undefined;
  readonly details?: unknown[] | undefined;
  readonly firstExecutionRunId?: string | undefined;
}

export interface WorkflowCancelInput {
  readonly workflowExecution: WorkflowExecution;
  readonly firstExecutionRunId?: string | undefined;
}

export interface WorkflowDescribeInput {
  readonly workflowExecution: WorkflowExecution;
}

export interface WorkflowStartOutput {
  readonly runId: string;
  /** The first workflow task is with a worker of this process already. */
  readonly eagerlyStarted: boolean;
}

/** The calls of a workflow client that can be intercepted. */
interface WorkflowClientCalls {
  startWithDetails(input: WorkflowStartInput): Promise<WorkflowStartOutput>;
  /** The same with the run id alone. An interceptor that has both is asked for `startWithDetails`. */
  start(input: WorkflowStartInput): Promise<string>;
  startUpdate(input: WorkflowStartUpdateInput): Promise<WorkflowStartUpdateOutput>;
  startUpdateWithStart(input: WorkflowStartUpdateWithStartInput): Promise<WorkflowStartUpdateWithStartOutput>;
  signal(input: WorkflowSignalInput): Promise<void>;
  /** Answers with the run id. */
  signalWithStart(input: WorkflowSignalWithStartInput): Promise<string>;
  query(input: WorkflowQueryInput): Promise<unknown>;
  terminate(input: WorkflowTerminateInput): Promise<TerminateWorkflowExecutionResponse>;
  cancel(input: WorkflowCancelInput): Promise<RequestCancelWorkflowExecutionResponse>;
  describe(input: WorkflowDescribeInput): Promise<DescribeWorkflowExecutionResponse>;
}

/** Methods that wrap those of `Calls`: same input and output, and the rest of the chain as `next`. */
export type Wrapping<Calls> = {
  [Name in keyof Calls]?: Calls[Name] extends (input: infer Input) => infer Output
    ? (input: Input, next: Calls[Name]) => Output
    : never;
};

/** Implement any of the methods; each calls `next`, with its input or a changed copy, and returns what that gives. */
export type WorkflowClientInterceptor = Wrapping<WorkflowClientCalls>;

export interface CreateScheduleInput {
  readonly headers: Headers;
  readonly options: CompiledScheduleOptions;
}

export interface CreateScheduleOutput {
  readonly conflictToken: Uint8Array;
}

/** The calls of a schedule client that can be intercepted. */
interface ScheduleClientCalls {
  create(input: CreateScheduleInput): Promise<CreateScheduleOutput>;
}
export type ScheduleClientInterceptor = Wrapping<ScheduleClientCalls>;

/** Interceptors of all parts of a client. */
export interface ClientInterceptors {
  workflow?: WorkflowClientInterceptor[] | undefined;
  schedule?: ScheduleClientInterceptor[] | undefined;
  activity?: ActivityClientInterceptor[] | undefined;
}
