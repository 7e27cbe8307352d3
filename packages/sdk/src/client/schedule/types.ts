/** What schedules are made of, and what the server says of them. */
import { ScheduleOverlapPolicyNames } from '@perdure/protocol';
import type { DescribeScheduleResponse, ScheduleOverlapPolicy as WireOverlapPolicy } from '@perdure/protocol';
import type { Duration } from '../../conversion/duration.js';
import { enumCodec } from '../../conversion/enum-codec.js';
import type { SearchAttributePair, TypedSearchAttributes } from '../../conversion/search-attributes.js';
import type { Workflow } from '../../conversion/workflow-types.js';
import type { CompiledWorkflowOptions, WorkflowStartOptions } from '../options.js';
import type { ScheduleSpec, ScheduleSpecDescription } from './spec-types.js';

/** What happens when it is time and the workflow of the last time still runs. Default SKIP. */
export const ScheduleOverlapPolicy = {
  /** Nothing is started. */
  SKIP: 'SKIP',
  /** One is started when the running one ends, however often it was time. */
  BUFFER_ONE: 'BUFFER_ONE',
  /** One after the other is started, for each time. */
  BUFFER_ALL: 'BUFFER_ALL',
  /** The running one is cancelled; the next is started when it has ended. */
  CANCEL_OTHER: 'CANCEL_OTHER',
  /** The running one is terminated, and the next one started. */
  TERMINATE_OTHER: 'TERMINATE_OTHER',
  /** They run side by side. */
  ALLOW_ALL: 'ALLOW_ALL',
} as const;
export type ScheduleOverlapPolicy = (typeof ScheduleOverlapPolicy)[keyof typeof ScheduleOverlapPolicy];

const overlapPolicies = enumCodec<ScheduleOverlapPolicy, WireOverlapPolicy>(
  'ScheduleOverlapPolicy',
  ScheduleOverlapPolicy,
  ScheduleOverlapPolicyNames,
);
export const encodeScheduleOverlapPolicy = overlapPolicies.encode;
export const decodeScheduleOverlapPolicy = overlapPolicies.decode;

type ActionKeys =
  | 'taskQueue'
  | 'args'
  | 'memo'
  | 'typedSearchAttributes'
  | 'retry'
  | 'workflowExecutionTimeout'
  | 'workflowRunTimeout'
  | 'workflowTaskTimeout'
  | 'staticDetails'
  | 'staticSummary'
  | 'priority';

/** A workflow is started. */
export type ScheduleOptionsStartWorkflowAction<W extends Workflow> = {
  type: 'startWorkflow';
  workflowType: string | W;
  /** The start time is added to it. Default: `<scheduleId>-workflow`. */
  workflowId?: string | undefined;
} & Pick<WorkflowStartOptions<W>, ActionKeys & keyof WorkflowStartOptions<W>>;

export type ScheduleOptionsAction = ScheduleOptionsStartWorkflowAction<Workflow>;

export interface ScheduleSummaryStartWorkflowAction {
  type: 'startWorkflow';
  workflowType: string;
}
export type ScheduleSummaryAction = ScheduleSummaryStartWorkflowAction;

/** Durations are milliseconds. */
export type ScheduleDescriptionStartWorkflowAction = ScheduleSummaryStartWorkflowAction &
  Pick<CompiledWorkflowOptions, ActionKeys> & { workflowId: string };
export type ScheduleDescriptionAction = ScheduleDescriptionStartWorkflowAction;

/** With a type by name, and with arguments. */
export type CompiledScheduleAction = ScheduleSummaryStartWorkflowAction &
  Omit<ScheduleOptionsAction, 'args' | 'workflowId' | 'workflowType'> & { workflowId: string; args: unknown[] };

export interface SchedulePolicyOptions {
  overlap?: ScheduleOverlapPolicy | undefined;
  /** Times that were missed because the server was down are made up for if they are not older. Default: one year. */
  catchupWindow?: Duration | undefined;
  /** The schedule is paused when a workflow fails or times out. Default false. */
  pauseOnFailure?: boolean | undefined;
}

interface UpdatableState {
  /** Default false. */
  paused?: boolean | undefined;
  /** For people. */
  note?: string | undefined;
  /** The schedule ends after so many more actions. Default: no limit. */
  remainingActions?: number | undefined;
}

/** Times in the past to act for. */
export interface Backfill {
  /** Included. */
  start: Date;
  /** Included. */
  end: Date;
  /** Default: that of the schedule. */
  overlap?: ScheduleOverlapPolicy | undefined;
}

interface CommonOptions<Action> {
  spec: ScheduleSpec;
  action: Action;
  policies?: SchedulePolicyOptions | undefined;
  typedSearchAttributes?: SearchAttributePair[] | TypedSearchAttributes | undefined;
}

export interface ScheduleOptions<A = ScheduleOptionsAction> extends CommonOptions<A> {
  /** Unique in its namespace. */
  scheduleId: string;
  /** Data to be read with the schedule. */
  memo?: Record<string, unknown> | undefined;
  state?:
    | (UpdatableState & {
        /** Acts once at once. Default false. */
        triggerImmediately?: boolean | undefined;
        backfill?: Backfill[] | undefined;
      })
    | undefined;
}
export type CompiledScheduleOptions = Omit<ScheduleOptions, 'action'> & { action: CompiledScheduleAction };

/** What a schedule becomes; search attributes that are left out stay as they are. */
export interface ScheduleUpdateOptions<A = ScheduleOptionsAction> extends CommonOptions<A> {
  state?: UpdatableState | undefined;
}
export type CompiledScheduleUpdateOptions = Omit<ScheduleUpdateOptions, 'action'> & { action: CompiledScheduleAction };

export interface ScheduleExecutionStartWorkflowActionResult {
  type: 'startWorkflow';
  workflow: { workflowId: string; firstExecutionRunId: string };
}
export type ScheduleExecutionActionResult = ScheduleExecutionStartWorkflowActionResult;

export interface ScheduleExecutionResult {
  /** When it was time. */
  scheduledAt: Date;
  /** When it was done. */
  takenAt: Date;
  action: ScheduleExecutionActionResult;
}

interface Times {
  /** The last ten. */
  recentActions: ScheduleExecutionResult[];
  /** The next ten. */
  nextActionTimes: Date[];
}

/** A schedule in a list; the server brings it up to date after a while. */
export interface ScheduleSummary {
  scheduleId: string;
  spec?: ScheduleSpecDescription | undefined;
  action?: ScheduleSummaryAction | undefined;
  memo?: Record<string, unknown> | undefined;
  typedSearchAttributes?: TypedSearchAttributes | undefined;
  state: { paused: boolean; note?: string | undefined };
  info: Times;
}

export interface ScheduleDescription {
  scheduleId: string;
  spec: ScheduleSpecDescription;
  action: ScheduleDescriptionAction;
  policies: {
    overlap: ScheduleOverlapPolicy;
    /** Milliseconds. */
    catchupWindow: number;
    pauseOnFailure: boolean;
  };
  memo?: Record<string, unknown> | undefined;
  typedSearchAttributes: TypedSearchAttributes;
  state: { paused: boolean; note?: string | undefined; remainingActions?: number | undefined };
  info: Times & {
    numActionsTaken: number;
    numActionsMissedCatchupWindow: number;
    numActionsSkippedOverlap: number;
    createdAt: Date;
    lastUpdatedAt: Date | undefined;
    runningActions: ScheduleExecutionActionResult[];
  };
  /** The message of the server, with all of its fields. */
  raw: DescribeScheduleResponse;
}
