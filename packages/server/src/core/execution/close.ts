/** How a run ends, whoever ends it: the close event, the run that follows, what parent, children and updates are told. */
import {
  ContinueAsNewInitiator,
  EventType,
  Failure,
  RetryState,
  TimeoutType,
  WorkflowExecutionStartedEventAttributes,
  WorkflowExecutionStatus,
  WorkflowTaskFailedCause,
} from '@perdure/protocol';
import type { Init, ResetPoints } from '@perdure/protocol';
import { cronBackoffMs } from '../schedule/cron.js';
import { applyParentClosePolicies, tellParent } from './child.js';
import type { Draft } from './draft.js';
import type { ChildOutcome } from './messages.js';
import { decideRetry } from './retry.js';
import type { NewRun } from './start.js';
import type { ExecutionState } from './state.js';
import { abortUpdatesOnClose } from './update.js';
import { clearTask, failWorkflowTask } from './workflow-task.js';

/** After the close event was written. */
export function finishClose(draft: Draft, outcome: ChildOutcome | undefined, successor: NewRun | undefined): void {
  abortUpdatesOnClose(draft, successor !== undefined);
  if (successor !== undefined) {
    draft.effect({ kind: 'startSuccessor', run: successor });
    return;
  }
  if (outcome !== undefined) tellParent(draft, outcome);
  applyParentClosePolicies(draft);
}

/** Ends a started workflow task by force and brings what it buffered into history, so that a close event may follow. */
export function forceEndWorkflowTask(draft: Draft): void {
  const task = draft.state.workflowTask;
  if (task !== undefined && task.startedEventId !== 0)
    failWorkflowTask(draft, { cause: WorkflowTaskFailedCause.FORCE_CLOSE_COMMAND, identity: HISTORY_SERVICE });
  else if (task?.kind === 'speculative') clearTask(draft, task);
  draft.flushBuffer();
}

/** Identity of events that the Service itself causes: tools look for this word. */
export const HISTORY_SERVICE = 'history-service';

export interface TerminateFacts {
  readonly reason: string;
  readonly details?: Uint8Array | undefined;
  readonly identity: string;
  readonly links: readonly Uint8Array[];
}

export function terminate(draft: Draft, facts: TerminateFacts): void {
  forceEndWorkflowTask(draft);
  const { reason, details, identity } = facts;
  draft.write(EventType.WORKFLOW_EXECUTION_TERMINATED, { reason, details, identity }, { links: facts.links });
  finishClose(draft, { kind: 'terminated' }, undefined);
}

export function timeOutRun(draft: Draft): void {
  forceEndWorkflowTask(draft);
  const { start } = draft.state;
  const isExecutionOver = start.executionExpiresAtMs !== undefined && draft.env.nowMs >= start.executionExpiresAtMs;
  const failure = Failure.encode({
    message: 'workflow timeout',
    source: 'Server',
    timeoutFailureInfo: { timeoutType: TimeoutType.START_TO_CLOSE },
  });
  const { successor, retryState } = isExecutionOver
    ? { successor: undefined, retryState: RetryState.TIMEOUT }
    : retryOrCron(draft, failure);
  draft.write(EventType.WORKFLOW_EXECUTION_TIMED_OUT, { retryState, newExecutionRunId: successor?.runId ?? '' });
  finishClose(draft, { kind: 'timedOut', retryState }, successor);
}

export interface Continuation {
  readonly successor: NewRun | undefined;
  readonly retryState: RetryState;
}

/** After a failure: the retry policy first, then the cron schedule. */
export function retryOrCron(draft: Draft, failure: Uint8Array): Continuation {
  const { start } = draft.state;
  const retry = retryRun(draft, failure);
  if (retry.successor !== undefined) return retry;
  if (start.cronSchedule === '') return retry;
  return { successor: cronRun(draft, undefined, failure), retryState: retry.retryState };
}

