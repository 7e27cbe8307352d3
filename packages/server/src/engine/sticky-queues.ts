/**
 * Sticky queues live as long as their worker. What waits in one whose worker has gone is moved to the normal queue, and
 * rows of tasks that went another way (a timeout moved them) are removed: nobody else would ever ask for them.
 */
import { Decision } from './decision.js';
import { NO_CONTEXT } from './effects.js';
import type { Engine } from './engine.js';
import type { QueueKey, QueuedTask } from './matching.js';
import { moveQuery } from './queries.js';
import { queueText, queuedTask } from './queue-loads.js';

/** A sticky worker not seen for this long is taken to be gone. */
export const STICKY_ABSENCE_MS = 10_000;

/** Looks again after a while, as long as tasks wait in the queue. */
export function watchStickyQueue(engine: Engine, queue: QueueKey): void {
  const text = queueText(queue);
  if (engine.watchedQueues.has(text)) return;
  engine.watchedQueues.add(text);
  engine.later(engine.nowMs + STICKY_ABSENCE_MS, () => {
    engine.watchedQueues.delete(text);
    const { matching, realNowMs } = engine;
    if (!matching.hasRecentPoller(queue, realNowMs, STICKY_ABSENCE_MS)) emptyStickyQueue(engine, queue);
    if (matching.describe(queue, realNowMs).backlogCount > 0) watchStickyQueue(engine, queue);
  });
}

export function emptyStickyQueue(engine: Engine, queue: QueueKey): void {
  const isWhole = engine.matching.isWhollyInMemory(queue);
  for (const task of engine.matching.forgetQueue(queue)) {
    if (task.queryId === undefined) toNormalQueue(engine, task);
    else moveQuery(engine, task);
  }
  if (!isWhole) engine.afterAll(() => emptyStored(engine, queue));
}

/** Rows of the queue that memory did not hold. */
function emptyStored(engine: Engine, queue: QueueKey): void {
  engine.read({ kind: 'dispatch', queue: queueText(queue), after: undefined, limit: ROWS_READ }, (answer) => {
    if (answer.kind !== 'dispatch') return engine.later(engine.nowMs + RETRY_MS, () => emptyStored(engine, queue));
    for (const row of answer.rows) toNormalQueue(engine, queuedTask(row));
    if (answer.rows.length === ROWS_READ) engine.afterAll(() => emptyStored(engine, queue));
  });
}

const ROWS_READ = 1_000;
const RETRY_MS = 1_000;

function toNormalQueue(engine: Engine, task: QueuedTask): void {
  engine.runs.findByNo(
    task.execNo,
    (run) => {
      if (run === undefined) return removeTask(engine, new Decision(), task);
      const decision = new Decision();
      const input = { kind: 'stickyUnavailable', scheduledEventId: task.scheduledEventId } as const;
      const isMoved = engine.decide(run, input, decision, NO_CONTEXT, () => undefined);
      if (isMoved) removeTask(engine, decision, task);
      // It was started or closed meanwhile; its row goes once that is on disk, else the task stands.
      else engine.afterRun(run, () => (run.isVoid ? putBack(engine, task) : removeTask(engine, new Decision(), task)));
    },
    () => putBack(engine, task),
  );
}

function removeTask(engine: Engine, decision: Decision, task: QueuedTask): void {
  if (task.taskNo !== 0) decision.writes.push({ kind: 'deleteDispatch', taskNo: task.taskNo });
  decision.onCommitted(() => engine.matching.drop(task.queue, task.taskNo));
  decision.onVoided(() => putBack(engine, task));
  engine.submit(decision);
}

/** It could not be moved now: the next look tries again. */
function putBack(engine: Engine, task: QueuedTask): void {
  engine.offer(task);
  watchStickyQueue(engine, task.queue);
}
