/** The channel against servers of Node's own HTTP/2. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { IncomingHttpHeaders, ServerOptions } from 'node:http2';
import { type AddressInfo, connect as connectNet, createServer as createNetServer } from 'node:net';
import { afterEach, test } from 'node:test';
import { CallFailed, Channel } from './index.js';

type Answer = (stream: ServerHttp2Stream, request: Buffer, headers: IncomingHttpHeaders) => void;

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

interface Counterpart {
  readonly channel: Channel;
  readonly server: Http2Server;
  readonly sessions: ServerHttp2Session[];
}

async function counterpart(answer: Answer, settings: ServerOptions['settings'] = {}): Promise<Counterpart> {
  const server = createServer({ settings });
  const sessions: ServerHttp2Session[] = [];
  server.on('session', (session) => sessions.push(session));
  server.on('stream', (stream, headers) => {
    const chunks: Buffer[] = [];
    stream.on('error', () => undefined);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => answer(stream, Buffer.concat(chunks), headers));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const channel = new Channel({ address: `127.0.0.1:${(server.address() as AddressInfo).port}` });
  opened.push(channel, {
    close: () => {
      server.close();
      for (const session of sessions) session.destroy();
    },
  });
  return { channel, server, sessions };
}

const head = { ':status': 200, 'content-type': 'application/grpc' };

function reply(
  stream: ServerHttp2Stream,
  body: Buffer,
  trailers: Record<string, string> = { 'grpc-status': '0' },
): void {
  stream.respond(head, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  stream.end(body);
}

const echo: Answer = (stream, request) => reply(stream, request);

async function failureOf(call: Promise<unknown>): Promise<CallFailed> {
  const reason: unknown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(reason instanceof CallFailed, String(reason));
  return reason;
}

test('many calls share a connection, small and large, in the order they are answered', async () => {
  const { channel, sessions } = await counterpart(echo);
  const sizes = [0, 1, 100, 16_379, 16_380, 70_000, 3_000_000];
  const answers = await Promise.all(sizes.map((size) => channel.call('/a.B/C', Buffer.alloc(size, 7), {})));
  assert.deepEqual(
    answers.map((answer) => [answer.length, answer.every((byte) => byte === 7)]),
    sizes.map((size) => [size, true]),
  );
  assert.equal(sessions.length, 1);
});

test('path, time-out, metadata and the rest of the head arrive', async () => {
  const seen: IncomingHttpHeaders[] = [];
  const { channel } = await counterpart((stream, request, headers) => {
    seen.push(headers);
    echo(stream, request, headers);
  });
  for (const timeoutMs of [1500, 30_000, 30_000]) {
    await channel.call('/a.B/C', Buffer.alloc(3), { timeoutMs, metadata: [['authorization', 'Bearer x']] });
  }
  const [first, second, third] = seen;
  assert.equal(first?.[':path'], '/a.B/C');
  assert.equal(first[':method'], 'POST');
  assert.equal(first['te'], 'trailers');
  assert.equal(first['content-type'], 'application/grpc');
  assert.equal(first['authorization'], 'Bearer x');
  assert.deepEqual(
    [first['grpc-timeout'], second?.['grpc-timeout'], third?.['grpc-timeout']],
    ['1500m', '30000m', '30000m'],
  );
});

test('a failure has code, message and details', async () => {
  const trailers = { 'grpc-status': '5', 'grpc-message': 'nicht da: %C3%A4', 'grpc-status-details-bin': 'CAU' };
  const { channel } = await counterpart((stream) => {
    stream.respond({ ...head, ...trailers }, { endStream: true });
  });
  const failure = await failureOf(channel.call('/a.B/C', Buffer.alloc(0), {}));
  assert.deepEqual([failure.code, failure.message], [5, 'nicht da: ä']);
  assert.deepEqual([...(failure.statusDetails ?? [])], [8, 5]);
  assert.equal(failure.systemCode, undefined);
});

test('what is no gRPC is said to be none', async () => {
  const { channel } = await counterpart((stream) => stream.respond({ ':status': 503 }, { endStream: true }));
  const failure = await failureOf(channel.call('/a.B/C', Buffer.alloc(0), {}));
  assert.deepEqual([failure.code, failure.systemCode], [14, 'HTTP']);
  assert.match(failure.message, /HTTP status 503/);
});

test('a late call ends, and the server is told', async () => {
  let closed: Promise<unknown> | undefined;
  const { channel } = await counterpart((stream) => {
    closed = once(stream, 'close');
  });
  const failure = await failureOf(channel.call('/a.B/C', Buffer.alloc(0), { timeoutMs: 100 }));
  assert.equal(failure.code, 4);
  await closed;
});

test('an aborted call ends, and the server is told', async () => {
  const abort = new AbortController();
  let closed: Promise<unknown> | undefined;
  const { channel } = await counterpart((stream) => {
    closed = once(stream, 'close');
    abort.abort();
  });
  assert.equal((await failureOf(channel.call('/a.B/C', Buffer.alloc(0), { signal: abort.signal }))).code, 1);
  await closed;
  const before = await failureOf(channel.call('/a.B/C', Buffer.alloc(0), { signal: AbortSignal.abort() }));
  assert.equal(before.code, 1);
});

test('calls beyond what the server allows wait for room', async () => {
  let running = 0;
  let most = 0;
  const answer: Answer = (stream, request, headers) => {
    running += 1;
    most = Math.max(most, running);
    setImmediate(() => {
      running -= 1;
      echo(stream, request, headers);
    });
  };
  const { channel } = await counterpart(answer, { maxConcurrentStreams: 2 });
  await channel.call('/a.B/C', Buffer.alloc(1), {});
  await Promise.all(Array.from({ length: 20 }, () => channel.call('/a.B/C', Buffer.alloc(1), {})));
  assert.ok(most <= 2, `${most} at once`);
});

test('a lost connection ends its calls, and the next call opens another', async () => {
  let isFirst = true;
  const { channel, sessions } = await counterpart((stream, request, headers) => {
    if (!isFirst) return echo(stream, request, headers);
    isFirst = false;
    setImmediate(() => sessions[0]?.destroy());
  });
  const failure = await failureOf(channel.call('/a.B/C', Buffer.alloc(1), {}));
  assert.deepEqual([failure.code, failure.isUnsent], [14, false]);
  assert.equal((await channel.call('/a.B/C', Buffer.alloc(1), {})).length, 1);
  assert.equal(sessions.length, 2);
});

test('a server that goes away finishes what it has; new calls go to a new connection', async () => {
  let finish: (() => void) | undefined;
  let arrived: () => void = () => undefined;
  const first = new Promise<void>((resolve) => (arrived = resolve));
  const { channel, sessions } = await counterpart((stream, request, headers) => {
    if (finish !== undefined) return echo(stream, request, headers);
    finish = () => echo(stream, request, headers);
    arrived();
  });
  const running = channel.call('/a.B/C', Buffer.alloc(1), {});
  await first;
  sessions[0]?.goaway(0);
  while (sessions.length < 2) await channel.call('/a.B/C', Buffer.alloc(2), {});
  finish?.();
  assert.equal((await running).length, 1);
});

test('nobody listens: UNAVAILABLE, and the request was not sent', async () => {
  const channel = new Channel({ address: '127.0.0.1:1' });
  const failure = await failureOf(channel.call('/a.B/C', Buffer.alloc(1), {}));
  assert.deepEqual([failure.code, failure.systemCode, failure.isUnsent], [14, 'ECONNREFUSED', true]);
  await assert.rejects(channel.connect(), CallFailed);
});

test('a server that answers garbage or nothing', async () => {
  const garbage = createNetServer((socket) => {
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n');
  });
  garbage.listen(0, '127.0.0.1');
  await once(garbage, 'listening');
  opened.push(garbage);
  const channel = new Channel({ address: `127.0.0.1:${(garbage.address() as AddressInfo).port}` });
  const failure = await failureOf(channel.call('/a.B/C', Buffer.alloc(1), {}));
  assert.deepEqual([failure.code, failure.systemCode], [14, 'HTTP2']);
});

test('a closed channel refuses calls and ends those that run', async () => {
  let arrived: () => void = () => undefined;
  const first = new Promise<void>((resolve) => (arrived = resolve));
  const { channel } = await counterpart(() => arrived());
  const running = channel.call('/a.B/C', Buffer.alloc(1), {});
  await first;
  channel.close();
  assert.equal((await failureOf(running)).code, 14);
  assert.equal((await failureOf(channel.call('/a.B/C', Buffer.alloc(1), {}))).systemCode, 'CLOSED');
});

test('an address that is none is refused at once', () => {
  for (const address of ['localhost', ':7233', 'host:', 'host:0', 'host:70000']) {
    assert.throws(() => new Channel({ address }), /is not HOST:PORT/);
  }
});

/** A proxy that knows CONNECT; what it was asked. */
async function proxyOf(answer = 'HTTP/1.1 200 OK\r\n\r\n'): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  const server = createNetServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (head: Buffer) => {
      asked.push(head.toString());
      const [, host, port] = /^CONNECT (\S+):(\d+) /.exec(head.toString()) ?? [];
      if (!answer.includes(' 200 ')) return void socket.end(answer);
      const onward = connectNet({ host: host ?? '', port: Number(port) }, () => {
        socket.write(answer);
        socket.pipe(onward).pipe(socket);
      });
      onward.on('error', () => socket.destroy());
      socket.on('close', () => onward.destroy());
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.push({ close: () => void server.close() });
  return { port: (server.address() as AddressInfo).port, asked };
}

