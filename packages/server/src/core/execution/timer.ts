/** User timers. */
import { EventType, HistoryEvent, WorkflowTaskFailedCause as Cause } from '@perdure/protocol';
import type { CancelTimerCommandAttributes, StartTimerCommandAttributes } from '@perdure/protocol';
import { lengthProblem } from './command-check.js';
import type { CommandContext, CommandFailure } from './commands.js';
import type { Draft } from './draft.js';
import type { PendingTimer } from './state.js';

export function startTimer(
  { draft, completedEventId, options }: CommandContext,
  a: StartTimerCommandAttributes,
): CommandFailure | undefined {
  const cause = Cause.BAD_START_TIMER_ATTRIBUTES;
  if (a.timerId === '') return { cause, message: 'TimerId is not set on StartTimerCommand.' };
  const tooLong = lengthProblem(draft, 'TimerId', 'StartTimerCommand', a.timerId);
  if (tooLong !== undefined) return { cause, message: tooLong };
  if ((a.startToFireTimeout ?? 0) < 0) {
    const message = `An invalid StartToFireTimeout is set on StartTimerCommand: negative duration. TimerId=${a.timerId}`;
    return { cause, message };
  }
  if (draft.state.timers.has(a.timerId)) {
    const message = `invalid history builder state for action: add-timer-started-event, TimerID: ${a.timerId}`;
    return { cause: Cause.START_TIMER_DUPLICATE_ID, message };
  }
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
  const tooLong = lengthProblem(draft, 'TimerId', 'CancelTimerCommand', a.timerId);
  if (tooLong !== undefined) return { cause, message: tooLong };
  const timer = draft.state.timers.get(a.timerId);
  const startedEventId = timer?.startedEventId ?? unfire(draft, a.timerId);
  if (startedEventId === undefined) {
    return {
      cause,
      message: `invalid history builder state for action: add-timer-canceled-event, TimerID: ${a.timerId}`,
    };
  }
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
