import assert from 'node:assert/strict';
import { beside, example } from '../testing/example.js';
import { translateBook } from './workflows.js';

example('children at once, one that stays', { workflowsPath: beside(import.meta.url) }, async (stage) => {
  const { client, taskQueue, id } = stage;
  const result = await client.workflow.execute(translateBook, {
    workflowId: id(),
    taskQueue,
    args: [['one', 'two', 'three']],
  });
  assert.equal(result, 'eno owt eerht (archived by archive)');
  const archived = await client.workflow.getHandle(`${id()}/archive`).result();
  assert.equal(archived, `3 chapters archived for ${id()}`);
});
