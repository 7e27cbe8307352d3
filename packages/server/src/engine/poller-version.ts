/** The build of a polling worker, as its events tell it. */
import type { PollWorkflowTaskQueueRequest, WorkerVersionStamp } from '@perdure/protocol';
import type { ParkedPoller } from './matching.js';

export function versionStamp({
  workerVersionCapabilities,
}: PollWorkflowTaskQueueRequest): WorkerVersionStamp | undefined {
  if (workerVersionCapabilities === undefined) return undefined;
  return { buildId: workerVersionCapabilities.buildId, useVersioning: workerVersionCapabilities.useVersioning };
}

/** Matching hands it through without looking. */
export function pollerVersion(poller: ParkedPoller): WorkerVersionStamp | undefined {
  return poller.versionInfo as WorkerVersionStamp | undefined;
}
