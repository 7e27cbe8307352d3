/** PollWorkflowTaskQueue. */
import { TaskQueueKind } from '@perdure/protocol';
import type {
  PollWorkflowTaskQueueRequest,
  PollWorkflowTaskQueueResponse,
  TaskQueue,
  WorkerVersionCapabilities,
} from '@perdure/protocol';
import type { NamespaceRecord } from '../engine/messages.js';
import { asAnswered, ask } from './contract.js';
import type { ApiContext, Plan } from './contract.js';
import {
  checkIdentity,
  checkPollDeadline,
  checkTaskQueue,
  isTooLong,
  longPollDeadline,
  refuseIf,
  utf8Length,
} from './validate.js';
import type { Problem } from './validate.js';

export function pollWorkflowTask(
  request: PollWorkflowTaskQueueRequest,
  context: ApiContext,
  namespace: NamespaceRecord,
): Plan<PollWorkflowTaskQueueResponse> {
  const problem = checkPoll(request, context) ?? checkKind(request.taskQueue, context);
  if (problem !== undefined) return problem;
  const deadlineMs = longPollDeadline(context, context.limits.workerLongPollMs);
  return ask({ kind: 'pollWorkflowTask', namespaceId: namespace.id, request, deadlineMs }, asAnswered);
}

function checkKind(queue: TaskQueue | undefined, { limits }: ApiContext): Problem {
  const { name = '', kind, normalName = '' } = queue ?? {};
  return (
    refuseIf(kind === TaskQueueKind.STICKY && isTooLong(normalName, limits), 'taskQueue length exceeds limit') ??
    refuseIf(
      kind === TaskQueueKind.WORKER_COMMANDS,
      `worker-commands partitions must have nexus task type, got: Workflow. base name: ${name}`,
    )
  );
}

type PollFields = Pick<PollWorkflowTaskQueueRequest, 'taskQueue' | 'identity' | 'workerVersionCapabilities'>;

export function checkPoll(request: PollFields, context: ApiContext): Problem {
  return (
    checkPollDeadline(context.deadlineMs, context.nowMs) ??
    checkIdentity(request.identity, context.limits) ??
    checkTaskQueue(request.taskQueue, context.limits) ??
    checkBuildId(request.workerVersionCapabilities)
  );
}

const BUILD_ID_BYTES_MAX = 255;

function checkBuildId(capabilities: WorkerVersionCapabilities | undefined): Problem {
  return refuseIf(
    utf8Length(capabilities?.buildId ?? '') > BUILD_ID_BYTES_MAX,
    'Build ID exceeds configured limit.workerBuildIdSize, use a shorter build ID.',
  );
}
