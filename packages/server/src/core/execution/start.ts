/** How a run begins: the decision by workflow id (server-surface 3.3), and the first events. */
import {
  ContinueAsNewInitiator,
  EventType,
  WorkflowExecutionStatus,
  WorkflowIdConflictPolicy as Conflict,
  WorkflowIdReusePolicy as Reuse,
} from '@perdure/protocol';
import type {
  Init,
  StartWorkflowExecutionRequest,
  UpdateWorkflowExecutionRequest,
  WorkflowExecutionStartedEventAttributes,
} from '@perdure/protocol';
import type { Limits } from '../limits.js';
import { reject } from '../rejection.js';
import type { Rejection } from '../rejection.js';
import { emptyState } from './apply-started.js';
import type { RunKey } from './apply-started.js';
import { Draft } from './draft.js';
import type { Env } from './draft.js';
import type { SignalInput } from './inputs.js';
import { retryPolicyWithDefaults } from './retry.js';
import { recordSignal } from './signal.js';
import { admitUpdate } from './update.js';
import { cronBackoffMs } from '../schedule/cron.js';

/** Everything needed to make a run: its ids and the attributes of its Started event. */
export interface NewRun extends RunKey {
  readonly attributes: Init<WorkflowExecutionStartedEventAttributes>;
  readonly requestId: string;
  readonly userMetadata: Uint8Array | undefined;
  readonly links: readonly Uint8Array[];
  /** Signal-with-start: recorded before the first workflow task. */
  readonly signal?: SignalInput;
  /** Update-with-start: travels with the first workflow task. */
  readonly update?: UpdateWorkflowExecutionRequest;
}

/** Writes the first events. The first workflow task follows at once, or when the backoff is over. */
export function beginRun(run: NewRun, env: Env): Draft {
  const { namespaceId, namespace, workflowId, runId } = run;
  const draft = new Draft(emptyState({ namespaceId, namespace, workflowId, runId }), env);
  draft.write(EventType.WORKFLOW_EXECUTION_STARTED, run.attributes, {
    userMetadata: run.userMetadata,
    links: run.links,
  });
  draft.fact({ record: 'fact', kind: 'startRequest', requestId: run.requestId });
  if (run.signal !== undefined) recordSignal(draft, run.signal);
  draft.wantWorkflowTask();
  if (run.update !== undefined) admitUpdate(draft, run.update);
  return draft;
}

/** What is known of the newest run of a workflow id. */
export interface CurrentRunFacts {
  readonly runId: string;
  readonly status: WorkflowExecutionStatus;
  readonly startRequestId: string;
  readonly firstRunId: string;
  /** Request ids attached to the run after its start. */
  readonly hasRequestId: (requestId: string) => boolean;
}

export type StartDecision =
  | { readonly kind: 'startNew' }
  | { readonly kind: 'terminateAndStart' }
  /** The same request again: its run is the answer. */
  | { readonly kind: 'sameRequest' }
  | { readonly kind: 'useExisting' }
  | Rejection;

export interface StartPolicies {
  readonly workflowId: string;
  readonly requestId: string;
  readonly reusePolicy: Reuse;
  readonly conflictPolicy: Conflict;
}

export function decideStart(current: CurrentRunFacts | undefined, policies: StartPolicies): StartDecision {
  if (current === undefined) return { kind: 'startNew' };
  if (current.startRequestId === policies.requestId && policies.requestId !== '') return { kind: 'sameRequest' };
  return current.status === WorkflowExecutionStatus.RUNNING || current.status === WorkflowExecutionStatus.PAUSED
    ? decideConflict(current, policies)
    : decideReuse(current, policies);
}

function decideConflict(current: CurrentRunFacts, policies: StartPolicies): StartDecision {
  // Attached before: the same answer again, which did not start the run.
  if (current.hasRequestId(policies.requestId)) return { kind: 'useExisting' };
  if (policies.reusePolicy === Reuse.TERMINATE_IF_RUNNING) return { kind: 'terminateAndStart' };
  switch (policies.conflictPolicy) {
    case Conflict.USE_EXISTING:
      return { kind: 'useExisting' };
    case Conflict.TERMINATE_EXISTING:
      return { kind: 'terminateAndStart' };
    case Conflict.FAIL:
    case Conflict.UNSPECIFIED:
      return alreadyStarted(
        current,
        `Workflow execution is already running. WorkflowId: ${policies.workflowId}, RunId: ${current.runId}.`,
      );
  }
}

const REUSABLE_AFTER_FAILURE: ReadonlySet<WorkflowExecutionStatus> = new Set<WorkflowExecutionStatus>([
  WorkflowExecutionStatus.FAILED,
  WorkflowExecutionStatus.CANCELED,
  WorkflowExecutionStatus.TERMINATED,
  WorkflowExecutionStatus.TIMED_OUT,
]);

