/** For the tests of this folder: a context, and a small engine that knows four executions. Has no tests itself. */
import { NamespaceState, WorkflowExecutionStatus as Status } from '@perdure/protocol';
import type { QueryWorkflowRequest, WorkflowExecution } from '@perdure/protocol';
import { decideStart } from '../core/execution/start.js';
import type { StartPolicies } from '../core/execution/start.js';
import { DEFAULT_LIMITS } from '../core/limits.js';
import {
  activityTaskNotFound,
  isRejection,
  reject,
  workflowClosed,
  workflowNotFound,
  workflowTaskNotFound,
} from '../core/rejection.js';
import type { Rejection } from '../core/rejection.js';
import type { ActivityTarget, EngineReply, EngineRequest, NamespaceRecord } from '../engine/messages.js';
import type { ApiContext } from './contract.js';

export const NOW_MS = Date.UTC(2026, 0, 31);
export const RUN_ID = (digit: number): string => `00000000-0000-4000-8000-00000000000${digit}`;

export function namespaceRecord(change: Partial<NamespaceRecord> = {}): NamespaceRecord {
  return {
    id: RUN_ID(9),
    name: 'raw-n',
    state: NamespaceState.REGISTERED,
    description: '',
    ownerEmail: '',
    data: new Map(),
    retentionMs: 86_400_000,
    createdAtMs: NOW_MS,
    searchAttributes: new Map(),
    ...change,
  };
}

export function apiContext(
  namespaces: readonly NamespaceRecord[] = [namespaceRecord()],
  change: Partial<ApiContext> = {},
): ApiContext {
  let ids = 0;
  return {
    nowMs: NOW_MS,
    executionNowMs: NOW_MS,
    limits: DEFAULT_LIMITS,
    namespaces: {
      byName: (name) => namespaces.find((record) => record.name === name),
      byId: (id) => namespaces.find((record) => record.id === id),
      list: () => namespaces,
    },
    serverVersion: '1.2.3',
    clusterId: RUN_ID(8),
    clusterName: 'active',
    storeName: 'memory',
    address: '127.0.0.1:7233',
    caller: { clientName: '', clientVersion: '', header: () => undefined },
    deadlineMs: undefined,
    newId: () => `new-id-${++ids}`,
    ...change,
  };
}

interface Run {
  readonly runId: string;
  readonly status: Status;
}

const RUNS: ReadonlyMap<string, Run> = new Map([
  ['open-n', { runId: RUN_ID(1), status: Status.RUNNING }],
  ['closed-n', { runId: RUN_ID(2), status: Status.TERMINATED }],
  ['victim-n', { runId: RUN_ID(3), status: Status.RUNNING }],
  ['activity-n', { runId: RUN_ID(4), status: Status.RUNNING }],
]);

/** Refuses what an engine with these runs refuses; everything else is answered empty. */
export function fakeEngine(request: EngineRequest): EngineReply {
  const refusal = refusalOf(request);
  if (refusal !== undefined) return { ok: false, rejection: refusal };
  return { ok: true, response: emptyAnswer(request.kind) };
}

function emptyAnswer(kind: EngineRequest['kind']): object {
  const queue = { pollers: [], byPriority: new Map(), backlogCount: 0, backlogAgeMs: 0, addRate: 0, dispatchRate: 0 };
  if (kind === 'list') return { kind: 'page', rows: [], cursor: '' };
  if (kind === 'count') return [];
  if (kind === 'describeTaskQueue') return { workflow: queue, activity: queue };
  if (kind === 'updateTaskQueueConfig') return { rate: undefined, keyRate: undefined, weights: new Map() };
  return kind === 'getHistory'
    ? { history: new Uint8Array(0), runId: RUN_ID(1), nextEventId: undefined, isRunning: true, hasSuccessor: true }
    : {};
}

