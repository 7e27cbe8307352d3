/**
 * (state, record) → state: the only way state changes. Exhaustive over facts and over the events that matter to state.
 *
 * An event that waited in the buffer is applied twice: when it is buffered (its effect on what is pending) and when it is
 * flushed (its id). Both are written so that together they equal one direct application.
 */
import {
  EventType,
  HistoryEvent,
  Memo,
  Payload,
  SearchAttributes,
  TaskQueueKind,
  WorkflowExecutionStatus,
} from '@perdure/protocol';
import { encodeAttribute } from '../attributes/payloads.js';
import { ATTRIBUTE_TYPE } from '../visibility/attributes.js';
import { applyStarted } from './apply-started.js';
import { withId } from './id-set.js';
import type { ActivityResidue, EventRecord, EventRecordOf, Fact, StateRecord } from './records.js';
import { REPORTED_PROBLEMS } from './reported-problems.js';
import { BUFFERED_EVENT_ID, copyState } from './state.js';
import type { ExecutionState, Mutable, PendingActivity, PendingChild } from './state.js';

export interface Working {
  readonly state: Mutable<ExecutionState>;
  /** Containers that were copied already and may be changed in place; undefined = none. */
  owned: Set<ContainerName> | undefined;
  /** Events still to come that were buffered before and are only to get their ids. */
  flushing: number;
}

type ContainerName =
  | 'activities'
  | 'activityIds'
  | 'timers'
  | 'children'
  | 'externalSignals'
  | 'externalCancels'
  | 'updates'
  | 'requestIds'
  | 'memo'
  | 'searchAttributes';

export function workingCopy(state: ExecutionState): Working {
  return { state: copyState(state), owned: undefined, flushing: 0 };
}

export function apply(working: Working, record: StateRecord, sizeBytes: number): void {
  switch (record.record) {
    case 'event': {
      const { state } = working;
      if (record.eventId !== state.nextEventId)
        throw new Error(`event ${record.eventId} does not follow ${state.nextEventId - 1}`);
      state.nextEventId = record.eventId + 1;
      state.historySizeBytes += sizeBytes;
      const mode = working.flushing > 0 ? 'flush' : 'direct';
      if (working.flushing > 0) working.flushing -= 1;
      applyEvent(working, record, mode);
      return;
    }
    case 'fact':
      applyFact(working, record);
      return;
    case 'volatile':
      if (record.kind === 'updates') working.state.volatile = record.volatile;
      else working.state.workflowTask = record.task;
      return;
  }
}

type Mode = 'direct' | 'buffer' | 'flush';

function map<K extends ContainerName>(working: Working, name: K): MutableContainer<ExecutionState[K]> {
  const owned = (working.owned ??= new Set());
  if (!owned.has(name)) {
    (working.state as Record<ContainerName, unknown>)[name] = new Map(
      working.state[name] as ReadonlyMap<unknown, unknown>,
    );
    owned.add(name);
  }
  return working.state[name] as unknown as MutableContainer<ExecutionState[K]>;
}
type MutableContainer<M> = M extends ReadonlyMap<infer K, infer V> ? Map<K, V> : never;

