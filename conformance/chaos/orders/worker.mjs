// The worker of the orders, written with the official SDK. Usage: node worker.mjs HOST:PORT
import { activityInfo } from '@temporalio/activity';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { fileURLToPath } from 'node:url';
import { failsAtFirst, priceOf } from './price.mjs';

Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
});
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address: process.argv[2] }),
  taskQueue: 'orders',
  workflowsPath: fileURLToPath(new URL('./workflows.mjs', import.meta.url)),
  activities: {
    async price(item) {
      if (failsAtFirst(item) && activityInfo().attempt === 1) throw new Error('the price list is closed');
      return priceOf(item);
    },
  },
  stickyQueueScheduleToStartTimeout: '3s',
});
console.log('the worker is ready');
await worker.run();
