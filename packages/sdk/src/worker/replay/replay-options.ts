/** What is asked of a worker that only replays histories. */
import type { WorkerOptions } from '../worker-options.js';

export interface ReplayWorkerOptions extends Pick<
  WorkerOptions,
  | 'workflowsPath'
  | 'workflowBundle'
  | 'bundlerOptions'
  | 'dataConverter'
  | 'sinks'
  | 'plugins'
  | 'workflowFailureErrorTypes'
  | 'showStackTraceSources'
  | 'debugMode'
> {
  /** Only `workflowModules` matter. */
  interceptors?: WorkerOptions['interceptors'];
  /** For messages. */
  replayName?: string | undefined;
  /** What `workflowInfo().namespace` says. Default `default`. */
  namespace?: string | undefined;
}