function retryRun(draft: Draft, failure: Uint8Array): Continuation {
  const { state, env } = draft;
  const { retryPolicy, attempt, executionExpiresAtMs } = state.start;
  if (retryPolicy === undefined) return { successor: undefined, retryState: RetryState.RETRY_POLICY_NOT_SET };
  const isRunTimeout = Failure.decode(failure).timeoutFailureInfo !== undefined;
  const decision = decideRetry({
    policy: retryPolicy,
    attempt,
    failure,
    nowMs: env.nowMs,
    expiresAtMs: executionExpiresAtMs,
  });
  if (decision.kind === 'stop')
    return {
      successor: undefined,
      retryState:
        isRunTimeout && decision.state === RetryState.NON_RETRYABLE_FAILURE ? RetryState.TIMEOUT : decision.state,
    };
  const successor = nextRun(draft, {
    initiator: ContinueAsNewInitiator.RETRY,
    attempt: attempt + 1,
    backoffMs: decision.delayMs,
    continuedFailure: failure,
  });
  return { successor, retryState: RetryState.IN_PROGRESS };
}

/** The next run of a cron schedule, or undefined when there is none or no point is left in the execution's time. */
export function cronRun(
  draft: Draft,
  result: Uint8Array | undefined,
  failure: Uint8Array | undefined,
): NewRun | undefined {
  const { state, env } = draft;
  const { cronSchedule, startedAtMs, executionTimeMs, executionExpiresAtMs } = state.start;
  if (cronSchedule === '') return undefined;
  const backoffMs = cronBackoffMs(cronSchedule, Math.max(startedAtMs, executionTimeMs), env.nowMs);
  if (backoffMs < 0) return undefined;
  if (executionExpiresAtMs !== undefined && env.nowMs + backoffMs > executionExpiresAtMs) return undefined;
  return nextRun(draft, {
    initiator: ContinueAsNewInitiator.CRON_SCHEDULE,
    attempt: 1,
    backoffMs,
    continuedFailure: failure,
    lastCompletionResult: result,
  });
}

interface NextRun {
  readonly initiator: ContinueAsNewInitiator;
  readonly attempt: number;
  readonly backoffMs: number;
  readonly continuedFailure?: Uint8Array | undefined;
  readonly lastCompletionResult?: Uint8Array | undefined;
}

/** A run like this one, made from the attributes of its Started event. */
function nextRun(draft: Draft, next: NextRun): NewRun {
  const { state, env } = draft;
  if (state.start.attributes === undefined)
    throw new Error('a run without a retry policy or cron schedule has no next run');
  const before = WorkflowExecutionStartedEventAttributes.decode(state.start.attributes);
  const runId = env.newId();
  const attributes: Init<WorkflowExecutionStartedEventAttributes> = {
    ...before,
    identity: '',
    continuedExecutionRunId: state.runId,
    originalExecutionRunId: runId,
    initiator: next.initiator,
    attempt: next.attempt,
    firstWorkflowTaskBackoff: next.backoffMs,
    continuedFailure: next.continuedFailure,
    lastCompletionResult: next.lastCompletionResult ?? before.lastCompletionResult,
    completionCallbacks: next.initiator === ContinueAsNewInitiator.RETRY ? before.completionCallbacks : [],
    eagerExecutionAccepted: false,
    prevAutoResetPoints: resetPointsOf(state, env.nowMs + env.retentionMs),
  };
  return successorRun(draft, runId, attributes);
}

/** Points of a run that is continued expire with its history: at `expiresAtMs`, where they have no end yet. */
export function resetPointsOf(state: ExecutionState, expiresAtMs: number | undefined): Init<ResetPoints> {
  return {
    points: state.resetPoints.map((point) => ({
      buildId: point.buildId,
      binaryChecksum: point.binaryChecksum,
      runId: point.runId,
      firstWorkflowTaskCompletedId: point.firstTaskCompletedEventId,
      createTime: point.createdAtMs,
      expireTime: point.expiresAtMs ?? expiresAtMs,
      resettable: point.resettable,
    })),
  };
}

export function successorRun(
  draft: Draft,
  runId: string,
  attributes: Init<WorkflowExecutionStartedEventAttributes>,
): NewRun {
  const { namespaceId, namespace, workflowId, start } = draft.state;
  return {
    namespaceId,
    namespace,
    workflowId,
    runId,
    requestId: draft.env.newId(),
    userMetadata: start.userMetadata,
    links: [],
    attributes,
  };
}

export function isClosed(status: WorkflowExecutionStatus): boolean {
  return status !== WorkflowExecutionStatus.RUNNING && status !== WorkflowExecutionStatus.PAUSED;
}
