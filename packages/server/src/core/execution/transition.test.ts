/** Event sequences of the hard cases, as the field has them (server-surface 3.1 to 3.9). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CommandType, EventType, Failure, WorkflowTaskFailedCause } from '@perdure/protocol';
import { isRejection } from '../rejection.js';
import { TestRun, command } from './testing-run.test.js';

const activity = (activityId: string, more = {}) =>
  command(CommandType.SCHEDULE_ACTIVITY_TASK, {
    activityId,
    activityType: { name: 'act' },
    taskQueue: { name: 'queue' },
    startToCloseTimeout: 10_000,
    ...more,
  });
const complete = () => command(CommandType.COMPLETE_WORKFLOW_EXECUTION, {});
const startTimer = (timerId: string, startToFireTimeout: number) =>
  command(CommandType.START_TIMER, { timerId, startToFireTimeout });

function startActivity(run: TestRun): {
  scheduledEventId: number;
  attempt: number;
  stamp: number;
  activityId: string;
  by: 'token';
} {
  const [pending] = [...run.state.activities.values()].filter((each) => each.phase === 'scheduled');
  assert.ok(pending);
  const { scheduledEventId, stamp, attempt, activityId } = pending;
  run.accepted({
    kind: 'activityTaskStarted',
    scheduledEventId,
    stamp,
    poll: { identity: 'worker', requestId: `a-${stamp}` },
  });
  return { by: 'token', scheduledEventId, attempt, stamp, activityId };
}

describe('workflow tasks', () => {
  it('one activity from start to result', () => {
    const run = new TestRun();
    run.task([activity('1')]);
    const ref = startActivity(run);
    run.accepted({
      kind: 'activityCompleted',
      activity: ref,
      request: { result: undefined, identity: 'worker', workerVersion: undefined },
    });
    run.task([complete()]);
    assert.deepEqual(run.names, [
      'WORKFLOW_EXECUTION_STARTED',
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
      'WORKFLOW_TASK_COMPLETED',
      'ACTIVITY_TASK_SCHEDULED',
      'ACTIVITY_TASK_STARTED',
      'ACTIVITY_TASK_COMPLETED',
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
      'WORKFLOW_TASK_COMPLETED',
      'WORKFLOW_EXECUTION_COMPLETED',
    ]);
  });

  it('refuses to close over events that the code has not seen, and goes on with a new task', () => {
    const run = new TestRun();
    run.startTask();
    run.signal('late');
    const result = run.complete([complete()]);
    assert.ok(!isRejection(result) && result.rejection?.message === 'UnhandledCommand');
    assert.deepEqual(run.names.slice(2), [
      'WORKFLOW_TASK_STARTED',
      'WORKFLOW_TASK_FAILED',
      'WORKFLOW_EXECUTION_SIGNALED',
      'WORKFLOW_TASK_SCHEDULED',
    ]);
    const failed = run.history[3];
    assert.ok(failed?.eventType === EventType.WORKFLOW_TASK_FAILED);
    assert.equal(failed.attributes.cause, WorkflowTaskFailedCause.UNHANDLED_COMMAND);
    assert.ok(run.state.triedToClose);
    run.task([complete()]);
    assert.equal(run.names.at(-1), 'WORKFLOW_EXECUTION_COMPLETED');
  });

  it('writes nothing for later attempts of a failing task, and makes it normal again when something happens', () => {
    const run = new TestRun();
    for (const attempt of [1, 2, 3]) {
      run.startTask();
      assert.equal(run.state.workflowTask?.attempt, attempt);
      const task = run.state.workflowTask;
      assert.ok(task);
      run.accepted({
        kind: 'workflowTaskFailed',
        task,
        request: {
          taskToken: new Uint8Array(0),
          cause: 24,
          identity: 'worker',
          binaryChecksum: '',
          namespace: '',
          messages: [],
          resourceId: '',
        } as never,
      });
    }
    assert.deepEqual(run.names, [
      'WORKFLOW_EXECUTION_STARTED',
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
      'WORKFLOW_TASK_FAILED',
    ]);
    assert.equal(run.state.workflowTask?.kind, 'transient');
    run.signal('news');
    run.startTask();
    assert.equal(run.state.workflowTask?.kind, 'normal');
    assert.equal(run.state.workflowTask.attempt, 1);
    assert.deepEqual(run.names.slice(4), [
      'WORKFLOW_EXECUTION_SIGNALED',
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
    ]);
  });

  it('writes the withheld events of a transient task when it completes', () => {
    const run = new TestRun();
    run.startTask();
    run.pass(10_000);
    assert.equal(run.names.at(-1), 'WORKFLOW_TASK_TIMED_OUT');
    run.task([complete()]);
    assert.deepEqual(run.names.slice(4), [
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
      'WORKFLOW_TASK_COMPLETED',
      'WORKFLOW_EXECUTION_COMPLETED',
    ]);
  });

  it('fails the task on a bad command and keeps nothing of the completion', () => {
    const run = new TestRun();
    const result = run.task([startTimer('a', 5_000), activity('')]);
    assert.ok(!isRejection(result));
    assert.equal(result.rejection?.message, 'BadScheduleActivityAttributes: activityId is not set');
    assert.deepEqual(run.names.slice(3), ['WORKFLOW_TASK_FAILED']);
    assert.equal(run.state.timers.size, 0);
  });

  it('terminates a run whose command carries an oversized payload', () => {
    const run = new TestRun({}, { blobSizeBytesMax: 10 });
    run.task([activity('1', { input: new Uint8Array(11) })]);
    assert.deepEqual(run.names.slice(3), ['WORKFLOW_TASK_FAILED', 'WORKFLOW_EXECUTION_TERMINATED']);
  });
});

describe('buffered events', () => {
  it('puts outcomes behind the others and wires started ids', () => {
    const run = new TestRun();
    run.task([activity('1')]);
    const ref = startActivity(run);
    run.signal('first');
    run.startTask();
    run.accepted({
      kind: 'activityCompleted',
      activity: ref,
      request: { result: undefined, identity: 'worker', workerVersion: undefined },
    });
    run.signal('second');
    run.complete([]);
    assert.deepEqual(run.names.slice(8), [
      'WORKFLOW_TASK_COMPLETED',
      'ACTIVITY_TASK_STARTED',
      'WORKFLOW_EXECUTION_SIGNALED',
      'ACTIVITY_TASK_COMPLETED',
      'WORKFLOW_TASK_SCHEDULED',
    ]);
    const closed = run.history[11];
    assert.ok(closed?.eventType === EventType.ACTIVITY_TASK_COMPLETED);
    assert.equal(closed.attributes.startedEventId, 10);
  });

  it('takes a buffered timer back when its cancellation was decided', () => {
    const run = new TestRun();
    run.task([startTimer('t', 1_000)]);
    run.signal('wake');
    run.startTask();
    run.pass(1_000);
    run.complete([command(CommandType.CANCEL_TIMER, { timerId: 't' })]);
    assert.equal(run.names.at(-1), 'TIMER_CANCELED');
    assert.ok(!run.names.includes('TIMER_FIRED'));
  });
});

describe('activities', () => {
  it('retries by policy without a trace in history, then writes the last attempt', () => {
    const run = new TestRun();
    run.task([activity('1', { retryPolicy: { initialInterval: 1_000, maximumAttempts: 2 } })]);
    const failure = Failure.encode({ message: 'no', applicationFailureInfo: { type: 'T' } });
    const request = { failure, identity: 'worker', lastHeartbeatDetails: undefined, workerVersion: undefined };
    run.accepted({ kind: 'activityFailed', activity: startActivity(run), request });
    assert.equal([...run.state.activities.values()][0]?.phase, 'backoff');
    run.pass(1_000);
    run.accepted({ kind: 'activityFailed', activity: startActivity(run), request });
    assert.deepEqual(run.names.slice(5), ['ACTIVITY_TASK_STARTED', 'ACTIVITY_TASK_FAILED', 'WORKFLOW_TASK_SCHEDULED']);
    const started = run.history[5];
    assert.ok(started?.eventType === EventType.ACTIVITY_TASK_STARTED);
    assert.equal(started.attributes.attempt, 2);
  });

  it('times out with the heartbeat details of the last attempt', () => {
    const run = new TestRun();
    run.task([activity('1', { heartbeatTimeout: 1_000, retryPolicy: { maximumAttempts: 1 } })]);
    const ref = startActivity(run);
    run.accepted({
      kind: 'activityHeartbeat',
      activity: ref,
      request: { details: Uint8Array.of(1), identity: 'worker' },
    });
    run.pass(1_000);
    const closed = run.history.find((event) => event.eventType === EventType.ACTIVITY_TASK_TIMED_OUT);
    assert.ok(closed?.eventType === EventType.ACTIVITY_TASK_TIMED_OUT);
    const failure = Failure.decode(closed.attributes.failure ?? new Uint8Array(0));
    assert.deepEqual(failure.timeoutFailureInfo?.lastHeartbeatDetails, Uint8Array.of(1));
  });
});

describe('closing', () => {
  it('retries a failed run and tells nobody', () => {
    const run = new TestRun({
      retryPolicy: { initialInterval: 1_000, backoffCoefficient: 2, maximumAttempts: 3, nonRetryableErrorTypes: [] },
    });
    run.task([
      command(CommandType.FAIL_WORKFLOW_EXECUTION, {
        failure: Failure.encode({ message: 'x', applicationFailureInfo: { type: 'T' } }),
      }),
    ]);
    const successor = run.effects.find((effect) => effect.kind === 'startSuccessor');
    assert.ok(successor?.kind === 'startSuccessor');
    assert.equal(successor.run.attributes.attempt, 2);
    assert.equal(successor.run.attributes.firstWorkflowTaskBackoff, 1_000);
  });

  it('ends a started task by force before a terminate, and keeps what was buffered', () => {
    const run = new TestRun();
    run.startTask();
    run.signal('x');
    run.accepted({
      kind: 'terminate',
      request: {
        reason: 'r',
        details: undefined,
        identity: 'i',
        links: [],
        namespace: '',
        workflowExecution: undefined,
        firstExecutionRunId: '',
      },
    });
    assert.deepEqual(run.names.slice(3), [
      'WORKFLOW_TASK_FAILED',
      'WORKFLOW_EXECUTION_SIGNALED',
      'WORKFLOW_EXECUTION_TERMINATED',
    ]);
  });
});
