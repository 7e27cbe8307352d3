/** Workflow Tasks, end to end: messages, caches, faults, codecs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType } from '@perdure/protocol';
import type { Payload } from '../../conversion/payload.js';
import { DefaultLogger } from '../telemetry/logger.js';
import type { LogEntry } from '../telemetry/logger.js';
import { Runtime } from '../telemetry/runtime.js';
import { workerWorld } from '../testing/worker-world.js';

const WORKFLOWS = `
  import * as wf from 'perdure/workflow';
  const { double } = wf.proxyActivities({ startToCloseTimeout: '10s' });
  const local = wf.proxyLocalActivities({ startToCloseTimeout: '5s', retry: { initialInterval: 1, maximumAttempts: 3 } });
  export const add = wf.defineSignal('add');
  export const total = wf.defineQuery('total');
  export const change = wf.defineUpdate('change');
  export async function counter() {
    let sum = 0;
    let done = false;
    wf.setHandler(add, (n) => { sum += n; });
    wf.setHandler(total, () => sum);
    wf.setHandler(change, async (n) => { sum += await double(n); return sum; }, { validator: (n) => { if (n < 0) throw new Error('negative'); } });
    wf.setHandler(wf.defineSignal('finish'), () => { done = true; });
    await wf.condition(() => done);
    return sum;
  }
  export async function localSum(n) {
    let sum = 0;
    for (let i = 1; i <= n; i++) sum += await local.double(i);
    return sum;
  }
  export async function localFails() {
    try { await local.fails(); } catch (error) { return [error.name, error.cause.name, error.cause.message]; }
  }
  export async function slowLocal() { return await local.slow(); }
  export async function sleeper() { await wf.sleep(20); return 'rested'; }
  export async function parent() { return await wf.executeChild('sleeper', { workflowId: 'child' }); }
  export async function again(n) { if (n > 0) await wf.continueAsNew(n - 1); return 'over'; }
  export async function throws() { throw new Error('a bug'); }
  export async function fails() { throw wf.ApplicationFailure.nonRetryable('no', 'MyType', { detail: 1 }); }
  export async function logs() { wf.log.info('from workflow', { a: 1 }); await wf.sleep(1); wf.log.warn('later'); }
  export async function sinks() { wf.proxySinks().mine.call(1, 'x'); }
  export async function many(n) { const all = []; for (let i = 0; i < n; i++) all.push(double(i)); return (await Promise.all(all)).length; }
  export async function details() { wf.setHandler(wf.defineSignal('go'), () => {}); let seen = 0; wf.setHandler(wf.defineSignal('go'), () => { seen++; }); await wf.condition(() => seen >= 3); return seen; }
`;
const activities = {
  double: async (n: number) => n * 2,
  fails: async () => {
    throw new TypeError('always');
  },
};
const queue = { taskQueue: 'q' };

test('signals, queries and updates reach a workflow', async (t) => {
  const { client, worker } = await workerWorld(t);
  const made = await worker({ activities }, WORKFLOWS);
  const result = await made.runUntil(async () => {
    const handle = await client.workflow.start('counter', { workflowId: 'w', ...queue });
    await handle.signal('add', 5);
    assert.equal(await handle.query('total'), 5);
    assert.equal(await handle.executeUpdate('change', { args: [10] }), 25);
    await assert.rejects(handle.executeUpdate('change', { args: [-1] }), /Update failed|negative/);
    assert.equal(await handle.query('total'), 25);
    await handle.signal('finish');
    return handle.result();
  });
  assert.equal(result, 25);
});

test('a query is answered after the end, and by a worker that has not seen the run before', async (t) => {
  const { client, worker } = await workerWorld(t);
  const first = await worker({ activities }, WORKFLOWS);
  const handle = await first.runUntil(async () => {
    const handle = await client.workflow.start('counter', { workflowId: 'w', ...queue });
    await handle.signal('add', 7);
    await handle.signal('finish');
    await handle.result();
    return handle;
  });
  const second = await worker({ activities }, WORKFLOWS);
  assert.equal(await second.runUntil(() => handle.query('total')), 7);
});

test('local activities leave markers, retry, and fail as activities do', async (t) => {
  const { client, worker } = await workerWorld(t);
  const made = await worker({ activities }, WORKFLOWS);
  await made.runUntil(async () => {
    const handle = await client.workflow.start('localSum', { workflowId: 'w', ...queue, args: [4] });
    assert.equal(await handle.result(), 20);
    const { events } = await handle.fetchHistory();
    assert.equal(events.filter(({ eventType }) => eventType === EventType.MARKER_RECORDED).length, 4);
    assert.equal(events.filter(({ eventType }) => eventType === EventType.WORKFLOW_TASK_COMPLETED).length, 1);
    const failing = await client.workflow.execute('localFails', { workflowId: 'f', ...queue });
    assert.deepEqual(failing, ['ActivityFailure', 'ApplicationFailure', 'always']);
  });
});

test('a local activity that takes longer than the task keeps it alive', async (t) => {
  const { client, worker } = await workerWorld(t);
  let release: () => void = () => undefined;
  const slow = () =>
    new Promise<string>((resolve) => {
      release = () => resolve('slow');
    });
  const made = await worker({ activities: { slow } }, WORKFLOWS);
  await made.runUntil(async () => {
    const handle = await client.workflow.start('slowLocal', { workflowId: 'w', ...queue, workflowTaskTimeout: '1s' });
    let completed = 0;
    while (completed < 1) {
      const { events } = await handle.fetchHistory();
      completed = events.filter(({ eventType }) => eventType === EventType.WORKFLOW_TASK_COMPLETED).length;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    release();
    assert.equal(await handle.result(), 'slow');
    const { events } = await handle.fetchHistory();
    assert.ok(events.every(({ eventType }) => eventType !== EventType.WORKFLOW_TASK_TIMED_OUT));
  });
});

test('timers, children and continue-as-new', async (t) => {
  const { client, worker } = await workerWorld(t);
  const made = await worker({ activities }, WORKFLOWS);
  await made.runUntil(async () => {
    assert.equal(await client.workflow.execute('parent', { workflowId: 'p', ...queue }), 'rested');
    assert.equal(await client.workflow.execute('again', { workflowId: 'a', ...queue, args: [1] }), 'over');
    assert.equal(await client.workflow.execute('many', { workflowId: 'm', ...queue, args: [30] }), 30);
  });
});

test('without a cache every task is replayed, and with a small one runs are evicted', async (t) => {
  const world = await workerWorld(t);
  const { client } = world;
  const none = await world.worker({ activities, maxCachedWorkflows: 0 }, WORKFLOWS);
  await none.runUntil(async () => {
    assert.equal(await client.workflow.execute('parent', { workflowId: 'p', ...queue }), 'rested');
    assert.equal(none.getStatus().numCachedWorkflows <= 1, true);
  });
  const few = await world.worker({ activities, maxCachedWorkflowBytes: 50_000 }, WORKFLOWS);
  await few.runUntil(async () => {
    const handles = [];
    for (let n = 0; n < 6; n += 1) {
      const handle = await client.workflow.start('counter', { workflowId: `c${n}`, ...queue });
      await handle.signal('add', n);
      assert.equal(await handle.query('total'), n);
      handles.push(handle);
    }
    assert.ok(world.sandbox!.evicted.length >= 3);
    assert.ok(few.getStatus().numCachedWorkflows <= 3);
    for (const [n, handle] of handles.entries()) {
      await handle.signal('finish');
      assert.equal(await handle.result(), n);
    }
  });
});

test('a lost realm is replayed, a spun one fails the task', async (t) => {
  const world = await workerWorld(t);
  const { client } = world;
  const made = await world.worker({ activities }, WORKFLOWS);
  await made.runUntil(async () => {
    const handle = await client.workflow.start('counter', { workflowId: 'w', ...queue });
    await handle.signal('add', 1);
    assert.equal(await handle.query('total'), 1);
    world.sandbox!.instead = { kind: 'lost', reason: 'another run spun' };
    await handle.signal('add', 2);
    assert.equal(await handle.query('total'), 3);
    world.sandbox!.instead = { kind: 'spun', sliceMs: 1000, stack: undefined };
    await handle.signal('finish');
    assert.equal(await handle.result(), 3);
    const { events } = await handle.fetchHistory();
    const failed = events.filter(({ eventType }) => eventType === EventType.WORKFLOW_TASK_FAILED);
    assert.equal(failed.length, 1);
  });
});

test('what fails the workflow and what fails the task', async (t) => {
  const entries: LogEntry[] = [];
  const runtime = Runtime.install({ logger: new DefaultLogger('INFO', (entry) => entries.push(entry)) });
  t.after(() => runtime.shutdown());
  const { client, worker } = await workerWorld(t);
  const made = await worker({ activities }, WORKFLOWS);
  await made.runUntil(async () => {
    await assert.rejects(client.workflow.execute('fails', { workflowId: 'f', ...queue }), (error: Error) => {
      assert.equal((error.cause as { type?: string }).type, 'MyType');
      return true;
    });
    const handle = await client.workflow.start('throws', { workflowId: 't', ...queue });
    let failed;
    while (failed === undefined) {
      const { events } = await handle.fetchHistory();
      failed = events.find(({ eventType }) => eventType === EventType.WORKFLOW_TASK_FAILED);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await handle.terminate();
    await client.workflow.start('nothingOfTheKind', { workflowId: 'n', ...queue });
    while (!entries.some(({ message }) => message.includes('nothingOfTheKind'))) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  });
  const warned = entries.find(({ message }) => message.includes('a bug'));
  assert.equal(warned?.level, 'WARN');
  assert.match(warned?.message ?? '', /A Workflow Task failed, and will be tried again/);
  assert.equal(warned?.meta?.['workflowType'], 'throws');
});

test('logs and sinks of workflows are called once, not in replay', async (t) => {
  const entries: LogEntry[] = [];
  const runtime = Runtime.install({ logger: new DefaultLogger('INFO', (entry) => entries.push(entry)) });
  t.after(() => runtime.shutdown());
  const calls: unknown[] = [];
  const sinks = {
    mine: {
      call: { fn: (info: { workflowId: string }, ...args: unknown[]) => void calls.push([info.workflowId, ...args]) },
    },
  };
  const { client, worker } = await workerWorld(t);
  const made = await worker({ activities, sinks, maxCachedWorkflows: 0 }, WORKFLOWS);
  await made.runUntil(async () => {
    await client.workflow.execute('logs', { workflowId: 'l', ...queue });
    await client.workflow.execute('sinks', { workflowId: 's', ...queue });
  });
  const own = entries.filter(({ meta }) => meta?.['workflowId'] === 'l');
  assert.deepEqual(
    own.map(({ message, level }) => [message, level]),
    [
      ['from workflow', 'INFO'],
      ['later', 'WARN'],
    ],
  );
  assert.equal(own[0]?.meta?.['a'], 1);
  assert.deepEqual(calls, [['s', 1, 'x']]);
});

test('codecs see everything, the sandbox sees clear text', async (t) => {
  const xor = (payload: Payload): Payload => ({
    ...payload,
    data: (payload.data ?? new Uint8Array()).map((byte) => byte ^ 7),
  });
  const dataConverter = {
    payloadCodecs: [
      {
        encode: async (payloads: Payload[]) => payloads.map(xor),
        decode: async (payloads: Payload[]) => payloads.map(xor),
      },
    ],
  };
  const { client, worker, connection } = await workerWorld(t, { dataConverter });
  const made = await worker({ activities, dataConverter }, WORKFLOWS);
  await made.runUntil(async () => {
    const handle = await client.workflow.start('counter', { workflowId: 'w', ...queue, memo: { m: 'secret memo' } });
    await handle.signal('add', 5);
    assert.equal(await handle.query('total'), 5);
    assert.equal(await handle.executeUpdate('change', { args: [10] }), 25);
    await handle.signal('finish');
    assert.equal(await handle.result(), 25);
    assert.equal(await client.workflow.execute('localSum', { workflowId: 'l', ...queue, args: [3] }), 12);
    await assert.rejects(client.workflow.execute('fails', { workflowId: 'f', ...queue }), (error: Error) => {
      assert.deepEqual((error.cause as { details?: unknown }).details, [{ detail: 1 }]);
      return true;
    });
  });
  assert.ok(connection);
});
