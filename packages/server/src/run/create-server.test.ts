/** The Service as a library: in memory and on a port, whole, with nothing left open. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { workflowService } from '@perdure/protocol';
import type { Init, Rpc } from '@perdure/protocol';
import { createServer } from './create-server.js';
import type { Server } from './create-server.js';

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

async function invoke<Request, Response>(
  server: Server,
  rpc: Rpc<Request, Response>,
  request: Init<Request>,
): Promise<Response> {
  const answer = await server.transport.invoke(rpc.path, rpc.request.encode(request));
  assert.ok(answer.ok, answer.ok ? '' : answer.message);
  return rpc.response.decode(answer.bytes);
}

test('settings of a task queue survive a restart, and go with their namespace', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-settings-'));
  const dbFilename = join(folder, 'settings.db');
  const { DescribeTaskQueue, UpdateTaskQueueConfig } = workflowService;
  const queue = { namespace: 'default', taskQueue: { name: 'q' }, taskQueueType: 2, reportConfig: true } as const;
  const first = await createServer({ dbFilename });
  await invoke(first, UpdateTaskQueueConfig, {
    namespace: 'default',
    taskQueue: 'q',
    taskQueueType: 2,
    updateQueueRateLimit: { rateLimit: { requestsPerSecond: 3 }, reason: 'why' },
    setFairnessWeightOverrides: new Map([['big', 5]]),
  });
  const before = await invoke(first, DescribeTaskQueue, queue);
  assert.equal(before.effectiveRateLimit?.requestsPerSecond, 3);
  await first.close(0);
  const second = await createServer({ dbFilename });
  const after = await invoke(second, DescribeTaskQueue, queue);
  assert.deepEqual(after.config, before.config);
  assert.equal(after.effectiveRateLimit?.requestsPerSecond, 3);
  const { id = '' } = second.engine.namespaces.byName('default') ?? {};
  second.engine.queueSettings.removeOf(second.engine, id);
  assert.equal((await invoke(second, DescribeTaskQueue, queue)).config, undefined);
  await second.close(0);
  const third = await createServer({ dbFilename });
  assert.equal((await invoke(third, DescribeTaskQueue, queue)).config, undefined);
  await third.close(0);
  rmSync(folder, { recursive: true });
});
