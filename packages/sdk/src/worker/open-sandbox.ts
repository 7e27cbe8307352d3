/** The sandbox that a worker's options ask for. */
import { fileURLToPath } from 'node:url';
import { ValueError } from '../conversion/errors.js';
import type { Logger } from '../conversion/logger.js';
import { createSandbox } from './sandbox/create-sandbox.js';
import type { SandboxOptions } from './sandbox/create-sandbox.js';
import type { WorkflowSandbox } from './sandbox/contract.js';
import { writesDebug } from './telemetry/logger.js';
import type { WorkerOptions } from './worker-options.js';

/** Of a worker's options, what concerns the sandbox. */
export type SandboxSettings = Pick<
  WorkerOptions,
  'workflowsPath' | 'workflowBundle' | 'bundlerOptions' | 'dataConverter' | 'interceptors' | 'workflowFailureErrorTypes'
> & {
  readonly debugMode?: boolean | undefined;
  /** Undefined: local activities are not checked. */
  readonly activityFunctions?: ReadonlyMap<string, unknown> | undefined;
};

/** Throws ValueError when both or none of path and bundle are given, and whatever is wrong with the workflows' code. */
export async function openSandbox(settings: SandboxSettings, logger: Logger): Promise<WorkflowSandbox> {
  const { debugMode, activityFunctions, workflowFailureErrorTypes } = settings;
  const hasDefault = activityFunctions?.has('default') === true;
  return createSandbox({
    source: sourceOf(settings, logger),
    debugMode,
    logsLifecycle: writesDebug(logger),
    workflowFailureErrorTypes,
    activityTypes: activityFunctions === undefined || hasDefault ? undefined : [...activityFunctions.keys()],
  });
}

function sourceOf(settings: SandboxSettings, logger: Logger): SandboxOptions['source'] {
  const { workflowsPath, workflowBundle, bundlerOptions, dataConverter, interceptors } = settings;
  if (workflowsPath !== undefined && workflowBundle !== undefined) {
    throw new ValueError('Both `workflowsPath` and `workflowBundle` are set: keep one of them');
  }
  if (workflowBundle !== undefined) return { workflowBundle };
  if (workflowsPath === undefined) throw new ValueError('`workflowsPath` or `workflowBundle` is missing');
  return {
    bundleOptions: {
      workflowsPath: workflowsPath.startsWith('file:') ? fileURLToPath(workflowsPath) : workflowsPath,
      workflowInterceptorModules: interceptors?.workflowModules,
      payloadConverterPath: dataConverter?.payloadConverterPath,
      failureConverterPath: dataConverter?.failureConverterPath,
      ignoreModules: bundlerOptions?.ignoreModules,
      logger,
    },
  };
}
