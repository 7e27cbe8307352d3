/**
 * One Workflow Execution (one Run) as a value. Immutable at the boundary of a transition: a transition works on a private
 * draft (draft.ts) whose containers are copied on first write, so a refused input leaves no trace.
 *
 * state = fold(apply, events) + residue. `volatile` is neither: it is lost with the process, by rule of the field.
 */
import type {
  RetryPolicy,
  SuggestContinueAsNewReason,
  WorkerVersionStamp,
  WorkflowExecutionStatus,
  WorkflowTaskFailedCause,
} from '@perdure/protocol';
import type { IdSet } from './id-set.js';

export interface ExecutionState {
  readonly namespaceId: string;
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly status: WorkflowExecutionStatus;

  readonly nextEventId: number;
  readonly historySizeBytes: number;
  readonly transitionCount: number;

  readonly start: StartFacts;
  /** Set while the first workflow task is held back (start delay, cron, retry, continue-as-new backoff). */
  readonly firstTaskDueMs: number | undefined;
  readonly closedAtMs: number | undefined;
  /** Event id of the closing event, for reading the outcome. */
  readonly closeEventId: number | undefined;
  /** The run that continues this one; empty if none does. */
  readonly successorRunId: string;

  readonly workflowTask: PendingWorkflowTask | undefined;
  /** Attempt of the next workflow task: above 1 in a streak of failures. */
  readonly workflowTaskAttempt: number;
  readonly workflowTaskProblem: WorkflowTaskProblem | undefined;
  /** A close was refused because of unseen events; signals and updates are held off while the next task runs. */
  readonly triedToClose: boolean;
  readonly sticky: StickyQueue | undefined;
  /** Started event of the last *completed* workflow task: sticky tasks get history after it. */
  readonly previousStartedEventId: number;
  readonly lastCompletedTaskFinishedEventId: number;
  /** Of the last completed task. */
  readonly workerVersion: WorkerVersionStamp | undefined;
  /** Builds that completed tasks of this run, as the BuildIds attribute has them. */
  readonly buildIds: readonly string[];
  readonly resetPoints: readonly ResetPoint[];

  readonly activities: ReadonlyMap<number, PendingActivity>;
  readonly activityIds: ReadonlyMap<string, number>;
  readonly timers: ReadonlyMap<string, PendingTimer>;
  readonly children: ReadonlyMap<number, PendingChild>;
  readonly externalSignals: ReadonlyMap<number, PendingExternal>;
  readonly externalCancels: ReadonlyMap<number, PendingExternal>;
  readonly buffered: readonly BufferedEvent[];
  readonly updates: ReadonlyMap<string, RecordedUpdate>;
  readonly requestIds: ReadonlyMap<string, AttachedRequest>;
  readonly signalRequestIds: IdSet;
  readonly signalCount: number;

  readonly memo: ReadonlyMap<string, Uint8Array>;
  readonly searchAttributes: ReadonlyMap<string, Uint8Array>;
  readonly cancelRequested: boolean;
  readonly cancelRequestId: string;

  readonly volatile: VolatileState;
}

/** What the Started event fixed for the whole run. */
export interface StartFacts {
  readonly workflowType: string;
  readonly taskQueue: string;
  readonly executionTimeoutMs: number;
  /** Whether the Started event names an execution timeout, be it zero. */
  readonly isExecutionTimeoutGiven: boolean;
  readonly runTimeoutMs: number;
  /** Whether the Started event names a run timeout, be it zero. */
  readonly isRunTimeoutGiven: boolean;
  readonly taskTimeoutMs: number;
  readonly startedAtMs: number;
  /** Start plus the first workflow task's backoff. */
  readonly executionTimeMs: number;
  /** Absolute ends; undefined = none. The execution's end is shared by the whole chain of runs. */
  readonly executionExpiresAtMs: number | undefined;
  readonly runExpiresAtMs: number | undefined;
  readonly retryPolicy: RetryPolicy | undefined;
  readonly attempt: number;
  readonly cronSchedule: string;
  readonly requestId: string;
  readonly firstRunId: string;
  readonly originalRunId: string;
  readonly continuedFromRunId: string;
  readonly parent: ParentLink | undefined;
  readonly rootWorkflowId: string;
  readonly rootRunId: string;
  readonly priority: PriorityFacts | undefined;
  /** Encoded Started attributes, kept only where a retry or cron run must be made from them. */
  readonly attributes: Uint8Array | undefined;
  readonly userMetadata: Uint8Array | undefined;
  readonly hasCallbacks: boolean;
}

