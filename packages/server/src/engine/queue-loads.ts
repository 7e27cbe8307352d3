/** Stored backlogs: which queues have rows, and reading them as matching asks. */
import type { DispatchQueue, DispatchRow } from '../ports/index.js';
import type { Engine } from './engine.js';
import type { QueueKey, QueuedTask, TaskKind } from './matching.js';
import { watchStickyQueue } from './sticky-queues.js';

export const queueText = ({ kind, namespaceId, name }: QueueKey): string => `${kind}/${namespaceId}/${name}`;

export function queueKey(text: string): QueueKey {
  const first = text.indexOf('/');
  const second = text.indexOf('/', first + 1);
  return {
    kind: text.slice(0, first) as TaskKind,
    namespaceId: text.slice(first + 1, second),
    name: text.slice(second + 1),
  };
}

export const loadQueues = {
  note(engine: Engine, { queue, count, passTicketMax }: DispatchQueue): void {
    const key = queueKey(queue);
    engine.matching.noteStored(key, count, passTicketMax);
    if (key.kind === 'sticky') watchStickyQueue(engine, key);
  },

  /** The read must see what was offered before it: offers come after their commit, so it does. */
  read(engine: Engine): void {
    for (const { queue, after, limit, loadNo } of engine.matching.wantsLoad()) {
      engine.read({ kind: 'dispatch', queue: queueText(queue), after, limit }, (answer) => {
        if (answer.kind === 'dispatch')
          engine.matching.loaded(queue, answer.rows.map(queuedTask), answer.rows.length < limit, loadNo);
        else engine.later(engine.nowMs + RETRY_MS, () => engine.matching.loadFailed(queue));
      });
    }
  },
};

export function queuedTask({ queue, ...row }: DispatchRow): QueuedTask {
  return { ...row, queue: queueKey(queue) };
}

const RETRY_MS = 100;
