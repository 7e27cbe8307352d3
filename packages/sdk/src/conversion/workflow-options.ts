/** Options of a start, wherever it is asked for, and the enums in them. */
import {
  QueryRejectConditionNames,
  WorkflowIdConflictPolicyNames,
  WorkflowIdReusePolicyNames,
} from '@perdure/protocol';
import type {
  QueryRejectCondition as WireQueryRejectCondition,
  WorkflowIdConflictPolicy as WireConflictPolicy,
  WorkflowIdReusePolicy as WireReusePolicy,
} from '@perdure/protocol';
import type { Duration } from './duration.js';
import { enumCodec } from './enum-codec.js';
import { ValueError } from './errors.js';
import type { Priority } from './priority.js';
import type { RetryPolicy } from './retry-policy.js';
import type { SearchAttributePair, TypedSearchAttributes } from './search-attributes.js';
import type { Workflow } from './workflow-types.js';

/** Whether an id may be used again once its last execution is closed. Default ALLOW_DUPLICATE. */
export const WorkflowIdReusePolicy = {
  ALLOW_DUPLICATE: 'ALLOW_DUPLICATE',
  /** Only if the last one failed, was cancelled, was terminated or timed out. */
  ALLOW_DUPLICATE_FAILED_ONLY: 'ALLOW_DUPLICATE_FAILED_ONLY',
  REJECT_DUPLICATE: 'REJECT_DUPLICATE',
} as const;
export type WorkflowIdReusePolicy = (typeof WorkflowIdReusePolicy)[keyof typeof WorkflowIdReusePolicy];

const reusePolicies = enumCodec<WorkflowIdReusePolicy, WireReusePolicy>(
  'WorkflowIdReusePolicy',
  WorkflowIdReusePolicy,
  WorkflowIdReusePolicyNames,
);
export const encodeWorkflowIdReusePolicy = reusePolicies.encode;
export const decodeWorkflowIdReusePolicy = reusePolicies.decode;

/** What happens when an execution of the same id is running. Default FAIL, and USE_EXISTING for signal-with-start. */
export const WorkflowIdConflictPolicy = {
  FAIL: 'FAIL',
  /** The start answers with the running one. */
  USE_EXISTING: 'USE_EXISTING',
  TERMINATE_EXISTING: 'TERMINATE_EXISTING',
} as const;
export type WorkflowIdConflictPolicy = (typeof WorkflowIdConflictPolicy)[keyof typeof WorkflowIdConflictPolicy];

const conflictPolicies = enumCodec<WorkflowIdConflictPolicy, WireConflictPolicy>(
  'WorkflowIdConflictPolicy',
  WorkflowIdConflictPolicy,
  WorkflowIdConflictPolicyNames,
);
export const encodeWorkflowIdConflictPolicy = conflictPolicies.encode;
export const decodeWorkflowIdConflictPolicy = conflictPolicies.decode;

/** Which executions refuse a query. Default NONE. */
export const QueryRejectCondition = {
  NONE: 'NONE',
  /** Closed ones. */
  NOT_OPEN: 'NOT_OPEN',
  /** Closed ones that did not complete. */
  NOT_COMPLETED_CLEANLY: 'NOT_COMPLETED_CLEANLY',
} as const;
export type QueryRejectCondition = (typeof QueryRejectCondition)[keyof typeof QueryRejectCondition];

const rejectConditions = enumCodec<QueryRejectCondition, WireQueryRejectCondition>(
  'QueryRejectCondition',
  QueryRejectCondition,
  QueryRejectConditionNames,
);
export const encodeQueryRejectCondition = rejectConditions.encode;
export const decodeQueryRejectCondition = rejectConditions.decode;

/** What every start takes, of a client or of a parent. */
export interface BaseWorkflowOptions {
  workflowIdReusePolicy?: WorkflowIdReusePolicy | undefined;
  workflowIdConflictPolicy?: WorkflowIdConflictPolicy | undefined;
  /** Retries of the whole execution. Default: none. */
  retry?: RetryPolicy | undefined;
  /** Starts again and again, as the five fields say. */
  cronSchedule?: string | undefined;
  /** Data to be read with the execution; not searched. */
  memo?: Record<string, unknown> | undefined;
  typedSearchAttributes?: SearchAttributePair[] | TypedSearchAttributes | undefined;
  /** One line of Markdown for the UI. */
  staticSummary?: string | undefined;
  /** Markdown for the UI. */
  staticDetails?: string | undefined;
  priority?: Priority | undefined;
}

export interface WorkflowDurationOptions {
  /** For one run. Default: no limit. */
  workflowRunTimeout?: Duration | undefined;
  /** For the execution with its retries and continued runs. Default: no limit. */
  workflowExecutionTimeout?: Duration | undefined;
  /** For one workflow task. Default 10 s; rarely a good idea to change. */
  workflowTaskTimeout?: Duration | undefined;
}

export type CommonWorkflowOptions = BaseWorkflowOptions & WorkflowDurationOptions;

/** The name under which a workflow is started. Throws ValueError for a function without a name. */
export function extractWorkflowType(workflow: string | Workflow): string {
  const name = typeof workflow === 'string' ? workflow : workflow.name;
  if (name !== '') return name;
  throw new ValueError('The workflow has no name: pass an exported, named function or the name as a text');
}

export interface WorkflowTypeOptions {
  type: string;
}

/** The same, as an object with room for more that is known of the workflow. */
export function extractWorkflowTypeAndConfig(workflow: string | Workflow): WorkflowTypeOptions {
  return { type: extractWorkflowType(workflow) };
}
