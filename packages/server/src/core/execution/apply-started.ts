/** The Started event makes the state: what it fixes for the whole run, and empty collections. */
import {
  Memo,
  SearchAttributes,
  WorkflowExecutionStartedEventAttributes,
  WorkflowExecutionStatus,
} from '@perdure/protocol';
import type { EventType, Init, ResetPoints } from '@perdure/protocol';
import { priorityFacts } from './apply.js';
import { NO_IDS } from './id-set.js';
import type { EventRecordOf } from './records.js';
import { NO_VOLATILE } from './state.js';
import type { ExecutionState, Mutable, ParentLink, ResetPoint, StartFacts } from './state.js';

type StartedEvent = EventRecordOf<typeof EventType.WORKFLOW_EXECUTION_STARTED>;

export interface RunKey {
  readonly namespaceId: string;
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
}

/** A run before its first event. */
export function emptyState({ namespaceId, namespace, workflowId, runId }: RunKey): ExecutionState {
  return {
    namespaceId,
    namespace,
    workflowId,
    runId,
    status: WorkflowExecutionStatus.RUNNING,
    nextEventId: 1,
    historySizeBytes: 0,
    transitionCount: 0,
    start: NO_START,
    firstTaskDueMs: undefined,
    closedAtMs: undefined,
    closeEventId: undefined,
    successorRunId: '',
    workflowTask: undefined,
    workflowTaskAttempt: 1,
    workflowTaskProblem: undefined,
    triedToClose: false,
    sticky: undefined,
    previousStartedEventId: 0,
    lastCompletedTaskFinishedEventId: 0,
    workerVersion: undefined,
    buildIds: [],
    resetPoints: [],
    activities: EMPTY_MAP,
    activityIds: EMPTY_MAP,
    timers: EMPTY_MAP,
    children: EMPTY_MAP,
    externalSignals: EMPTY_MAP,
    externalCancels: EMPTY_MAP,
    buffered: [],
    updates: EMPTY_MAP,
    requestIds: EMPTY_MAP,
    signalRequestIds: NO_IDS,
    signalCount: 0,
    memo: EMPTY_MAP,
    searchAttributes: EMPTY_MAP,
    cancelRequested: false,
    cancelRequestId: '',
    volatile: NO_VOLATILE,
  };
}

const EMPTY_MAP: ReadonlyMap<never, never> = new Map<never, never>();

const NO_START: StartFacts = {
  workflowType: '',
  taskQueue: '',
  executionTimeoutMs: 0,
  isExecutionTimeoutGiven: false,
  runTimeoutMs: 0,
  isRunTimeoutGiven: false,
  taskTimeoutMs: 0,
  startedAtMs: 0,
  executionTimeMs: 0,
  executionExpiresAtMs: undefined,
  runExpiresAtMs: undefined,
  retryPolicy: undefined,
  attempt: 1,
  cronSchedule: '',
  requestId: '',
  firstRunId: '',
  originalRunId: '',
  continuedFromRunId: '',
  parent: undefined,
  rootWorkflowId: '',
  rootRunId: '',
  priority: undefined,
  attributes: undefined,
  userMetadata: undefined,
  hasCallbacks: false,
};

export function applyStarted(state: Mutable<ExecutionState>, event: StartedEvent): void {
  const a = event.attributes;
  state.start = startFacts(state, event);
  const backoffMs = a.firstWorkflowTaskBackoff ?? 0;
  state.firstTaskDueMs = backoffMs > 0 ? event.eventTimeMs + backoffMs : undefined;
  state.resetPoints = inheritedPoints(a.prevAutoResetPoints);
  if (a.memo !== undefined) state.memo = ownedFields(Memo.decode(a.memo).fields);
  if (a.searchAttributes !== undefined)
    state.searchAttributes = ownedFields(SearchAttributes.decode(a.searchAttributes).indexedFields);
}

