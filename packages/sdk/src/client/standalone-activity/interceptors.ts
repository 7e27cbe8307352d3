/** Code of the application around the calls of an activity client. */
import type { Headers } from '../../conversion/payload.js';
import type { Wrapping } from '../interceptors.js';
import type { ActivityHandle } from './activity-handle.js';
import type {
  ActivityDescribeOptions,
  ActivityExecutionDescription,
  ActivityExecutionInfo,
  ActivityOptions,
  ActivityOptionsUpdate,
  ActivityOptionsUpdateResult,
  ActivityPauseOptions,
  ActivityUnpauseOptions,
  CountActivityExecutions,
} from './types.js';

export interface ActivityStartInput {
  readonly activityType: string;
  readonly options: ActivityOptions;
  readonly headers: Headers;
}

interface OfOneActivity {
  readonly activityId: string;
  /** Empty: the newest run. */
  readonly activityRunId: string;
  readonly headers: Headers;
}

export type ActivityGetResultInput = OfOneActivity;
export type ActivityRestoreOriginalOptionsInput = OfOneActivity;
export interface ActivityDescribeInput extends OfOneActivity {
  readonly options: Required<ActivityDescribeOptions>;
}
export interface ActivityCancelInput extends OfOneActivity {
  readonly reason: string;
}
export interface ActivityTerminateInput extends OfOneActivity {
  readonly reason: string;
}
export interface ActivityPauseInput extends OfOneActivity {
  readonly options: ActivityPauseOptions;
}
export interface ActivityUnpauseInput extends OfOneActivity {
  readonly options: ActivityUnpauseOptions;
}
export interface ActivityUpdateOptionsInput extends OfOneActivity {
  readonly options: ActivityOptionsUpdate;
}
export interface ActivityListInput {
  readonly query: string;
  readonly headers: Headers;
}
export interface ActivityCountInput {
  readonly query: string;
  readonly headers: Headers;
}

/** The calls of an activity client that can be intercepted. */
export interface ActivityClientCalls {
  start(input: ActivityStartInput): Promise<ActivityHandle>;
  getResult(input: ActivityGetResultInput): Promise<unknown>;
  describe(input: ActivityDescribeInput): Promise<ActivityExecutionDescription>;
  cancel(input: ActivityCancelInput): Promise<void>;
  terminate(input: ActivityTerminateInput): Promise<void>;
  list(input: ActivityListInput): AsyncIterable<ActivityExecutionInfo>;
  count(input: ActivityCountInput): Promise<CountActivityExecutions>;
  pause(input: ActivityPauseInput): Promise<void>;
  unpause(input: ActivityUnpauseInput): Promise<void>;
  updateOptions(input: ActivityUpdateOptionsInput): Promise<ActivityOptionsUpdateResult>;
  restoreOriginalOptions(input: ActivityRestoreOriginalOptionsInput): Promise<ActivityOptionsUpdate>;
}

export type ActivityClientInterceptor = Wrapping<ActivityClientCalls>;
