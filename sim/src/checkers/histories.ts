/** All runs as the disk has them at the end, decoded once for all checkers. */
import { EventType, History } from '@perdure/protocol';
import type { HistoryEvent } from '@perdure/protocol';
import type { ExecutionState } from '@perdure/server/core';
import type { Disk } from '../disk.js';
import type { FoldCheck } from './fold.js';

export type EventOf<K extends EventType> = Extract<HistoryEvent, { eventType: K }>;

export interface RunHistory {
  readonly execNo: number;
  readonly workflowId: string;
  readonly runId: string;
  readonly events: readonly HistoryEvent[];
  readonly state: ExecutionState;
}

export function readHistories(disk: Disk, fold: FoldCheck): RunHistory[] {
  const runs: RunHistory[] = [];
  for (const [execNo, entry] of disk.tables.executions) {
    const state = fold.stateOf(execNo);
    if (entry.row === undefined || state === undefined) continue;
    const range = {
      execNo,
      fromEventId: 1,
      toEventId: Number.MAX_SAFE_INTEGER,
      eventsMax: Number.MAX_SAFE_INTEGER,
      sizeBytesMax: Number.MAX_SAFE_INTEGER,
      reverse: false,
    };
    const events = entry.log.history(range).flatMap((batch) => History.decode(batch.events).events);
    const { workflowId, runId } = entry.row;
    runs.push({ execNo, workflowId, runId, events, state });
  }
  return runs;
}

export function eventsOf<K extends EventType>(run: Pick<RunHistory, 'events'>, eventType: K): EventOf<K>[] {
  return run.events.filter((event): event is EventOf<K> => event.eventType === eventType);
}

export function startedOf(run: RunHistory): EventOf<typeof EventType.WORKFLOW_EXECUTION_STARTED> | undefined {
  const [first] = run.events;
  return first?.eventType === EventType.WORKFLOW_EXECUTION_STARTED ? first : undefined;
}
