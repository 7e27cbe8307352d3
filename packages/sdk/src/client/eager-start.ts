/**
 * Eager start: the server gives the first workflow task with the answer of the start, to a worker of the same process and
 * connection. Workers say here what they could take; clients ask here before they start something.
 */
import type { Init, PollWorkflowTaskQueueResponse, WorkerDeploymentOptions } from '@perdure/protocol';

/** A worker, as clients of its connection see it. */
export interface EagerWorker {
  readonly namespace: string;
  readonly taskQueue: string;
  /** A free slot for a workflow task; undefined when there is none, or the worker is shutting down. */
  reserve(): EagerSlot | undefined;
}

/** Room for one workflow task. Exactly one of the methods is called, once. */
export interface EagerSlot {
  /** Of versioned workers: sent with the start. */
  readonly deploymentOptions?: Init<WorkerDeploymentOptions> | undefined;
  /** The start was answered with this task: it is this worker's, as if it had been polled. */
  take(task: PollWorkflowTaskQueueResponse): void;
  /** There is no task. */
  release(): void;
}

/** By a registered symbol: client and worker may come from two copies of this package. */
const eagerWorkers = Symbol.for('perdure.eagerWorkers');

interface WithEagerWorkers {
  [eagerWorkers]?: Set<EagerWorker>;
}

/** From now on the worker takes eager starts made over this connection; the answer ends that. */
export function registerEagerWorker(connection: object, worker: EagerWorker): () => void {
  const holder = connection as WithEagerWorkers;
  const workers = (holder[eagerWorkers] ??= new Set());
  workers.add(worker);
  return () => workers.delete(worker);
}

/** Room in a worker of this queue on this connection. */
export function reserveEagerSlot(connection: object, namespace: string, taskQueue: string): EagerSlot | undefined {
  for (const worker of (connection as WithEagerWorkers)[eagerWorkers] ?? []) {
    if (worker.namespace !== namespace || worker.taskQueue !== taskQueue) continue;
    const slot = worker.reserve();
    if (slot !== undefined) return slot;
  }
  return undefined;
}
