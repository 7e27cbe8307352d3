/** Options that belong to a workflow function, not to one start of it. */
import type { Anything } from './anything.js';
import type { VersioningBehavior } from './versioning.js';
import type { Workflow } from './workflow-types.js';

/** Set by `setWorkflowOptions` of `perdure/workflow`. */
export interface WorkflowDefinitionOptions {
  /** Whether runs stay on the worker deployment version they started on. Default: that of the worker. */
  versioningBehavior?: VersioningBehavior | undefined;
  /**
   * Errors of these classes fail the execution (or the update); others only fail the workflow task, which is tried again.
   * `Error` stands for all. Failures (`ApplicationFailure` and the like) always fail the execution.
   */
  failureExceptionTypes?: (new (...args: Anything[]) => Error)[] | undefined;
}

/** The options, or a function that is asked for them at the start of each run. */
export type WorkflowDefinitionOptionsOrGetter = WorkflowDefinitionOptions | (() => WorkflowDefinitionOptions);

export interface WorkflowDefinitionConfig {
  workflowDefinitionOptions?: WorkflowDefinitionOptionsOrGetter | undefined;
}

/** A workflow function that carries its options. */
export type WorkflowFunctionWithOptions<Args extends Anything[] = Anything[], Result = Anything> = ((
  ...args: Args
) => Promise<Result>) & { workflowDefinitionOptions: WorkflowDefinitionOptionsOrGetter };

export function isWorkflowFunctionWithOptions(candidate: unknown): candidate is WorkflowFunctionWithOptions {
  return typeof candidate === 'function' && Object.hasOwn(candidate, 'workflowDefinitionOptions');
}

/** The options of a workflow function; empty when it has none. */
export function workflowDefinitionOptions(workflow: Workflow): WorkflowDefinitionOptions {
  if (!isWorkflowFunctionWithOptions(workflow)) return {};
  const { workflowDefinitionOptions: options } = workflow;
  return typeof options === 'function' ? options() : options;
}
