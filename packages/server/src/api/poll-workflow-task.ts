/** PollWorkflowTaskQueue. */
import type {
  PollWorkflowTaskQueueRequest,
  PollWorkflowTaskQueueResponse,
  WorkerVersionCapabilities,
} from '@perdure/protocol';
import type { NamespaceRecord } from '../engine/messages.js';
import { asAnswered, ask } from './contract.js';
import type { ApiContext, Plan } from './contract.js';
import {
  checkIdentity,
  checkPollDeadline,
  checkTaskQueue,
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
  const problem = checkPoll(request, context);
  if (problem !== undefined) return problem;
  const deadlineMs = longPollDeadline(context, context.limits.workerLongPollMs);
  return ask({ kind: 'pollWorkflowTask', namespaceId: namespace.id, request, deadlineMs }, asAnswered);
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