function refusalOf(request: EngineRequest): Rejection | undefined {
  switch (request.kind) {
    case 'start':
      return startRefusal(request.request);
    case 'signalWithStart':
      return startRefusal(request.request);
    case 'updateWithStart': {
      const refusal = startRefusal(request.start);
      const aborted = reject('MULTI_OPERATION_ABORTED', 'Operation was aborted.');
      const detail = { kind: 'multiOperation', statuses: [refusal, aborted] } as const;
      return refusal && reject('MULTI_OPERATION_FAILED', 'Update-with-Start could not be executed.', detail);
    }
    case 'signal':
      return targetRefusal(request.request.workflowExecution) ?? closedRefusal(request.request.workflowExecution);
    case 'terminate':
    case 'update':
      return chainRefusal(request.request) ?? closedRefusal(request.request.workflowExecution);
    case 'requestCancel':
      return chainRefusal(request.request);
    case 'deleteExecution':
    case 'resetSticky':
      return targetRefusal(request);
    case 'describe':
      return targetRefusal(request.request.execution);
    case 'query':
      return targetRefusal(request.request.execution) ?? queryRefusal(request.request);
    case 'getHistory':
      return targetRefusal(request.history);
    case 'pollUpdate': {
      const { updateRef } = request.request;
      return (
        targetRefusal(updateRef?.workflowExecution) ??
        reject('UPDATE_NOT_FOUND', `update "${updateRef?.updateId}" not found`)
      );
    }
    case 'respondWorkflowTaskCompleted':
    case 'respondWorkflowTaskFailed':
    case 'respondQueryTaskCompleted':
      return workflowTaskNotFound();
    case 'respondActivityCompleted':
      return isPending(request.target) ? undefined : activityRefusal(request.target);
    case 'activityHeartbeat':
    case 'respondActivityFailed':
    case 'respondActivityCanceled':
      return activityRefusal(request.target);
    case 'pollWorkflowTask':
    case 'pollActivityTask':
    case 'shutdownWorker':
    case 'list':
    case 'count':
    case 'describeTaskQueue':
    case 'updateTaskQueueConfig':
    case 'putNamespace':
    case 'deleteNamespace':
    case 'barrier':
      return undefined;
  }
}

type StartIds = Pick<StartPolicies, 'workflowId' | 'requestId'> & {
  readonly workflowIdReusePolicy: StartPolicies['reusePolicy'];
  readonly workflowIdConflictPolicy: StartPolicies['conflictPolicy'];
};

function startRefusal(start: StartIds): Rejection | undefined {
  const run = RUNS.get(start.workflowId);
  const current = run && {
    ...run,
    startRequestId: `start-${start.workflowId}`,
    firstRunId: run.runId,
    hasRequestId: () => false,
  };
  const { workflowId, requestId, workflowIdReusePolicy: reusePolicy, workflowIdConflictPolicy: conflictPolicy } = start;
  const decision = decideStart(current, { workflowId, requestId, reusePolicy, conflictPolicy });
  return isRejection(decision) ? decision : undefined;
}

function targetRefusal(target: WorkflowExecution | undefined): Rejection | undefined {
  const { workflowId = '', runId = '' } = target ?? {};
  const run = RUNS.get(workflowId);
  if (runId === '') return run === undefined ? workflowNotFound(workflowId) : undefined;
  if (run?.runId === runId) return undefined;
  return reject(
    'WORKFLOW_NOT_FOUND',
    `workflow execution not found for workflow ID "${workflowId}" and run ID "${runId}"`,
  );
}

function closedRefusal(target: WorkflowExecution | undefined): Rejection | undefined {
  return RUNS.get(target?.workflowId ?? '')?.status === Status.RUNNING ? undefined : workflowClosed();
}

/** None of the runs ever completed a task. */
function queryRefusal({ execution, queryRejectCondition }: QueryWorkflowRequest): Rejection | undefined {
  if (closedRefusal(execution) === undefined || queryRejectCondition !== 0) return undefined;
  return reject('WORKFLOW_NOT_READY', 'Workflow execution closed before WorkflowTaskStarted event');
}

interface ChainTarget {
  readonly workflowExecution?: WorkflowExecution | undefined;
  readonly firstExecutionRunId: string;
}

function chainRefusal({ workflowExecution, firstExecutionRunId }: ChainTarget): Rejection | undefined {
  const refusal = targetRefusal(workflowExecution);
  if (refusal !== undefined || firstExecutionRunId === '') return refusal;
  const isSame = RUNS.get(workflowExecution?.workflowId ?? '')?.runId === firstExecutionRunId;
  return isSame ? undefined : reject('WORKFLOW_NOT_FOUND', 'workflow execution not found');
}

/** Scheduled and not started: it can be completed, but not failed or cancelled. */
function isPending(target: ActivityTarget): boolean {
  return target.by === 'id' && target.workflowId === 'activity-n' && target.activityId === 'pending';
}

function activityRefusal(target: ActivityTarget): Rejection | undefined {
  if (target.by === 'token') return activityTaskNotFound();
  const refusal = targetRefusal(target) ?? closedRefusal(target);
  if (refusal !== undefined) return refusal;
  const message = `cannot find pending activity with ActivityID ${target.activityId}, check workflow execution history for more details`;
  return reject('TASK_NOT_FOUND', message);
}
