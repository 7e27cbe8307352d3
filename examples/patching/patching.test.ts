import assert from 'node:assert/strict';
import { beside, example } from '../testing/example.js';
import * as activities from './activities.js';
import { cameIn, visit } from './version-2.js';

const version = (n: number) => ({ workflowsPath: beside(import.meta.url, `version-${n}.js`), activities });

// The stage's own worker serves another queue, so that each version of the code is the only one on its own.
example('code changes under running workflows', version(2), async ({ client, taskQueue, id, work }) => {
  const queue = `${taskQueue}-versions`;
  const start = (suffix: string) =>
    client.workflow.start(visit, { workflowId: id(suffix), taskQueue: queue, args: [suffix] });
  const begun = async (handle: Awaited<ReturnType<typeof start>>) => {
    for (;;) {
      const { events } = await handle.fetchHistory();
      if (events?.some((event) => event.eventType === 12)) return;
    }
  };
  const on = <T>(n: number, play: () => Promise<T>) => work({ ...version(n), taskQueue: queue }, play);

  const old = await start('old');
  await on(1, () => begun(old));
  const middle = await start('middle');
  await on(2, async () => {
    await begun(middle);
    await old.signal(cameIn);
    assert.equal(await old.result(), 'letter to old');
  });
  await on(3, async () => {
    await middle.signal(cameIn);
    assert.equal(await middle.result(), 'mail to middle');
    const fresh = await start('fresh');
    await fresh.signal(cameIn);
    assert.equal(await fresh.result(), 'mail to fresh');
  });
});