test('through a proxy', async () => {
  const { server } = await counterpart(echo);
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { port, asked } = await proxyOf();
  const channel = new Channel({ address, proxy: { host: '127.0.0.1', port, authorization: 'Basic eDp5' } });
  opened.push(channel);
  assert.equal((await channel.call('/a.B/C', Buffer.alloc(70_000, 7), {})).length, 70_000);
  assert.deepEqual(asked, [
    `CONNECT ${address} HTTP/1.1\r\nHost: ${address}\r\nProxy-Authorization: Basic eDp5\r\n\r\n`,
  ]);
});

test('a proxy that refuses, and one that is none', async () => {
  const through = async (answer: string): Promise<CallFailed> => {
    const { port } = await proxyOf(answer);
    const channel = new Channel({ address: '127.0.0.1:7233', proxy: { host: '127.0.0.1', port } });
    opened.push(channel);
    return failureOf(channel.call('/a.B/C', Buffer.alloc(0), {}));
  };
  const refused = await through('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
  assert.deepEqual([refused.systemCode, refused.isUnsent], ['PROXY', true]);
  assert.match(refused.message, /refused to connect to 127.0.0.1:7233: HTTP\/1.1 407 Proxy/);
  assert.match((await through(`${'x'.repeat(20_000)}`)).message, /it is no HTTP proxy|connection was closed/);
});
