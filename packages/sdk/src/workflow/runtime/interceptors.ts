/** Code of the application around everything that goes into and out of a workflow. */
import type { Headers } from '../../conversion/payload.js';
import type { MetricTags } from '../../conversion/metrics.js';
import type { WorkflowExecution } from '../../conversion/workflow-types.js';
import type { Activation, WorkflowCommand } from '../../replay/contract.js';
import { currentFrame, runInFrame } from './async-context.js';
import type {
  ActivityOptions,
  ChildWorkflowOptionsWithDefaults,
  ContinueAsNewOptions,
  LocalActivityOptions,
  TimerOptions,
} from './options.js';

/** What an interceptor module exports as `interceptors`. Called once per run. */
export type WorkflowInterceptorsFactory = () => WorkflowInterceptors;

/** Interceptors of one run; each list in the order in which calls pass through. */
export interface WorkflowInterceptors {
  inbound?: WorkflowInboundCallsInterceptor[] | undefined;
  outbound?: WorkflowOutboundCallsInterceptor[] | undefined;
  internals?: WorkflowInternalsInterceptor[] | undefined;
}

/** Around what comes in. All methods are optional. */
export interface WorkflowInboundCallsInterceptor {
  execute?(input: WorkflowExecuteInput, next: (input: WorkflowExecuteInput) => Promise<unknown>): Promise<unknown>;
  handleUpdate?(input: UpdateInput, next: (input: UpdateInput) => Promise<unknown>): Promise<unknown>;
  /** Must be synchronous. What it throws rejects the update. */
  validateUpdate?(input: UpdateInput, next: (input: UpdateInput) => void): void;
  handleSignal?(input: SignalInput, next: (input: SignalInput) => Promise<void>): Promise<void>;
  handleQuery?(input: QueryInput, next: (input: QueryInput) => Promise<unknown>): Promise<unknown>;
}

export interface WorkflowExecuteInput {
  readonly args: unknown[];
  readonly headers: Headers;
}

export interface UpdateInput {
  readonly updateId: string;
  readonly name: string;
  readonly args: unknown[];
  readonly headers: Headers;
}

export interface SignalInput {
  readonly signalName: string;
  readonly args: unknown[];
  readonly headers: Headers;
}

export interface QueryInput {
  readonly queryId: string;
  readonly queryName: string;
  readonly args: unknown[];
  readonly headers: Headers;
}

/** Around what goes out. All methods are optional. */
export interface WorkflowOutboundCallsInterceptor {
  /** Called for every sleep, time-out of conditions and scopes, and `setTimeout`. */
  startTimer?(input: TimerInput, next: (input: TimerInput) => Promise<void>): Promise<void>;
  scheduleActivity?(input: ActivityInput, next: (input: ActivityInput) => Promise<unknown>): Promise<unknown>;
  scheduleLocalActivity?(
    input: LocalActivityInput,
    next: (input: LocalActivityInput) => Promise<unknown>,
  ): Promise<unknown>;
  /** The first promise is of the child's run id, the second of its result. */
  startChildWorkflowExecution?(
    input: StartChildWorkflowExecutionInput,
    next: (input: StartChildWorkflowExecutionInput) => Promise<[Promise<string>, Promise<unknown>]>,
  ): Promise<[Promise<string>, Promise<unknown>]>;
  signalWorkflow?(input: SignalWorkflowInput, next: (input: SignalWorkflowInput) => Promise<void>): Promise<void>;
  continueAsNew?(input: ContinueAsNewInput, next: (input: ContinueAsNewInput) => Promise<never>): Promise<never>;
  /** Fields of every message of `log`. */
  getLogAttributes?(
    input: GetLogAttributesInput,
    next: (input: GetLogAttributesInput) => Record<string, unknown>,
  ): Record<string, unknown>;
  /** Tags of every value of `metricMeter`. */
  getMetricTags?(input: GetMetricTagsInput, next: (input: GetMetricTagsInput) => MetricTags): MetricTags;
}

export interface TimerInput {
  readonly durationMs: number;
  readonly seq: number;
  readonly options?: TimerOptions | undefined;
}

export interface ActivityInput {
  readonly activityType: string;
  readonly args: unknown[];
  readonly options: ActivityOptions;
  readonly headers: Headers;
  readonly seq: number;
}

export interface LocalActivityInput {
  readonly activityType: string;
  readonly args: unknown[];
  readonly options: LocalActivityOptions;
  readonly headers: Headers;
  readonly seq: number;
  /** Milliseconds since the epoch; set from the second scheduling on. */
  readonly originalScheduleTime?: number | undefined;
  readonly attempt: number;
}

export interface StartChildWorkflowExecutionInput {
  readonly workflowType: string;
  readonly options: ChildWorkflowOptionsWithDefaults;
  readonly headers: Headers;
  readonly seq: number;
}

export interface SignalWorkflowInput {
  readonly seq: number;
  readonly signalName: string;
  readonly args: unknown[];
  readonly headers: Headers;
  readonly target:
    | { readonly type: 'external'; readonly workflowExecution: WorkflowExecution }
    | { readonly type: 'child'; readonly childWorkflowId: string };
}

export interface ContinueAsNewInput {
  readonly args: unknown[];
  readonly headers: Headers;
  readonly options: ContinueAsNewInputOptions;
}

/** The workflow type is always there. */
export type ContinueAsNewInputOptions = ContinueAsNewOptions & { workflowType: string };

export type GetLogAttributesInput = Record<string, unknown>;
export type GetMetricTagsInput = MetricTags;

/** Around the work on one activation. Experimental: what passes is the SDK's own. */
export interface WorkflowInternalsInterceptor {
  activate?(input: ActivateInput, next: (input: ActivateInput) => void): void;
  concludeActivation?(
    input: ConcludeActivationInput,
    next: (input: ConcludeActivationInput) => ConcludeActivationOutput,
  ): ConcludeActivationOutput;
  /** The run leaves the worker's memory. */
  dispose?(input: DisposeInput, next: (input: DisposeInput) => void): void;
}

export interface ActivateInput {
  readonly activation: Activation;
  /** Jobs of one activation may come in several batches. */
  readonly batchIndex: number;
}

export interface ConcludeActivationInput {
  readonly commands: readonly WorkflowCommand[];
}

export type ConcludeActivationOutput = ConcludeActivationInput;
export type DisposeInput = Record<string, never>;

type Method<Input, Output> = (input: Input, next: (input: Input) => Output) => Output;

/** `next` with the interceptors that have this method around it, the first outermost. */
export function intercepted<I extends object, Input, Output>(
  interceptors: readonly I[] | undefined,
  method: keyof I,
  next: (input: Input) => Output,
): (input: Input) => Output {
  if (interceptors === undefined) return next;
  let call = next;
  for (let i = interceptors.length - 1; i >= 0; i -= 1) {
    const interceptor = interceptors[i];
    const around = interceptor?.[method] as Method<Input, Output> | undefined;
    if (around === undefined) continue;
    // A random stream that the interceptor uses for itself is not that of the code behind it.
    const rest = withRandomOfNow(call);
    call = (input) => around.call(interceptor, input, rest);
  }
  return call;
}

function withRandomOfNow<Input, Output>(call: (input: Input) => Output): (input: Input) => Output {
  const { random } = currentFrame();
  return (input) => (currentFrame().random === random ? call(input) : runInFrame({ random }, () => call(input)));
}