function applyFact(working: Working, fact: Fact): void {
  const { state } = working;
  switch (fact.kind) {
    case 'workflowTask':
      state.workflowTask = fact.task;
      return;
    case 'workflowTaskAttempt':
      state.workflowTaskAttempt = fact.attempt;
      return;
    case 'workflowTaskProblem':
      state.workflowTaskProblem = fact.problem;
      return;
    case 'reportedProblems':
      map(working, 'searchAttributes').set(
        REPORTED_PROBLEMS,
        encodeAttribute(fact.problems, ATTRIBUTE_TYPE.keywordList),
      );
      return;
    case 'triedToClose':
      state.triedToClose = fact.value;
      return;
    case 'sticky':
      state.sticky = fact.sticky;
      return;
    case 'firstTaskDue':
      state.firstTaskDueMs = fact.dueMs;
      return;
    case 'activity': {
      const activity = state.activities.get(fact.scheduledEventId);
      if (activity !== undefined)
        map(working, 'activities').set(fact.scheduledEventId, withResidue(activity, fact.residue));
      return;
    }
    case 'buffered': {
      state.buffered = [...state.buffered, fact.event];
      const { eventType, eventTime, attributes } = HistoryEvent.decode(fact.event.bytes);
      const record = {
        record: 'event',
        eventType,
        eventId: BUFFERED_EVENT_ID,
        eventTimeMs: eventTime ?? 0,
        attributes,
      };
      applyEvent(working, record as unknown as EventRecord, 'buffer');
      return;
    }
    case 'flushed':
      state.buffered = [];
      working.flushing = fact.count;
      return;
    case 'bufferDropped':
      state.buffered = state.buffered.filter((_, index) => index !== fact.index);
      return;
    case 'signalRequest':
      state.signalRequestIds = withId(state.signalRequestIds, fact.requestId);
      return;
    case 'cancelRequest':
      state.cancelRequestId = fact.requestId;
      return;
    case 'startRequest':
      state.start = { ...state.start, requestId: fact.requestId };
      return;
  }
}

/** Field by field: a second spread in one literal is ten times the price of the first. */
function withResidue(activity: PendingActivity, residue: ActivityResidue): PendingActivity {
  return {
    ...activity,
    phase: residue.phase,
    attempt: residue.attempt,
    stamp: residue.stamp,
    attemptScheduledAtMs: residue.attemptScheduledAtMs,
    startedAtMs: residue.startedAtMs,
    requestId: residue.requestId,
    identity: residue.identity,
    heartbeatAtMs: residue.heartbeatAtMs,
    heartbeatDetails: residue.heartbeatDetails,
    lastFailure: residue.lastFailure,
    lastAttemptCompletedAtMs: residue.lastAttemptCompletedAtMs,
    lastIdentity: residue.lastIdentity,
  };
}

type Handlers = { readonly [K in EventType]?: (working: Working, event: EventRecordOf<K>, mode: Mode) => void };

function applyEvent(working: Working, event: EventRecord, mode: Mode): void {
  const handler = HANDLERS[event.eventType] as ((working: Working, event: EventRecord, mode: Mode) => void) | undefined;
  handler?.(working, event, mode);
}

interface ClosingEvent {
  readonly eventId: number;
  readonly eventTimeMs: number;
  readonly attributes: object;
}

function close(status: WorkflowExecutionStatus) {
  return (working: Working, event: ClosingEvent): void => {
    const { state } = working;
    state.status = status;
    state.closedAtMs = event.eventTimeMs;
    state.closeEventId = event.eventId;
    const { newExecutionRunId } = event.attributes as { readonly newExecutionRunId?: string | undefined };
    state.successorRunId = newExecutionRunId ?? '';
    // A task that nobody had taken stays to be seen in descriptions.
    if (state.workflowTask?.kind === 'speculative' || state.workflowTask?.startedEventId !== 0)
      state.workflowTask = undefined;
    state.firstTaskDueMs = undefined;
  };
}

function dropActivity(working: Working, event: { attributes: { scheduledEventId?: number | undefined } }): void {
  const scheduledEventId = event.attributes.scheduledEventId ?? 0;
  const activity = working.state.activities.get(scheduledEventId);
  if (activity === undefined) return;
  map(working, 'activities').delete(scheduledEventId);
  map(working, 'activityIds').delete(activity.activityId);
}

function dropFrom(name: 'children' | 'externalSignals' | 'externalCancels') {
  return (working: Working, event: { attributes: { initiatedEventId?: number | undefined } }): void => {
    const initiatedEventId = event.attributes.initiatedEventId ?? 0;
    if (working.state[name].has(initiatedEventId)) map(working, name).delete(initiatedEventId);
  };
}

function endWorkflowTask(working: Working): void {
  working.state.workflowTask = undefined;
}

