/** What applications add to clients and connections: interceptors of calls, keys of calls, plugins; and eager starts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatusCode } from '@perdure/protocol';
import type { PollWorkflowTaskQueueResponse } from '@perdure/protocol';
import { createServer as createHttp2Server } from 'node:http2';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Client } from './client.js';
import { Connection } from './connection.js';
import { registerEagerWorker } from './eager-start.js';
import type { EagerSlot } from './eager-start.js';
import { GrpcServiceError } from './grpc-error.js';
import { defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from './grpc-retry.js';
import type { ClientPlugin, ConnectionPlugin } from './plugins.js';
import { addressOf, completed, world } from './world.test.js';

test('interceptors of calls: the first is the outermost, and may change the metadata', async (t) => {
  const { server } = await world(t);
  const seen: string[] = [];
  const connection = Connection.lazy({
    address: addressOf(server),
    interceptors: [
      async (call, next) => {
        seen.push(`first ${call.path.split('/').at(-1)}`);
        return next({ ...call, metadata: { ...call.metadata, a: 'b' } });
      },
      async (call, next) => (seen.push(`second ${String(call.metadata['a'])}`), next(call)),
    ],
  });
  t.after(() => connection.close());
  const info = await connection.workflowService.getSystemInfo({});
  assert.notEqual(info.serverVersion, '');
  assert.deepEqual(seen, ['first GetSystemInfo', 'second b']);
});

test('an interceptor that repeats calls', async (t) => {
  const { server } = await world(t);
  let left = 2;
  const connection = Connection.lazy({
    address: addressOf(server),
    retry: false,
    interceptors: [
      makeGrpcRetryInterceptor(defaultGrpcRetryOptions({ initialIntervalMs: () => 1 })),
      async (call, next) => {
        if (left-- > 0) throw new GrpcServiceError(StatusCode.UNAVAILABLE, 'not yet');
        return next(call);
      },
    ],
  });
  t.after(() => connection.close());
  await connection.workflowService.getSystemInfo({});
  assert.equal(left, -1);
});

test('a key for some calls', async (t) => {
  const keys: unknown[] = [];
  const server = createHttp2Server().listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.on('stream', (stream, headers) => {
    keys.push(headers['authorization']);
    stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12' }, { endStream: true });
  });
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const connection = Connection.lazy({ address, apiKey: 'own', tls: false });
  t.after(async () => {
    await connection.close();
    server.close();
  });
  const client = new Client({ connection });
  const call = (): Promise<unknown> => client.workflowService.getSystemInfo({}).catch(() => undefined);
  await call();
  await connection.withApiKey('other', call);
  connection.setApiKey(() => 'renewed');
  await call();
  assert.deepEqual(keys, ['Bearer own', 'Bearer other', 'Bearer renewed']);
});

test('plugins change options; those of the connection reach its clients', async (t) => {
  const both: ConnectionPlugin & ClientPlugin = {
    name: 'both',
    configureConnection: (options) => ({ ...options, metadata: { ...options.metadata, plugged: 'yes' } }),
    configureClient: (options) => ({ ...options, namespace: `${options.namespace ?? ''}+connection` }),
  };
  const own: ClientPlugin = {
    name: 'own',
    configureClient: (options) => ({ ...options, namespace: `${options.namespace ?? ''}+own` }),
  };
  const connection = Connection.lazy({ plugins: [both] });
  t.after(() => connection.close());
  assert.deepEqual(connection.options.metadata, { plugged: 'yes' });
  const client = new Client({ connection, namespace: 'n', plugins: [own, both] });
  assert.equal(client.workflow.options.namespace, 'n+own+connection');
  assert.equal(new Client({ connection, namespace: 'n' }).schedule.options.namespace, 'n+connection');
});

test('an eager start gives the first task to a worker of the same connection', async (t) => {
  const { connection, client } = await world(t);
  const options = { taskQueue: 'q', requestEagerStart: true };
  assert.equal((await client.workflow.start('t', { ...options, workflowId: 'nobody' })).eagerlyStarted, false);

  const taken: PollWorkflowTaskQueueResponse[] = [];
  let released = 0;
  const slot: EagerSlot = { take: (task) => void taken.push(task), release: () => void released++ };
  const remove = registerEagerWorker(connection, { namespace: 'default', taskQueue: 'q', reserve: () => slot });
  const handle = await client.workflow.start('t', { ...options, workflowId: 'eager' });
  assert.deepEqual([handle.eagerlyStarted, taken.length, released], [true, 1, 0]);
  const { taskToken } = taken[0]!;
  await connection.workflowService.respondWorkflowTaskCompleted({
    namespace: 'default',
    taskToken,
    identity: 'hand',
    ...(await completed('done')),
  });
  assert.equal(await handle.result(), 'done');

  await assert.rejects(client.workflow.start('t', { ...options, workflowId: 'nobody' }));
  assert.equal(released, 1);
  assert.equal((await client.workflow.start('t', { taskQueue: 'q', workflowId: 'plain' })).eagerlyStarted, false);
  remove();
  assert.equal((await client.workflow.start('t', { ...options, workflowId: 'gone' })).eagerlyStarted, false);
});

test('interceptors of starts, of both forms', async (t) => {
  const seen: unknown[] = [];
  const { connection, client } = await world(t, {
    interceptors: {
      workflow: [
        { start: async (input, next) => (seen.push('start'), next(input)) },
        {
          start: async () => assert.fail('startWithDetails is there'),
          async startWithDetails(input, next) {
            const output = await next(input);
            seen.push(output);
            return output;
          },
        },
      ],
    },
  });
  const slot: EagerSlot = { take: () => undefined, release: () => undefined };
  registerEagerWorker(connection, { namespace: 'default', taskQueue: 'q', reserve: () => slot });
  const start = { taskQueue: 'q', workflowId: 'w', requestEagerStart: true };
  const handle = await client.workflow.start('t', start);
  assert.deepEqual(seen, ['start', { runId: handle.firstExecutionRunId, eagerlyStarted: true }]);
  assert.equal(handle.eagerlyStarted, true);
});
