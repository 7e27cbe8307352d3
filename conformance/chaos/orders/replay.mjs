// The official SDK replays histories that went through the faults: it finds no difference to the workflow's code.
import assert from 'node:assert/strict';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { fileURLToPath } from 'node:url';

export async function replayOrders(address, records) {
  if (!Runtime._instance) Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await Connection.connect({ address });
  try {
    const { workflow } = new Client({ connection });
    const histories = records.map(async ({ workflowId }) => ({
      workflowId,
      history: await workflow.getHandle(workflowId).fetchHistory(),
    }));
    const options = { workflowsPath: fileURLToPath(new URL('./workflows.mjs', import.meta.url)) };
    for await (const { workflowId, error } of Worker.runReplayHistories(options, await Promise.all(histories))) {
      assert.equal(error, undefined, `${workflowId} does not replay: ${error?.message}`);
    }
  } finally {
    await connection.close();
  }
}
