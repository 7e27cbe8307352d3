/** Calls over real sockets: answers, failures, encodings, deadlines, cancellation, draining. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect as connectSocket } from 'node:net';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { CallContext, CancelReason, Reply } from './contract.js';
import { GrpcServer } from './grpc-server.js';
import { answerOf, call, connectTo, frame, nextMessage, open, serviceOf } from './raw-grpc-client.test.js';
import { Health } from './health.js';

const requestBytesMax = 100_000;
const logged: string[] = [];
const health = new Health();
const held: { context: CallContext; reply: Reply; cancelled: Promise<CancelReason> }[] = [];
let onHeld: () => void = () => undefined;

const service = serviceOf({
  Echo: (_context, request, reply) => reply({ ok: true, bytes: request }),
  Fail: (_context, _request, reply) =>
    reply({ ok: false, code: 5, message: 'nicht gefunden: ä 100%\n', statusDetails: Buffer.from([8, 5]) }),
  Throw: () => {
    throw new Error('a secret');
  },
  Large: (_context, request, reply) =>
    reply({ ok: true, bytes: Buffer.alloc(Number(Buffer.from(request).toString()), 7) }),
  Describe: (context, _request, reply) => {
    const { metadata } = context;
    const seen = {
      custom: metadata.get('custom'),
      binary: metadata.getBinary('custom-bin')?.length,
      peer: context.peer,
    };
    reply({ ok: true, bytes: Buffer.from(JSON.stringify(seen)) });
  },
  Hold: (context, _request, reply) => {
    held.push({ context, reply, cancelled: new Promise((resolve) => context.onCancel(resolve)) });
    onHeld();
  },
});

function newServer(limits = {}): GrpcServer {
  return new GrpcServer({
    services: [service, health.service],
    limits: { requestBytesMax, ...limits },
    log: (_level, message) => logged.push(message),
  });
}

async function nextHeld(): Promise<(typeof held)[number]> {
  if (held.length === 0) await new Promise<void>((resolve) => (onHeld = resolve));
  const next = held.shift();
  assert.ok(next);
  return next;
}

let server: GrpcServer;
let address: AddressInfo;

before(async () => {
  server = newServer();
  address = await server.listen({ port: 0 });
});
after(async () => server.close());

test('a unary call is answered with headers, one message and status 0', async () => {
  const session = connectTo(address.port);
  const answer = await call(session, '/test.Service/Echo', { body: frame('hello') });
  assert.equal(answer.httpStatus, 200);
  assert.equal(answer.headers['content-type'], 'application/grpc');
  assert.equal(answer.status, 0);
  assert.deepEqual(answer.messages, [Buffer.from('hello')]);
  const empty = await call(session, '/test.Service/Echo');
  assert.deepEqual([empty.status, empty.messages.length, empty.messages[0]?.length], [0, 1, 0]);
  session.close();
});

test('large answers arrive whole', async () => {
  const session = connectTo(address.port);
  for (const size of [16_384, 16_385, 3_000_000]) {
    const answer = await call(session, '/test.Service/Large', { body: frame(String(size)) });
    assert.equal(answer.status, 0);
    assert.equal(answer.messages[0]?.length, size);
  }
  session.close();
});

test('a failure carries code, percent-encoded message and details in one frame', async () => {
  const session = connectTo(address.port);
  const answer = await call(session, '/test.Service/Fail');
  assert.equal(answer.status, 5);
  assert.equal(answer.message, 'nicht gefunden: ä 100%\n');
  assert.equal(answer.headers['grpc-message'], 'nicht gefunden: %C3%A4 100%25%0A');
  assert.equal(answer.headers['grpc-status-details-bin'], 'CAU');
  assert.deepEqual(answer.messages, []);
  session.close();
});

test('what a handler throws stays inside', async () => {
  const session = connectTo(address.port);
  const answer = await call(session, '/test.Service/Throw');
  assert.equal(answer.status, 13);
  assert.equal(answer.message, 'internal error');
  assert.ok(logged.includes('a gRPC handler threw'));
  session.close();
});

test('metadata and peer are given to the handler', async () => {
  const session = connectTo(address.port);
  const answer = await call(session, '/test.Service/Describe', { headers: { custom: 'x', 'custom-bin': 'AAEC' } });
  const seen: unknown = JSON.parse(String(answer.messages[0]));
  assert.deepEqual({ ...(seen as object), peer: '' }, { custom: 'x', binary: 3, peer: '' });
  assert.match((seen as { peer: string }).peer, /^127\.0\.0\.1:\d+$/);
  session.close();
});

test('unknown names and foreign requests are refused as the other stacks do', async () => {
  const session = connectTo(address.port);
  const method = await call(session, '/test.Service/Nothing');
  assert.deepEqual([method.status, method.message], [12, 'unknown method Nothing for service test.Service']);
  const unknown = await call(session, '/no.Service/Nothing');
  assert.deepEqual([unknown.status, unknown.message], [12, 'unknown service no.Service']);
  const malformed = await call(session, '/nothing');
  assert.deepEqual([malformed.status, malformed.message], [12, 'malformed method name: "/nothing"']);
  const web = await call(session, '/test.Service/Echo', { headers: { 'content-type': 'application/grpc-web' } });
  assert.equal(web.httpStatus, 415);
  const get = session.request({ ':method': 'GET', ':path': '/' });
  assert.equal((await answerOf(get)).httpStatus, 405);
  const brotli = await call(session, '/test.Service/Echo', { headers: { 'grpc-encoding': 'br' } });
  assert.deepEqual([brotli.status, brotli.headers['grpc-accept-encoding']], [12, 'identity,gzip']);
  const timeout = await call(session, '/test.Service/Echo', { headers: { 'grpc-timeout': 'soon' } });
  assert.equal(timeout.status, 13);
  session.close();
});

test('gzip requests are unpacked, within the limit', async () => {
  const session = connectTo(address.port);
  const headers = { 'grpc-encoding': 'gzip' };
  for (const size of [10, 90_000]) {
    const content = Buffer.alloc(size, 'random-ish');
    const answer = await call(session, '/test.Service/Echo', { headers, body: frame(gzipSync(content), true) });
    assert.deepEqual(answer.messages, [content]);
  }
  const incompressible = Buffer.from(Array.from({ length: 60_000 }, (_, index) => (index * index * 31) % 251));
  const large = await call(session, '/test.Service/Echo', {
    headers,
    body: frame(gzipSync(incompressible, { level: 0 }), true),
  });
  assert.ok(large.messages[0]?.equals(incompressible));
  const bomb = await call(session, '/test.Service/Echo', { headers, body: frame(gzipSync(Buffer.alloc(5e6)), true) });
  assert.equal(bomb.status, 8);
  const garbage = await call(session, '/test.Service/Echo', { headers, body: frame('no gzip', true) });
  assert.equal(garbage.status, 13);
  const undeclared = await call(session, '/test.Service/Echo', { body: frame(gzipSync('x'), true) });
  assert.equal(undeclared.status, 13);
  const plain = await call(session, '/test.Service/Echo', { headers, body: frame('plain') });
  assert.deepEqual(plain.messages, [Buffer.from('plain')]);
  session.close();
});

test('an oversized request is refused by its announced size, before it is sent', async () => {
  const session = connectTo(address.port);
  const stream = open(session, '/test.Service/Echo');
  stream.write(frame(Buffer.alloc(requestBytesMax + 1)).subarray(0, 100));
  const answer = await answerOf(stream);
  assert.equal(answer.status, 8);
  assert.equal(
    answer.message,
    `grpc: received message larger than max (${requestBytesMax + 1} vs. ${requestBytesMax})`,
  );
  session.close();
});

test('a message cut into single bytes is put together', async () => {
  const session = connectTo(address.port);
  const stream = open(session, '/test.Service/Echo');
  const answer = answerOf(stream);
  for (const byte of frame('in pieces')) stream.write(Buffer.from([byte]));
  stream.end();
  assert.deepEqual((await answer).messages, [Buffer.from('in pieces')]);
  session.close();
});

test('no message, half a message and two messages are refused', async () => {
  const session = connectTo(address.port);
  const none = await call(session, '/test.Service/Echo', { body: Buffer.alloc(0) });
  assert.equal(none.status, 13);
  const half = await call(session, '/test.Service/Echo', { body: frame('half').subarray(0, 7) });
  assert.equal(half.status, 13);
  const two = await call(session, '/test.Service/Hold', { body: Buffer.concat([frame('one'), frame('two')]) });
  assert.equal(two.status, 13);
  assert.equal(await (await nextHeld()).cancelled, 'clientGone');
  session.close();
});

test('a passed deadline is told to the client and to the handler', async () => {
  const session = connectTo(address.port);
  const answer = await call(session, '/test.Service/Hold', { headers: { 'grpc-timeout': '20m' } });
  assert.equal(answer.status, 4);
  const one = await nextHeld();
  assert.equal(await one.cancelled, 'deadlineExceeded');
  one.reply({ ok: true, bytes: Buffer.from('too late') });
  const expired = await call(session, '/test.Service/Hold', { headers: { 'grpc-timeout': '0S' } });
  assert.equal(expired.status, 4);
  session.close();
});

test('a handler learns that its client reset the call or is gone', async () => {
  const session = connectTo(address.port);
  const stream = open(session, '/test.Service/Hold');
  stream.end(frame(''));
  const one = await nextHeld();
  stream.close(8);
  assert.equal(await one.cancelled, 'clientGone');
  assert.equal(one.context.isCancelled, true);
  const second = open(session, '/test.Service/Hold');
  second.end(frame(''));
  const two = await nextHeld();
  session.destroy();
  assert.equal(await two.cancelled, 'clientGone');
});

test('thousands of calls on one connection are held and answered', async () => {
  const session = connectTo(address.port);
  session.setMaxListeners(0);
  const count = 3000;
  const answers = Promise.all(Array.from({ length: count }, () => call(session, '/test.Service/Hold')));
  const waiting = [];
  for (let index = 0; index < count; index += 1) waiting.push(await nextHeld());
  const other = connectTo(address.port);
  assert.equal((await call(other, '/test.Service/Echo')).status, 0);
  for (const one of waiting) one.reply({ ok: true, bytes: Buffer.from('x') });
  assert.ok((await answers).every((answer) => answer.status === 0));
  session.close();
  other.close();
});

test('health watch streams changes', async () => {
  const session = connectTo(address.port);
  health.setStatus('a.Service', 'serving');
  const stream = open(session, '/grpc.health.v1.Health/Watch');
  stream.write(frame(Buffer.from([10, 9, ...Buffer.from('a.Service')])));
  assert.deepEqual(await nextMessage(stream), Buffer.from([8, 1]));
  health.setStatus('a.Service', 'notServing');
  assert.deepEqual(await nextMessage(stream), Buffer.from([8, 2]));
  stream.close(8);
  session.close();
});

test('draining lets running calls end and refuses new connections', async () => {
  const draining = newServer();
  const { port } = await draining.listen({ port: 0 });
  const session = connectTo(port);
  const running = call(session, '/test.Service/Hold');
  const one = await nextHeld();
  const goaway = once(session, 'goaway');
  const drained = draining.drain(60_000);
  await goaway;
  const refused = connectSocket(port, '127.0.0.1');
  await once(refused, 'error');
  one.reply({ ok: true, bytes: Buffer.from('done') });
  assert.equal((await running).status, 0);
  await drained;
  assert.equal(draining.connectionCount, 0);
});

test('calls that outlast the grace period get UNAVAILABLE', async () => {
  const draining = newServer();
  const { port } = await draining.listen({ port: 0 });
  const session = connectTo(port);
  const running = call(session, '/test.Service/Hold');
  const one = await nextHeld();
  await draining.drain(1);
  assert.equal(await one.cancelled, 'serverClosing');
  assert.equal((await running).status, 14);
});
