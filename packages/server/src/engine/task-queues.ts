/** What a task queue looks like from outside. */
import { TaskQueueKind, TaskQueueType } from '@perdure/protocol';
import type { Engine } from './engine.js';
import type { EngineRequest, ReplyTo, TaskQueueAnswer } from './messages.js';

export function describeTaskQueue(
  engine: Engine,
  replyTo: ReplyTo,
  { namespaceId, request }: Extract<EngineRequest, { kind: 'describeTaskQueue' }>,
): void {
  const name = request.taskQueue?.name ?? '';
  const kind = request.taskQueue?.kind === TaskQueueKind.STICKY ? 'sticky' : 'workflow';
  const answer: TaskQueueAnswer = {
    workflow: engine.matching.describe({ namespaceId, kind, name }, engine.realNowMs),
    activity: engine.matching.describe({ namespaceId, kind: 'activity', name }, engine.realNowMs),
    settings: engine.queueSettings.get({ namespaceId, type: request.taskQueueType || TaskQueueType.WORKFLOW, name }),
  };
  engine.reply(replyTo, answer);
}
