import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { beside, example } from '../testing/example.js';
import * as activities from './activities.js';
import { copyBook, firstAnswer, guard, signContract } from './workflows.js';

const options = {
  workflowsPath: beside(import.meta.url),
  activities,
  maxHeartbeatThrottleInterval: 20,
  defaultHeartbeatThrottleInterval: 20,
};

example('the first answer wins, the other request is broken off', options, async ({ client, taskQueue, id }) => {
  let brokenOff: () => void;
  const broken = new Promise<void>((resolve) => (brokenOff = resolve));
  const server = createServer((request, response) => {
    if (request.url === '/fast') response.end('fast');
    else request.on('close', () => brokenOff());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const args: [string[]] = [[`${base}/slow`, `${base}/fast`]];
  assert.equal(await client.workflow.execute(firstAnswer, { workflowId: id(), taskQueue, args }), 'fast');
  server.closeAllConnections();
  await broken;
  server.close();
});

example('somebody else completes an activity', options, async ({ client, taskQueue, id }) => {
  const handle = await client.workflow.start(signContract, { workflowId: id(), taskQueue, args: ['lease'] });
  while (!activities.waitingForSignature.has(id())) await setTimeout(10);
  await client.activity.complete(activities.waitingForSignature.get(id()) as Uint8Array, 'Ann');
  assert.equal(await handle.result(), 'lease signed by Ann');
});

example('a new attempt resumes where the heartbeat says', options, async ({ client, taskQueue, id }) => {
  const { copied, resumedAt } = await client.workflow.execute(copyBook, {
    workflowId: id(),
    taskQueue,
    args: [60, 40],
  });
  assert.equal(copied + resumedAt, 60);
  assert.ok(resumedAt > 0 && resumedAt <= 40, `resumed at ${resumedAt}`);
});

example('cancellation reaches an activity by its heartbeat', options, async ({ client, taskQueue, id }) => {
  const handle = await client.workflow.start(guard, { workflowId: id(), taskQueue });
  while (((await handle.describe()).raw.pendingActivities?.[0]?.heartbeatDetails ?? undefined) === undefined)
    await setTimeout(10);
  await handle.cancel();
  assert.equal(await handle.result(), 'watch ended in good order');
});
