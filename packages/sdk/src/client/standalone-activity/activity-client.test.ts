/** Activities without a workflow: options checked here; the rest on a reference server. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import {
  Client,
  ActivityExecutionAlreadyStartedError,
  ActivityExecutionFailedError,
  ActivityNotFoundError,
} from '../index.js';
import { onReference, referenceClient, unique } from '../reference.test.js';

interface Activities {
  charge(order: string, cents: number): Promise<{ paid: number }>;
}
const timeout = { startToCloseTimeout: '1m' } as const;

/** Polls one task of the queue. */
async function taken(client: Client, taskQueue: string): Promise<Uint8Array> {
  const poll = { namespace: 'default', taskQueue: { name: taskQueue }, identity: 'hand' };
  // Polls need a deadline there.
  const task = await client.withDeadline(Date.now() + 30_000, () => client.workflowService.pollActivityTaskQueue(poll));
  return task.taskToken;
}

test('options that are missing are named before anything is sent', async () => {
  const { activity } = new Client();
  await assert.rejects(activity.start('a', { id: '', taskQueue: 'q' }), /`id` of an activity is missing/);
  await assert.rejects(
    activity.start('a', { id: 'a', taskQueue: 'q' }),
    /needs `startToCloseTimeout`.*how long may it/,
  );
  const options = { id: 'a', taskQueue: 'q', ...timeout, args: [1n] };
  await assert.rejects(activity.start('a', options), /Argument 1 of activity 'a' cannot be sent: a bigint/);
});

test('start, describe, complete, result; list and count', onReference, async (t) => {
  const client = await referenceClient(t);
  const id = unique('standalone');
  const options = {
    id,
    taskQueue: id,
    ...timeout,
    args: ['o', 5],
    summary: 's',
    retry: { maximumAttempts: 2 },
  } as const;
  const handle = await client.activity.typed<Activities>().start('charge', { ...options, args: ['o', 5] });
  await assert.rejects(client.activity.start('charge', options), (error) => {
    return error instanceof ActivityExecutionAlreadyStartedError && error.runId === handle.runId;
  });
  const description = await handle.describe({ includeInput: true });
  assert.deepEqual([description.status, description.activityType, description.taskQueue], ['RUNNING', 'charge', id]);
  assert.deepEqual(await description.getInput(), ['o', 5]);
  assert.equal(description.startToCloseTimeoutMs, 60_000);
  await client.activity.complete(await taken(client, id), { paid: 5 });
  assert.deepEqual(await handle.result(), { paid: 5 });
  const done = await client.activity.getHandle(id).describe({ includeOutcome: true });
  assert.deepEqual([done.status, done.hasResult, await done.getResult()], ['COMPLETED', true, { paid: 5 }]);
  const query = `ActivityId = '${id}'`;
  while ((await client.activity.count(query)).count === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  for await (const info of client.activity.list(query)) assert.equal(info.activityId, id);
});

async function running(t: TestContext) {
  const client = await referenceClient(t);
  const id = unique(t.name.replaceAll(/\W+/g, '-'));
  const handle = await client.activity.start('charge', {
    id,
    taskQueue: id,
    ...timeout,
    retry: { maximumAttempts: 1 },
  });
  return { client, id, handle };
}

test('one that fails', onReference, async (t) => {
  const { client, id, handle } = await running(t);
  await client.activity.fail(await taken(client, id), new Error('declined'));
  await assert.rejects(handle.result(), (error) => {
    return (
      error instanceof ActivityExecutionFailedError && error.activityId === id && error.cause?.message === 'declined'
    );
  });
  const { getOutcomeFailure } = await handle.describe({ includeOutcome: true });
  assert.equal((await getOutcomeFailure())?.message, 'declined');
});

test('cancel, terminate', onReference, async (t) => {
  const { client, id, handle } = await running(t);
  const token = await taken(client, id);
  await handle.cancel('enough');
  assert.equal((await handle.describe()).runState, 'CANCEL_REQUESTED');
  await client.activity.reportCancellation(token);
  await assert.rejects(handle.result(), ActivityExecutionFailedError);
  const other = await client.activity.start('charge', { id: `${id}-2`, taskQueue: id, ...timeout });
  await other.terminate('enough');
  assert.equal((await other.describe()).status, 'TERMINATED');
});

test('what is not there', onReference, async (t) => {
  const client = await referenceClient(t);
  await assert.rejects(client.activity.getHandle(unique('none')).describe(), ActivityNotFoundError);
});

test('interceptors wrap the calls', onReference, async (t) => {
  const seen: string[] = [];
  const client = await referenceClient(t, {
    interceptors: {
      activity: [
        {
          start: async (input, next) => (seen.push(`start ${input.activityType}`), next(input)),
          terminate: async (input, next) => (seen.push(input.reason), next({ ...input, reason: 'changed' })),
        },
      ],
    },
  });
  const id = unique('intercepted');
  const handle = await client.activity.start('charge', { id, taskQueue: id, ...timeout });
  await handle.terminate('enough');
  assert.deepEqual(seen, ['start charge', 'enough']);
});
