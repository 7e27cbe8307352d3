import { Client, Connection } from 'perdure/client';
import { hello } from './workflows.js';

const connection = await Connection.connect();
const client = new Client({ connection });
const result = await client.workflow.execute(hello, {
  workflowId: `hello-${Date.now()}`,
  taskQueue: 'hello-world',
  args: ['world'],
});
console.log(result);
await connection.close();
