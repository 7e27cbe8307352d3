/** Workflows given as a path to TypeScript. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { workerWorld } from './testing/worker-world.js';
import { Worker } from './worker.js';

test('hello world by path', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-worker-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(
    join(folder, 'workflows.ts'),
    `import { proxyActivities, sleep } from 'perdure/workflow';
     interface Activities { greet(name: string): Promise<string> }
     const { greet } = proxyActivities<Activities>({ startToCloseTimeout: '1 minute' });
     export async function hello(name: string): Promise<string> {
       await sleep(1);
       return await greet(name);
     }`,
  );
  const { client, connection } = await workerWorld(t);
  const worker = await Worker.create({
    connection,
    taskQueue: 'q',
    workflowsPath: pathToFileURL(join(folder, 'workflows.ts')).href,
    activities: { greet: async (name: string) => `hello ${name}` },
  });
  const result = await worker.runUntil(
    client.workflow.execute('hello', { workflowId: 'w', taskQueue: 'q', args: ['path'] }),
  );
  assert.equal(result, 'hello path');
});

test('a worker with nothing to do, or with contradicting options, is refused', async () => {
  await assert.rejects(Worker.create({ taskQueue: 'q' }), /nothing to do/);
  await assert.rejects(Worker.create({ taskQueue: '', activities: { a: async () => 1 } }), /taskQueue/);
  const activities = { a: async () => 1 };
  const tuner = { tunerOptions: { targetCpuUsage: 0.5, targetMemoryUsage: 0.5 } };
  await assert.rejects(
    Worker.create({ taskQueue: 'q', activities, tuner, maxConcurrentActivityTaskExecutions: 5 }),
    /not both/,
  );
});

test('a worker runs once, and says so; a missing namespace is told', async (t) => {
  const { connection, client } = await workerWorld(t);
  const activities = { a: async () => 1 };
  const worker = await Worker.create({ connection, taskQueue: 'q', activities });
  assert.equal(worker.getState(), 'INITIALIZED');
  assert.throws(() => worker.shutdown(), /not running/);
  assert.equal(await worker.runUntil(async () => 5), 5);
  await assert.rejects(worker.run(), /runs once/);
  await assert.rejects(Worker.create({ connection, taskQueue: 'q', activities, namespace: 'nowhere' }), {
    name: 'NamespaceNotFoundError',
  });
  const failing = await Worker.create({ connection, taskQueue: 'q', activities });
  await assert.rejects(
    failing.runUntil(async () => {
      throw new Error('inner');
    }),
    /inner/,
  );
  assert.ok(client);
});
