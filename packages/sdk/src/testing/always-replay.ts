/** Replays on purpose, to find code that is not deterministic. */
import type { WorkerPlugin } from '../worker/worker-plugin.js';

/**
 * A plugin for workers: no execution stays in memory, so that each Workflow Task is replayed from the start of its history. What
 * would break only after a crash or a deployment breaks in the test, at the first task that finds something else than before.
 *
 *     const worker = await Worker.create({ …, plugins: [alwaysReplay] });
 */
export const alwaysReplay: WorkerPlugin = {
  name: 'perdure.always-replay',
  configureWorker: (options) => ({ ...options, maxCachedWorkflows: 0 }),
};
