/** Activities completed from outside, by token and by id. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { CommandType, Payloads } from '@perdure/protocol';
import type { Init, PollActivityTaskQueueResponse, RespondWorkflowTaskCompletedRequest } from '@perdure/protocol';
import { NamespaceNotFoundError } from '../conversion/errors.js';
import {
  ActivityCancelledError,
  ActivityCompletionError,
  ActivityNotFoundError,
  AsyncCompletionClient,
} from './async-completion-client.js';
import { workflowTask, world } from './world.test.js';
import type { World } from './world.test.js';

type Command = NonNullable<Init<RespondWorkflowTaskCompletedRequest>['commands']>[number];

const id = { workflowId: 'w', activityId: 'a' };

/** A running workflow whose one activity has been started. */
async function startedActivity(t: TestContext): Promise<{ w: World; task: PollActivityTaskQueueResponse }> {
  const w = await world(t);
  await w.client.workflow.start('t', { taskQueue: 'q', workflowId: 'w' });
  const attributes = {
    activityId: 'a',
    activityType: { name: 'charge' },
    taskQueue: { name: 'q' },
    startToCloseTimeout: 60_000,
    retryPolicy: { maximumAttempts: 1 },
  };
  const command = { commandType: CommandType.SCHEDULE_ACTIVITY_TASK, attributes } as Command;
  await workflowTask(w, () => ({ commands: [command] }));
  const poll = { namespace: 'default', taskQueue: { name: 'q' }, identity: 'hand' };
  return { w, task: await w.connection.workflowService.pollActivityTaskQueue(poll) };
}

async function lastEvent(w: World): Promise<{ result?: Uint8Array; failure?: Uint8Array }> {
  const { events } = await w.client.workflow.getHandle('w').fetchHistory();
  const found = events.findLast(
    ({ attributes }) => attributes !== undefined && ('result' in attributes || 'failure' in attributes),
  );
  return (found?.attributes ?? {}) as { result?: Uint8Array; failure?: Uint8Array };
}

test('complete by token, once', async (t) => {
  const { w, task } = await startedActivity(t);
  await w.client.activity.heartbeat(task.taskToken, 'half');
  await w.client.activity.complete(task.taskToken, 'done');
  const { result } = await lastEvent(w);
  assert.ok(result && Payloads.decode(result).payloads.length === 1);
  await assert.rejects(w.client.activity.complete(task.taskToken, 'again'), ActivityNotFoundError);
  await assert.rejects(w.client.activity.heartbeat(task.taskToken), ActivityNotFoundError);
});

test('fail by id', async (t) => {
  const { w } = await startedActivity(t);
  await w.client.activity.fail(id, new Error('declined'));
  const { failure } = await lastEvent(w);
  assert.ok(failure && Buffer.from(failure).includes('declined'));
});

test('cancellation: heartbeats tell, and it can be reported', async (t) => {
  const { w } = await startedActivity(t);
  await assert.rejects(w.client.activity.reportCancellation(id), ActivityCompletionError);
  await w.client.workflow.getHandle('w').signal('wake');
  const { events } = await w.client.workflow.getHandle('w').fetchHistory();
  const scheduledEventId = events.find(
    ({ attributes }) => attributes !== undefined && 'activityType' in attributes,
  )?.eventId;
  const cancel = { commandType: CommandType.REQUEST_CANCEL_ACTIVITY_TASK, attributes: { scheduledEventId } } as Command;
  await workflowTask(w, () => ({ commands: [cancel] }));
  await assert.rejects(w.client.activity.heartbeat(id), ActivityCancelledError);
  await w.client.activity.reportCancellation(id, 'stopped');
  await assert.rejects(w.client.activity.reportCancellation(id), ActivityNotFoundError);
});

test('what is not there', async (t) => {
  const { connection, client } = await world(t);
  await assert.rejects(client.activity.complete({ workflowId: 'no', activityId: 'a' }, 1), ActivityNotFoundError);
  const elsewhere = new AsyncCompletionClient({ connection, namespace: 'nowhere' });
  await assert.rejects(elsewhere.complete(id, 1), NamespaceNotFoundError);
});
