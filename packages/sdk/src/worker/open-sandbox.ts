/** The sandbox that a worker's options ask for. */
import type { Logger } from '../conversion/logger.js';
import type { CompiledWorkerOptions } from './compiled-options.js';
import type { WorkflowSandbox } from './sandbox/contract.js';

export async function openSandbox(_options: CompiledWorkerOptions, _logger: Logger): Promise<WorkflowSandbox> {
  throw new Error('not yet');
}
