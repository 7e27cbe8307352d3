// The SDK's local test environment on a server executable: start, run a workflow, list it, shut down.
import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import * as activities from './activities.js';

const { values: flags } = parseArgs({
  options: { executable: { type: 'string' }, db: { type: 'string' } },
});

Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
});

const customer = defineSearchAttributeKey('customer', SearchAttributeType.KEYWORD);
const environment = await TestWorkflowEnvironment.createLocal({
  server: {
    executable: { type: 'existing-path', path: flags.executable ?? '' },
    namespace: 'orders',
    searchAttributes: [customer],
    log: { level: 'error', format: 'pretty' },
    ...(flags.db !== undefined && { dbFilename: flags.db }),
    // What users put there is the reference's; some of it means nothing here.
    extraArgs: ['--dynamic-config-value', 'system.forceSearchAttributesCacheRefreshOnRead=true', '--ui-port', '0'],
  },
});
try {
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    namespace: 'orders',
    taskQueue: 'local',
    workflowsPath: fileURLToPath(new URL('./workflows/index.js', import.meta.url)),
    activities,
  });
  const result = await worker.runUntil(
    environment.client.workflow.execute('hello', {
      workflowId: 'local',
      taskQueue: 'local',
      args: ['world'],
      typedSearchAttributes: [{ key: customer, value: 'ann' }],
    }),
  );
  assert.equal(result, 'Hello, world!');
  const { count } = await environment.client.workflow.count('customer = "ann"');
  assert.equal(count, 1);
} finally {
  await environment.teardown();
}
console.log(JSON.stringify({ address: environment.address }));
