/** Environments with a worker: what a user's test of a workflow is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep } from '../activity/index.js';
import { bundleWorkflowCode } from '../worker/sandbox/bundler/bundle-workflow-code.js';
import type { WorkflowBundle } from '../worker/sandbox/bundle-options.js';
import { DefaultLogger } from '../worker/telemetry/logger.js';
import { Runtime } from '../worker/telemetry/runtime.js';
import { Worker } from '../worker/worker.js';
import type { WorkerOptions } from '../worker/worker-options.js';
import { alwaysReplay } from './always-replay.js';
import { TestWorkflowEnvironment } from './environment.js';
import { mockActivities } from './mock-activities.js';

Runtime.install({ logger: new DefaultLogger('ERROR') });

const WORKFLOWS = `
  import { condition, defineSignal, proxyActivities, setHandler, sleep } from 'perdure/workflow';
  const { charge, slow } = proxyActivities({ startToCloseTimeout: '3 days', retry: { initialInterval: '1 hour' } });

  export async function subscription(months) {
    const receipts = [];
    for (let month = 0; month < months; month += 1) {
      await sleep('30 days');
      receipts.push(await charge(month));
    }
    return receipts;
  }

  export async function race() {
    return Promise.race([sleep('1 day').then(() => 'timer'), slow().then(() => 'activity')]);
  }

  export async function approval() {
    let isApproved = false;
    setHandler(defineSignal('approve'), () => { isApproved = true; });
    return await condition(() => isApproved, '30 days') ? 'approved' : 'expired';
  }
`;
let bundled: Promise<WorkflowBundle> | undefined;

async function bundle(): Promise<WorkflowBundle> {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-workflows-'));
  try {
    const workflowsPath = join(folder, 'workflows.js');
    writeFileSync(workflowsPath, WORKFLOWS);
    return await bundleWorkflowCode({ workflowsPath });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function workerOf(env: TestWorkflowEnvironment, options: Partial<WorkerOptions>): Promise<Worker> {
  const { nativeConnection: connection } = env;
  const workflowBundle = await (bundled ??= bundle());
  return Worker.create({ connection, taskQueue: 'q', workflowBundle, ...options });
}

async function skipping(t: TestContext): Promise<TestWorkflowEnvironment> {
  const env = await TestWorkflowEnvironment.createTimeSkipping({ server: { log: { level: 'error' } } });
  t.after(() => env.teardown());
  return env;
}

const options = (workflowId: string, ...args: unknown[]) => ({ workflowId, taskQueue: 'q', args });

test('a year of a subscription, with a bank that is closed for an hour', async (t) => {
  const env = await skipping(t);
  const fakes = mockActivities({ charge: async (month: number) => `receipt ${month}` });
  fakes.charge.throwsOnce('the bank is closed');
  const worker = await workerOf(env, { activities: fakes });
  const before = await env.currentTimeMs();
  const startedAt = performance.now();
  const receipts = await worker.runUntil(env.client.workflow.execute('subscription', options('w', 12)));
  const tookMs = performance.now() - startedAt;
  assert.equal((receipts as string[]).length, 12);
  assert.equal(fakes.charge.calls.length, 13);
  const passedMs = (await env.currentTimeMs()) - before;
  const expectedMs = 12 * 30 * 86_400_000 + 3_600_000;
  assert.ok(passedMs >= expectedMs && passedMs < expectedMs + 60_000, `${passedMs - expectedMs} ms too many`);
  assert.ok(tookMs < 30_000);
});

test('an activity that sleeps in the time of the environment loses the race', async (t) => {
  const env = await skipping(t);
  const worker = await workerOf(env, { activities: { slow: () => env.sleep('2 days') } });
  assert.equal(await worker.runUntil(env.client.workflow.execute('race', options('w'))), 'timer');
});

test('an activity at work holds time', async (t) => {
  const env = await skipping(t);
  const worker = await workerOf(env, { activities: { slow: () => sleep(100) } });
  assert.equal(await worker.runUntil(env.client.workflow.execute('race', options('w'))), 'activity');
});

test('signals before and after the time is up', async (t) => {
  const env = await skipping(t);
  const worker = await workerOf(env, {});
  await worker.runUntil(async () => {
    const handle = await env.client.workflow.start('approval', options('in time'));
    await env.sleep('29 days');
    await handle.signal('approve');
    assert.equal(await handle.result(), 'approved');
    assert.equal(await env.client.workflow.execute('approval', options('too late')), 'expired');
  });
});

test('always replayed: executions that are the same each time pass', async (t) => {
  const env = await skipping(t);
  const fakes = mockActivities({ charge: async (month: number) => month });
  const worker = await workerOf(env, { activities: fakes, plugins: [alwaysReplay] });
  await worker.runUntil(async () => {
    assert.deepEqual(await env.client.workflow.execute('subscription', options('w', 3)), [0, 1, 2]);
    assert.equal(worker.getStatus().numCachedWorkflows, 0);
  });
});
