/** What a task queue looks like from outside. */
import type { Engine } from './engine.js';
import type { EngineRequest, ReplyTo, TaskQueueAnswer } from './messages.js';

export function describeTaskQueue(
  engine: Engine,
  replyTo: ReplyTo,
  { namespaceId, request }: Extract<EngineRequest, { kind: 'describeTaskQueue' }>,
): void {
  const name = request.taskQueue?.name ?? '';
  const answer: TaskQueueAnswer = {
    workflow: engine.matching.describe({ namespaceId, kind: 'workflow', name }, engine.nowMs),
    activity: engine.matching.describe({ namespaceId, kind: 'activity', name }, engine.nowMs),
  };
  engine.reply(replyTo, answer);
}
