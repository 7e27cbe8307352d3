/** What seeds have found, told without chance. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandType, EventType, History } from '@perdure/protocol';
import type { HistoryAnswer } from '@perdure/server/engine';
import {
  NAMESPACE_ID,
  getHistory,
  query,
  signal,
  start,
  startRequest,
  taskCompleted,
  tokenOf,
  update,
  updateRequest,
} from '../requests.js';
import { toPayloads } from '../text-bytes.js';
import { COMPLETE, QUEUE, Stage, startTimer, workflowTaskOf } from './stage.js';
import type { WorkflowTask } from './stage.js';

const token = (task: WorkflowTask): ReturnType<typeof tokenOf> => tokenOf(task.taskToken ?? new Uint8Array(0));

test('a reader does not see what is decided and not yet on disk', () => {
  const stage = new Stage();
  stage.start('w');
  stage.disk.scriptFlushes(500);
  const signalled = stage.ask(
    signal({ workflowExecution: { workflowId: 'w', runId: '' }, signalName: 's', requestId: 'r' }),
  );
  stage.pass(10);
  // Decided behind the flush that is under way, so it joins the next group.
  const second = stage.ask(
    signal({ workflowExecution: { workflowId: 'w', runId: '' }, signalName: 's', requestId: 'r2' }),
  );
  const read = stage.ask(getHistory({ workflowId: 'w', runId: '', deadlineMs: stage.server.clock.nowMs() + 5_000 }));
  stage.pass(100);
  assert.equal(read.reply, undefined);
  stage.pass(1_000);
  assert.ok(signalled.response);
  assert.ok(second.response);
  assert.equal(
    History.decode((read.response as HistoryAnswer).history).events.at(-1)?.eventId,
    stage.events('w').length,
  );
});

test('an update is not answered at its deadline while the start of its run is on the way to disk', () => {
  const stage = new Stage();
  const request = startRequest({
    workflowId: 'w',
    workflowType: { name: 'plan' },
    taskQueue: { name: QUEUE },
    requestId: 'r',
    workflowIdConflictPolicy: 2,
  });
  const change = updateRequest({
    workflowExecution: { workflowId: 'w', runId: '' },
    waitPolicy: { lifecycleStage: 3 },
    request: { meta: { updateId: 'u', identity: '' }, input: { name: 'u' } },
  });
  stage.disk.scriptFlushes(2_000);
  const deadlineMs = stage.server.clock.nowMs() + 300;
  const asked = stage.ask({
    kind: 'updateWithStart',
    namespaceId: NAMESPACE_ID,
    start: request,
    update: change,
    deadlineMs,
  });
  stage.pass(1_000);
  assert.equal(asked.reply, undefined);
  stage.pass(2_000);
  assert.ok(asked.response);
});

test('a repeated eager start gives its task again, without the queries that came since', () => {
  const stage = new Stage();
  const request = startRequest({
    workflowId: 'w',
    workflowType: { name: 'plan' },
    taskQueue: { name: QUEUE },
    requestId: 'r',
    requestEagerExecution: true,
  });
  assert.ok((stage.get(start(request)).response as { eagerWorkflowTask?: WorkflowTask }).eagerWorkflowTask);
  stage.get(signal({ workflowExecution: { workflowId: 'w', runId: '' }, signalName: 's', requestId: 's' }));
  const asked = stage.ask(
    query({ execution: { workflowId: 'w', runId: '' }, query: { queryType: 'q' } }, stage.server.clock.nowMs() + 9_000),
  );
  stage.pass(20);
  const task = (stage.get(start(request)).response as { eagerWorkflowTask?: WorkflowTask }).eagerWorkflowTask ?? {};
  assert.equal(task.queries?.size, 0);
  stage.complete(task, []);
  // The signal's task has it.
  assert.equal(stage.workflowTask().queries?.size, 1);
  assert.equal(asked.reply, undefined);
});

test('the outcome of a child does not overtake its start, though the parent cannot be read for a while', () => {
  const stage = new Stage();
  stage.start('parent');
  const child = {
    commandType: CommandType.START_CHILD_WORKFLOW_EXECUTION,
    attributes: { workflowId: 'child', workflowType: { name: 'plan' }, taskQueue: { name: QUEUE, kind: 1 as const } },
  };
  // After the restart nobody is in memory: the start reaches the child, its answer finds the parent unreadable.
  stage.disk.scriptFlushes(0, 0);
  const asked = stage.ask(taskCompleted(token(stage.workflowTask()), { identity: 'stage', commands: [child] }));
  stage.pass(20);
  assert.ok(asked.response);
  stage.disk.scriptFailedReads(4);
  stage.cluster.restart('scripted');
  stage.pass(3_000);
  const types = stage.types('parent');
  assert.equal(types.filter((type) => type === EventType.CHILD_WORKFLOW_EXECUTION_STARTED).length, 1);
  for (let turn = 0; turn < 4; turn += 1) {
    const poll = stage.pollWorkflow();
    if (poll.response === undefined) break;
    const task = workflowTaskOf(poll);
    stage.complete(task, task.workflowExecution?.workflowId === 'child' ? [COMPLETE] : []);
  }
  assert.ok(stage.types('parent').includes(EventType.CHILD_WORKFLOW_EXECUTION_COMPLETED));
});

test('a timer that fired early, and could not be moved, still fires on time', () => {
  const stage = new Stage();
  stage.start('w');
  // The task's own deadline (10 s) is the stored timer; completing the task leaves it, to be moved when it fires.
  stage.complete(stage.workflowTask(), [startTimer('t', 90_000)]);
  stage.pass(9_500);
  stage.disk.script('failed', 'failed');
  stage.pass(85_000);
  const fired = stage.events('w').find((event) => event.eventType === EventType.TIMER_FIRED);
  const started = stage.events('w').find((event) => event.eventType === EventType.TIMER_STARTED);
  assert.ok(fired !== undefined && started !== undefined);
  assert.ok((fired.eventTime ?? 0) - (started.eventTime ?? 0) <= 90_020);
});

test('a timer and a speculative task that are due in one moment', () => {
  const stage = new Stage();
  stage.start('w');
  stage.complete(stage.workflowTask(), [startTimer('t', 4_000)]);
  const change = updateRequest({
    workflowExecution: { workflowId: 'w', runId: '' },
    waitPolicy: { lifecycleStage: 3 },
    request: { meta: { updateId: 'u', identity: '' }, input: { name: 'u', args: toPayloads({ mode: 'ok' }) } },
  });
  stage.ask(update(change, stage.server.clock.nowMs() + 60_000));
  stage.pass(20);
  // The clock is set past both deadlines: the timer's and that of the task which nobody takes.
  stage.server.stepClock(10_000);
  stage.pass(6_000);
  // `events` checks their order as well.
  assert.ok(stage.types('w').includes(EventType.TIMER_FIRED));
  assert.ok(stage.types('w').includes(EventType.WORKFLOW_TASK_TIMED_OUT));
});
