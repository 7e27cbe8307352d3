/** From a run's first activation to its workflow function, and from there to its end. */
import { defaultFailureConverter } from '../../conversion/failure-converter.js';
import { defaultPayloadConverter } from '../../conversion/default-payload-converter.js';
import { isWorkflowFunctionWithOptions, workflowDefinitionOptions } from '../../conversion/workflow-definition.js';
import type { Workflow } from '../../conversion/workflow-types.js';
import type { RunModules } from './contract.js';
import { ContinueAsNew, isCancellation } from './errors.js';
import { intercepted } from './interceptors.js';
import type { WorkflowExecuteInput, WorkflowInterceptors } from './interceptors.js';
import { lifecycle } from './log.js';
import { completes, fails } from './outcome.js';
import type { InitializeJob, LoadedModules, Run } from './run.js';
import { suggestNames } from './suggest.js';
import { decodeHeaders, decodeValues } from './values.js';

/** Less than a copy of the attributes takes. */
const KEPT_INPUT_BYTES_MAX = 1024;

/** The run's parts of its bundle. Throws TypeError when the workflow is not in it. */
export function loadModules(run: Run, modules: RunModules): LoadedModules {
  return {
    payloadConverter: modules.payloadConverter ?? defaultPayloadConverter,
    failureConverter: modules.failureConverter ?? defaultFailureConverter,
    interceptors: makeInterceptors(modules),
    workflow: findWorkflow(run.setup.workflowType, modules.workflows),
  };
}

function makeInterceptors({ interceptors: modules }: RunModules): WorkflowInterceptors {
  const all: WorkflowInterceptors = {};
  for (const { interceptors: factory } of modules) {
    if (factory === undefined) continue;
    if (typeof factory !== 'function') {
      throw new TypeError(
        `An interceptor module exports ${typeof factory} as \`interceptors\`: export a function that returns { inbound, outbound, internals }`,
      );
    }
    const { inbound, outbound, internals } = factory();
    if (inbound?.length) all.inbound = [...(all.inbound ?? []), ...inbound];
    if (outbound?.length) all.outbound = [...(all.outbound ?? []), ...outbound];
    if (internals?.length) all.internals = [...(all.internals ?? []), ...internals];
  }
  return all;
}

function findWorkflow(type: string, exported: Readonly<Record<string, unknown>>): Workflow {
  const named = Object.hasOwn(exported, type) ? exported[type] : undefined;
  if (typeof named === 'function') return named as Workflow;
  const fallback = Object.hasOwn(exported, 'default') ? exported['default'] : undefined;
  if (typeof fallback === 'function') return fallback as Workflow;
  const why =
    named === undefined
      ? 'no such function is exported by the workflow bundle'
      : `expected a function, but got: '${typeof named}'`;
  const functions = Object.keys(exported).filter((name) => typeof exported[name] === 'function');
  throw new TypeError(
    `Failed to initialize workflow of type '${type}': ${why}. ${suggestNames(type, functions, 'workflows')}. ` +
      "Export it from the module that the worker's `workflowsPath` names; the task is tried again, so a new deployment mends it.",
  );
}

/** Before any job: what the definition of the workflow says. */
export function initialize(run: Run, job: InitializeJob): void {
  run.init = job;
  run.setSeed(job.randomnessSeed);
}

export function readDefinition(run: Run): void {
  const { workflow } = run.loaded;
  if (!isWorkflowFunctionWithOptions(workflow)) return;
  const { versioningBehavior, failureExceptionTypes } = workflowDefinitionOptions(workflow);
  run.versioningBehavior = versioningBehavior;
  run.failureClasses = failureExceptionTypes ?? [];
}

/** Calls the function. Each link of the chain is a microtask that histories know of. */
export function startWorkflow(run: Run, job: InitializeJob): void {
  const { attributes } = job;
  // The arguments belong to the code from here on.
  if ((attributes.input?.length ?? 0) > KEPT_INPUT_BYTES_MAX) {
    run.init = { ...job, attributes: { ...attributes, input: undefined } };
  }
  const execute = intercepted(run.loaded.interceptors.inbound, 'execute', async ({ args }: WorkflowExecuteInput) => {
    return (await run.loaded.workflow(...args)) as unknown;
  });
  lifecycle(run, 'Workflow started');
  execute({ headers: decodeHeaders(attributes.header), args: decodeValues(run.conversion, attributes.input) })
    .then(
      (result) => {
        lifecycle(run, 'Workflow completed');
        return result;
      },
      (error: unknown) => {
        tellFailure(run, error);
        throw error;
      },
    )
    .then(
      (result) => completes(run, result),
      (error: unknown) => fails(run, error),
    );
}

function tellFailure(run: Run, error: unknown): void {
  if (isCancellation(error)) lifecycle(run, 'Workflow completed as cancelled');
  else if (error instanceof ContinueAsNew) lifecycle(run, 'Workflow continued as new');
  else lifecycle(run, 'Workflow failed', error);
}
