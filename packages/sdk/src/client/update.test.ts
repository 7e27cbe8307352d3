/** Updates: accepted, completed, refused, given up, and with a start. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorToFailureBytes, valuesToBytes } from '../conversion/codec-pass.js';
import { defaultDataConverter } from '../conversion/data-converter.js';
import { IllegalStateError, WorkflowNotFoundError } from '../conversion/errors.js';
import { ApplicationFailure } from '../conversion/failure.js';
import type { UpdateDefinition } from '../conversion/workflow-types.js';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from './errors.js';
import { WithStartWorkflowOperation } from './with-start.js';
import { accepted, refused, updated, workflowTask, world } from './world.test.js';

const add: UpdateDefinition<number, [number]> = { type: 'update', name: 'add' };
const start = { taskQueue: 'q', workflowId: 'w' };

async function success(value: unknown): Promise<{ success: Uint8Array | undefined }> {
  return { success: await valuesToBytes(defaultDataConverter, [value]) };
}

test('executeUpdate gives the result of the handler, or why there is none', async (t) => {
  const w = await world(t);
  const handle = await w.client.workflow.start('t', start);
  await workflowTask(w, () => ({}));
  const sum = handle.executeUpdate(add, { args: [1] });
  await workflowTask(w, async (task) => accepted(task, await success(3)));
  const number: number = await sum;
  assert.equal(number, 3);
  const bad = assert.rejects(handle.executeUpdate(add, { args: [1] }), (error) => {
    return error instanceof WorkflowUpdateFailedError && error.cause?.message === 'not today';
  });
  await workflowTask(w, (task) => refused(task, ApplicationFailure.nonRetryable('not today')));
  await bad;
});

test('startUpdate returns when it is accepted; its handle waits for the result', async (t) => {
  const w = await world(t);
  const handle = await w.client.workflow.start('t', start);
  await workflowTask(w, () => ({}));
  const starting = handle.startUpdate(add, { args: [1], updateId: 'u', waitForStage: 'ACCEPTED' });
  await workflowTask(w, (task) => accepted(task));
  const update = await starting;
  assert.deepEqual([update.updateId, update.workflowId], ['u', 'w']);
  await assert.rejects(
    w.client.withDeadline(Date.now() + 30, () => update.result()),
    (error) => error instanceof WorkflowUpdateRPCTimeoutOrCancelledError && /getUpdateHandle/.test(error.message),
  );
  await handle.signal('go on');
  await workflowTask(w, async () => updated('u', await success(5)));
  assert.equal(await update.result(), 5);
  assert.equal(await handle.getUpdateHandle('u').result(), 5);
  await assert.rejects(handle.getUpdateHandle('unknown').result(), WorkflowNotFoundError);
});

test('a handler that fails after it was accepted', async (t) => {
  const w = await world(t);
  const handle = await w.client.workflow.start('t', start);
  await workflowTask(w, () => ({}));
  const failing = assert.rejects(handle.executeUpdate('add', { args: [1] }), WorkflowUpdateFailedError);
  const failure = await errorToFailureBytes(defaultDataConverter, ApplicationFailure.nonRetryable('broken'));
  await workflowTask(w, (task) => accepted(task, { failure }));
  await failing;
  await assert.rejects(w.client.workflow.getHandle('nobody').executeUpdate(add, { args: [1] }), WorkflowNotFoundError);
});

test('update-with-start', async (t) => {
  const w = await world(t);
  const startWorkflowOperation = new WithStartWorkflowOperation('t', { ...start, workflowIdConflictPolicy: 'FAIL' });
  const sum = w.client.workflow.executeUpdateWithStart(add, { startWorkflowOperation, args: [1] });
  await workflowTask(w, async (task) => accepted(task, await success(7)));
  assert.equal(await sum, 7);
  const handle = await startWorkflowOperation.workflowHandle();
  assert.equal(handle.workflowId, 'w');
  assert.equal((await handle.describe()).status.name, 'RUNNING');
  await assert.rejects(
    w.client.workflow.executeUpdateWithStart(add, { startWorkflowOperation, args: [1] }),
    IllegalStateError,
  );
  const second = new WithStartWorkflowOperation('t', { ...start, workflowIdConflictPolicy: 'FAIL' });
  await assert.rejects(
    w.client.workflow.startUpdateWithStart(add, {
      startWorkflowOperation: second,
      args: [1],
      waitForStage: 'ACCEPTED',
    }),
    WorkflowExecutionAlreadyStartedError,
  );
  await assert.rejects(second.workflowHandle(), WorkflowExecutionAlreadyStartedError);
});
