/** Schedules to the wire and back: actions, policies, state, what has been done. */
import { SearchAttributes, UserMetadata } from '@perdure/protocol';
import type {
  BackfillRequest,
  DescribeScheduleResponse,
  Init,
  NewWorkflowExecutionInfo,
  Schedule,
  ScheduleActionResult,
  ScheduleListEntry,
  WorkflowExecution,
} from '@perdure/protocol';
import { valuesFromBytes, valuesToBytes } from '../../conversion/codec-pass.js';
import { durationMs, optionalDurationMs } from '../../conversion/duration.js';
import { payloadMapToWire } from '../../conversion/payload.js';
import type { Headers } from '../../conversion/payload.js';
import { compilePriority, decodePriority } from '../../conversion/priority.js';
import { compileRetryPolicy, decompileRetryPolicy } from '../../conversion/retry-policy.js';
import { searchAttributesToPayloads } from '../../conversion/search-attribute-payloads.js';
import type { SearchAttributePair, TypedSearchAttributes } from '../../conversion/search-attributes.js';
import { converterFor } from '../context.js';
import type { ClientContext } from '../context.js';
import { headerBytes, memoBytes, userMetadataBytes } from '../start-request.js';
import { attributesOf, memoValues, textOf } from '../workflow-description.js';
import { decodeScheduleSpec, encodeScheduleSpec, optionalDate } from './spec-wire.js';
import { decodeScheduleOverlapPolicy, encodeScheduleOverlapPolicy } from './types.js';
import type {
  Backfill,
  CompiledScheduleAction,
  CompiledScheduleUpdateOptions,
  ScheduleDescription,
  ScheduleDescriptionAction,
  ScheduleExecutionActionResult,
  ScheduleExecutionResult,
  ScheduleSummary,
} from './types.js';

/** A schedule for creates and updates. */
export async function encodeSchedule(
  context: ClientContext,
  options: CompiledScheduleUpdateOptions,
  headers: Headers,
): Promise<Init<Schedule>> {
  const { spec, action, policies = {}, state = {} } = options;
  const { paused, note, remainingActions } = state;
  return {
    spec: encodeScheduleSpec(spec),
    action: { startWorkflow: await encodeAction(context, action, headers) },
    policies: {
      overlapPolicy: encodeScheduleOverlapPolicy(policies.overlap),
      catchupWindow: optionalDurationMs(policies.catchupWindow),
      pauseOnFailure: policies.pauseOnFailure,
    },
    state: { paused, notes: note, limitedActions: remainingActions !== undefined, remainingActions },
  };
}

async function encodeAction(
  context: ClientContext,
  action: CompiledScheduleAction,
  headers: Headers,
): Promise<Init<NewWorkflowExecutionInfo>> {
  const converter = converterFor(context, action.workflowId);
  return {
    workflowId: action.workflowId,
    workflowType: { name: action.workflowType },
    taskQueue: { name: action.taskQueue, kind: 1 },
    input: await valuesToBytes(converter, action.args),
    workflowExecutionTimeout: optionalDurationMs(action.workflowExecutionTimeout),
    workflowRunTimeout: optionalDurationMs(action.workflowRunTimeout),
    workflowTaskTimeout: optionalDurationMs(action.workflowTaskTimeout),
    retryPolicy: action.retry && compileRetryPolicy(action.retry),
    memo: action.memo && (await memoBytes(converter, action.memo)),
    searchAttributes: attributeBytes(action.typedSearchAttributes),
    header: headerBytes(headers),
    userMetadata: await userMetadataBytes(converter, action.staticSummary, action.staticDetails),
    priority: action.priority && compilePriority(action.priority),
  };
}

export function attributeBytes(
  attributes: SearchAttributePair[] | TypedSearchAttributes | undefined,
): Uint8Array | undefined {
  if (attributes === undefined) return undefined;
  return SearchAttributes.encode({ indexedFields: payloadMapToWire(searchAttributesToPayloads(attributes)) });
}

export function encodeBackfill({ start, end, overlap }: Backfill): Init<BackfillRequest> {
  const overlapPolicy = encodeScheduleOverlapPolicy(overlap);
  return { startTime: start.getTime(), endTime: end.getTime(), overlapPolicy };
}

