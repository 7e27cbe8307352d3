import assert from 'node:assert/strict';
import { test } from 'node:test';
import { History } from '@perdure/protocol';
import { bundleFiles } from '../sandbox/testing/bundles.js';
import { workerWorld } from '../testing/worker-world.js';
import { Worker } from '../worker.js';
import { messageToJson } from '@perdure/protocol/json';
import type { Json } from '@perdure/protocol/json';

const before = `
  import { proxyActivities, sleep } from 'perdure/workflow';
  const { charge, ship } = proxyActivities({ startToCloseTimeout: '10s' });
  export async function order(id) { await charge(id); await sleep(1); return await ship(id); }
`;
const after = before.replace('await charge(id); await sleep(1);', 'await sleep(1); await charge(id);');
const broken = before.replace('await charge(id);', 'if (id) throw new Error("cannot run");');

test('histories of a client and from JSON, with code that fits and code that does not', async (t) => {
  const { client, worker } = await workerWorld(t);
  const activities = { charge: async () => 1, ship: async (id: string) => `shipped ${id}` };
  const made = await worker({ activities }, before);
  await made.runUntil(async () => {
    for (const id of ['a', 'b']) {
      await client.workflow.execute('order', { workflowId: `order-${id}`, taskQueue: 'q', args: [id] });
    }
  });
  const bundle = async (source: string) => ({ workflowBundle: await bundleFiles({ 'workflows.ts': source }) });
  const fits = await bundle(before);
  const results = [];
  for await (const result of Worker.runReplayHistories(fits, client.workflow.list().intoHistories())) {
    results.push([result.workflowId, result.error?.message]);
  }
  assert.deepEqual(results.sort(), [
    ['order-a', undefined],
    ['order-b', undefined],
  ]);

  const history = await client.workflow.getHandle('order-a').fetchHistory();
  const json = toJson(history);
  await Worker.runReplayHistory(fits, json, 'order-a');
  const short = JSON.parse(
    JSON.stringify(json).replaceAll(/EVENT_TYPE_([A-Z_]+)/g, (_, name: string) =>
      name.toLowerCase().replaceAll(/(?:^|_)([a-z])/g, (__, letter: string) => letter.toUpperCase()),
    ),
  ) as object;
  await Worker.runReplayHistory(fits, short);

  await assert.rejects(Worker.runReplayHistory(await bundle(after), json), (error: Error) => {
    assert.equal(error.name, 'DeterminismViolationError');
    assert.match(
      error.message,
      /TMPRL1100.*Event 5 .*history has: scheduled activity charge.*the code did: started timer 1.*patched/s,
    );
    return true;
  });
  await assert.rejects(Worker.runReplayHistory(await bundle(broken), json), {
    name: 'ReplayError',
    message: 'cannot run',
  });
  await assert.rejects(Worker.runReplayHistory(fits, { nothing: 1 }), { name: 'ReplayError', message: /no history/ });
  await assert.rejects(Worker.runReplayHistory(fits, { events: [{ eventType: 'EVENT_TYPE_NONE' }] }), {
    name: 'ReplayError',
    message: /no history in JSON: events\[0\]\.eventType: expected one of EVENT_TYPE_/,
  });
  const hole = json.events.filter((_, i) => i !== 6);
  await assert.rejects(Worker.runReplayHistory(fits, { events: hole }), {
    name: 'ReplayError',
    message: 'Events are missing in the history',
  });
});

/** As tools of the field write it. */
function toJson(history: History): { events: Json[] } {
  return messageToJson(History.name, History.encode(history)) as { events: Json[] };
}
