import assert from 'node:assert/strict';
import { beside, example } from '../testing/example.js';
import { hostActivities, makeSharedActivities } from './activities.js';
import { countWordsOf } from './workflows.js';

example(
  'steps that need the same machine',
  ({ taskQueue }) => ({
    workflowsPath: beside(import.meta.url),
    activities: makeSharedActivities(`${taskQueue}-host`),
  }),
  async ({ client, taskQueue, id, work }) => {
    const result = work({ taskQueue: `${taskQueue}-host`, activities: hostActivities }, () =>
      client.workflow.execute(countWordsOf, { workflowId: id(), taskQueue, args: ['to be or not to be'] }),
    );
    assert.equal(await result, 6);
  },
);
