// The frame of the tests under load: a server on a database file, a worker, clients; then faults; then the audit.
import { fileURLToPath } from 'node:url';
import { startDevServer } from './dev-server.mjs';
import { auditOrders } from './orders/audit.mjs';
import { placeOrders } from './orders/load.mjs';
import { replayOrders } from './orders/replay.mjs';
import { startProgram } from './processes.mjs';

/**
 * `inflict(server, started)` does the faults, and resolves when they are over; `started` resolves when all orders run.
 * Resolves to what was audited.
 */
export async function underLoad({ count, random, dbFilename, wrap }, inflict) {
  const server = await startDevServer({ dbFilename, ...(wrap && { wrap }) });
  const worker = startProgram([fileURLToPath(new URL('orders/worker.mjs', import.meta.url)), server.address]);
  try {
    await worker.printed(/the worker is ready/);
    const faults = faultsOf();
    const placed = placeOrders({ address: server.address, count, random, faults });
    const inflicted = inflict(server, faults.started).finally(faults.end);
    const brokeOff = worker.ended.then(() => {
      throw new Error(`the worker ended:\n${worker.output}`);
    });
    const [records] = await Promise.race([Promise.all([placed, inflicted]), brokeOff]);
    const seen = await auditOrders(server.address, records);
    await replayOrders(server.address, records.slice(0, 20));
    return `${seen}, ${server.lives} lives of the server`;
  } finally {
    await worker.kill();
    await server.kill('SIGKILL');
  }
}

function faultsOf() {
  let isOver = false;
  const { promise: started, resolve: allStarted } = withResolvers();
  return { started, allStarted, isOver: () => isOver, end: () => void (isOver = true) };
}

function withResolvers() {
  let resolve;
  const promise = new Promise((settle) => (resolve = settle));
  return { promise, resolve };
}
