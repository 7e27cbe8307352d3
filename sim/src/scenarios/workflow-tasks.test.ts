/** Workflow tasks: unseen events, transient and speculative tasks, the buffer's order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandType, EventType, UpdateRequest } from '@perdure/protocol';
import {
  query,
  queryAnswered,
  signal,
  taskCompleted,
  taskFailed,
  tokenOf,
  update,
  updateRequest,
} from '../requests.js';
import { fromBytes, fromPayloads, toBytes, toPayloads } from '../text-bytes.js';
import { acceptUpdate, completeUpdate, rejectionOf } from '../workflow-updates.js';
import {
  COMPLETE,
  Stage,
  activityTaskOf,
  eventsOfTask,
  scheduleActivity,
  startTimer,
  workflowTaskOf,
} from './stage.js';
import type { WorkflowTask } from './stage.js';

const token = (task: { readonly taskToken?: Uint8Array | undefined }): ReturnType<typeof tokenOf> =>
  tokenOf(task.taskToken ?? new Uint8Array(0));
const signalOf = (id: string): ReturnType<typeof signal> =>
  signal({ workflowExecution: { workflowId: 'w', runId: '' }, signalName: 'sim', input: toBytes(id), requestId: id });

test('a run does not close over a signal that its program has not seen', () => {
  const stage = new Stage();
  stage.start('w');
  const task = stage.workflowTask();
  assert.ok(stage.get(signalOf('unseen')).response);
  const refused = stage.complete(task, [COMPLETE]);
  assert.equal(refused.rejection?.code, 'INVALID_ARGUMENT');
  assert.match(refused.rejection.message, /UnhandledCommand/);
  const next = stage.workflowTask();
  assert.equal(next.attempt, 1);
  assert.ok(eventsOfTask(next).some((event) => event.eventType === EventType.WORKFLOW_EXECUTION_SIGNALED));
  assert.ok(stage.complete(next, [COMPLETE]).response);
});

test('a failing task is retried without a trace, and becomes a normal one when something happens', () => {
  const stage = new Stage();
  stage.start('w');
  stage.get(taskFailed(token(stage.workflowTask()), { identity: 'stage' }));
  const transient = stage.workflowTask();
  assert.equal(transient.attempt, 2);
  stage.get(taskFailed(token(transient), { identity: 'stage' }));
  assert.deepEqual(stage.types('w'), [
    EventType.WORKFLOW_EXECUTION_STARTED,
    EventType.WORKFLOW_TASK_SCHEDULED,
    EventType.WORKFLOW_TASK_STARTED,
    EventType.WORKFLOW_TASK_FAILED,
  ]);
  stage.get(signalOf('something'));
  stage.crash();
  const normal = stage.workflowTask();
  assert.equal(normal.attempt, 1);
  assert.ok(stage.complete(normal, [COMPLETE]).response);
  assert.equal(stage.types('w').filter((type) => type === EventType.WORKFLOW_TASK_FAILED).length, 1);
});

test('buffered events: outcomes go behind the others, and name the start that history shows', () => {
  const stage = new Stage();
  stage.start('w');
  stage.complete(stage.workflowTask(), [scheduleActivity('a'), startTimer('t', 300)]);
  const activity = activityTaskOf(stage.pollActivity());
  stage.get(signalOf('wake'));
  const task = stage.workflowTask();
  // While the task runs: the activity's outcome, a timer, a signal, in this order.
  stage.get({
    kind: 'respondActivityCompleted',
    target: { by: 'token', token: token(activity) },
    request: { result: toBytes('r'), identity: 'stage' },
  });
  stage.pass(400);
  stage.get(signalOf('late'));
  assert.ok(!stage.types('w').includes(EventType.ACTIVITY_TASK_COMPLETED));
  stage.crash();
  stage.complete(task, []);
  const types = stage.types('w');
  assert.deepEqual(types.slice(types.lastIndexOf(EventType.WORKFLOW_TASK_COMPLETED) + 1), [
    EventType.ACTIVITY_TASK_STARTED,
    EventType.TIMER_FIRED,
    EventType.WORKFLOW_EXECUTION_SIGNALED,
    EventType.ACTIVITY_TASK_COMPLETED,
    EventType.WORKFLOW_TASK_SCHEDULED,
  ]);
});

const updateOf = (id: string, mode: string): ReturnType<typeof updateRequest> =>
  updateRequest({
    workflowExecution: { workflowId: 'w', runId: '' },
    waitPolicy: { lifecycleStage: 3 },
    request: { meta: { updateId: id, identity: 'c' }, input: { name: 'u', args: toPayloads({ mode }) } },
  });

function idleRun(): Stage {
  const stage = new Stage();
  stage.start('w');
  stage.complete(stage.workflowTask(), [startTimer('t', 3_600_000)]);
  return stage;
}

function requestOf(task: WorkflowTask): UpdateRequest {
  return UpdateRequest.decode(task.messages?.[0]?.body?.value ?? new Uint8Array(0));
}

test('a refused update leaves no trace', () => {
  const stage = idleRun();
  const before = stage.types('w');
  const asked = stage.ask(update(updateOf('u1', 'reject'), stage.server.clock.nowMs() + 5_000));
  const task = stage.workflowTask();
  const message = { id: 'u1/request', protocolInstanceId: 'u1', body: task.messages?.[0]?.body };
  const completion = stage.complete(task, [], {
    messages: [rejectionOf(message as never, requestOf(task), task.startedEventId ?? 0)],
  });
  assert.notEqual((completion.response as { resetHistoryEventId: number }).resetHistoryEventId, 0);
  assert.ok((asked.response as { outcome?: { failure?: Uint8Array } }).outcome?.failure);
  assert.deepEqual(stage.types('w'), before);
});

test('an accepted update survives a crash before it completes', () => {
  const stage = idleRun();
  const asked = stage.ask(update(updateOf('u1', 'slow'), stage.server.clock.nowMs() + 5_000));
  const task = stage.workflowTask();
  const request = requestOf(task);
  const accepted = acceptUpdate(request);
  stage.complete(task, [accepted.command], { messages: [accepted.message ?? {}] });
  stage.crash();
  assert.ok(asked.isBroken);
  // The caller repeats it; the program completes it.
  const again = stage.ask(update(updateOf('u1', 'slow'), stage.server.clock.nowMs() + 5_000));
  stage.pass(20);
  stage.get(signalOf('go on'));
  const completed = completeUpdate(request);
  stage.complete(stage.workflowTask(), [completed.command], { messages: [completed.message ?? {}] });
  const outcome = (again.response as { outcome?: { success?: Uint8Array } }).outcome;
  assert.equal(fromPayloads(outcome?.success), 'done u1');
  assert.equal(stage.types('w').filter((type) => type === EventType.WORKFLOW_EXECUTION_UPDATE_ACCEPTED).length, 1);
});

test('a query sees all that was acknowledged before it', () => {
  const stage = idleRun();
  stage.get(signalOf('first'));
  const asked = stage.ask(
    query({ execution: { workflowId: 'w', runId: '' }, query: { queryType: 'q' } }, stage.server.clock.nowMs() + 5_000),
  );
  stage.pass(20);
  const task = stage.workflowTask();
  const [queryId] = [...(task.queries ?? new Map()).keys()] as string[];
  assert.ok(queryId !== undefined);
  assert.ok(eventsOfTask(task).some((event) => event.eventType === EventType.WORKFLOW_EXECUTION_SIGNALED));
  const queryResults = new Map([[queryId, { resultType: 1 as const, answer: toBytes('seen') }]]);
  stage.get(taskCompleted(token(task), { identity: 'stage', queryResults }));
  assert.equal(fromBytes((asked.response as { queryResult?: Uint8Array }).queryResult), 'seen');
  // An idle run answers with a task of its own.
  const direct = stage.ask(
    query({ execution: { workflowId: 'w', runId: '' }, query: { queryType: 'q' } }, stage.server.clock.nowMs() + 5_000),
  );
  stage.pass(20);
  const queryTask = workflowTaskOf(stage.pollWorkflow());
  stage.get(queryAnswered(token(queryTask), { completedType: 1, queryResult: toBytes('direct') }));
  assert.equal(fromBytes((direct.response as { queryResult?: Uint8Array }).queryResult), 'direct');
});

test('continue-as-new with a signal in flight: the signal belongs to one of the two runs', () => {
  const stage = new Stage();
  stage.start('w');
  const continueAsNew = {
    commandType: CommandType.CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
    attributes: { workflowType: { name: 'plan' }, taskQueue: { name: 'stage' } },
  } as const;
  const task = stage.workflowTask();
  const completion = stage.ask(taskCompleted(token(task), { identity: 'stage', commands: [continueAsNew] }));
  const asked = stage.ask(signalOf('in flight'));
  stage.pass(50);
  assert.ok(completion.response);
  assert.ok(asked.response);
  const counts = stage
    .runs('w')
    .map((run) => run.events.filter((event) => event.eventType === EventType.WORKFLOW_EXECUTION_SIGNALED).length);
  assert.deepEqual(counts, [0, 1]);
  // Before it: the completion is refused, the program sees the signal first.
  const second = new Stage();
  second.start('w');
  const started = second.workflowTask();
  second.get(signalOf('before'));
  assert.ok(second.complete(started, [continueAsNew]).rejection);
  assert.equal(second.runs('w').length, 1);
});
