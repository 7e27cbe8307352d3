/** The four commands that end a run. They come last in a completion (task-completion.ts checks). */
import { ContinueAsNewInitiator, EventType, WorkflowTaskFailedCause as Cause } from '@perdure/protocol';
import type {
  CancelWorkflowExecutionCommandAttributes,
  CompleteWorkflowExecutionCommandAttributes,
  ContinueAsNewWorkflowExecutionCommandAttributes,
  FailWorkflowExecutionCommandAttributes,
  Init,
  WorkflowExecutionStartedEventAttributes,
} from '@perdure/protocol';
import { cronRun, finishClose, resetPointsOf, retryOrCron, successorRun } from './close.js';
import { searchAttributesFailure } from './attributes.js';
import { lengthProblem } from './command-check.js';
import type { CommandContext, CommandFailure } from './commands.js';
import type { Draft } from './draft.js';
import { retryPolicyProblem, retryPolicyWithDefaults } from './retry.js';
import { oversized, tooLong as isTooLong } from './sizes.js';

/** Something happened that the workflow code has not seen: it must not close over it. */
function unseen({ hasUnseenEvents }: CommandContext): CommandFailure | undefined {
  return hasUnseenEvents() ? { cause: Cause.UNHANDLED_COMMAND, message: 'UnhandledCommand' } : undefined;
}

export function completeWorkflow(
  context: CommandContext,
  a: CompleteWorkflowExecutionCommandAttributes,
): CommandFailure | undefined {
  const { draft, completedEventId } = context;
  const refusal =
    unseen(context) ??
    oversized(
      draft,
      Cause.BAD_COMPLETE_WORKFLOW_EXECUTION_ATTRIBUTES,
      'CompleteWorkflowExecutionCommandAttributes.Result',
      a.result,
    );
  if (refusal !== undefined) return refusal;
  const successor = cronRun(draft, a.result, undefined);
  draft.write(EventType.WORKFLOW_EXECUTION_COMPLETED, {
    result: a.result,
    workflowTaskCompletedEventId: completedEventId,
    newExecutionRunId: successor?.runId ?? '',
  });
  finishClose(draft, { kind: 'completed', result: a.result }, successor);
  return undefined;
}

export function failWorkflow(
  context: CommandContext,
  a: FailWorkflowExecutionCommandAttributes,
): CommandFailure | undefined {
  const { draft, completedEventId } = context;
  const cause = Cause.BAD_FAIL_WORKFLOW_EXECUTION_ATTRIBUTES;
  if (a.failure === undefined) return { cause, message: 'Failure is not set on FailWorkflowExecutionCommand.' };
  const refusal =
    unseen(context) ?? oversized(draft, cause, 'FailWorkflowExecutionCommandAttributes.Failure', a.failure);
  if (refusal !== undefined) return refusal;
  const { successor, retryState } = retryOrCron(draft, a.failure);
  draft.write(EventType.WORKFLOW_EXECUTION_FAILED, {
    failure: a.failure,
    retryState,
    workflowTaskCompletedEventId: completedEventId,
    newExecutionRunId: successor?.runId ?? '',
  });
  finishClose(draft, { kind: 'failed', failure: a.failure, retryState }, successor);
  return undefined;
}

export function cancelWorkflow(
  context: CommandContext,
  a: CancelWorkflowExecutionCommandAttributes,
): CommandFailure | undefined {
  const { draft, completedEventId } = context;
  const refusal =
    unseen(context) ??
    oversized(
      draft,
      Cause.BAD_CANCEL_WORKFLOW_EXECUTION_ATTRIBUTES,
      'CancelWorkflowExecutionCommandAttributes.Details',
      a.details,
    );
  if (refusal !== undefined) return refusal;
  draft.write(EventType.WORKFLOW_EXECUTION_CANCELED, {
    workflowTaskCompletedEventId: completedEventId,
    details: a.details,
  });
  finishClose(draft, { kind: 'canceled', details: a.details }, undefined);
  return undefined;
}