function inheritedPoints(points: Init<ResetPoints> | undefined): readonly ResetPoint[] {
  return (points?.points ?? []).map((point) => ({
    buildId: point.buildId ?? '',
    binaryChecksum: point.binaryChecksum ?? '',
    firstTaskCompletedEventId: point.firstWorkflowTaskCompletedId ?? 0,
    createdAtMs: point.createTime ?? 0,
    resettable: point.resettable ?? false,
    runId: point.runId ?? '',
    expiresAtMs: point.expireTime,
  }));
}

function startFacts(state: ExecutionState, event: StartedEvent): StartFacts {
  const a = event.attributes;
  const startedAtMs = event.eventTimeMs;
  const backoffMs = a.firstWorkflowTaskBackoff ?? 0;
  const runTimeoutMs = a.workflowRunTimeout ?? 0;
  const executionExpiresAtMs = a.workflowExecutionExpirationTime;
  const retryPolicy = a.retryPolicy;
  const keepsAttributes = retryPolicy !== undefined || (a.cronSchedule ?? '') !== '';
  return {
    workflowType: a.workflowType?.name ?? '',
    taskQueue: a.taskQueue?.name ?? '',
    executionTimeoutMs: a.workflowExecutionTimeout ?? 0,
    isExecutionTimeoutGiven: a.workflowExecutionTimeout !== undefined,
    runTimeoutMs,
    isRunTimeoutGiven: a.workflowRunTimeout !== undefined,
    taskTimeoutMs: a.workflowTaskTimeout ?? 0,
    startedAtMs,
    executionTimeMs: startedAtMs + backoffMs,
    executionExpiresAtMs,
    runExpiresAtMs: earliest(
      runTimeoutMs > 0 ? startedAtMs + backoffMs + runTimeoutMs : undefined,
      executionExpiresAtMs,
    ),
    retryPolicy:
      retryPolicy === undefined
        ? undefined
        : {
            initialInterval: retryPolicy.initialInterval,
            backoffCoefficient: retryPolicy.backoffCoefficient ?? 0,
            maximumInterval: retryPolicy.maximumInterval,
            maximumAttempts: retryPolicy.maximumAttempts ?? 0,
            nonRetryableErrorTypes: [...(retryPolicy.nonRetryableErrorTypes ?? [])],
          },
    attempt: a.attempt ?? 1,
    cronSchedule: a.cronSchedule ?? '',
    requestId: '',
    firstRunId: a.firstExecutionRunId ?? state.runId,
    originalRunId: a.originalExecutionRunId ?? state.runId,
    continuedFromRunId: a.continuedExecutionRunId ?? '',
    parent: parentLink(event),
    rootWorkflowId: a.rootWorkflowExecution?.workflowId ?? state.workflowId,
    rootRunId: a.rootWorkflowExecution?.runId ?? state.runId,
    priority: priorityFacts(a.priority),
    attributes: keepsAttributes ? WorkflowExecutionStartedEventAttributes.encode(a) : undefined,
    userMetadata: event.userMetadata,
    hasCallbacks: (a.completionCallbacks?.length ?? 0) > 0,
  };
}

function parentLink(event: StartedEvent): ParentLink | undefined {
  const a = event.attributes;
  const execution = a.parentWorkflowExecution;
  if (execution === undefined) return undefined;
  return {
    namespaceId: a.parentWorkflowNamespaceId ?? '',
    namespace: a.parentWorkflowNamespace ?? '',
    workflowId: execution.workflowId ?? '',
    runId: execution.runId ?? '',
    initiatedEventId: a.parentInitiatedEventId ?? 0,
  };
}

export function earliest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : Math.min(a, b);
}

/** Copies out of the request's buffer, so that state does not keep whole requests alive. */
function ownedFields(fields: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array> {
  const copy = new Map<string, Uint8Array>();
  for (const [key, value] of fields) copy.set(key, value.slice());
  return copy;
}
