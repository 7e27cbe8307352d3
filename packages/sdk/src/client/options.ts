/** Options of the calls of a workflow client. */
import { durationMs, optionalDurationMs } from '../conversion/duration.js';
import type { Duration } from '../conversion/duration.js';
import { ValueError } from '../conversion/errors.js';
import type { VersioningOverride } from '../conversion/versioning.js';
import type { CommonWorkflowOptions } from '../conversion/workflow-options.js';
import type { SignalDefinition, WithWorkflowArgs, Workflow } from '../conversion/workflow-types.js';

export interface WorkflowOptions extends CommonWorkflowOptions {
  /** Unique among the running executions of a namespace. Choose one that means something: an order number, not a random text. */
  workflowId: string;
  /** Where workers look for it. */
  taskQueue: string;
  /** Whether `result()` follows retries, cron and continue-as-new to the last run. Default true. */
  followRuns?: boolean | undefined;
  /** Wait before the first workflow task; a signal-with-start ends it. Not with `cronSchedule`. */
  startDelay?: Duration | undefined;
  versioningOverride?: VersioningOverride | undefined;
  /**
   * Asks the server to give the first workflow task with its answer, to a worker of this process that polls this queue over the
   * client's connection and has a free slot. Without such a worker it is an ordinary start. Default false.
   */
  requestEagerStart?: boolean | undefined;
}

/** Options of a start: with the arguments of the workflow. */
export type WorkflowStartOptions<W extends Workflow = Workflow> = WithWorkflowArgs<W, WorkflowOptions>;

export interface WorkflowSignalWithStartOptionsWithoutArgs<SignalArgs extends unknown[]> extends Omit<
  WorkflowOptions,
  'requestEagerStart'
> {
  signal: SignalDefinition<SignalArgs> | string;
  signalArgs?: SignalArgs | undefined;
}

export interface WorkflowSignalWithStartOptionsWithArgs<SignalArgs extends unknown[]> extends Omit<
  WorkflowOptions,
  'requestEagerStart'
> {
  signal: SignalDefinition<SignalArgs> | string;
  signalArgs: SignalArgs;
}

export type WorkflowSignalWithStartOptions<SignalArgs extends unknown[] = []> = SignalArgs extends [
  unknown,
  ...unknown[],
]
  ? WorkflowSignalWithStartOptionsWithArgs<SignalArgs>
  : WorkflowSignalWithStartOptionsWithoutArgs<SignalArgs>;

/** Durations are milliseconds, arguments are a list. */
export type CompiledWorkflowOptions = Omit<
  WorkflowOptions,
  'workflowRunTimeout' | 'workflowExecutionTimeout' | 'workflowTaskTimeout' | 'startDelay'
> & {
  readonly args: unknown[];
  readonly workflowRunTimeout?: number | undefined;
  readonly workflowExecutionTimeout?: number | undefined;
  readonly workflowTaskTimeout?: number | undefined;
  readonly startDelay?: number | undefined;
};

/** Options with durations in milliseconds. Throws ValueError for what is missing or cannot be. */
export function compileWorkflowOptions(
  options: WorkflowOptions & { args?: readonly unknown[] | undefined },
): CompiledWorkflowOptions {
  if (typeof options !== 'object' || options === null)
    throw new ValueError('A start needs options: { workflowId, taskQueue }');
  requireText('workflowId', options.workflowId, 'an id that means something to you, such as `order-1234`');
  requireText('taskQueue', options.taskQueue, 'the task queue that your workers poll');
  return {
    ...options,
    args: [...(options.args ?? [])],
    workflowRunTimeout: optionalDurationMs(options.workflowRunTimeout),
    workflowExecutionTimeout: optionalDurationMs(options.workflowExecutionTimeout),
    workflowTaskTimeout: optionalDurationMs(options.workflowTaskTimeout),
    startDelay: options.startDelay === undefined ? undefined : durationMs(options.startDelay),
  };
}

function requireText(name: string, value: unknown, advice: string): void {
  if (typeof value === 'string' && value !== '') return;
  throw new ValueError(`The option \`${name}\` is missing: give ${advice}`);
}

/** How far an update must have come before a call returns. */
export const WorkflowUpdateStage = {
  /** The validator has let it pass. */
  ACCEPTED: 'ACCEPTED',
  /** The handler has returned. */
  COMPLETED: 'COMPLETED',
} as const;
export type WorkflowUpdateStage = (typeof WorkflowUpdateStage)[keyof typeof WorkflowUpdateStage];

export interface WorkflowUpdateOptions {
  /** Updates of the same id are one update. Default: a random one. */
  readonly updateId?: string | undefined;
}

/** Options of an update: with the arguments of its handler. */
export type UpdateCallOptions<Args extends unknown[]> = WorkflowUpdateOptions &
  (Args extends [unknown, ...unknown[]] ? { readonly args: Args } : { readonly args?: Args | undefined });

export type StartUpdateCallOptions<Args extends unknown[]> = UpdateCallOptions<Args> & {
  readonly waitForStage: typeof WorkflowUpdateStage.ACCEPTED;
};

/** The name of a signal, query or update. */
export function nameOf(definition: { readonly name: string } | string): string {
  return typeof definition === 'string' ? definition : definition.name;
}
