import assert from 'node:assert/strict';
import { beside, example } from '../testing/example.js';
import { addEntry, balance, closeLedger, ledger } from './workflows.js';

example('a ledger that goes on for ever', { workflowsPath: beside(import.meta.url) }, async (stage) => {
  const { client, taskQueue, id } = stage;
  const args: Parameters<typeof ledger> = [{ cents: 0, entries: 0, runs: 1, runLength: 2 }];
  await client.workflow.start(ledger, { workflowId: id(), taskQueue, args });
  const handle = client.workflow.getHandle<typeof ledger>(id());
  for (const cents of [100, 200, 300, -50, 5]) {
    await handle.signal(addEntry, cents);
    await handle.query(balance);
  }
  assert.equal(await handle.query(balance), 555);
  await handle.signal(closeLedger);
  const end = await handle.result();
  assert.equal(end.cents, 555);
  assert.equal(end.entries, 5);
  assert.equal(end.runs, 3);
});
