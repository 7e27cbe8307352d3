// Wrong, missing, oversized and malformed fields for every RPC: a table of [RPC, what is wrong, request].
// The answers (status code, error detail) must be the reference's; its texts are recorded for information.
import { executionsByReference, listsAndAttributes, pollsAndWorkers } from './bad-inputs/corners.mjs';
import { everyRpc } from './bad-inputs/every-rpc.mjs';
import { namespaces, operator } from './bad-inputs/namespaces.mjs';
import { brokenInside, deprecatedNamespace, foreignPages, foreignTokens } from './bad-inputs/states.mjs';
import { starts, startTimes, startAttributes, multiOperations } from './bad-inputs/starts.mjs';
import { signals, closing, queriesAndUpdates, reads, resets } from './bad-inputs/executions.mjs';
import { taskQueueConfigs } from './bad-inputs/task-queues.mjs';
import { workflowTasks, activityTasks, activityOperations, taskQueues } from './bad-inputs/tasks.mjs';
import { visibility } from './bad-inputs/visibility.mjs';

/** All cases. `world` names executions, queues and tokens made by `prepare`. */
export function badInputs(world) {
  return [
    ...everyRpc(world),
    ...namespaces(world),
    ...starts(world),
    ...startTimes(world),
    ...startAttributes(world),
    ...signals(world),
    ...closing(world),
    ...queriesAndUpdates(world),
    ...multiOperations(world),
    ...reads(world),
    ...visibility(world),
    ...workflowTasks(world),
    ...activityTasks(world),
    ...activityOperations(world),
    ...taskQueues(world),
    ...taskQueueConfigs(world),
    ...resets(world),
    ...operator(world),
    ...pollsAndWorkers(world),
    ...executionsByReference(world),
    ...listsAndAttributes(world),
    ...foreignTokens(world),
    ...foreignPages(world),
    ...deprecatedNamespace(world),
    ...brokenInside(world),
  ];
}
