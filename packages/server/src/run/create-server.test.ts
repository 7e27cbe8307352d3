/** The Service as a library: in memory and on a port, whole, with nothing left open. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workflowService } from '@perdure/protocol';
import { createServer } from './create-server.js';

test('serves calls without a socket, and only those that exist', async () => {
  const server = await createServer();
  const { GetSystemInfo, StartWorkflowExecution, ListSchedules } = workflowService;
  const info = await server.transport.invoke(GetSystemInfo.path, GetSystemInfo.request.encode({}));
  assert.ok(info.ok && GetSystemInfo.response.decode(info.bytes).serverVersion !== '');
  const start = await server.transport.invoke(
    StartWorkflowExecution.path,
    StartWorkflowExecution.request.encode({
      namespace: 'default',
      workflowId: 'w',
      workflowType: { name: 't' },
      taskQueue: { name: 'q' },
      requestId: 'r',
    }),
  );
  assert.ok(start.ok && StartWorkflowExecution.response.decode(start.bytes).started);
  const schedules = await server.transport.invoke(
    ListSchedules.path,
    ListSchedules.request.encode({ namespace: 'default' }),
  );
  assert.ok(!schedules.ok && schedules.code === 12, 'what is not built yet is UNIMPLEMENTED');
  await server.close(0);
});

test('a start on a taken port leaves nothing open', async () => {
  const first = await createServer({ port: 0 });
  await assert.rejects(createServer({ port: first.address?.port ?? 0 }), { code: 'EADDRINUSE' });
  await first.close(0);
});

test('waiting polls are answered when it closes', async () => {
  const server = await createServer();
  const { PollWorkflowTaskQueue } = workflowService;
  const poll = server.transport.invoke(
    PollWorkflowTaskQueue.path,
    PollWorkflowTaskQueue.request.encode({ namespace: 'default', taskQueue: { name: 'q' }, identity: 'w' }),
    { timeoutMs: 60_000 },
  );
  await server.close(0);
  const answer = await poll;
  assert.ok(answer.ok && answer.bytes.length === 0, 'the empty message');
});
