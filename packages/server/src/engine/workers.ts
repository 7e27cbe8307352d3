/** A worker leaves: its polls end with empty answers, its sticky queue's tasks go to the normal queues at once. */
import type { ShutdownWorkerRequest } from '@perdure/protocol';
import { Decision } from './decision.js';
import { NO_CONTEXT } from './effects.js';
import type { Engine } from './engine.js';
import type { QueueKey, QueuedTask } from './matching.js';
import type { ReplyTo } from './messages.js';

export function shutdownWorker(
  engine: Engine,
  replyTo: ReplyTo,
  namespaceId: string,
  request: ShutdownWorkerRequest,
): void {
  if (request.workerInstanceKey !== '') {
    for (const poller of engine.matching.takeWorkerPolls({ workerInstanceKey: request.workerInstanceKey }))
      engine.reply(poller.pollId, {});
  }
  const queue: QueueKey = { namespaceId, kind: 'workflow', name: request.stickyTaskQueue };
  if (request.stickyTaskQueue !== '')
    for (const task of engine.matching.forgetQueue(queue)) toNormalQueue(engine, task);
  engine.reply(replyTo, {});
}

function toNormalQueue(engine: Engine, task: QueuedTask): void {
  engine.runs.findByNo(
    task.execNo,
    (run) => {
      if (run === undefined) return;
      const decision = new Decision();
      if (task.taskNo !== 0) decision.writes.push({ kind: 'deleteDispatch', taskNo: task.taskNo });
      engine.decide(
        run,
        { kind: 'stickyUnavailable', scheduledEventId: task.scheduledEventId },
        decision,
        NO_CONTEXT,
        () => undefined,
      );
      decision.onCommitted(() => engine.matching.drop(task.queue, task.taskNo));
      engine.submit(decision);
    },
    () => engine.offer(task),
  );
}