/** Which builds worked on this run: a search attribute, and the points that it can be reset to. */
function noteBuild(working: Working, event: EventRecordOf<typeof EventType.WORKFLOW_TASK_COMPLETED>): void {
  const { state } = working;
  const { workerVersion, binaryChecksum = '' } = event.attributes;
  const buildId = workerVersion?.buildId ?? '';
  if (workerVersion !== undefined)
    state.workerVersion = { buildId, useVersioning: workerVersion.useVersioning ?? false };
  const resettable = state.children.size === 0 && state.externalSignals.size === 0 && state.externalCancels.size === 0;
  const point = {
    buildId,
    binaryChecksum,
    firstTaskCompletedEventId: event.eventId,
    createdAtMs: event.eventTimeMs,
    resettable,
    runId: state.runId,
    expiresAtMs: undefined,
  };
  const isKnown = state.resetPoints.some(
    (known) => known.buildId === buildId && known.binaryChecksum === binaryChecksum,
  );
  if (!isKnown) state.resetPoints = [...state.resetPoints, point].slice(-RESET_POINTS_MAX);
  const names = buildNames(buildId, workerVersion?.useVersioning === true).filter(
    (name) => !state.buildIds.includes(name),
  );
  if (names.length === 0) return;
  state.buildIds = [...state.buildIds, ...names];
  map(working, 'searchAttributes').set('BuildIds', encodedBuildIds(state.buildIds));
}

/** The same few builds complete the tasks of all runs. */
const buildIdsPayloads = new Map<string, Uint8Array>();
const BUILD_IDS_KEPT_MAX = 256;

function encodedBuildIds(buildIds: readonly string[]): Uint8Array {
  const key = buildIds.join('\0');
  let payload = buildIdsPayloads.get(key);
  if (payload === undefined) {
    payload = encodeAttribute(buildIds, ATTRIBUTE_TYPE.keywordList);
    if (buildIdsPayloads.size >= BUILD_IDS_KEPT_MAX) buildIdsPayloads.clear();
    buildIdsPayloads.set(key, payload);
  }
  return payload;
}

/** As the search attribute BuildIds shows it. A worker that says nothing of its build counts as unversioned. */
function buildNames(buildId: string, isVersioned: boolean): string[] {
  if (buildId === '') return ['unversioned'];
  return isVersioned ? [`versioned:${buildId}`] : ['unversioned', `unversioned:${buildId}`];
}

const RESET_POINTS_MAX = 20;

function upsert(working: Working, name: 'memo' | 'searchAttributes', fields: ReadonlyMap<string, Uint8Array>): void {
  const target = map(working, name);
  for (const [key, value] of fields) {
    if (isNullPayload(value)) target.delete(key);
    else target.set(key, value.slice());
  }
}

/** A null value in an upsert removes the key. */
function isNullPayload(bytes: Uint8Array): boolean {
  const { metadata, data } = Payload.decode(bytes);
  if (metadata.size === 0 && data.length === 0) return true;
  const text = latin1(data);
  return latin1(metadata.get('encoding')) === 'binary/null' || text === 'null' || text === '[]';
}

function latin1(bytes: Uint8Array | undefined): string {
  return bytes === undefined || bytes.length > 64 ? '' : String.fromCharCode(...bytes);
}

