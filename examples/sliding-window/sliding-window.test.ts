import assert from 'node:assert/strict';
import { beside, example } from '../testing/example.js';
import { makeActivities } from './activities.js';
import { slidingWindow } from './workflows.js';

const seen = { now: 0, most: 0, records: new Set<number>() };

example(
  'a window over many records',
  { workflowsPath: beside(import.meta.url), activities: makeActivities(seen) },
  async ({ client, taskQueue, id }) => {
    seen.most = 0;
    seen.records.clear();
    const done = await client.workflow.execute(slidingWindow, {
      workflowId: id(),
      taskQueue,
      args: [{ records: 30, windowSize: 5, runLength: 12, next: 0, running: [], done: 0 }],
    });
    assert.equal(done, 30);
    assert.equal(seen.records.size, 30);
    assert.ok(seen.most <= 5, `${seen.most} at once`);
  },
);
