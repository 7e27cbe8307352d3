// The server is killed with -9 under 200 running orders, once while they start and five times after, each time at a random
// moment of its life, and started again on the same file: nothing acknowledged is lost, nothing happens twice, all end.
import { setTimeout as delay } from 'node:timers/promises';
import { underLoad } from './under-load.mjs';

export const name = 'server killed with -9 under 200 running executions, five times';

export async function run({ random, folder }) {
  return underLoad({ count: 200, random, dbFilename: `${folder}/orders.db` }, async (server, started) => {
    await delay(random.between(50, 1_500));
    await killAndRestart(server);
    await started;
    for (let i = 0; i < 5; i++) {
      await delay(random.between(20, 3_000));
      await killAndRestart(server);
    }
  });
}

async function killAndRestart(server) {
  await server.kill('SIGKILL');
  await server.restart();
}