export interface PriorityFacts {
  readonly priorityKey: number;
  readonly fairnessKey: string;
  readonly fairnessWeight: number;
}

export interface ParentLink {
  readonly namespaceId: string;
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly initiatedEventId: number;
}

/** The first task that a build completed: where a bad build's runs can be reset to. */
export interface ResetPoint {
  readonly buildId: string;
  readonly binaryChecksum: string;
  readonly firstTaskCompletedEventId: number;
  readonly createdAtMs: number;
  readonly resettable: boolean;
  readonly runId: string;
  /** When the history it points into goes; undefined while that run is the last of its chain. */
  readonly expiresAtMs: number | undefined;
}

export interface StickyQueue {
  readonly name: string;
  readonly scheduleToStartTimeoutMs: number;
}

/**
 * normal: its Scheduled and Started events are in history. transient: a retry of a failing task, its two events are
 * written only when it completes. speculative: made for an update; nothing is written unless it completes usefully.
 */
export type WorkflowTaskKind = 'normal' | 'transient' | 'speculative';

export interface PendingWorkflowTask {
  readonly kind: WorkflowTaskKind;
  readonly scheduledEventId: number;
  /** 0 until started. */
  readonly startedEventId: number;
  readonly attempt: number;
  readonly scheduledAtMs: number;
  /** Kept over workflow-task heartbeats, which may not go on for ever. */
  readonly originalScheduledAtMs: number;
  readonly startedAtMs: number;
  readonly startToCloseMs: number;
  /** Sticky and speculative tasks fall back to the normal queue after this long; 0 = never. */
  readonly scheduleToStartMs: number;
  readonly queue: string;
  readonly isSticky: boolean;
  readonly requestId: string;
  readonly identity: string;
  readonly workerVersion: WorkerVersionStamp | undefined;
  readonly historySizeBytes: number;
  readonly suggestContinueAsNewReasons: readonly SuggestContinueAsNewReason[];
}

export interface WorkflowTaskProblem extends ProblemKind {
  readonly failure: Uint8Array | undefined;
  readonly atMs: number;
  /** How many have failed or timed out since one completed; the first on a sticky queue does not count. */
  readonly attempts: number;
  /** Of the last one that history tells of. */
  readonly written: ProblemKind;
}

export interface ProblemKind {
  readonly cause: WorkflowTaskFailedCause;
  readonly isTimeout: boolean;
}

export type ActivityPhase = 'scheduled' | 'started' | 'backoff';

export interface PendingActivity {
  // From the Scheduled event.
  readonly scheduledEventId: number;
  readonly activityId: string;
  readonly activityType: string;
  readonly taskQueue: string;
  readonly header: Uint8Array | undefined;
  readonly input: Uint8Array | undefined;
  readonly scheduleToCloseMs: number;
  readonly scheduleToStartMs: number;
  readonly startToCloseMs: number;
  readonly heartbeatMs: number;
  readonly retryPolicy: RetryPolicy;
  readonly priority: PriorityFacts | undefined;
  readonly scheduledAtMs: number;
  readonly cancelRequestedEventId: number;
  // Residue: history learns of attempts only when the activity closes.
  readonly phase: ActivityPhase;
  readonly attempt: number;
  /** Raised whenever an older dispatch of this activity must not be started any more. */
  readonly stamp: number;
  readonly attemptScheduledAtMs: number;
  readonly startedAtMs: number;
  readonly requestId: string;
  readonly identity: string;
  readonly heartbeatAtMs: number;
  readonly heartbeatDetails: Uint8Array | undefined;
  readonly lastFailure: Uint8Array | undefined;
  readonly lastAttemptCompletedAtMs: number;
  readonly lastIdentity: string;
}

