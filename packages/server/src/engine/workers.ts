/** A worker leaves: its polls end with empty answers, its sticky queue's tasks go to the normal queues at once. */
import type { ShutdownWorkerRequest } from '@perdure/protocol';
import type { Engine } from './engine.js';
import type { ReplyTo } from './messages.js';
import { emptyStickyQueue } from './sticky-queues.js';

export function shutdownWorker(
  engine: Engine,
  replyTo: ReplyTo,
  namespaceId: string,
  request: ShutdownWorkerRequest,
): void {
  const { workerInstanceKey, stickyTaskQueue } = request;
  if (workerInstanceKey !== '') {
    for (const poller of engine.matching.takeWorkerPolls({ workerInstanceKey })) engine.reply(poller.pollId, {});
  }
  if (stickyTaskQueue !== '') emptyStickyQueue(engine, { namespaceId, kind: 'sticky', name: stickyTaskQueue });
  engine.reply(replyTo, {});
}
