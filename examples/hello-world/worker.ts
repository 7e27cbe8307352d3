// npx tsx hello-world/worker.ts
import { Worker } from 'perdure/worker';
import * as activities from './activities.js';

const worker = await Worker.create({
  workflowsPath: new URL('workflows.js', import.meta.url).pathname,
  activities,
  taskQueue: 'hello-world',
});
await worker.run();
