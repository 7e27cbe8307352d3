// The SDK's time-skipping test environment on a server executable: a month passes, an activity sleeps, the test sleeps.
import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';

const DAY_MS = 86_400_000;
const { values: flags } = parseArgs({ options: { executable: { type: 'string' } } });

Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
});

const environment = await TestWorkflowEnvironment.createTimeSkipping({
  server: { executable: { type: 'existing-path', path: flags.executable ?? '' } },
});
try {
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue: 'skipped',
    workflowsPath: fileURLToPath(new URL('./time-skipping-workflows.js', import.meta.url)),
    activities: { sleepsLong: () => environment.sleep(1_000_000), hello: async (name: string) => `Hello, ${name}!` },
  });
  const { workflow } = environment.client;
  const startedAt = Date.now();
  await worker.runUntil(async () => {
    const before = await environment.currentTimeMs();
    const month = { workflowId: 'month', taskQueue: 'skipped' };
    assert.equal(await workflow.execute('sleepsAMonth', month), 'Hello, sleeper!');
    assert.ok((await environment.currentTimeMs()) - before >= 30 * DAY_MS);
    const race = { workflowId: 'race', taskQueue: 'skipped' };
    assert.equal(await workflow.execute('racesActivityAndTimer', race), 'timer');
    const day = await workflow.start('waitsADay', { workflowId: 'day', taskQueue: 'skipped' });
    assert.equal(await day.query('hasPassed'), false);
    await environment.sleep('25 hours');
    assert.equal(await day.query('hasPassed'), true);
    await day.terminate();
  });
  assert.ok(Date.now() - startedAt < 30_000);
} finally {
  await environment.teardown();
}
console.log(JSON.stringify({ address: environment.address }));
