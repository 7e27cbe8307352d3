import assert from 'node:assert/strict';
import { beside, example } from '../testing/example.js';
import { makeActivities } from './activities.js';
import { issuesSent, newsletter, unsubscribe } from './workflows.js';

const letters: string[] = [];

example(
  'a letter every month until somebody has had enough',
  { workflowsPath: beside(import.meta.url), activities: makeActivities(letters) },
  async ({ client, taskQueue, id, isRealTime }) => {
    letters.length = 0;
    const every = isRealTime ? 20 : 30 * 86_400_000;
    const handle = await client.workflow.start(newsletter, { workflowId: id(), taskQueue, args: ['Ann', every] });
    while ((await handle.query(issuesSent)) < 1);
    await handle.signal(unsubscribe);
    const sent = await handle.result();
    assert.equal(letters.length, sent);
    assert.equal(letters[0], 'issue 1 to Ann');
  },
);
