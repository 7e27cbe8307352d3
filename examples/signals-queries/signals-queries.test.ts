import assert from 'node:assert/strict';
import { WorkflowFailedError } from 'perdure/client';
import { beside, example } from '../testing/example.js';
import { approve, approvers, fourEyes } from './workflows.js';

const options = { workflowsPath: beside(import.meta.url) };

example('two people approve', options, async ({ client, taskQueue, id }) => {
  const handle = await client.workflow.start(fourEyes, { workflowId: id(), taskQueue, args: ['leave'] });
  await handle.signal(approve, 'Ann');
  await handle.signal(approve, 'Ann');
  assert.deepEqual(await handle.query(approvers), ['Ann']);
  await handle.signal(approve, 'Bob');
  assert.equal(await handle.result(), 'leave approved by Ann and Bob');
  assert.deepEqual(await handle.query(approvers), ['Ann', 'Bob'], 'a closed run still answers');
});

example('a request is withdrawn', options, async ({ client, taskQueue, id }) => {
  const handle = await client.workflow.start(fourEyes, { workflowId: id(), taskQueue, args: ['leave'] });
  await handle.cancel();
  await assert.rejects(handle.result(), WorkflowFailedError);
  assert.equal((await handle.describe()).status.name, 'CANCELLED');
});
