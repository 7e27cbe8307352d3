/** The sandbox that a worker's options ask for. */
import type { Logger } from '../conversion/logger.js';
import type { CompiledWorkerOptions } from './compiled-options.js';
import type { WorkflowSandbox } from './sandbox/contract.js';
import { createSandbox } from './sandbox/create-sandbox.js';
import type { SandboxOptions } from './sandbox/create-sandbox.js';

export async function openSandbox(options: CompiledWorkerOptions, logger: Logger): Promise<WorkflowSandbox> {
  return createSandbox({
    source: sourceOf(options, logger),
    activityTypes: [...options.activityFunctions.keys()],
    workflowFailureErrorTypes: options.workflowFailureErrorTypes,
    debugMode: options.debugMode,
  });
}

function sourceOf(options: CompiledWorkerOptions, logger: Logger): SandboxOptions['source'] {
  const { workflowBundle, workflowsPath, bundlerOptions, interceptors, dataConverter } = options;
  if (workflowBundle !== undefined) return { workflowBundle };
  return {
    bundleOptions: {
      workflowsPath: workflowsPath ?? '',
      workflowInterceptorModules: interceptors?.workflowModules,
      payloadConverterPath: dataConverter?.payloadConverterPath,
      failureConverterPath: dataConverter?.failureConverterPath,
      ignoreModules: bundlerOptions?.ignoreModules,
      logger,
    },
  };
}
