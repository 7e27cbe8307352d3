import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { beside, example } from '../testing/example.js';
import { customer, priority } from './attributes.js';
import { escalate, resolve, ticket } from './workflows.js';

example('tickets are found by what they are now', { workflowsPath: beside(import.meta.url) }, async (stage) => {
  const { client, taskQueue, id } = stage;
  await client.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: new Map([
      ['Customer', 2],
      ['Urgency', 3],
    ]),
  });
  const name = id();
  const handle = await client.workflow.start(ticket, {
    workflowId: id(),
    taskQueue,
    args: ['the printer burns'],
    typedSearchAttributes: [
      { key: customer, value: name },
      { key: priority, value: 1 },
    ],
  });
  await handle.signal(escalate, 5);
  const query = `Customer = '${name}' AND Urgency >= 5 AND ExecutionStatus = 'Running'`;
  while ((await client.workflow.count(query)).count === 0) await setTimeout(10);
  for await (const found of client.workflow.list({ query }))
    assert.deepEqual(found.memo, { text: 'the printer burns' });
  await handle.signal(resolve);
  assert.equal(await handle.result(), `${name} was served at priority 5`);
});