function decideReuse(current: CurrentRunFacts, policies: StartPolicies): StartDecision {
  const { workflowId } = policies;
  switch (policies.reusePolicy) {
    case Reuse.UNSPECIFIED:
    case Reuse.ALLOW_DUPLICATE:
    case Reuse.TERMINATE_IF_RUNNING:
      return { kind: 'startNew' };
    case Reuse.ALLOW_DUPLICATE_FAILED_ONLY:
      if (REUSABLE_AFTER_FAILURE.has(current.status)) return { kind: 'startNew' };
      return alreadyStarted(
        current,
        `Workflow execution already finished successfully. WorkflowId: ${workflowId}, RunId: ${current.runId}. Workflow Id reuse policy: allow duplicate workflow Id if last run failed.`,
      );
    case Reuse.REJECT_DUPLICATE:
      return alreadyStarted(
        current,
        `Workflow execution already finished. WorkflowId: ${workflowId}, RunId: ${current.runId}. Workflow Id reuse policy: reject duplicate workflow Id.`,
      );
  }
}

export function alreadyStarted(current: CurrentRunFacts, message: string): Rejection {
  const { startRequestId, runId, firstRunId } = current;
  return reject('WORKFLOW_ALREADY_STARTED', message, { kind: 'alreadyStarted', startRequestId, runId, firstRunId });
}

interface GivenTimeouts {
  readonly workflowExecutionTimeout?: number | undefined;
  readonly workflowRunTimeout?: number | undefined;
  readonly workflowTaskTimeout?: number | undefined;
}

/** Run within execution, task within run; 0 = no end. */
export function cappedTimeouts(a: GivenTimeouts, limits: Limits): Required<{ [K in keyof GivenTimeouts]: number }> {
  const executionMs = a.workflowExecutionTimeout ?? 0;
  const givenRunMs = a.workflowRunTimeout ?? 0;
  const runMs = givenRunMs === 0 ? executionMs : executionMs > 0 ? Math.min(givenRunMs, executionMs) : givenRunMs;
  const givenTaskMs = a.workflowTaskTimeout ?? 0;
  const taskMs = Math.min(
    givenTaskMs === 0 ? limits.defaultWorkflowTaskTimeoutMs : givenTaskMs,
    limits.workflowTaskTimeoutMsMax,
  );
  return {
    workflowExecutionTimeout: executionMs,
    workflowRunTimeout: runMs,
    workflowTaskTimeout: runMs > 0 ? Math.min(taskMs, runMs) : taskMs,
  };
}

/** The run that a start request asks for. */
export function newRunFromRequest(
  request: StartWorkflowExecutionRequest,
  ids: { readonly namespaceId: string; readonly runId: string },
  env: Env,
  isEager: boolean,
): NewRun {
  const timeouts = cappedTimeouts(request, env.limits);
  const cronDelayMs = request.cronSchedule === '' ? 0 : cronBackoffMs(request.cronSchedule, env.nowMs, env.nowMs);
  const backoffMs = request.workflowStartDelay ?? cronDelayMs;
  return {
    namespaceId: ids.namespaceId,
    namespace: request.namespace,
    workflowId: request.workflowId,
    runId: ids.runId,
    requestId: request.requestId,
    userMetadata: request.userMetadata,
    links: request.links,
    attributes: {
      workflowType: request.workflowType,
      taskQueue: { name: request.taskQueue?.name ?? '', kind: 1 },
      input: request.input,
      workflowTaskTimeout: timeouts.workflowTaskTimeout,
      workflowExecutionTimeout: ifGiven(request.workflowExecutionTimeout, timeouts.workflowExecutionTimeout),
      workflowRunTimeout: ifGiven(request.workflowRunTimeout, timeouts.workflowRunTimeout),
      originalExecutionRunId: ids.runId,
      identity: request.identity,
      firstExecutionRunId: ids.runId,
      retryPolicy: request.retryPolicy === undefined ? undefined : retryPolicyWithDefaults(request.retryPolicy),
      attempt: 1,
      workflowExecutionExpirationTime: expiration(env.nowMs + backoffMs, timeouts.workflowExecutionTimeout),
      cronSchedule: request.cronSchedule,
      firstWorkflowTaskBackoff: backoffMs,
      memo: request.memo,
      searchAttributes: request.searchAttributes,
      header: request.header,
      workflowId: request.workflowId,
      continuedFailure: request.continuedFailure,
      lastCompletionResult: request.lastCompletionResult,
      initiator:
        request.cronSchedule === '' ? ContinueAsNewInitiator.UNSPECIFIED : ContinueAsNewInitiator.CRON_SCHEDULE,
      completionCallbacks: request.completionCallbacks,
      versioningOverride: request.versioningOverride,
      priority: request.priority,
      eagerExecutionAccepted: isEager,
    },
  };
}

/** A timeout that was neither given nor follows from another is not in the event; a zero that was given is. */
export function ifGiven(given: number | undefined, timeoutMs: number): number | undefined {
  return given !== undefined || timeoutMs > 0 ? timeoutMs : undefined;
}

export function expiration(fromMs: number, timeoutMs: number): number | undefined {
  return timeoutMs > 0 ? fromMs + timeoutMs : undefined;
}
