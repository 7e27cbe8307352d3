/** Messages between executions across crashes (law 12). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandType, EventType } from '@perdure/protocol';
import type { Command, Init } from '@perdure/protocol';
import { taskCompleted, terminate, tokenOf } from '../requests.js';
import { COMPLETE, QUEUE, Stage, workflowTaskOf } from './stage.js';

function startChild(workflowId: string, parentClosePolicy: 1 | 2 | 3): Init<Command> {
  const attributes = {
    workflowId,
    workflowType: { name: 'plan' },
    taskQueue: { name: QUEUE, kind: 1 as const },
    parentClosePolicy,
  };
  return { commandType: CommandType.START_CHILD_WORKFLOW_EXECUTION, attributes };
}

/** Takes the workflow tasks that wait and answers each. */
function serve(stage: Stage, answer: (workflowId: string) => readonly Init<Command>[]): void {
  for (let turn = 0; turn < 10; turn += 1) {
    const poll = stage.pollWorkflow();
    if (poll.response === undefined) return poll.leave();
    const task = workflowTaskOf(poll);
    stage.complete(task, answer(task.workflowExecution?.workflowId ?? ''));
  }
}

test('the child is started once though the process dies right after the command was committed', () => {
  const stage = new Stage();
  stage.start('parent');
  const task = stage.workflowTask();
  const poll = stage.complete(task, [startChild('child', 1)]);
  assert.ok(poll.response);
  stage.crash();
  stage.crash();
  assert.equal(stage.runs('child').length, 1);
  assert.equal(stage.types('parent').filter((type) => type === EventType.CHILD_WORKFLOW_EXECUTION_STARTED).length, 1);
  assert.equal(stage.disk.tables.outbox.size, 0);
  serve(stage, (workflowId) => (workflowId === 'child' ? [COMPLETE] : []));
  assert.ok(stage.types('parent').includes(EventType.CHILD_WORKFLOW_EXECUTION_COMPLETED));
});

test('power is lost before the command was flushed: neither command nor child', () => {
  const stage = new Stage();
  stage.start('parent');
  const task = stage.workflowTask();
  const asked = stage.ask(
    taskCompleted(tokenOf(task.taskToken ?? new Uint8Array(0)), {
      identity: 'stage',
      commands: [startChild('child', 1)],
    }),
  );
  stage.pass(1);
  stage.cutPower();
  assert.equal(asked.reply, undefined);
  const isKept = stage.types('parent').includes(EventType.START_CHILD_WORKFLOW_EXECUTION_INITIATED);
  assert.equal(stage.runs('child').length, isKept ? 1 : 0);
});

test('children end as their parent wishes, whichever process lives', () => {
  const stage = new Stage();
  stage.start('parent');
  stage.complete(stage.workflowTask(), [startChild('dies', 1), startChild('stays', 2), startChild('hears', 3)]);
  stage.pass(50);
  assert.ok(stage.get(terminate({ workflowExecution: { workflowId: 'parent', runId: '' } })).response);
  stage.crash();
  assert.equal(stage.types('dies').at(-1), EventType.WORKFLOW_EXECUTION_TERMINATED);
  assert.equal(stage.runs('stays')[0]?.state.status, 1);
  assert.equal(stage.runs('stays')[0]?.state.cancelRequested, false);
  assert.equal(stage.runs('hears')[0]?.state.cancelRequested, true);
});
