import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workerWorld } from './testing/worker-world.js';

const HELLO = `
  import { proxyActivities } from 'perdure/workflow';
  const { greet } = proxyActivities({ startToCloseTimeout: '10s' });
  export async function hello(name) { return await greet(name); }
`;

test('a workflow with one activity runs from start to result', async (t) => {
  const { client, worker } = await workerWorld(t);
  const made = await worker({ activities: { greet: async (name: string) => `hello ${name}` } }, HELLO);
  const result = await made.runUntil(() =>
    client.workflow.execute('hello', { workflowId: 'w1', taskQueue: 'q', args: ['world'] }),
  );
  assert.equal(result, 'hello world');
  assert.equal(made.getState(), 'STOPPED');
});
