/** Every RPC of the two services and who handles it. A method added to the API does not compile until it has a row. */
import type { operatorService, workflowService } from '@perdure/protocol';
import type { RequestOf, ResponseOf } from '@perdure/protocol';
import { ONLY_REGISTERED } from './admit.js';
import { getClusterInfo, listClusters } from './cluster.js';
import { deleteExecution, requestCancel, terminate } from './control.js';
import { describeWorkflow, resetSticky } from './describe.js';
import { heartbeat, heartbeatById } from './heartbeat.js';
import { getHistory, getHistoryReverse } from './history.js';
import { countWorkflows, listArchived, listClosed, listOpen, listWorkflows } from './list.js';
import { executeMultiOperation } from './multi-operation.js';
import {
  deleteNamespace,
  deprecateNamespace,
  describeNamespace,
  listNamespaces,
  registerNamespace,
  updateNamespace,
} from './namespace.js';
import { pollActivityTask } from './poll-activity.js';
import { pollWorkflowTask } from './poll-workflow-task.js';
import { query } from './query.js';
import {
  activityCanceled,
  activityCanceledById,
  activityCompleted,
  activityCompletedById,
  activityFailed,
  activityFailedById,
} from './respond-activity.js';
import { queryTaskCompleted, workflowTaskCompleted, workflowTaskFailed } from './respond-workflow-task.js';
import { aboutNamespace, cluster, forActivity, forQuery, forWorkflowTask, inNamespace, unimplemented } from './row.js';
import type { Row } from './row.js';
import {
  addSearchAttributes,
  getSearchAttributes,
  listSearchAttributes,
  removeSearchAttributes,
} from './search-attribute.js';
import { signal } from './signal.js';
import { signalWithStart, startWorkflow } from './start.js';
import { getSystemInfo } from './system.js';
import { describeTaskQueue, listPartitions } from './task-queue.js';
import { updateTaskQueueConfig } from './task-queue-config.js';
import { UNIMPLEMENTED_OPERATOR_SERVICE, UNIMPLEMENTED_WORKFLOW_SERVICE } from './unimplemented.js';
import { pollUpdate, update } from './update.js';
import { shutdownWorker } from './worker.js';

type RowsOf<Service> = {
  readonly [Method in keyof Service]: Row<RequestOf<Service[Method]>, ResponseOf<Service[Method]>>;
};

export const WORKFLOW_SERVICE = {
  // system and cluster
  GetSystemInfo: cluster(getSystemInfo),
  GetClusterInfo: cluster(getClusterInfo),
  // namespaces
  RegisterNamespace: aboutNamespace(registerNamespace),
  DescribeNamespace: aboutNamespace(describeNamespace),
  ListNamespaces: cluster(listNamespaces),
  UpdateNamespace: aboutNamespace(updateNamespace),
  DeprecateNamespace: aboutNamespace(deprecateNamespace),
  // one execution
  StartWorkflowExecution: inNamespace(startWorkflow, ONLY_REGISTERED),
  SignalWithStartWorkflowExecution: inNamespace(signalWithStart, ONLY_REGISTERED),
  ExecuteMultiOperation: inNamespace(executeMultiOperation, ONLY_REGISTERED),
  SignalWorkflowExecution: inNamespace(signal),
  RequestCancelWorkflowExecution: inNamespace(requestCancel),
  TerminateWorkflowExecution: inNamespace(terminate),
  DeleteWorkflowExecution: inNamespace(deleteExecution),
  UpdateWorkflowExecution: inNamespace(update),
  PollWorkflowExecutionUpdate: inNamespace(pollUpdate),
  QueryWorkflow: inNamespace(query),
  DescribeWorkflowExecution: inNamespace(describeWorkflow),
  GetWorkflowExecutionHistory: inNamespace(getHistory),
  GetWorkflowExecutionHistoryReverse: inNamespace(getHistoryReverse),
  // lists
  ListWorkflowExecutions: inNamespace(listWorkflows),
  ScanWorkflowExecutions: inNamespace(listWorkflows),
  CountWorkflowExecutions: inNamespace(countWorkflows),
  ListOpenWorkflowExecutions: inNamespace(listOpen),
  ListClosedWorkflowExecutions: inNamespace(listClosed),
  ListArchivedWorkflowExecutions: inNamespace(listArchived),
  GetSearchAttributes: cluster(getSearchAttributes),
  // workers: workflow tasks
  PollWorkflowTaskQueue: inNamespace(pollWorkflowTask),
  RespondWorkflowTaskCompleted: forWorkflowTask(workflowTaskCompleted),
  RespondWorkflowTaskFailed: forWorkflowTask(workflowTaskFailed),
  RespondQueryTaskCompleted: forQuery(queryTaskCompleted),
  ResetStickyTaskQueue: inNamespace(resetSticky),
  ShutdownWorker: inNamespace(shutdownWorker),
  // workers: activities
  PollActivityTaskQueue: inNamespace(pollActivityTask),
  RecordActivityTaskHeartbeat: forActivity(heartbeat),
  RecordActivityTaskHeartbeatById: inNamespace(heartbeatById),
  RespondActivityTaskCompleted: forActivity(activityCompleted),
  RespondActivityTaskCompletedById: inNamespace(activityCompletedById),
  RespondActivityTaskFailed: forActivity(activityFailed),
  RespondActivityTaskFailedById: inNamespace(activityFailedById),
  RespondActivityTaskCanceled: forActivity(activityCanceled),
  RespondActivityTaskCanceledById: inNamespace(activityCanceledById),
  // task queues
  DescribeTaskQueue: inNamespace(describeTaskQueue),
  UpdateTaskQueueConfig: inNamespace(updateTaskQueueConfig),
  ListTaskQueuePartitions: inNamespace(listPartitions),
  ...unimplemented(UNIMPLEMENTED_WORKFLOW_SERVICE),
} as const satisfies RowsOf<typeof workflowService>;

export const OPERATOR_SERVICE = {
  ListSearchAttributes: aboutNamespace(listSearchAttributes),
  AddSearchAttributes: aboutNamespace(addSearchAttributes),
  RemoveSearchAttributes: aboutNamespace(removeSearchAttributes),
  DeleteNamespace: aboutNamespace(deleteNamespace),
  ListClusters: cluster(listClusters),
  ...unimplemented(UNIMPLEMENTED_OPERATOR_SERVICE),
} as const satisfies RowsOf<typeof operatorService>;
