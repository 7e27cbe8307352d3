import assert from 'node:assert/strict';
import { beside, example } from '../testing/example.js';
import { makeActivities } from './activities.js';
import { awaitDelivery } from './workflows.js';

let asked = 0;
const service = { deliveredTo: async () => (++asked % 5 === 0 ? 'number 12' : undefined) };

example(
  'asking until there is an answer',
  { workflowsPath: beside(import.meta.url), activities: makeActivities(service) },
  async ({ client, taskQueue, id, isRealTime }) => {
    const interval = isRealTime ? 20 : 3_600_000;
    const handle = await client.workflow.start(awaitDelivery, { workflowId: id(), taskQueue, args: ['p1', interval] });
    assert.equal(await handle.result(), 'p1 is at number 12');
    const { events } = await handle.fetchHistory();
    assert.ok((events ?? []).length < 15, 'the attempts are not in the history');
  },
);
