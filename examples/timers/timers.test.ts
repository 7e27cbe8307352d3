import assert from 'node:assert/strict';
import { beside, example } from '../testing/example.js';
import { makeActivities } from './activities.js';
import { answer, deadline, deadlineOf, moveDeadline, order, question } from './workflows.js';

const workflowsPath = beside(import.meta.url);
const mails: string[] = [];

example(
  'an apology when it takes long',
  { workflowsPath, activities: makeActivities(400, mails) },
  async ({ client, taskQueue, id }) => {
    mails.length = 0;
    const run = (suffix: string, patience: number) =>
      client.workflow.execute(order, { workflowId: id(suffix), taskQueue, args: [patience] });
    assert.equal(await run('patient', 86_400_000), 'processed');
    assert.deepEqual(mails, []);
    assert.equal(await run('impatient', 10), 'processed');
    assert.deepEqual(mails, ['Your order takes longer than we thought.']);
  },
);

example('a deadline that moves', { workflowsPath }, async ({ client, taskQueue, id }) => {
  const far = Date.now() + 365 * 86_400_000;
  const handle = await client.workflow.start(deadlineOf, { workflowId: id(), taskQueue, args: [far] });
  assert.equal(await handle.query(deadline), far);
  const near = Date.now() + 50;
  await handle.signal(moveDeadline, near);
  assert.equal(await handle.result(), `reached ${near}`);
});

example('a signal or a clock', { workflowsPath }, async ({ client, taskQueue, id, isRealTime }) => {
  const ask = (suffix: string, patience: number) =>
    client.workflow.start(question, { workflowId: id(suffix), taskQueue, args: [patience] });
  const silent = await ask('silent', isRealTime ? 50 : 30 * 86_400_000);
  assert.equal(await silent.result(), 'no answer');
  const open = await ask('open', 30 * 86_400_000);
  await open.signal(answer, 'yes');
  assert.equal(await open.result(), 'they said yes');
});