export function continueAsNew(
  context: CommandContext,
  a: ContinueAsNewWorkflowExecutionCommandAttributes,
): CommandFailure | undefined {
  const { draft, completedEventId } = context;
  const { state, env } = draft;
  const cause = Cause.BAD_CONTINUE_AS_NEW_ATTRIBUTES;
  const problem = continueProblem(draft, a);
  if (problem !== undefined) return { cause, message: problem };
  const badAttributes = searchAttributesFailure(draft, a.searchAttributes);
  if (badAttributes !== undefined) return badAttributes;
  const refusal =
    unseen(context) ?? oversized(draft, cause, 'ContinueAsNewWorkflowExecutionCommandAttributes.Input', a.input);
  if (refusal !== undefined) return refusal;
  const runId = env.newId();
  const { start } = state;
  const workflowType = (a.workflowType?.name ?? '') === '' ? { name: start.workflowType } : a.workflowType;
  const taskQueue = {
    name: (a.taskQueue?.name ?? '') === '' ? start.taskQueue : (a.taskQueue?.name ?? ''),
    kind: 1 as const,
  };
  const runTimeoutMs = given(a.workflowRunTimeout, start.runTimeoutMs);
  const taskTimeoutMs = given(a.workflowTaskTimeout, start.taskTimeoutMs);
  const backoffMs = backoffWithMinimum(
    a.backoffStartInterval ?? 0,
    env.nowMs - start.executionTimeMs,
    env.limits.continueAsNewIntervalMsMin,
  );
  draft.write(EventType.WORKFLOW_EXECUTION_CONTINUED_AS_NEW, {
    newExecutionRunId: runId,
    workflowType,
    taskQueue,
    input: a.input,
    workflowRunTimeout: runTimeoutMs,
    workflowTaskTimeout: taskTimeoutMs,
    workflowTaskCompletedEventId: completedEventId,
    backoffStartInterval: a.backoffStartInterval,
    initiator: a.initiator,
    failure: a.failure,
    lastCompletionResult: a.lastCompletionResult,
    header: a.header,
    memo: a.memo,
    searchAttributes: a.searchAttributes,
    inheritBuildId: a.inheritBuildId,
    initialVersioningBehavior: a.initialVersioningBehavior,
  });
  const attributes: Init<WorkflowExecutionStartedEventAttributes> = {
    ...inheritedAttributes(draft),
    workflowType,
    taskQueue,
    input: a.input,
    workflowRunTimeout: runTimeoutMs,
    workflowTaskTimeout: taskTimeoutMs,
    continuedExecutionRunId: state.runId,
    originalExecutionRunId: runId,
    initiator: a.initiator === 0 ? ContinueAsNewInitiator.WORKFLOW : a.initiator,
    continuedFailure: a.failure,
    lastCompletionResult: a.lastCompletionResult,
    retryPolicy: a.retryPolicy === undefined ? undefined : retryPolicyWithDefaults(a.retryPolicy),
    cronSchedule: a.cronSchedule,
    attempt: 1,
    firstWorkflowTaskBackoff: backoffMs,
    memo: a.memo,
    searchAttributes: a.searchAttributes,
    header: a.header,
  };
  finishClose(draft, undefined, successorRun(draft, runId, attributes));
  return undefined;
}

/** What every later run of the chain has in common with the first. */
function inheritedAttributes(draft: Draft): Init<WorkflowExecutionStartedEventAttributes> {
  const { state, env } = draft;
  const { start, workflowId } = state;
  const { parent } = start;
  return {
    parentWorkflowNamespace: parent?.namespace ?? '',
    parentWorkflowNamespaceId: parent?.namespaceId ?? '',
    parentWorkflowExecution: parent === undefined ? undefined : { workflowId: parent.workflowId, runId: parent.runId },
    parentInitiatedEventId: parent?.initiatedEventId ?? 0,
    rootWorkflowExecution:
      parent === undefined ? undefined : { workflowId: start.rootWorkflowId, runId: start.rootRunId },
    workflowExecutionTimeout: start.isExecutionTimeoutGiven ? start.executionTimeoutMs : undefined,
    workflowExecutionExpirationTime: start.executionExpiresAtMs,
    firstExecutionRunId: start.firstRunId,
    workflowId,
    priority: start.priority,
    prevAutoResetPoints: resetPointsOf(state, env.nowMs + env.retentionMs),
  };
}

function continueProblem(draft: Draft, a: ContinueAsNewWorkflowExecutionCommandAttributes): string | undefined {
  const command = 'ContinueAsNewWorkflowExecutionCommand';
  const { start } = draft.state;
  const workflowType =
    a.workflowType?.name === undefined || a.workflowType.name === '' ? start.workflowType : a.workflowType.name;
  const taskQueue = a.taskQueue?.name === undefined || a.taskQueue.name === '' ? start.taskQueue : a.taskQueue.name;
  const ofQueue = ` TaskQueue=name:"${taskQueue}" kind:TASK_QUEUE_KIND_NORMAL`;
  const facts = ` WorkflowType=${workflowType}${ofQueue}`;
  const tooLong = lengthProblem(draft, 'WorkflowType', command, workflowType);
  if (tooLong !== undefined) return tooLong;
  if (isTooLong(draft, taskQueue))
    return `error validating ${command} TaskQueue: taskQueue length exceeds limit.${facts}`;
  for (const [name, value] of Object.entries({
    WorkflowRunTimeout: a.workflowRunTimeout,
    WorkflowTaskTimeout: a.workflowTaskTimeout,
    BackoffStartInterval: a.backoffStartInterval,
  })) {
    if ((value ?? 0) < 0) return `Invalid ${name} on ${command}: negative duration.${facts}`;
  }
  const retryProblem = retryPolicyProblem(a.retryPolicy);
  return retryProblem === undefined ? undefined : `invalid WorkflowRetryPolicy on ${command}: ${retryProblem}.${facts}`;
}

function given(valueMs: number | undefined, otherwiseMs: number): number {
  return valueMs !== undefined && valueMs > 0 ? valueMs : otherwiseMs;
}

/** A run that lives shorter than the minimum makes its successor wait for the rest: tight loops cost everyone. */
function backoffWithMinimum(backoffMs: number, lifetimeMs: number, minimumMs: number): number {
  return lifetimeMs + backoffMs >= minimumMs ? backoffMs : minimumMs - lifetimeMs;
}
