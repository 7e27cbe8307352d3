/** `perdure workflow describe`: what an execution is doing, what it waits for, and what keeps failing. */
import {
  DescribeWorkflowExecutionResponse,
  Memo,
  PendingActivityStateNames,
  PendingWorkflowTaskStateNames,
  SearchAttributes,
  WorkflowExecutionStatusNames,
  workflowService,
} from '@perdure/protocol';
import type {
  PendingActivityInfo,
  PendingChildExecutionInfo,
  PendingWorkflowTaskInfo,
  WorkflowExecutionInfo,
} from '@perdure/protocol';
import type { Surroundings } from '../command.js';
import { withConnection } from '../connection.js';
import { enumText } from '../output/enum-text.js';
import { failureLines } from '../output/failure-text.js';
import { payloadText, payloadTexts, shortText } from '../output/payload-text.js';
import { printMessage } from '../output/print.js';
import { card } from '../output/table.js';
import { durationText, momentText, relativeText } from '../output/time-text.js';
import type { RunFlags } from '../spec.js';

export async function run(around: Surroundings, flags: RunFlags): Promise<void> {
  const execution = { workflowId: flags['workflow-id'], runId: flags['run-id'] };
  await withConnection(flags, async (connection) => {
    const bytes = await connection.callBytes(workflowService.DescribeWorkflowExecution, {
      namespace: flags.namespace,
      execution,
    });
    if (flags.output === 'json') await printMessage(around, DescribeWorkflowExecutionResponse, bytes);
    else around.out(describeText(DescribeWorkflowExecutionResponse.decode(bytes), around.nowMs()));
  });
}

export function describeText(response: DescribeWorkflowExecutionResponse, nowMs: number): string {
  const { workflowExecutionInfo: info, pendingWorkflowTask: task, pendingActivities, pendingChildren } = response;
  const parts = [
    ...(info === undefined ? [] : [infoText(info, response, nowMs)]),
    ...(task === undefined ? [] : [section('Pending workflow task', workflowTaskText(task, nowMs))]),
    ...pendingActivities.map((activity) =>
      section(`Pending activity ${activity.activityId}`, activityText(activity, nowMs)),
    ),
    ...pendingChildren.map((child) => section(`Pending child ${child.workflowId}`, childText(child))),
  ];
  return parts.join('\n');
}

function section(title: string, body: string): string {
  return `${title}\n${body.replaceAll(/^(?=.)/gm, '  ')}`;
}

function infoText(
  info: WorkflowExecutionInfo,
  { executionConfig, workflowExtendedInfo }: DescribeWorkflowExecutionResponse,
  nowMs: number,
): string {
  const { startTime, closeTime, parentExecution } = info;
  const tookMs = (closeTime ?? nowMs) - (startTime ?? nowMs);
  const limit = (timeoutMs: number | undefined): string | undefined =>
    timeoutMs === undefined || timeoutMs === 0 ? undefined : durationText(timeoutMs);
  return card([
    ['Workflow', info.execution?.workflowId],
    ['Run', info.execution?.runId],
    ['Type', info.type?.name],
    [
      'Status',
      enumText(WorkflowExecutionStatusNames, info.status) +
        (workflowExtendedInfo?.cancelRequested === true ? ', cancel requested' : ''),
    ],
    ['Task queue', info.taskQueue],
    ['Started', startTime === undefined ? undefined : `${momentText(startTime)} (${relativeText(startTime, nowMs)})`],
    ['Closed', closeTime === undefined ? undefined : `${momentText(closeTime)} (${relativeText(closeTime, nowMs)})`],
    [closeTime === undefined ? 'Open for' : 'Took', durationText(tookMs)],
    ['History', `${info.historyLength} events, ${info.historySizeBytes} bytes`],
    ['Parent', parentExecution?.workflowId],
    ['Execution timeout', limit(executionConfig?.workflowExecutionTimeout)],
    ['Run timeout', limit(executionConfig?.workflowRunTimeout)],
    [
      'Search attributes',
      fieldsText(
        info.searchAttributes === undefined ? new Map() : SearchAttributes.decode(info.searchAttributes).indexedFields,
      ),
    ],
    ['Memo', fieldsText(info.memo === undefined ? new Map() : Memo.decode(info.memo).fields)],
  ]);
}

function fieldsText(fields: ReadonlyMap<string, Uint8Array>): string {
  return [...fields].map(([name, payload]) => `${name} = ${shortText([payloadText(payload)])}`).join('\n');
}

function workflowTaskText(
  { state, attempt, scheduledTime, startedTime }: PendingWorkflowTaskInfo,
  nowMs: number,
): string {
  return card([
    ['State', enumText(PendingWorkflowTaskStateNames, state)],
    [
      'Attempt',
      attempt > 1
        ? `${attempt}: it keeps failing or timing out, see \`perdure workflow show\` and the worker's log`
        : String(attempt),
    ],
    ['Scheduled', relativeText(scheduledTime, nowMs)],
    ['Started', relativeText(startedTime, nowMs)],
  ]);
}

function activityText(activity: PendingActivityInfo, nowMs: number): string {
  const { attempt, maximumAttempts, heartbeatDetails } = activity;
  return card([
    ['Type', activity.activityType?.name],
    ['State', enumText(PendingActivityStateNames, activity.state) + (activity.paused ? ', paused' : '')],
    ['Attempt', maximumAttempts > 0 ? `${attempt} of ${maximumAttempts}` : String(attempt)],
    ['Next attempt', relativeText(activity.nextAttemptScheduleTime, nowMs)],
    ['Started', relativeText(activity.lastStartedTime, nowMs)],
    ['Expires', relativeText(activity.expirationTime, nowMs)],
    ['Last heartbeat', relativeText(activity.lastHeartbeatTime, nowMs)],
    ['Heartbeat details', shortText(payloadTexts(heartbeatDetails))],
    ['Last worker', activity.lastWorkerIdentity],
    ['Last failure', failureLines(activity.lastFailure).join('\n')],
  ]);
}

function childText({ workflowTypeName, runId }: PendingChildExecutionInfo): string {
  return card([
    ['Type', workflowTypeName],
    ['Run', runId === '' ? 'not started yet' : runId],
  ]);
}
