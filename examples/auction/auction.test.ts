import assert from 'node:assert/strict';
import { WorkflowUpdateFailedError } from 'perdure/client';
import { beside, example } from '../testing/example.js';
import { auction, bid } from './workflows.js';

example('bids that are too low are refused', { workflowsPath: beside(import.meta.url) }, async (stage) => {
  const { client, taskQueue, id, isRealTime } = stage;
  const openFor = isRealTime ? 1_500 : 7 * 86_400_000;
  const handle = await client.workflow.start(auction, { workflowId: id(), taskQueue, args: [1_000, openFor] });
  const offer = (bidder: string, cents: number) => handle.executeUpdate(bid, { args: [{ bidder, cents }] });
  await assert.rejects(offer('Ann', 999), WorkflowUpdateFailedError);
  assert.deepEqual(await offer('Ann', 1_000), { bidder: 'Ann', cents: 1_000 });
  const race = await Promise.allSettled([offer('Bob', 2_000), offer('Cleo', 2_000), offer('Dan', 2_000)]);
  assert.equal(race.filter(({ status }) => status === 'fulfilled').length, 1, 'one of three equal bids is first');
  const best = await handle.result();
  assert.equal(best?.cents, 2_000);
});
