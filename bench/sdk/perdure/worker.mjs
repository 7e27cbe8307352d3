// node worker.mjs ADDRESS QUEUE: our worker. Prints `created MS` and then works until it is killed.
import { Connection } from 'perdure/client';
import { DefaultLogger, Runtime, Worker } from 'perdure/worker';
import { fileURLToPath } from 'node:url';

const [, , address, taskQueue] = process.argv;
Runtime.install({ logger: new DefaultLogger('ERROR') });
const connection = await Connection.connect({ address });
const beganMs = performance.now();
const worker = await Worker.create({
  connection,
  taskQueue,
  workflowsPath: fileURLToPath(new URL('workflows.mjs', import.meta.url)),
  activities: { greet: async (name) => `Hello, ${name}!` },
});
console.log(`created ${performance.now() - beganMs}`);
await worker.run();
