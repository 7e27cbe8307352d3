/** Against what the reference answers (conformance dumps), field by field; times are whole milliseconds here. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DescribeWorkflowExecutionResponse,
  EventType,
  Payload,
  PendingActivityState,
  PendingWorkflowTaskState,
  SearchAttributes,
  WorkflowExecutionStatus,
} from '@perdure/protocol';
import type { PendingActivityInfo } from '@perdure/protocol';
import { emptyState } from './apply-started.js';
import { describeExecution } from './describe.js';
import type { ExecutionState, PendingActivity, StartFacts } from './state.js';

const NOW_MS = 1_795_562_328_300;
const STARTED_MS = 1_795_562_327_995;

const key = { namespaceId: 'ns', namespace: 'default', workflowId: 'describe-while-open', runId: 'run' };
const empty = emptyState(key);
const start: StartFacts = {
  ...empty.start,
  workflowType: 'asyncById',
  taskQueue: 'queue',
  taskTimeoutMs: 10_000,
  startedAtMs: STARTED_MS,
  executionTimeMs: STARTED_MS,
  requestId: 'start-request',
  firstRunId: 'run',
  rootWorkflowId: key.workflowId,
  rootRunId: 'run',
};
const open: ExecutionState = { ...empty, start, nextEventId: 6, historySizeBytes: 726, transitionCount: 4 };

const activity: PendingActivity = {
  scheduledEventId: 5,
  activityId: 'open',
  activityType: 'leaveOpen',
  taskQueue: 'queue',
  header: undefined,
  input: undefined,
  scheduleToCloseMs: 0,
  scheduleToStartMs: 0,
  startToCloseMs: 60_000,
  heartbeatMs: 0,
  retryPolicy: {
    initialInterval: 1_000,
    backoffCoefficient: 2,
    maximumInterval: 100_000,
    maximumAttempts: 1,
    nonRetryableErrorTypes: [],
  },
  priority: undefined,
  scheduledAtMs: STARTED_MS + 56,
  cancelRequestedEventId: 0,
  phase: 'started',
  attempt: 1,
  stamp: 0,
  attemptScheduledAtMs: STARTED_MS + 56,
  startedAtMs: STARTED_MS + 57,
  requestId: 'r',
  identity: '28876@vm',
  heartbeatAtMs: STARTED_MS + 165,
  heartbeatDetails: Uint8Array.of(10, 0),
  lastFailure: undefined,
  lastAttemptCompletedAtMs: 0,
  lastIdentity: '',
};

/** As a client decodes it. */
function described(
  state: ExecutionState,
  customAttributes: ReadonlyMap<string, number> = new Map(),
): DescribeWorkflowExecutionResponse {
  const response = describeExecution(state, { nowMs: NOW_MS, customAttributes, retentionMs: 86_400_000 });
  return DescribeWorkflowExecutionResponse.decode(DescribeWorkflowExecutionResponse.encode(response));
}

function describedActivity(change: Partial<PendingActivity>): PendingActivityInfo {
  const [info] = described({ ...open, activities: new Map([[5, { ...activity, ...change }]]) }).pendingActivities;
  assert.ok(info);
  return info;
}

test('an open execution', () => {
  const { executionConfig, workflowExecutionInfo: info, workflowExtendedInfo, pendingWorkflowTask } = described(open);
  assert.deepEqual(executionConfig?.taskQueue, { name: 'queue', kind: 1, normalName: '' });
  assert.deepEqual(Object.keys(executionConfig ?? {}).sort(), ['defaultWorkflowTaskTimeout', 'taskQueue']);
  assert.equal(executionConfig?.defaultWorkflowTaskTimeout, 10_000);
  assert.deepEqual(
    [info?.execution, info?.type?.name, info?.startTime, info?.executionTime, info?.closeTime, info?.status],
    [
      { workflowId: key.workflowId, runId: 'run' },
      'asyncById',
      STARTED_MS,
      STARTED_MS,
      undefined,
      WorkflowExecutionStatus.RUNNING,
    ],
  );
  assert.deepEqual([info?.historyLength, info?.stateTransitionCount, info?.historySizeBytes], [5, 4, 726]);
  // Set and empty, not absent.
  assert.deepEqual([info?.memo?.length, info?.searchAttributes?.length, info?.autoResetPoints], [0, 0, { points: [] }]);
  assert.deepEqual([info?.rootExecution?.runId, info?.firstRunId, info?.executionDuration], ['run', 'run', undefined]);
  assert.equal(pendingWorkflowTask, undefined);
  assert.deepEqual(workflowExtendedInfo?.runExpirationTime, -62_135_596_800_000);
  assert.deepEqual(workflowExtendedInfo?.originalStartTime, STARTED_MS);
  assert.deepEqual(
    [...(workflowExtendedInfo?.requestIdInfos ?? [])],
    [['start-request', { eventType: EventType.WORKFLOW_EXECUTION_STARTED, eventId: 1, buffered: false }]],
  );
});

