/**
 * A worker completed a workflow task: commands and messages become events, all of them or none. When one breaks a rule
 * the draft is dropped and the task fails instead (server-surface 3.1, 3.8).
 */
import { EventType, Failure, Rejection as UpdateRejection, WorkflowTaskFailedCause as Cause } from '@perdure/protocol';
import type { Message, RespondWorkflowTaskCompletedRequest } from '@perdure/protocol';
import { invalidArgument, isRejection, reject, workflowTaskNotFound } from '../rejection.js';
import type { Rejection } from '../rejection.js';
import { HISTORY_SERVICE, isClosed, terminate } from './close.js';
import { CLOSING_COMMANDS, sequenceProblem } from './command-check.js';
import { runCommand } from './commands.js';
import type { CommandContext, CommandFailure, CommandOutcome } from './commands.js';
import { Draft } from './draft.js';
import type { Env } from './draft.js';
import type { WorkflowTaskRef } from './inputs.js';
import { causeName } from './reported-problems.js';
import type { ExecutionState, PendingWorkflowTask } from './state.js';
import { handleMessage, TaskMessages } from './update-messages.js';
import { rejectUnanswered, resendUpdates } from './update.js';
import {
  clearTask,
  failWorkflowTask,
  scheduleWorkflowTask,
  startedTask,
  writeWithheldEvents,
} from './workflow-task.js';

export interface Completion {
  readonly draft: Draft;
  /** Set when the worker must drop its cached events after this one: its task left no trace. */
  readonly resetHistoryEventId: number;
  /** The task failed instead: what the worker is told. */
  readonly rejection: Rejection | undefined;
}

export function completeWorkflowTask(
  state: ExecutionState,
  env: Env,
  ref: WorkflowTaskRef,
  request: RespondWorkflowTaskCompletedRequest,
): Completion | Rejection {
  const task = startedTask(state, ref);
  if (task === undefined || isClosed(state.status)) return workflowTaskNotFound();
  const misplaced = sequenceProblem(request.commands);
  if (misplaced !== undefined) return misplaced;

  const draft = new Draft(state, env);
  if (leavesNoTrace(state, task, request)) return dropSpeculative(draft, task, request);
  if (isHeartbeat(request) && env.nowMs - task.originalScheduledAtMs > env.limits.workflowTaskHeartbeatTimeoutMs)
    return endHeartbeats(draft, task);

  const completedEventId = writeCompleted(draft, task, request);
  const failure = runAll(draft, completedEventId, request);
  if (failure !== undefined && isRejection(failure)) return failure;
  if (failure !== undefined) return failInstead(state, env, task, request, failure);
  rejectUnanswered(draft, task.startedEventId);
  if (!isClosed(draft.state.status)) scheduleNext(draft, task, request);
  return { draft, resetHistoryEventId: 0, rejection: undefined };
}

function runAll(draft: Draft, completedEventId: number, request: RespondWorkflowTaskCompletedRequest): CommandOutcome {
  draft.holdBack(true);
  const outcome = runCommands(draft, completedEventId, request);
  draft.holdBack(false);
  return outcome;
}

function runCommands(
  draft: Draft,
  completedEventId: number,
  request: RespondWorkflowTaskCompletedRequest,
): CommandOutcome {
  const messages = new TaskMessages(request.messages);
  const unseen = new Set(draft.state.buffered);
  const hasUnseenEvents = (): boolean => draft.state.buffered.some((event) => unseen.has(event));
  for (const command of request.commands) {
    const { userMetadata, eventGroupMarkers } = command;
    const context: CommandContext = {
      draft,
      completedEventId,
      identity: request.identity,
      options: { userMetadata, eventGroupMarkers },
      messages,
      hasUnseenEvents,
    };
    // Messages that no command names, and that a closing command would cut off, come before it.
    if (CLOSING_COMMANDS.has(command.commandType)) {
      const failure = handleAll(draft, messages);
      if (failure !== undefined) return failure;
    }
    const failure = runCommand(context, command);
    if (failure !== undefined) return failure;
  }
  return handleAll(draft, messages);
}

