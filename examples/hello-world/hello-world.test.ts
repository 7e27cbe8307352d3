import assert from 'node:assert/strict';
import { beside, example } from '../testing/example.js';
import * as activities from './activities.js';
import { hello } from './workflows.js';

example('hello world', { workflowsPath: beside(import.meta.url), activities }, async ({ client, taskQueue, id }) => {
  const result = await client.workflow.execute(hello, { workflowId: id(), taskQueue, args: ['world'] });
  assert.equal(result, 'Hello, world!');
});
