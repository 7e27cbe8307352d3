/** Packages that change a worker: options before it is made, and what runs around it. */
import type { ReplayWorkerOptions } from './replay/replay-options.js';
import type { WorkerOptions } from './worker-options.js';
import type { Worker } from './worker.js';

export interface WorkerPlugin {
  readonly name: string;
  /** Before a worker is made, in the order of the list. */
  configureWorker?(options: WorkerOptions): WorkerOptions | Promise<WorkerOptions>;
  configureReplayWorker?(options: ReplayWorkerOptions): ReplayWorkerOptions | Promise<ReplayWorkerOptions>;
  /** Around `Worker.run`; the first of the list is the outermost. */
  runWorker?(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void>;
}