test('a closed execution with timeouts', () => {
  const timeouts = {
    executionTimeoutMs: 3_600_000,
    runTimeoutMs: 1_800_000,
    isRunTimeoutGiven: true,
    isExecutionTimeoutGiven: true,
    runExpiresAtMs: STARTED_MS + 1_800_000,
  };
  const closed = {
    ...open,
    start: { ...start, ...timeouts },
    status: WorkflowExecutionStatus.COMPLETED,
    closedAtMs: STARTED_MS + 248,
  };
  const { executionConfig, workflowExecutionInfo, workflowExtendedInfo } = described(closed);
  assert.deepEqual(
    [executionConfig?.workflowExecutionTimeout, executionConfig?.workflowRunTimeout],
    [3_600_000, 1_800_000],
  );
  assert.deepEqual(
    [workflowExecutionInfo?.closeTime, workflowExecutionInfo?.executionDuration],
    [STARTED_MS + 248, 248],
  );
  assert.equal(workflowExtendedInfo?.runExpirationTime, STARTED_MS + 1_800_000);
});

test('a started activity', () => {
  const info = describedActivity({});
  assert.equal(info.state, PendingActivityState.STARTED);
  assert.deepEqual(
    [info.scheduledTime, info.lastStartedTime, info.lastHeartbeatTime],
    [STARTED_MS + 56, STARTED_MS + 57, STARTED_MS + 165],
  );
  assert.deepEqual(
    [info.attempt, info.maximumAttempts, info.lastWorkerIdentity, info.expirationTime],
    [1, 1, '28876@vm', undefined],
  );
  const options = info.activityOptions;
  assert.deepEqual(options?.taskQueue, { name: 'queue', kind: 0, normalName: 'queue' });
  assert.deepEqual(
    [
      options?.scheduleToCloseTimeout,
      options?.scheduleToStartTimeout,
      options?.startToCloseTimeout,
      options?.heartbeatTimeout,
    ],
    [0, 0, 60_000, 0],
  );
  assert.equal(options?.retryPolicy?.maximumInterval, 100_000);
});

test('an activity that waits for its next attempt', () => {
  const failedMs = NOW_MS - 1_000;
  const info = describedActivity({
    phase: 'backoff',
    attempt: 2,
    scheduleToCloseMs: 600_000,
    attemptScheduledAtMs: failedMs + 30_000,
    lastAttemptCompletedAtMs: failedMs,
    startedAtMs: 0,
    identity: '',
    lastIdentity: 'p',
    lastFailure: Uint8Array.of(10, 0),
  });
  assert.equal(info.state, PendingActivityState.SCHEDULED);
  assert.deepEqual(
    [info.scheduledTime, info.nextAttemptScheduleTime, info.currentRetryInterval],
    [failedMs + 30_000, failedMs + 30_000, 30_000],
  );
  assert.deepEqual(
    [info.lastAttemptCompleteTime, info.lastStartedTime, info.lastWorkerIdentity],
    [failedMs, undefined, 'p'],
  );
  assert.equal(info.expirationTime, activity.scheduledAtMs + 600_000);
  assert.ok(info.lastFailure);
});

test('a first attempt shows no retry, a cancelled activity says so', () => {
  const first = describedActivity({ phase: 'scheduled', startedAtMs: 0, identity: '', heartbeatAtMs: 0 });
  assert.deepEqual(
    [first.currentRetryInterval, first.nextAttemptScheduleTime, first.lastHeartbeatTime],
    [undefined, undefined, undefined],
  );
  assert.equal(describedActivity({ cancelRequestedEventId: 9 }).state, PendingActivityState.CANCEL_REQUESTED);
});

test('pending workflow task and children', () => {
  const task = {
    kind: 'normal',
    scheduledEventId: 2,
    startedEventId: 0,
    attempt: 2,
    scheduledAtMs: 20,
    originalScheduledAtMs: 10,
    startedAtMs: 0,
    startToCloseMs: 10_000,
    scheduleToStartMs: 0,
    queue: 'queue',
    isSticky: false,
    requestId: '',
    identity: '',
    historySizeBytes: 0,
    suggestContinueAsNewReasons: [],
    workerVersion: undefined,
  } as const;
  const child = {
    initiatedEventId: 5,
    namespaceId: 'ns',
    namespace: 'default',
    workflowId: 'c',
    workflowType: 'ct',
    parentClosePolicy: 1,
    runId: 'cr',
    startedEventId: 6,
  };
  const { pendingWorkflowTask, pendingChildren } = described({
    ...open,
    workflowTask: task,
    children: new Map([[5, child]]),
  });
  assert.deepEqual(pendingWorkflowTask, {
    state: PendingWorkflowTaskState.SCHEDULED,
    scheduledTime: 20,
    originalScheduledTime: 10,
    attempt: 2,
  });
  assert.deepEqual(pendingChildren, [
    { workflowId: 'c', runId: 'cr', workflowTypeName: 'ct', initiatedId: 5, parentClosePolicy: 1 },
  ]);
});

test('search attributes are shown with their type, without those taken away', () => {
  const json = (text: string): Uint8Array =>
    Payload.encode({ metadata: new Map([['encoding', Buffer.from('json/plain')]]), data: Buffer.from(text) });
  const searchAttributes = new Map([
    ['Mine', json('5')],
    ['Gone', json('null')],
  ]);
  const { workflowExecutionInfo } = described(
    { ...open, searchAttributes },
    new Map([
      ['Mine', 3],
      ['Gone', 2],
    ]),
  );
  const { indexedFields } = SearchAttributes.decode(workflowExecutionInfo?.searchAttributes ?? new Uint8Array(0));
  assert.deepEqual([...indexedFields.keys()], ['Mine']);
  const { metadata } = Payload.decode(indexedFields.get('Mine') ?? new Uint8Array(0));
  assert.equal(Buffer.from(metadata.get('type') ?? []).toString(), 'Int');
});
