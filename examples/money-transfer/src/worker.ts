// The worker: runs transfers until it is stopped. Any number of them may run; each may be killed at any moment.
//
// Environment: TEMPORAL_ADDRESS (default 127.0.0.1:7233), BANK_FOLDER (default ./bank), BANK_ANSWERS_AFTER_MS (default 0).
import { DefaultLogger, NativeConnection, Runtime, Worker } from 'perdure/worker';
import { fileURLToPath } from 'node:url';
import { makeActivities } from './activities.js';
import { openBank } from './bank.js';
import { taskQueue } from './transfer-types.js';

Runtime.install({ logger: new DefaultLogger('WARN') });
const bank = openBank(process.env['BANK_FOLDER'] ?? 'bank');
const connection = await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '127.0.0.1:7233' });
try {
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowsPath: fileURLToPath(new URL('./workflows.js', import.meta.url)),
    activities: makeActivities(bank, Number(process.env['BANK_ANSWERS_AFTER_MS'] ?? 0)),
    stickyQueueScheduleToStartTimeout: '2s', // how long a transfer waits for a worker that died before another takes over
  });
  console.log(`worker ${process.pid} waits for transfers on ${taskQueue}`);
  await worker.run();
} finally {
  await connection.close();
}
