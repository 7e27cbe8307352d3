/** User timers. */
import { EventType, HistoryEvent, WorkflowTaskFailedCause as Cause } from '@perdure/protocol';
import type { CancelTimerCommandAttributes, StartTimerCommandAttributes } from '@perdure/protocol';
import type { CommandContext, CommandFailure } from './commands.js';
import type { Draft } from './draft.js';
import { tooLong } from './sizes.js';
import type { PendingTimer } from './state.js';

export function startTimer(
  { draft, completedEventId, options }: CommandContext,
  a: StartTimerCommandAttributes,
): CommandFailure | undefined {
  const cause = Cause.BAD_START_TIMER_ATTRIBUTES;
  if (a.timerId === '') return { cause, message: 'TimerId is not set on StartTimerCommand.' };
  if (tooLong(draft, a.timerId))
    return { cause, message: `TimerId on StartTimerCommand exceeds length limit. TimerId=${a.timerId.slice(0, 60)}…` };
  if (!((a.startToFireTimeout ?? 0) > 0))
    return { cause, message: `An invalid StartToFireTimeout is set on StartTimerCommand: TimerId=${a.timerId}` };
  if (draft.state.timers.has(a.timerId))
    return { cause: Cause.START_TIMER_DUPLICATE_ID, message: `TimerId already in use: ${a.timerId}` };
  draft.write(
    EventType.TIMER_STARTED,
    { timerId: a.timerId, startToFireTimeout: a.startToFireTimeout, workflowTaskCompletedEventId: completedEventId },
    options,
  );
  return undefined;
}

export function cancelTimer(
  { draft, completedEventId, identity }: CommandContext,
  a: CancelTimerCommandAttributes,
): CommandFailure | undefined {
  const cause = Cause.BAD_CANCEL_TIMER_ATTRIBUTES;
  if (a.timerId === '') return { cause, message: 'TimerId is not set on CancelTimerCommand.' };
  const timer = draft.state.timers.get(a.timerId);
  const startedEventId = timer?.startedEventId ?? unfire(draft, a.timerId);
  if (startedEventId === undefined) return { cause, message: `Unknown timer: TimerId=${a.timerId}` };
  draft.write(EventType.TIMER_CANCELED, {
    timerId: a.timerId,
    startedEventId,
    workflowTaskCompletedEventId: completedEventId,
    identity,
  });
  return undefined;
}

/** A firing that still waits in the buffer is taken back: the workflow has not seen it. */
function unfire(draft: Draft, timerId: string): number | undefined {
  const index = draft.state.buffered.findIndex((entry) => {
    const event = HistoryEvent.decode(entry.bytes);
    return event.eventType === EventType.TIMER_FIRED && event.attributes.timerId === timerId;
  });
  const entry = draft.state.buffered[index];
  if (entry === undefined) return undefined;
  const event = HistoryEvent.decode(entry.bytes);
  draft.fact({ record: 'fact', kind: 'bufferDropped', index });
  return event.eventType === EventType.TIMER_FIRED ? event.attributes.startedEventId : undefined;
}

export function fireTimer(draft: Draft, timer: PendingTimer): void {
  draft.happen(EventType.TIMER_FIRED, { timerId: timer.timerId, startedEventId: timer.startedEventId });
  draft.wantWorkflowTask();
}
