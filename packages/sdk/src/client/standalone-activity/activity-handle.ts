/** Handles: one activity each. */
import type { Anything } from '../../conversion/anything.js';
import type { ActivityClientCalls } from './interceptors.js';
import type {
  ActivityDescribeOptions,
  ActivityExecutionDescription,
  ActivityOptionsUpdate,
  ActivityOptionsUpdateResult,
  ActivityPauseOptions,
  ActivityUnpauseOptions,
} from './types.js';

/** One activity. Every method rejects with ActivityNotFoundError, NamespaceNotFoundError and ServiceError. */
export interface ActivityHandle<R = Anything> {
  readonly activityId: string;
  /** The newest run when absent. */
  readonly runId: string | undefined;
  /** Waits for the result. Rejects with ActivityExecutionFailedError when there is none, its cause says why. */
  result(): Promise<R>;
  describe(options?: ActivityDescribeOptions): Promise<ActivityExecutionDescription>;
  /** Asks it to end, with its next heartbeat. */
  cancel(reason: string): Promise<void>;
  /** Ends it for the server at once; its code is not asked. */
  terminate(reason: string): Promise<void>;
  /** No further attempt until it is unpaused. */
  pause(options?: ActivityPauseOptions): Promise<void>;
  unpause(options?: ActivityUnpauseOptions): Promise<void>;
  /** Changes the options of the attempts to come. */
  updateOptions(options: ActivityOptionsUpdate): Promise<ActivityOptionsUpdateResult>;
  restoreOriginalOptions(): Promise<ActivityOptionsUpdate>;
}

export function activityHandle<R>(
  calls: ActivityClientCalls,
  activityId: string,
  runId: string | undefined,
): ActivityHandle<R> {
  const target = { activityId, activityRunId: runId ?? '', headers: {} };
  return {
    activityId,
    runId,
    result: async () => (await calls.getResult(target)) as R,
    describe: async (options = {}) =>
      calls.describe({
        ...target,
        options: {
          includeInput: options.includeInput ?? false,
          includeOutcome: options.includeOutcome ?? false,
          includeHeartbeatDetails: options.includeHeartbeatDetails ?? false,
          includeLastFailure: options.includeLastFailure ?? false,
        },
      }),
    cancel: async (reason) => calls.cancel({ ...target, reason }),
    terminate: async (reason) => calls.terminate({ ...target, reason }),
    pause: async (options = {}) => calls.pause({ ...target, options }),
    unpause: async (options = {}) => calls.unpause({ ...target, options }),
    updateOptions: async (options) => calls.updateOptions({ ...target, options }),
    restoreOriginalOptions: async () => calls.restoreOriginalOptions(target),
  };
}
