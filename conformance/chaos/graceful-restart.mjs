// The server is stopped in an orderly way under load, and started again: it ends by itself with exit code 0, and workers and
// clients that were connected go on.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { underLoad } from './under-load.mjs';

export const name = 'graceful restart under load, three times';

export async function run({ random, folder }) {
  return underLoad({ count: 50, random, dbFilename: `${folder}/restarts.db` }, async (server, started) => {
    await started;
    for (let i = 0; i < 3; i++) {
      await delay(random.between(500, 2_000));
      assert.deepEqual(await server.kill('SIGTERM'), { code: 0, signal: null }, server.output());
      await server.restart();
    }
  });
}
