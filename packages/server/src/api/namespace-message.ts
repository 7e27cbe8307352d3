/** A namespace as clients see it. */
import { ArchivalState, ReplicationState } from '@perdure/protocol';
import type { DescribeNamespaceResponse, Init, NamespaceInfo } from '@perdure/protocol';
import type { NamespaceRecord } from '../engine/messages.js';
import type { ApiContext } from './contract.js';

export function namespaceMessage(record: NamespaceRecord, context: ApiContext): Init<DescribeNamespaceResponse> {
  const { clusterName } = context;
  return {
    namespaceInfo: namespaceInfo(record, context),
    config: {
      workflowExecutionRetentionTtl: record.retentionMs,
      badBinaries: {},
      historyArchivalState: ArchivalState.DISABLED,
      visibilityArchivalState: ArchivalState.DISABLED,
    },
    replicationConfig: { activeClusterName: clusterName, clusters: [{ clusterName }], state: ReplicationState.NORMAL },
  };
}

function namespaceInfo(record: NamespaceRecord, { limits }: ApiContext): Init<NamespaceInfo> {
  return {
    name: record.name,
    state: record.state,
    description: record.description,
    ownerEmail: record.ownerEmail,
    data: record.data,
    id: record.id,
    capabilities: CAPABILITIES,
    limits: {
      blobSizeLimitError: limits.blobSizeBytesMax,
      memoSizeLimitError: limits.memoSizeBytesMax,
      workflowTaskCompletionSizeLimitError: COMPLETION_BYTES_MAX,
    },
    supportsSchedules: false,
  };
}

/** Of a completion sent in pages; told to clients though they may not send pages yet. */
const COMPLETION_BYTES_MAX = 40 * 1024 * 1024;

/** Switched on in the change that makes them true, never before. */
const CAPABILITIES: NamespaceInfo['capabilities'] = {
  eagerWorkflowStart: true,
  syncUpdate: true,
  asyncUpdate: true,
  workerHeartbeats: false,
  reportedProblemsSearchAttribute: true,
  workflowPause: false,
  standaloneActivities: false,
  workerPollCompleteOnShutdown: true,
  pollerAutoscaling: true,
  workerCommands: false,
  standaloneNexusOperation: false,
  workflowUpdateCallbacks: false,
  pollerAutoscalingAutoEnroll: false,
  workflowTaskCompletionPagination: false,
  standaloneActivityStartDelay: false,
  standaloneActivityBatchOperations: false,
  standaloneActivityOperatorCommands: false,
};