const HANDLERS: Handlers = {
  [EventType.WORKFLOW_EXECUTION_STARTED]: (working, event) => applyStarted(working.state, event),
  [EventType.WORKFLOW_EXECUTION_COMPLETED]: close(WorkflowExecutionStatus.COMPLETED),
  [EventType.WORKFLOW_EXECUTION_FAILED]: close(WorkflowExecutionStatus.FAILED),
  [EventType.WORKFLOW_EXECUTION_TIMED_OUT]: close(WorkflowExecutionStatus.TIMED_OUT),
  [EventType.WORKFLOW_EXECUTION_CANCELED]: close(WorkflowExecutionStatus.CANCELED),
  [EventType.WORKFLOW_EXECUTION_TERMINATED]: close(WorkflowExecutionStatus.TERMINATED),
  [EventType.WORKFLOW_EXECUTION_CONTINUED_AS_NEW]: close(WorkflowExecutionStatus.CONTINUED_AS_NEW),

  [EventType.WORKFLOW_TASK_SCHEDULED]: ({ state }, event) => {
    const { taskQueue, startToCloseTimeout, attempt } = event.attributes;
    const isSticky = taskQueue?.kind === TaskQueueKind.STICKY;
    state.workflowTask = {
      kind: 'normal',
      scheduledEventId: event.eventId,
      startedEventId: 0,
      attempt: attempt ?? 1,
      scheduledAtMs: event.eventTimeMs,
      originalScheduledAtMs: event.eventTimeMs,
      startedAtMs: 0,
      startToCloseMs: startToCloseTimeout ?? 0,
      scheduleToStartMs: isSticky ? (state.sticky?.scheduleToStartTimeoutMs ?? 0) : 0,
      queue: taskQueue?.name ?? '',
      isSticky,
      requestId: '',
      identity: '',
      workerVersion: undefined,
      historySizeBytes: 0,
      suggestContinueAsNewReasons: [],
    };
    state.firstTaskDueMs = undefined;
  },
  [EventType.WORKFLOW_TASK_STARTED]: ({ state }, event) => {
    const task = state.workflowTask;
    if (task === undefined) throw new Error('a workflow task started that was not scheduled');
    const { identity, requestId, historySizeBytes, suggestContinueAsNewReasons, workerVersion } = event.attributes;
    state.workflowTask = {
      ...task,
      startedEventId: event.eventId,
      startedAtMs: event.eventTimeMs,
      identity: identity ?? '',
      requestId: requestId ?? '',
      workerVersion:
        workerVersion === undefined
          ? undefined
          : { buildId: workerVersion.buildId ?? '', useVersioning: workerVersion.useVersioning ?? false },
      historySizeBytes: historySizeBytes ?? 0,
      suggestContinueAsNewReasons: suggestContinueAsNewReasons ?? [],
    };
  },
  [EventType.WORKFLOW_TASK_COMPLETED]: (working, event) => {
    const { state } = working;
    noteBuild(working, event);
    state.workflowTask = undefined;
    state.workflowTaskAttempt = 1;
    state.workflowTaskProblem = undefined;
    if (state.searchAttributes.has(REPORTED_PROBLEMS)) map(working, 'searchAttributes').delete(REPORTED_PROBLEMS);
    state.triedToClose = false;
    state.previousStartedEventId = event.attributes.startedEventId ?? 0;
    state.lastCompletedTaskFinishedEventId = event.eventId;
  },
  [EventType.WORKFLOW_TASK_FAILED]: endWorkflowTask,
  [EventType.WORKFLOW_TASK_TIMED_OUT]: endWorkflowTask,

  [EventType.ACTIVITY_TASK_SCHEDULED]: (working, event) => {
    const activity = scheduledActivity(event);
    map(working, 'activities').set(event.eventId, activity);
    map(working, 'activityIds').set(activity.activityId, event.eventId);
  },
  [EventType.ACTIVITY_TASK_CANCEL_REQUESTED]: (working, event) => {
    const scheduledEventId = event.attributes.scheduledEventId ?? 0;
    const activity = working.state.activities.get(scheduledEventId);
    if (activity === undefined) return;
    map(working, 'activities').set(scheduledEventId, { ...activity, cancelRequestedEventId: event.eventId });
  },
  [EventType.ACTIVITY_TASK_COMPLETED]: dropActivity,
  [EventType.ACTIVITY_TASK_FAILED]: dropActivity,
  [EventType.ACTIVITY_TASK_TIMED_OUT]: dropActivity,
  [EventType.ACTIVITY_TASK_CANCELED]: dropActivity,

  [EventType.TIMER_STARTED]: (working, event) => {
    const timerId = event.attributes.timerId ?? '';
    const dueMs = event.eventTimeMs + (event.attributes.startToFireTimeout ?? 0);
    map(working, 'timers').set(timerId, { timerId, startedEventId: event.eventId, dueMs });
  },
  [EventType.TIMER_FIRED]: (working, event, mode) => {
    if (mode !== 'flush') map(working, 'timers').delete(event.attributes.timerId ?? '');
  },
  [EventType.TIMER_CANCELED]: (working, event) => {
    map(working, 'timers').delete(event.attributes.timerId ?? '');
  },

  [EventType.WORKFLOW_EXECUTION_SIGNALED]: ({ state }, _event, mode) => {
    if (mode !== 'flush') state.signalCount += 1;
  },
  [EventType.WORKFLOW_EXECUTION_CANCEL_REQUESTED]: ({ state }) => {
    state.cancelRequested = true;
  },

  [EventType.START_CHILD_WORKFLOW_EXECUTION_INITIATED]: (working, event) => {
    map(working, 'children').set(event.eventId, initiatedChild(event));
  },
  [EventType.START_CHILD_WORKFLOW_EXECUTION_FAILED]: dropFrom('children'),
  [EventType.CHILD_WORKFLOW_EXECUTION_STARTED]: (working, event) => {
    const initiatedEventId = event.attributes.initiatedEventId ?? 0;
    const child = working.state.children.get(initiatedEventId);
    if (child === undefined) return;
    const runId = event.attributes.workflowExecution?.runId ?? '';
    map(working, 'children').set(initiatedEventId, { ...child, runId, startedEventId: event.eventId });
  },
  [EventType.CHILD_WORKFLOW_EXECUTION_COMPLETED]: dropFrom('children'),
  [EventType.CHILD_WORKFLOW_EXECUTION_FAILED]: dropFrom('children'),
  [EventType.CHILD_WORKFLOW_EXECUTION_CANCELED]: dropFrom('children'),
  [EventType.CHILD_WORKFLOW_EXECUTION_TIMED_OUT]: dropFrom('children'),
  [EventType.CHILD_WORKFLOW_EXECUTION_TERMINATED]: dropFrom('children'),

  [EventType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED]: (working, event) => {
    map(working, 'externalSignals').set(event.eventId, externalTarget(event));
  },
  [EventType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED]: dropFrom('externalSignals'),
  [EventType.EXTERNAL_WORKFLOW_EXECUTION_SIGNALED]: dropFrom('externalSignals'),
  [EventType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED]: (working, event) => {
    map(working, 'externalCancels').set(event.eventId, externalTarget(event));
  },
  [EventType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED]: dropFrom('externalCancels'),
  [EventType.EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED]: dropFrom('externalCancels'),

  [EventType.UPSERT_WORKFLOW_SEARCH_ATTRIBUTES]: (working, event) => {
    const bytes = event.attributes.searchAttributes;
    if (bytes !== undefined) upsert(working, 'searchAttributes', SearchAttributes.decode(bytes).indexedFields);
  },
  [EventType.WORKFLOW_PROPERTIES_MODIFIED]: (working, event) => {
    const bytes = event.attributes.upsertedMemo;
    if (bytes !== undefined) upsert(working, 'memo', Memo.decode(bytes).fields);
  },

  [EventType.WORKFLOW_EXECUTION_UPDATE_ACCEPTED]: (working, event) => {
    const updateId = event.attributes.protocolInstanceId ?? '';
    map(working, 'updates').set(updateId, { updateId, acceptedEventId: event.eventId, completedEventId: 0 });
    const requestId = event.attributes.acceptedRequest?.requestId ?? '';
    if (requestId !== '')
      map(working, 'requestIds').set(requestId, { eventId: event.eventId, eventType: event.eventType });
  },
  [EventType.WORKFLOW_EXECUTION_UPDATE_COMPLETED]: (working, event) => {
    const updateId = event.attributes.meta?.updateId ?? '';
    const acceptedEventId = event.attributes.acceptedEventId ?? 0;
    map(working, 'updates').set(updateId, { updateId, acceptedEventId, completedEventId: event.eventId });
  },
  [EventType.WORKFLOW_EXECUTION_OPTIONS_UPDATED]: (working, event) => {
    const requestId = event.attributes.attachedRequestId ?? '';
    if (requestId !== '')
      map(working, 'requestIds').set(requestId, { eventId: event.eventId, eventType: event.eventType });
  },
};