export interface PendingTimer {
  readonly timerId: string;
  readonly startedEventId: number;
  readonly dueMs: number;
}

export interface PendingChild {
  readonly initiatedEventId: number;
  readonly namespaceId: string;
  readonly namespace: string;
  readonly workflowId: string;
  readonly workflowType: string;
  readonly parentClosePolicy: number;
  /** Empty until the child has started. */
  readonly runId: string;
  /** 0 until started; BUFFERED_EVENT_ID while the ChildStarted event waits in the buffer. */
  readonly startedEventId: number;
}

export interface PendingExternal {
  readonly initiatedEventId: number;
  readonly namespaceId: string;
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
  /** Deprecated in the contract, yet some SDKs find their command by it: handed through. */
  readonly control: string;
}

/** An event that happened while a workflow task runs: it gets its id when that task ends. Encoded as HistoryEvent. */
export interface BufferedEvent {
  readonly bytes: Uint8Array;
}

/** Placeholder for the id of an event that is still in the buffer. */
export const BUFFERED_EVENT_ID = -123;

export interface RecordedUpdate {
  readonly updateId: string;
  readonly acceptedEventId: number;
  /** 0 while running. */
  readonly completedEventId: number;
}

export interface AttachedRequest {
  readonly eventId: number;
  readonly eventType: number;
}

/** Lost with the process: callers of such updates are told to try again, and do. */
export interface VolatileState {
  readonly admitted: ReadonlyMap<string, AdmittedUpdate>;
}

export interface AdmittedUpdate {
  readonly updateId: string;
  /** Encoded temporal.api.update.v1.Request. */
  readonly request: Uint8Array;
  /** Started event of the task that carried it to the worker; 0 until sent. */
  readonly sentWithStartedEventId: number;
}

export const NO_VOLATILE: VolatileState = { admitted: new Map() };

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The state with this many stored transitions. */
export function countedState(state: ExecutionState, transitionCount: number): ExecutionState {
  if (state.transitionCount === transitionCount) return state;
  const copy = copyState(state);
  copy.transitionCount = transitionCount;
  return copy;
}

/**
 * A copy field by field. An object spread would do, were its copies alike: V8 gives the copies that each spread makes a
 * layout of their own, so a state copied here, then there, then here again has a new layout each time, and all that reads
 * states becomes slow. This one function makes one layout (docs/notes/engine-cost.md).
 */
export function copyState(state: ExecutionState): Mutable<ExecutionState> {
  return {
    namespaceId: state.namespaceId,
    namespace: state.namespace,
    workflowId: state.workflowId,
    runId: state.runId,
    status: state.status,
    nextEventId: state.nextEventId,
    historySizeBytes: state.historySizeBytes,
    transitionCount: state.transitionCount,
    start: state.start,
    firstTaskDueMs: state.firstTaskDueMs,
    closedAtMs: state.closedAtMs,
    closeEventId: state.closeEventId,
    successorRunId: state.successorRunId,
    workflowTask: state.workflowTask,
    workflowTaskAttempt: state.workflowTaskAttempt,
    workflowTaskProblem: state.workflowTaskProblem,
    triedToClose: state.triedToClose,
    sticky: state.sticky,
    previousStartedEventId: state.previousStartedEventId,
    lastCompletedTaskFinishedEventId: state.lastCompletedTaskFinishedEventId,
    workerVersion: state.workerVersion,
    buildIds: state.buildIds,
    resetPoints: state.resetPoints,
    activities: state.activities,
    activityIds: state.activityIds,
    timers: state.timers,
    children: state.children,
    externalSignals: state.externalSignals,
    externalCancels: state.externalCancels,
    buffered: state.buffered,
    updates: state.updates,
    requestIds: state.requestIds,
    signalRequestIds: state.signalRequestIds,
    signalCount: state.signalCount,
    memo: state.memo,
    searchAttributes: state.searchAttributes,
    cancelRequested: state.cancelRequested,
    cancelRequestId: state.cancelRequestId,
    volatile: state.volatile,
  };
}
