/** Commits that fail, and power that goes, at the worst moment. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType } from '@perdure/protocol';
import { signal, start, startRequest, taskCompleted, tokenOf } from '../requests.js';
import { fromBytes, toBytes } from '../text-bytes.js';
import { COMPLETE, QUEUE, Stage, activityTaskOf, eventsOfTask, scheduleActivity, workflowTaskOf } from './stage.js';

const respondCompleted = (stage: Stage, taskToken: Uint8Array | undefined, result: string): ReturnType<Stage['get']> =>
  stage.get({
    kind: 'respondActivityCompleted',
    target: { by: 'token', token: tokenOf(taskToken ?? new Uint8Array(0)) },
    request: { result: toBytes(result), identity: 'stage' },
  });

test('a poll that was claimed for a failed commit is parked again and gets the next task', () => {
  const stage = new Stage();
  const poll = stage.pollWorkflow();
  // The group fails, and its only decision with it.
  stage.disk.script('failed');
  const refused = stage.start('w');
  assert.equal(refused.rejection?.code, 'UNAVAILABLE');
  assert.equal(poll.reply, undefined);
  assert.deepEqual(stage.runs('w'), []);
  assert.equal(stage.server.engine.matching.parkedCount, 1);
  assert.equal(stage.server.engine.starting.size, 0);

  assert.ok(stage.start('w').response);
  assert.equal(eventsOfTask(workflowTaskOf(poll)).length, 3);
  assert.equal(stage.runs('w').length, 1);
});

test('one bad decision of a group does not take the others with it', () => {
  const stage = new Stage();
  // All three are decided in one batch; the second one fails when each is tried alone.
  stage.disk.script('failed', 'committed', 'failed', 'committed');
  const asked = ['a', 'b', 'c'].map((id) =>
    stage.ask(
      start(
        startRequest({ workflowId: id, workflowType: { name: 'plan' }, taskQueue: { name: QUEUE }, requestId: id }),
      ),
    ),
  );
  stage.pass(50);
  assert.deepEqual(
    asked.map((one) => one.reply?.ok),
    [true, false, true],
  );
  assert.deepEqual(
    ['a', 'b', 'c'].map((id) => stage.runs(id).length),
    [1, 0, 1],
  );
});

test('a refusal that was read from a state that became void is not given', () => {
  const stage = new Stage();
  stage.start('w');
  const task = stage.workflowTask();
  // The completion closes the run; its commit fails. The signal behind it must not hear that the run is closed.
  stage.disk.script('failed');
  const completion = stage.ask(
    taskCompleted(tokenOf(task.taskToken ?? new Uint8Array(0)), { commands: [COMPLETE], identity: 'stage' }),
  );
  const late = stage.ask(
    signal({ workflowExecution: { workflowId: 'w', runId: '' }, signalName: 's', requestId: 'r' }),
  );
  stage.pass(50);
  assert.equal(completion.rejection?.code, 'UNAVAILABLE');
  assert.equal(late.rejection?.code, 'UNAVAILABLE');
  assert.equal(stage.runs('w')[0]?.state.status, 1);
});

test('power cut between withdraw and deposit: the deposit is done once, by another worker', () => {
  const stage = new Stage();
  stage.start('transfer');
  stage.complete(stage.workflowTask(), [scheduleActivity('withdraw')]);
  const withdraw = activityTaskOf(stage.pollActivity());
  assert.ok(respondCompleted(stage, withdraw.taskToken, 'withdrawn').response);
  const task = stage.workflowTask();
  // The completion that schedules the deposit is written, but not flushed when the power goes.
  const lost = stage.ask(
    taskCompleted(tokenOf(task.taskToken ?? new Uint8Array(0)), {
      commands: [scheduleActivity('deposit')],
      identity: 'stage',
    }),
  );
  stage.pass(1);
  stage.cutPower();
  assert.equal(lost.reply, undefined);

  // The started task times out; whoever takes it next schedules the deposit.
  stage.pass(11_000);
  stage.complete(stage.workflowTask(), [scheduleActivity('deposit')]);
  const deposit = activityTaskOf(stage.pollActivity());
  assert.ok(respondCompleted(stage, deposit.taskToken, 'deposited').response);
  assert.ok(respondCompleted(stage, deposit.taskToken, 'deposited again').rejection);
  stage.complete(stage.workflowTask(), [COMPLETE]);
  const results = stage
    .events('transfer')
    .flatMap((event) =>
      event.eventType === EventType.ACTIVITY_TASK_COMPLETED ? [fromBytes(event.attributes.result)] : [],
    );
  assert.deepEqual(results, ['withdrawn', 'deposited']);
});

test('an unknown outcome ends the process; what was written is there after the restart', () => {
  const stage = new Stage();
  stage.disk.script('unknownWritten');
  const asked = stage.start('w');
  assert.equal(asked.response, undefined);
  stage.pass(1_000);
  // The same request again finds the run.
  const again = stage.start('w');
  assert.equal((again.response as { started: boolean }).started, true);
  assert.equal(stage.runs('w').length, 1);
});

test('a task whose answer finds no caller is given out again at once', () => {
  const stage = new Stage();
  const poll = stage.pollWorkflow();
  poll.isListening = false;
  stage.start('w');
  stage.pass(10);
  const task = stage.workflowTask();
  assert.equal(task.attempt, 2);
});