function scheduledActivity(event: EventRecordOf<typeof EventType.ACTIVITY_TASK_SCHEDULED>): PendingActivity {
  const a = event.attributes;
  return {
    scheduledEventId: event.eventId,
    activityId: a.activityId ?? '',
    activityType: a.activityType?.name ?? '',
    taskQueue: a.taskQueue?.name ?? '',
    header: a.header,
    input: a.input,
    scheduleToCloseMs: a.scheduleToCloseTimeout ?? 0,
    scheduleToStartMs: a.scheduleToStartTimeout ?? 0,
    startToCloseMs: a.startToCloseTimeout ?? 0,
    heartbeatMs: a.heartbeatTimeout ?? 0,
    retryPolicy: {
      initialInterval: a.retryPolicy?.initialInterval,
      backoffCoefficient: a.retryPolicy?.backoffCoefficient ?? 0,
      maximumInterval: a.retryPolicy?.maximumInterval,
      maximumAttempts: a.retryPolicy?.maximumAttempts ?? 0,
      nonRetryableErrorTypes: [...(a.retryPolicy?.nonRetryableErrorTypes ?? [])],
    },
    priority: priorityFacts(a.priority),
    scheduledAtMs: event.eventTimeMs,
    cancelRequestedEventId: 0,
    phase: 'scheduled',
    attempt: 1,
    stamp: 0,
    attemptScheduledAtMs: event.eventTimeMs,
    startedAtMs: 0,
    requestId: '',
    identity: '',
    heartbeatAtMs: 0,
    heartbeatDetails: undefined,
    lastFailure: undefined,
    lastAttemptCompletedAtMs: 0,
    lastIdentity: '',
  };
}

