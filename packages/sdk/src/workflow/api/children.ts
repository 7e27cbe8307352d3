/** Children of a workflow, and other workflows that it reaches. */
import type { Anything } from '../../conversion/anything.js';
import { extractWorkflowType } from '../../conversion/workflow-options.js';
import type {
  BaseWorkflowHandle,
  SignalDefinition,
  WithWorkflowArgs,
  Workflow,
  WorkflowResultType,
} from '../../conversion/workflow-types.js';
import { startChildNow } from '../runtime/children.js';
import { requireRun } from '../runtime/current.js';
import { cancelWorkflow, signalWorkflow } from '../runtime/external.js';
import { intercepted } from '../runtime/interceptors.js';
import type { StartChildWorkflowExecutionInput } from '../runtime/interceptors.js';
import { ChildWorkflowCancellationType } from '../runtime/options.js';
import type { ChildWorkflowOptions, ChildWorkflowOptionsWithDefaults } from '../runtime/options.js';
import type { Run } from '../runtime/run.js';
import { uuid4 } from './determinism.js';

/** A child that has been started. */
export interface ChildWorkflowHandle<T extends Workflow> extends BaseWorkflowHandle<T> {
  /** Of its first run; later ones follow by continue-as-new, retry or cron. */
  readonly firstExecutionRunId: string;
}

/** Another workflow of the namespace. Nothing is asked of the server until a method is called. */
export interface ExternalWorkflowHandle {
  /** Resolves when the signal is in the other's history; throws when there is no such workflow. */
  signal<Args extends Anything[] = [], Name extends string = string>(
    definition: SignalDefinition<Args, Name> | string,
    ...args: Args
  ): Promise<void>;
  /** Resolves when the request is in the other's history; throws when there is no such workflow. */
  cancel(): Promise<void>;
  readonly workflowId: string;
  readonly runId?: string | undefined;
}

/** Options of a child with what is left out filled in: a random id, no arguments, cancellation waits for the child's end. */
export function addDefaultWorkflowOptions<T extends Workflow>(
  options: WithWorkflowArgs<T, ChildWorkflowOptions>,
): ChildWorkflowOptionsWithDefaults {
  const { args, workflowId, ...rest } = options;
  return {
    ...rest,
    workflowId: workflowId ?? uuid4(),
    args: [...((args ?? []) as readonly unknown[])],
    cancellationType: options.cancellationType ?? ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
  };
}

/**
 * Starts a child and waits until it has started. Throws WorkflowExecutionAlreadyStartedError when its id is taken.
 * `result()` of the handle throws ChildWorkflowFailure, with the reason as `cause`, when the child does not complete.
 *
 * @example
 * const child = await startChild(shipOrder, { args: [order], workflowId: `ship-${order.id}` });
 * await child.signal(hurryUp);
 * const parcel = await child.result();
 */
export async function startChild<T extends Workflow>(
  workflow: string | T,
  options?: WithWorkflowArgs<T, ChildWorkflowOptions>,
): Promise<ChildWorkflowHandle<T>> {
  const run = requireRun('startChild()');
  const filled = addDefaultWorkflowOptions<T>(options ?? ({} as WithWorkflowArgs<T, ChildWorkflowOptions>));
  const [started, completed] = await start(run, workflow, filled);
  const firstExecutionRunId = await started;
  const { workflowId } = filled;
  return {
    workflowId,
    firstExecutionRunId,
    async result(): Promise<WorkflowResultType<T>> {
      return (await completed) as WorkflowResultType<T>;
    },
    async signal(definition: SignalDefinition<Anything[]> | string, ...args: unknown[]): Promise<void> {
      return signalWorkflow(run, nameOf(definition), args, { type: 'child', childWorkflowId: workflowId });
    },
  };
}

/**
 * Starts a child and waits for its result. Throws as `startChild` and `result()` do.
 *
 * @example const parcel = await executeChild(shipOrder, { args: [order] });
 */
export async function executeChild<T extends Workflow>(
  workflow: string | T,
  options?: WithWorkflowArgs<T, ChildWorkflowOptions>,
): Promise<WorkflowResultType<T>> {
  const run = requireRun('executeChild()');
  const filled = addDefaultWorkflowOptions<T>(options ?? ({} as WithWorkflowArgs<T, ChildWorkflowOptions>));
  const result = start(run, workflow, filled).then(([, completed]) => completed);
  return result as Promise<WorkflowResultType<T>>;
}

function start(
  run: Run,
  workflow: string | Workflow,
  options: ChildWorkflowOptionsWithDefaults,
): Promise<[Promise<string>, Promise<unknown>]> {
  const workflowType = extractWorkflowType(workflow);
  const { outbound } = run.loaded.interceptors;
  const next = intercepted(outbound, 'startChildWorkflowExecution', (input: StartChildWorkflowExecutionInput) =>
    startChildNow(input),
  );
  return next({ workflowType, options, headers: {}, seq: run.seqs.child++ });
}

function nameOf(definition: SignalDefinition<Anything[]> | string): string {
  return typeof definition === 'string' ? definition : definition.name;
}

/** `runId`: default the newest run. For workflows that are not children of this one. */
export function getExternalWorkflowHandle(workflowId: string, runId?: string): ExternalWorkflowHandle {
  const run = requireRun('getExternalWorkflowHandle()');
  const workflowExecution = { workflowId, runId };
  return {
    workflowId,
    runId,
    cancel: () => cancelWorkflow(run, workflowExecution),
    signal: (definition: SignalDefinition<Anything[]> | string, ...args: unknown[]) =>
      signalWorkflow(run, nameOf(definition), args, { type: 'external', workflowExecution }),
  };
}
