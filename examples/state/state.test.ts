import assert from 'node:assert/strict';
import { beside, example } from '../testing/example.js';
import { put, stock, take, warehouse } from './workflows.js';

example(
  'a Map that outlives processes',
  { workflowsPath: beside(import.meta.url) },
  async ({ client, taskQueue, id }) => {
    const handle = await client.workflow.start(warehouse, { workflowId: id(), taskQueue });
    await handle.signal(put, 'apples', 10);
    await handle.signal(take, 'apples', 3);
    await handle.signal(put, 'pears', 1);
    assert.equal(await handle.query(stock, 'apples'), 7);
    await handle.cancel();
    assert.deepEqual(await handle.result(), { apples: 7, pears: 1 });
  },
);