export function priorityFacts(
  priority:
    | { priorityKey?: number | undefined; fairnessKey?: string | undefined; fairnessWeight?: number | undefined }
    | undefined,
): { priorityKey: number; fairnessKey: string; fairnessWeight: number } | undefined {
  if (priority === undefined) return undefined;
  const { priorityKey = 0, fairnessKey = '', fairnessWeight = 0 } = priority;
  return { priorityKey, fairnessKey, fairnessWeight };
}

function initiatedChild(event: EventRecordOf<typeof EventType.START_CHILD_WORKFLOW_EXECUTION_INITIATED>): PendingChild {
  const a = event.attributes;
  return {
    initiatedEventId: event.eventId,
    namespaceId: a.namespaceId ?? '',
    namespace: a.namespace ?? '',
    workflowId: a.workflowId ?? '',
    workflowType: a.workflowType?.name ?? '',
    parentClosePolicy: a.parentClosePolicy ?? 0,
    runId: '',
    startedEventId: 0,
  };
}

function externalTarget(event: {
  readonly eventId: number;
  readonly attributes: {
    namespaceId?: string | undefined;
    namespace?: string | undefined;
    workflowExecution?: { workflowId?: string | undefined; runId?: string | undefined } | undefined;
    control?: string | undefined;
  };
}): {
  initiatedEventId: number;
  namespaceId: string;
  namespace: string;
  workflowId: string;
  runId: string;
  control: string;
} {
  const { namespaceId = '', namespace = '', workflowExecution, control = '' } = event.attributes;
  return {
    initiatedEventId: event.eventId,
    namespaceId,
    namespace,
    workflowId: workflowExecution?.workflowId ?? '',
    runId: workflowExecution?.runId ?? '',
    control,
  };
}
