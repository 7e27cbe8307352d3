/** Connecting, headers, deadlines, repetitions, and what is said when it does not work. */
import assert from 'node:assert/strict';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { StatusCode } from '@perdure/protocol';
import { createServer } from '@perdure/server';
import { IllegalStateError, ValueError } from '../conversion/errors.js';
import { callMetadata } from './call-metadata.js';
import { Connection } from './connection.js';
import { loadConnectionOptions } from './connection-options.js';
import { GrpcServiceError, isGrpcCancelledError, isGrpcDeadlineError, isGrpcServiceError } from './grpc-error.js';
import { defaultGrpcRetryOptions } from './grpc-retry.js';
import { addressOf, world } from './world.test.js';

/** A port where nothing listens. */
async function freePort(): Promise<number> {
  const probe = createTcpServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

test('raw services of all kinds', async (t) => {
  const { connection } = await world(t);
  const info = await connection.workflowService.getSystemInfo({});
  assert.notEqual(info.serverVersion, '');
  assert.equal(
    (await connection.healthService.check({ service: 'temporal.api.workflowservice.v1.WorkflowService' })).status,
    1,
  );
  await assert.rejects(
    connection.workflowService.describeNamespace({ namespace: 'nowhere' }),
    (error) => isGrpcServiceError(error) && error.code === StatusCode.NOT_FOUND && /5 NOT_FOUND/.test(error.message),
  );
});

test('connect says who does not answer and what to do', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  await assert.rejects(
    Connection.connect({ address, connectTimeout: 250 }),
    (error: Error) => error.message.includes(address) && /Nothing listens there: start a server/.test(error.message),
  );
});

test('connect waits for a server that is still starting', async (t) => {
  const port = await freePort();
  const connecting = Connection.connect({ address: `127.0.0.1:${port}` });
  const server = await createServer({ port });
  t.after(() => server.close(0));
  await (await connecting).close();
});

test('calls are repeated until the server is there, and never when retries are off', async (t) => {
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const without = Connection.lazy({ address, retry: false });
  t.after(() => without.close());
  await assert.rejects(without.workflowService.getSystemInfo({}), (e) => e instanceof GrpcServiceError && e.isUnsent);
  const attempts: number[] = [];
  const retry = { ...defaultGrpcRetryOptions(), delayFunction: (attempt: number) => (attempts.push(attempt), 20) };
  retry.retryableDecider = () => true;
  const connection = Connection.lazy({ address, retry });
  t.after(() => connection.close());
  const call = connection.workflowService.getSystemInfo({});
  const server = await createServer({ port });
  t.after(() => server.close(0));
  assert.notEqual((await call).serverVersion, '');
  assert.equal(attempts[0], 1);
});

test('what waiting does not mend is not repeated', () => {
  const { retryableDecider, delayFunction } = defaultGrpcRetryOptions({ maxRetries: 2, maxJitter: 0 });
  const decide = (code: number): boolean => retryableDecider(1, new GrpcServiceError(code, ''));
  assert.ok(decide(StatusCode.UNAVAILABLE) && decide(StatusCode.RESOURCE_EXHAUSTED));
  assert.ok(
    !decide(StatusCode.INVALID_ARGUMENT) && !decide(StatusCode.DEADLINE_EXCEEDED) && !decide(StatusCode.NOT_FOUND),
  );
  const unavailable = new GrpcServiceError(StatusCode.UNAVAILABLE, '');
  assert.ok(!retryableDecider(3, unavailable));
  assert.deepEqual(
    [1, 2, 30].map((attempt) => Math.round(delayFunction(attempt, unavailable))),
    [100, 170, 5000],
  );
});

test('deadlines and abort signals end the calls inside', async (t) => {
  const { client } = await world(t);
  const handle = await client.workflow.start('t', { taskQueue: 'q', workflowId: 'w' });
  const poll = () => handle.result();
  await assert.rejects(client.withDeadline(Date.now() + 30, poll), isGrpcDeadlineError);
  const abort = new AbortController();
  const aborted = client.withAbortSignal(abort.signal, poll);
  abort.abort();
  await assert.rejects(aborted, isGrpcCancelledError);
});

test('headers: those of the call go first, keys are asked for each time, bytes only under -bin', () => {
  let key = 'one';
  const headers = (): Map<string, string> =>
    new Map(callMetadata({ a: 'connection', b: 'b' }, { A: 'call', 'x-bin': Uint8Array.of(1) }, () => key, 'ns'));
  assert.equal(headers().get('a'), 'call');
  assert.equal(headers().get('x-bin'), 'AQ==');
  assert.equal(headers().get('temporal-namespace'), 'ns');
  assert.equal(headers().get('authorization'), 'Bearer one');
  key = 'two';
  assert.equal(headers().get('authorization'), 'Bearer two');
  assert.throws(() => callMetadata({ a: Uint8Array.of(1) }, undefined, undefined, ''), /end in -bin/);
});

test('options: defaults and contradictions', () => {
  assert.equal(loadConnectionOptions({}).address, 'localhost:7233');
  assert.equal(loadConnectionOptions({ address: 'host', tls: true }).address, 'host:443');
  assert.equal(loadConnectionOptions({ address: '[::1]' }).address, '[::1]:7233');
  assert.deepEqual(loadConnectionOptions({ apiKey: 'k' }).tls, {});
  assert.equal(loadConnectionOptions({ apiKey: 'k', tls: false }).tls, undefined);
  assert.throws(() => loadConnectionOptions({ address: 'http://host:1' }), /without a scheme/);
  assert.throws(() => loadConnectionOptions({ apiKey: 'k', metadata: { Authorization: 'x' } }), ValueError);
});

test('a closed connection says so', async (t) => {
  const { connection, server } = await world(t);
  await connection.close();
  await assert.rejects(connection.workflowService.getSystemInfo({}), IllegalStateError);
  const other = Connection.lazy({ address: addressOf(server) });
  await other.close();
  await assert.rejects(other.ensureConnected(), IllegalStateError);
});