export async function scheduleDescription(
  context: ClientContext,
  scheduleId: string,
  raw: DescribeScheduleResponse,
): Promise<ScheduleDescription> {
  const { spec, action, policies, state } = raw.schedule ?? {};
  if (spec === undefined || action?.startWorkflow === undefined)
    throw new TypeError('the server described no schedule');
  const { info } = raw;
  return {
    scheduleId,
    spec: decodeScheduleSpec(spec),
    action: await decodeAction(context, action.startWorkflow),
    memo: raw.memo && (await memoValues(context.dataConverter, raw.memo)),
    typedSearchAttributes: attributesOf(raw.searchAttributes),
    policies: {
      overlap: decodeScheduleOverlapPolicy(policies?.overlapPolicy) ?? 'SKIP',
      catchupWindow: policies?.catchupWindow ?? durationMs('365d'),
      pauseOnFailure: policies?.pauseOnFailure ?? false,
    },
    state: {
      paused: state?.paused ?? false,
      note: state?.notes || undefined,
      remainingActions: state?.limitedActions === true ? state.remainingActions : undefined,
    },
    info: {
      recentActions: (info?.recentActions ?? []).map(actionResult),
      nextActionTimes: (info?.futureActionTimes ?? []).map((ms) => new Date(ms)),
      numActionsTaken: info?.actionCount ?? 0,
      numActionsMissedCatchupWindow: info?.missedCatchupWindow ?? 0,
      numActionsSkippedOverlap: info?.overlapSkipped ?? 0,
      createdAt: new Date(info?.createTime ?? 0),
      lastUpdatedAt: optionalDate(info?.updateTime),
      runningActions: (info?.runningWorkflows ?? []).map(startedWorkflow),
    },
    raw,
  };
}

async function decodeAction(
  context: ClientContext,
  action: NewWorkflowExecutionInfo,
): Promise<ScheduleDescriptionAction> {
  const converter = converterFor(context, action.workflowId);
  const metadata = action.userMetadata && UserMetadata.decode(action.userMetadata);
  return {
    type: 'startWorkflow',
    workflowId: action.workflowId,
    workflowType: action.workflowType?.name ?? '',
    taskQueue: action.taskQueue?.name ?? '',
    args: await valuesFromBytes(converter, action.input),
    memo: action.memo && (await memoValues(converter, action.memo)),
    retry: decompileRetryPolicy(action.retryPolicy),
    typedSearchAttributes: attributesOf(action.searchAttributes),
    workflowExecutionTimeout: action.workflowExecutionTimeout,
    workflowRunTimeout: action.workflowRunTimeout,
    workflowTaskTimeout: action.workflowTaskTimeout,
    staticSummary: await textOf(converter, metadata?.summary),
    staticDetails: await textOf(converter, metadata?.details),
    priority: action.priority && decodePriority(action.priority),
  };
}

export async function scheduleSummary(context: ClientContext, entry: ScheduleListEntry): Promise<ScheduleSummary> {
  const { scheduleId, memo, searchAttributes, info } = entry;
  return {
    scheduleId,
    spec: info?.spec && decodeScheduleSpec(info.spec),
    action: info?.workflowType && { type: 'startWorkflow', workflowType: info.workflowType.name },
    memo: memo && (await memoValues(context.dataConverter, memo)),
    typedSearchAttributes: attributesOf(searchAttributes),
    state: { paused: info?.paused ?? false, note: info?.notes || undefined },
    info: {
      recentActions: (info?.recentActions ?? []).map(actionResult),
      nextActionTimes: (info?.futureActionTimes ?? []).map((ms) => new Date(ms)),
    },
  };
}

function actionResult({
  scheduleTime,
  actualTime,
  startWorkflowResult,
}: ScheduleActionResult): ScheduleExecutionResult {
  return {
    scheduledAt: new Date(scheduleTime ?? 0),
    takenAt: new Date(actualTime ?? 0),
    action: startedWorkflow(startWorkflowResult ?? { workflowId: '', runId: '' }),
  };
}

function startedWorkflow({ workflowId, runId }: WorkflowExecution): ScheduleExecutionActionResult {
  return { type: 'startWorkflow', workflow: { workflowId, firstExecutionRunId: runId } };
}
