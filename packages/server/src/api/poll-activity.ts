/** PollActivityTaskQueue. */
import type { PollActivityTaskQueueRequest, PollActivityTaskQueueResponse } from '@perdure/protocol';
import type { NamespaceRecord } from '../engine/messages.js';
import { asAnswered, ask } from './contract.js';
import type { ApiContext, Plan } from './contract.js';
import { checkPoll } from './poll-workflow-task.js';
import { longPollDeadline } from './validate.js';

export function pollActivityTask(
  request: PollActivityTaskQueueRequest,
  context: ApiContext,
  namespace: NamespaceRecord,
): Plan<PollActivityTaskQueueResponse> {
  const problem = checkPoll(request, context);
  if (problem !== undefined) return problem;
  const deadlineMs = longPollDeadline(context, context.limits.workerLongPollMs);
  return ask({ kind: 'pollActivityTask', namespaceId: namespace.id, request, deadlineMs }, asAnswered);
}
