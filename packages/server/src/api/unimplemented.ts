/**
 * RPCs that are not built yet, in the order of the API's documentation. The documentation's table of what is served is made
 * from these lists: to build one, take it out here and give it a row in table.ts; the compiler asks for the rest.
 */

export const UNIMPLEMENTED_WORKFLOW_SERVICE = [
  // Workflow operations
  'ResetWorkflowExecution',
  'UpdateWorkflowExecutionOptions',
  'PauseWorkflowExecution',
  'UnpauseWorkflowExecution',
  'PollWorkflowExecutionTimeSkipping',
  // Schedules
  'CreateSchedule',
  'DescribeSchedule',
  'UpdateSchedule',
  'PatchSchedule',
  'ListScheduleMatchingTimes',
  'DeleteSchedule',
  'ListSchedules',
  'CountSchedules',
  // Batch operations
  'StartBatchOperation',
  'StopBatchOperation',
  'DescribeBatchOperation',
  'ListBatchOperations',
  // Activities of a workflow, operator actions
  'UpdateActivityOptions',
  'PauseActivity',
  'UnpauseActivity',
  'ResetActivity',
  'PauseActivityExecution',
  'ResetActivityExecution',
  'UnpauseActivityExecution',
  'UpdateActivityExecutionOptions',
  // Standalone activities
  'StartActivityExecution',
  'DescribeActivityExecution',
  'PollActivityExecution',
  'ListActivityExecutions',
  'CountActivityExecutions',
  'RequestCancelActivityExecution',
  'TerminateActivityExecution',
  'DeleteActivityExecution',
  // Nexus
  'PollNexusTaskQueue',
  'RespondNexusTaskCompleted',
  'RespondNexusTaskFailed',
  'StartNexusOperationExecution',
  'DescribeNexusOperationExecution',
  'PollNexusOperationExecution',
  'ListNexusOperationExecutions',
  'CountNexusOperationExecutions',
  'RequestCancelNexusOperationExecution',
  'TerminateNexusOperationExecution',
  'DeleteNexusOperationExecution',
  // Workers and task queues
  'RecordWorkerHeartbeat',
  'ListWorkers',
  'CountWorkers',
  'FetchWorkerConfig',
  'UpdateWorkerConfig',
  'DescribeWorker',
  // Worker deployments
  'DescribeWorkerDeploymentVersion',
  'SetWorkerDeploymentCurrentVersion',
  'DescribeWorkerDeployment',
  'DeleteWorkerDeployment',
  'DeleteWorkerDeploymentVersion',
  'SetWorkerDeploymentRampingVersion',
  'ListWorkerDeployments',
  'CreateWorkerDeployment',
  'CreateWorkerDeploymentVersion',
  'UpdateWorkerDeploymentVersionComputeConfig',
  'ValidateWorkerDeploymentVersionComputeConfig',
  'UpdateWorkerDeploymentVersionMetadata',
  'SetWorkerDeploymentManager',
  // Older generations of worker versioning
  'UpdateWorkerBuildIdCompatibility',
  'GetWorkerBuildIdCompatibility',
  'UpdateWorkerVersioningRules',
  'GetWorkerVersioningRules',
  'GetWorkerTaskReachability',
  'DescribeDeployment',
  'ListDeployments',
  'GetDeploymentReachability',
  'GetCurrentDeployment',
  'SetCurrentDeployment',
  // Workflow rules
  'CreateWorkflowRule',
  'DescribeWorkflowRule',
  'DeleteWorkflowRule',
  'ListWorkflowRules',
  'TriggerWorkflowRule',
] as const;

export const UNIMPLEMENTED_OPERATOR_SERVICE = [
  // Nexus
  'GetNexusEndpoint',
  'CreateNexusEndpoint',
  'UpdateNexusEndpoint',
  'DeleteNexusEndpoint',
  'ListNexusEndpoints',
  // Other clusters
  'AddOrUpdateRemoteCluster',
  'RemoveRemoteCluster',
] as const;