function handleAll(draft: Draft, messages: TaskMessages): CommandFailure | undefined {
  for (const message of messages.takeAll()) {
    const failure = handleMessage(draft, message);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function writeCompleted(draft: Draft, task: PendingWorkflowTask, request: RespondWorkflowTaskCompletedRequest): number {
  writeWithheldEvents(draft);
  const completedEventId = draft.write(EventType.WORKFLOW_TASK_COMPLETED, {
    scheduledEventId: task.scheduledEventId,
    startedEventId: task.startedEventId,
    identity: request.identity,
    binaryChecksum: request.binaryChecksum,
    workerVersion: request.workerVersionStamp,
    sdkMetadata: request.sdkMetadata,
    meteringMetadata: request.meteringMetadata,
    versioningBehavior: request.versioningBehavior,
  });
  setSticky(draft, request);
  return completedEventId;
}

function setSticky(draft: Draft, request: RespondWorkflowTaskCompletedRequest): void {
  const name = request.stickyAttributes?.workerTaskQueue?.name ?? '';
  const scheduleToStartTimeoutMs = request.stickyAttributes?.scheduleToStartTimeout ?? 0;
  const before = draft.state.sticky;
  if (name === '') {
    if (before !== undefined) draft.fact({ record: 'fact', kind: 'sticky', sticky: undefined });
    return;
  }
  if (before?.name === name && before.scheduleToStartTimeoutMs === scheduleToStartTimeoutMs) return;
  draft.fact({ record: 'fact', kind: 'sticky', sticky: { name, scheduleToStartTimeoutMs } });
}

function isHeartbeat(request: RespondWorkflowTaskCompletedRequest): boolean {
  return request.forceCreateNewWorkflowTask && request.commands.length === 0 && request.messages.length === 0;
}

function scheduleNext(draft: Draft, task: PendingWorkflowTask, request: RespondWorkflowTaskCompletedRequest): void {
  const isNeeded = draft.wantsWorkflowTask || draft.state.buffered.length > 0 || request.forceCreateNewWorkflowTask;
  if (!isNeeded) return;
  if (isHeartbeat(request) && draft.state.buffered.length === 0)
    scheduleWorkflowTask(draft, { originalScheduledAtMs: task.originalScheduledAtMs });
  else scheduleWorkflowTask(draft);
}

/** The worker hangs on to one task for too long: it is timed out, and the run becomes free for another worker. */
function endHeartbeats(draft: Draft, task: PendingWorkflowTask): Completion {
  draft.write(EventType.WORKFLOW_TASK_TIMED_OUT, {
    scheduledEventId: task.scheduledEventId,
    startedEventId: task.startedEventId,
    timeoutType: 1,
  });
  if (draft.state.sticky !== undefined) draft.fact({ record: 'fact', kind: 'sticky', sticky: undefined });
  resendUpdates(draft);
  scheduleWorkflowTask(draft);
  return { draft, resetHistoryEventId: 0, rejection: reject('TASK_NOT_FOUND', 'workflow task heartbeat timeout') };
}

/** A speculative task whose updates were all rejected: as if it had never been. */
function leavesNoTrace(
  state: ExecutionState,
  task: PendingWorkflowTask,
  request: RespondWorkflowTaskCompletedRequest,
): boolean {
  if (task.kind !== 'speculative' || request.commands.length > 0 || request.forceCreateNewWorkflowTask) return false;
  if (state.buffered.length > 0 || task.scheduledEventId !== state.nextEventId) return false;
  if (!request.messages.every(isRejectionMessage)) return false;
  const showedNothingElse = task.scheduledEventId === state.lastCompletedTaskFinishedEventId + 1;
  return showedNothingElse || request.capabilities?.discardSpeculativeWorkflowTaskWithEvents === true;
}

function isRejectionMessage(message: Message): boolean {
  return message.body?.typeUrl.endsWith(UpdateRejection.name) === true;
}

function dropSpeculative(
  draft: Draft,
  task: PendingWorkflowTask,
  request: RespondWorkflowTaskCompletedRequest,
): Completion {
  for (const message of request.messages) handleMessage(draft, message);
  rejectUnanswered(draft, task.startedEventId);
  clearTask(draft, task);
  return { draft, resetHistoryEventId: draft.state.previousStartedEventId, rejection: undefined };
}

function failInstead(
  state: ExecutionState,
  env: Env,
  task: PendingWorkflowTask,
  request: RespondWorkflowTaskCompletedRequest,
  failure: CommandFailure,
): Completion {
  const draft = new Draft(state, env);
  const message =
    failure.cause === Cause.UNHANDLED_COMMAND ? 'UnhandledCommand' : `${causeName(failure.cause)}: ${failure.message}`;
  const rejection = invalidArgument(message);
  const isReported = task.attempt === 1 || failure.cause === Cause.UNHANDLED_COMMAND || failure.terminates === true;
  if (!isReported) return { draft, resetHistoryEventId: 0, rejection };
  failWorkflowTask(draft, {
    cause: failure.cause,
    failure: Failure.encode({ message, serverFailureInfo: {} }),
    identity: request.identity,
  });
  resendUpdates(draft);
  if (failure.terminates === true) {
    terminate(draft, { reason: message, details: undefined, identity: HISTORY_SERVICE, links: [] });
    return { draft, resetHistoryEventId: 0, rejection };
  }
  scheduleWorkflowTask(draft);
  if (failure.cause === Cause.UNHANDLED_COMMAND) draft.fact({ record: 'fact', kind: 'triedToClose', value: true });
  return { draft, resetHistoryEventId: 0, rejection };
}
