// node worker.mjs ADDRESS QUEUE: the official worker, as installed in conformance/. Prints `created MS` and then works until it
// is killed.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const conformance = new URL('../../../conformance/', import.meta.url);
const { DefaultLogger, NativeConnection, Runtime, Worker } = createRequire(conformance)('@temporalio/worker');

const [, , address, taskQueue] = process.argv;
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
});
const connection = await NativeConnection.connect({ address });
const beganMs = performance.now();
const worker = await Worker.create({
  connection,
  taskQueue,
  workflowsPath: fileURLToPath(new URL('workflows.mjs', import.meta.url)),
  bundlerOptions: {
    webpackConfigHook: (config) => ({
      ...config,
      resolve: { ...config.resolve, modules: [fileURLToPath(new URL('node_modules', conformance)), 'node_modules'] },
    }),
  },
  activities: { greet: async (name) => `Hello, ${name}!` },
});
console.log(`created ${performance.now() - beganMs}`);
await worker.run();
