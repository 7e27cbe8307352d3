/**
 * With nothing wrong any more, timers fire on time: what is waited for is only the write before. Where the clock was set
 * forward, the process notices within a second.
 */
import { EventType } from '@perdure/protocol';
import type { RunHistory } from './histories.js';

/** What piled up under faults takes a moment. */
const SETTLED_AFTER_MS = 10_000;
const LATE_MS = 100;
const LATE_AFTER_STEP_MS = 1_100;

export function checkLateness(
  run: RunHistory,
  healthyFromMs: number,
  isClockSet: boolean,
  report: (message: string) => void,
): void {
  const due = new Map<number, number>();
  for (const event of run.events) {
    if (event.eventType === EventType.TIMER_STARTED)
      due.set(event.eventId, (event.eventTime ?? 0) + (event.attributes.startToFireTimeout ?? 0));
    if (event.eventType !== EventType.TIMER_FIRED) continue;
    const dueMs = due.get(event.attributes.startedEventId) ?? 0;
    const lateMs = (event.eventTime ?? 0) - dueMs;
    if (dueMs > healthyFromMs + SETTLED_AFTER_MS && lateMs > (isClockSet ? LATE_AFTER_STEP_MS : LATE_MS))
      report(`${run.workflowId} ${run.runId}: timer ${event.attributes.timerId} fired ${lateMs} ms late`);
  }
}
