/** What open executions wait for, as the clock that skips time must know it: tasks of workers, and deadlines. */
import { isClosed, nextDueMs } from '../../core/execution/index.js';
import type { ExecutionState } from '../../core/execution/index.js';
import { Heap } from '../../core/queue/heap.js';
import type { HeapEntry } from '../../core/queue/heap.js';
import type { QueueKey } from '../../engine/matching-contract.js';
import type { Run } from '../../engine/run.js';

/** A task that a worker holds, or should take. */
export interface OpenTask {
  /** Unique among all tasks and attempts. */
  readonly key: string;
  readonly kind: 'workflow' | 'activity';
  /** For people. */
  readonly name: string;
  readonly queue: QueueKey;
  /** A worker holds it. */
  readonly isStarted: boolean;
}

interface Entry extends HeapEntry {
  readonly execNo: number;
  /** Infinity: nothing but an event from outside changes it. */
  readonly dueMs: number;
  readonly state: ExecutionState;
  readonly taskCount: number;
}

/**
 * Fed by the engine after every decision. It knows only what was decided since the process began: a clock that skips time is
 * for stores that begin empty.
 */
export class OpenWork {
  readonly #byExec = new Map<number, Entry>();
  readonly #byDue = new Heap<Entry>((a, b) => (a.dueMs - b.dueMs || a.execNo - b.execNo) < 0);
  #taskCount = 0;

  /** Tasks that workers hold or should take. */
  get taskCount(): number {
    return this.#taskCount;
  }

  /** When time alone changes an open execution next; undefined = never. A retention period that ends is no such change. */
  nextDueMs(): number | undefined {
    const dueMs = this.#byDue.peek()?.dueMs;
    return dueMs === Infinity ? undefined : dueMs;
  }

  *tasks(): Iterable<OpenTask> {
    for (const { execNo, state, taskCount } of this.#byExec.values()) {
      if (taskCount > 0) yield* tasksOf(execNo, state);
    }
  }

  /** The run has changed. */
  decided({ execNo, state }: Run): void {
    const before = this.#byExec.get(execNo);
    if (before !== undefined) {
      this.#byDue.remove(before);
      this.#taskCount -= before.taskCount;
    }
    if (isClosed(state.status)) {
      this.#byExec.delete(execNo);
      return;
    }
    const entry: Entry = { execNo, dueMs: nextDueMs(state) ?? Infinity, state, taskCount: countTasks(state), at: -1 };
    this.#byExec.set(execNo, entry);
    this.#byDue.push(entry);
    this.#taskCount += entry.taskCount;
  }
}

function countTasks(state: ExecutionState): number {
  let count = state.workflowTask === undefined ? 0 : 1;
  for (const { phase } of state.activities.values()) if (phase !== 'backoff') count += 1;
  return count;
}

function* tasksOf(execNo: number, state: ExecutionState): Iterable<OpenTask> {
  const { workflowTask: task, activities, namespaceId, workflowId } = state;
  if (task !== undefined) {
    yield {
      key: `${execNo}/${task.scheduledEventId}/${task.attempt}`,
      kind: 'workflow',
      name: `the Workflow Task of workflow "${workflowId}"`,
      queue: { namespaceId, kind: task.isSticky ? 'sticky' : 'workflow', name: task.queue },
      isStarted: task.startedEventId !== 0,
    };
  }
  for (const { scheduledEventId, attempt, phase, taskQueue, activityType } of activities.values()) {
    if (phase === 'backoff') continue;
    yield {
      key: `${execNo}/${scheduledEventId}/${attempt}`,
      kind: 'activity',
      name: `activity "${activityType}" of workflow "${workflowId}"`,
      queue: { namespaceId, kind: 'activity', name: taskQueue },
      isStarted: phase === 'started',
    };
  }
}
