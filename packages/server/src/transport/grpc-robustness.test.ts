/** Clients that are broken or hostile: they harm nobody but themselves. */

import assert from 'node:assert/strict';
import { type EventEmitter, once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { GrpcServer } from './grpc-server.js';
import { call, connectTo, frame, open, serviceOf } from './raw-grpc-client.test.js';

const log: string[] = [];
const servers: GrpcServer[] = [];

const service = serviceOf({
  Echo: (_context, request, reply) => reply({ ok: true, bytes: request }),
  Large: (_context, _request, reply) => reply({ ok: true, bytes: Buffer.alloc(1_000_000) }),
  Hold: () => undefined,
});

async function start(limits = {}): Promise<{ server: GrpcServer; port: number }> {
  const server = new GrpcServer({
    services: [service],
    limits,
    log: (_level, message, fields) => {
      log.push(`${message}: ${String(fields?.['reason'] ?? '')}`);
    },
  });
  servers.push(server);
  return { server, port: (await server.listen({ port: 0 })).port };
}

after(async () => {
  for (const server of servers) await server.close();
});

async function connected(port: number): Promise<Socket> {
  const socket = connectSocket(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function textUntilClosed(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString('latin1')));
  await closeOf(socket);
  return text;
}

/** Unlike `once`, it does not mind an error event. */
async function closeOf(emitter: EventEmitter): Promise<void> {
  return new Promise((resolve) => emitter.once('close', () => resolve()));
}

async function assertServes(port: number): Promise<void> {
  const session = connectTo(port);
  assert.equal((await call(session, '/test.Service/Echo', { body: frame('still here') })).status, 0);
  session.close();
}

test('garbage closes the connection', async () => {
  const { port } = await start();
  for (const garbage of ['\u0000\u0001\u0002garbage', '\u0016\u0003\u0001\u0002\u0000', 'lower case text']) {
    const socket = await connected(port);
    socket.write(Buffer.from(garbage, 'latin1'));
    assert.equal(await textUntilClosed(socket), '');
  }
  await assertServes(port);
});

test('garbage after the preface ends the connection', async () => {
  const { port } = await start();
  const socket = await connected(port);
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + 'x'.repeat(500));
  await textUntilClosed(socket);
  await assertServes(port);
});

test('HTTP/1 is told what this port is', async () => {
  const { port } = await start();
  const socket = await connected(port);
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  const text = await textUntilClosed(socket);
  assert.match(text, /^HTTP\/1\.1 400 /);
  assert.match(text, /gRPC port/);
});

test('a preface in pieces is fine, one that never comes ends the connection', async () => {
  const { port } = await start({ handshakeTimeoutMs: 50 });
  const silent = await connected(port);
  const half = await connected(port);
  half.write('PRI * HT');
  await Promise.all([textUntilClosed(silent), textUntilClosed(half)]);
  const slow = await connected(port);
  slow.write('PRI * HTTP/2.0\r\n');
  await new Promise((resolve) => setImmediate(resolve));
  slow.write('\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0');
  const [settings] = (await once(slow, 'data')) as [Buffer];
  assert.equal(settings[3], 4);
  slow.destroy();
});

test('a client that never reads loses its connection', async () => {
  const { port } = await start({ unreadResponseBytesPerConnectionMax: 10_000_000 });
  const session = connectTo(port);
  await once(session, 'connect');
  const closed = closeOf(session);
  for (let index = 0; index < 20; index += 1) {
    // Nobody listens for data: the window of each stream stays shut.
    open(session, '/test.Service/Large').end(frame(''));
  }
  await closed;
  assert.ok(log.includes('a gRPC connection was cut: the client does not read its responses'));
  await assertServes(port);
});

test('unfinished requests are held within a budget', async () => {
  const { port } = await start({ bufferedRequestBytesPerConnectionMax: 100_000 });
  const session = connectTo(port);
  const statuses: unknown[] = [];
  const streams = Array.from({ length: 10 }, () => {
    const stream = open(session, '/test.Service/Echo');
    stream.on('response', (headers) => statuses.push(headers['grpc-status']));
    stream.write(frame(Buffer.alloc(50_000)).subarray(0, 20_000));
    return stream;
  });
  await Promise.race(streams.map((stream) => once(stream, 'response')));
  assert.equal(statuses[0], '8');
  // Node's client crashes when it is destroyed from inside its parser.
  setImmediate(() => session.destroy());
  await assertServes(port);
});

test('too long headers end the call, not the server', async () => {
  const { port } = await start({ headerBytesMax: 8192 });
  const session = connectTo(port);
  // The limit holds once the client has seen it.
  assert.equal((await call(session, '/test.Service/Echo')).status, 0);
  const told = await call(session, '/test.Service/Echo', { headers: { long: 'x'.repeat(10_000) } });
  assert.deepEqual([told.status, told.message], [8, 'grpc: received headers larger than max (8192 bytes)']);
  const refused = await call(session, '/test.Service/Echo', { headers: { long: 'x'.repeat(60_000) } });
  assert.equal(refused.httpStatus, 0);
  setImmediate(() => session.destroy());
  await assertServes(port);
});

test('a flood of resets is stopped', async () => {
  const { port } = await start();
  const session = connectTo(port);
  await once(session, 'connect');
  const closed = closeOf(session);
  let sent = 0;
  const flood = (): void => {
    if (session.destroyed || session.closed) return;
    for (let index = 0; index < 100 && !session.destroyed; index += 1) {
      const stream = open(session, '/test.Service/Hold');
      stream.write(frame(''));
      stream.close(8);
      sent += 1;
    }
    if (sent < 100_000) setImmediate(flood);
    else session.destroy();
  };
  flood();
  await closed;
  assert.ok(sent < 100_000, 'the server ended the connection');
  await assertServes(port);
});

test('a client that answers no ping is cut off', async () => {
  const { port } = await start({ keepaliveIntervalMs: 20, keepaliveTimeoutMs: 20 });
  const socket = await connected(port);
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0');
  await textUntilClosed(socket);
  assert.ok(log.includes('a gRPC connection was cut: no answer to a keepalive ping'));
  await assertServes(port);
});

test('an idle connection is asked to go, one with a call is not', async () => {
  const { port } = await start({ idleConnectionMs: 20 });
  const busy = connectTo(port);
  open(busy, '/test.Service/Hold').end(frame(''));
  const idle = connectTo(port);
  await once(idle, 'goaway');
  assert.equal(busy.closed, false);
  busy.destroy();
});
