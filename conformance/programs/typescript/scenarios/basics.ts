import assert from 'node:assert/strict';
import { Client } from '@temporalio/client';
import type { Scenario } from '../world.js';
import { chain, execute, rejection, start } from './start.js';

export const basicScenarios: Scenario[] = [
  { name: 'hello-world', run: async (at) => assert.equal(await execute(at, 'hello', ['world']), 'Hello, world!') },
  { name: 'empty-workflow', run: async (at) => assert.equal(await execute(at, 'empty'), undefined) },
  {
    name: 'payload-kinds',
    run: async (at) =>
      assert.deepEqual(await execute(at, 'echo', [{ text: 'ünïcode ✓', list: [1, null, true], nested: { a: 1.5 } }]), {
        text: 'ünïcode ✓',
        list: [1, null, true],
        nested: { a: 1.5 },
      }),
  },
  { name: 'start-options', run: startOptions },
  { name: 'sequential-timers', run: async (at) => assert.equal(await execute(at, 'sequentialTimers'), 3) },
  { name: 'condition-timeout', run: async (at) => assert.equal(await execute(at, 'conditionWithTimeout'), false) },
  { name: 'many-timers-cancelled', run: manyTimers },
  { name: 'patches', run: async (at) => assert.equal(await execute(at, 'patches'), true) },
  { name: 'upsert-attributes-and-memo', run: upserts },
  { name: 'large-history', run: async (at) => assert.equal(await execute(at, 'manyEvents', [600]), undefined) },
  { name: 'failure-with-causes', run: failure },
  { name: 'eager-workflow-start', run: eagerStart },
];

async function startOptions(at: Parameters<Scenario['run']>[0]) {
  const result = await execute(at, 'echo', ['x'], {
    workflowExecutionTimeout: '1h',
    workflowRunTimeout: '30m',
    workflowTaskTimeout: '7s',
    memo: { note: 'hello', n: 1 },
    retry: { maximumAttempts: 3, initialInterval: '2s' },
    staticSummary: 'summary',
    staticDetails: 'details',
    priority: { priorityKey: 4, fairnessKey: 'f', fairnessWeight: 1.5 },
  });
  assert.equal(result, 'x');
}

async function manyTimers(at: Parameters<Scenario['run']>[0]) {
  const handle = await start(at, 'manyTimers', [50]);
  await at.settled(handle, 'TimerStarted', 50);
  await handle.signal('finish');
  assert.equal(await handle.result(), 50);
}

async function upserts(at: Parameters<Scenario['run']>[0]) {
  const memo = await execute(at, 'upserts', [], { memo: { kept: 1, removed: 2 } });
  assert.deepEqual(memo, { kept: 1, added: 'yes' });
}

async function failure(at: Parameters<Scenario['run']>[0]) {
  const error = await rejection(execute(at, 'failWithCauses'));
  assert.deepEqual(chain(error), [
    'WorkflowFailedError: Workflow execution failed',
    'ApplicationFailure: top',
    'ApplicationFailure: middle',
    'ApplicationFailure: root',
  ]);
}

/** Needs client and worker on one connection. */
async function eagerStart(at: Parameters<Scenario['run']>[0]) {
  const client = new Client({ connection: at.native });
  const handle = await client.workflow.start('echo', {
    workflowId: at.id(),
    taskQueue: at.queue,
    args: [1],
    requestEagerStart: true,
  });
  at.observed['eagerlyStarted'] = handle.eagerlyStarted;
  assert.equal(await handle.result(), 1);
}
