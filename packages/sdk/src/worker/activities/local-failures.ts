/** Failures of local activities as workflow code catches them, and as their markers keep them. */
import { Failure, RetryState, TimeoutType } from '@perdure/protocol';
import type { ScheduleLocalActivity } from '../../replay/contract.js';

export function localFailed(
  { activityId, activityType }: ScheduleLocalActivity,
  cause: Uint8Array,
  retryState: RetryState,
  identity: string,
): Uint8Array {
  const activityFailureInfo = { activityId, activityType: { name: activityType }, retryState, identity };
  return Failure.encode({ message: 'Activity task failed', cause, activityFailureInfo });
}

export function localCancelled(command: ScheduleLocalActivity, cause: Uint8Array, identity: string): Uint8Array {
  const { activityId, activityType } = command;
  const retryState = RetryState.CANCEL_REQUESTED;
  const activityFailureInfo = { activityId, activityType: { name: activityType }, retryState, identity };
  return Failure.encode({ message: 'Activity cancelled', cause, activityFailureInfo });
}

const TIMEOUT_NAMES = {
  [TimeoutType.START_TO_CLOSE]: 'StartToClose',
  [TimeoutType.SCHEDULE_TO_CLOSE]: 'ScheduleToClose',
  [TimeoutType.SCHEDULE_TO_START]: 'ScheduleToStart',
} as const;
export type LocalTimeout = keyof typeof TIMEOUT_NAMES;

/** The cause of `localFailed`. */
export function timedOut(timeoutType: LocalTimeout): Uint8Array {
  const message = `activity ${TIMEOUT_NAMES[timeoutType]} timeout`;
  return Failure.encode({ message, timeoutFailureInfo: { timeoutType } });
}
