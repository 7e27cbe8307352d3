/** DescribeTaskQueue, ListTaskQueuePartitions. */
import {
  BuildIdTaskReachability,
  DescribeTaskQueueMode,
  RateLimitSource,
  TaskQueueKind,
  TaskQueueType,
} from '@perdure/protocol';
import type {
  DescribeTaskQueueRequest,
  DescribeTaskQueueResponse,
  Init,
  ListTaskQueuePartitionsRequest,
  ListTaskQueuePartitionsResponse,
  PollerInfo,
  TaskQueueStats,
  TaskQueueTypeInfo,
} from '@perdure/protocol';
import { invalidArgument } from '../core/rejection.js';
import type { NamespaceRecord, TaskQueueAnswer } from '../engine/messages.js';
import { answer, ask } from './contract.js';
import type { ApiContext, Plan } from './contract.js';
import { configMessage } from './task-queue-config.js';
import { checkTaskQueue } from './validate.js';

export function describeTaskQueue(
  request: DescribeTaskQueueRequest,
  context: ApiContext,
  namespace: NamespaceRecord,
): Plan<DescribeTaskQueueResponse> {
  const problem = checkTaskQueue(request.taskQueue, context.limits);
  if (problem !== undefined) return problem;
  if (request.apiMode === DescribeTaskQueueMode.ENHANCED && request.taskQueue?.kind === TaskQueueKind.STICKY)
    return invalidArgument(
      'Enhanced DescribeTaskQueue is not valid for a sticky queue, use api_mode=UNSPECIFIED or a normal queue.',
    );
  return ask({ kind: 'describeTaskQueue', namespaceId: namespace.id, request }, (queues) =>
    request.apiMode === DescribeTaskQueueMode.ENHANCED ? enhanced(queues, request) : plain(queues, request),
  );
}

function plain(queues: TaskQueueAnswer, request: DescribeTaskQueueRequest): Init<DescribeTaskQueueResponse> {
  const queue = queueOf(queues, request.taskQueueType);
  const stats = new Map([...queue.byPriority].map(([priorityKey, backlog]) => [priorityKey, statsOf(backlog)]));
  return {
    pollers: pollersOf(queue),
    taskQueueStatus: request.includeTaskQueueStatus ? { backlogCountHint: queue.backlogCount } : undefined,
    versioningInfo: { currentVersion: '__unversioned__', updateTime: NO_TIME_MS },
    stats: request.reportStats ? statsOf(queue) : undefined,
    statsByPriorityKey: request.reportStats ? stats : new Map(),
    config: request.reportConfig && queues.settings !== undefined ? configMessage(queues.settings) : undefined,
    effectiveRateLimit: effectiveRateLimit(queue),
  };
}

/** Midnight of 1 January of the year 1, as the field says "never". */
const NO_TIME_MS = -62_135_596_800_000;

/** One version, the unversioned one, whose name is empty. */
function enhanced(queues: TaskQueueAnswer, request: DescribeTaskQueueRequest): Init<DescribeTaskQueueResponse> {
  const asked =
    request.taskQueueTypes.length > 0 ? request.taskQueueTypes : [TaskQueueType.WORKFLOW, TaskQueueType.ACTIVITY];
  const typesInfo = new Map<number, Init<TaskQueueTypeInfo>>();
  for (const type of asked) {
    const queue = queueOf(queues, type);
    typesInfo.set(type, {
      pollers: request.reportPollers ? pollersOf(queue) : [],
      stats: request.reportStats ? statsOf(queue) : undefined,
    });
  }
  const { UNSPECIFIED, REACHABLE } = BuildIdTaskReachability;
  const taskReachability = request.reportTaskReachability ? REACHABLE : UNSPECIFIED;
  return { versionsInfo: new Map([['', { typesInfo, taskReachability }]]) };
}

/** Left out where there is no limit. */
function effectiveRateLimit({ rateLimit }: Queue): Init<DescribeTaskQueueResponse>['effectiveRateLimit'] {
  if (rateLimit === undefined) return undefined;
  const rateLimitSource = rateLimit.isFromWorker ? RateLimitSource.WORKER : RateLimitSource.API;
  return { requestsPerSecond: rateLimit.perSecond, rateLimitSource };
}

type Queue = TaskQueueAnswer['workflow'];
type Backlog = Omit<Queue, 'pollers' | 'byPriority'>;

const NO_QUEUE: Queue = {
  pollers: [],
  byPriority: new Map(),
  backlogCount: 0,
  backlogAgeMs: 0,
  addRate: 0,
  dispatchRate: 0,
};

/** Any number may come as a type. */
function queueOf(queues: TaskQueueAnswer, type: TaskQueueType): Queue {
  if (type === TaskQueueType.UNSPECIFIED || type === TaskQueueType.WORKFLOW) return queues.workflow;
  return type === TaskQueueType.ACTIVITY ? queues.activity : NO_QUEUE;
}

function statsOf(backlog: Backlog): Init<TaskQueueStats> {
  return {
    approximateBacklogCount: backlog.backlogCount,
    approximateBacklogAge: backlog.backlogAgeMs,
    tasksAddRate: backlog.addRate,
    tasksDispatchRate: backlog.dispatchRate,
  };
}

function pollersOf(queue: Queue): Init<PollerInfo>[] {
  return queue.pollers.map(({ identity, lastAccessMs, ratePerSecond }) => ({
    identity,
    lastAccessTime: lastAccessMs,
    ratePerSecond,
  }));
}

/** A queue is never split, so it is its own only partition. */
export function listPartitions(
  request: ListTaskQueuePartitionsRequest,
  context: ApiContext,
): Plan<ListTaskQueuePartitionsResponse> {
  const problem = checkTaskQueue(request.taskQueue, context.limits);
  if (problem !== undefined) return problem;
  const partition = { key: request.taskQueue?.name ?? '', ownerHostName: context.address };
  return answer({ activityTaskQueuePartitions: [partition], workflowTaskQueuePartitions: [partition] });
}
