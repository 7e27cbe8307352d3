/** A codec server and the codec that asks it. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { defaultPayloadConverter } from '../conversion/default-payload-converter.js';
import { PayloadConverterError } from '../conversion/errors.js';
import { codecServer, EncryptionCodec, RemoteCodec } from './index.js';
import type { CodecServerOptions, CodecServerRequest } from './index.js';

const codec = new EncryptionCodec({ keys: { k: randomBytes(32) }, currentKeyId: 'k' });
const payloads = [defaultPayloadConverter.toPayload({ a: 'ä' }), defaultPayloadConverter.toPayload(undefined)];

async function listening(t: TestContext, options: Partial<CodecServerOptions> = {}): Promise<string> {
  const server = createServer(codecServer({ codecs: [codec], ...options })).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Where nobody listens any more. */
async function closedPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}

test('payloads go there and back; the server learns who asks', async (t) => {
  const asked: CodecServerRequest[] = [];
  const endpoint = await listening(t, { authorize: (request) => (asked.push(request), true) });
  const remote = new RemoteCodec({ endpoint: `${endpoint}/{namespace}/`, auth: async () => 'Bearer x' });
  const context = { type: 'workflow', namespace: 'n', workflowId: 'w' } as const;
  const encoded = await remote.encode(payloads, context);
  const plain = (list: typeof payloads): unknown =>
    list.map(({ metadata, data }) => [
      Buffer.from(metadata?.['encoding'] ?? []).toString(),
      Buffer.from(data ?? []).toString(),
    ]);
  assert.deepEqual(plain(await codec.decode(encoded)), plain(payloads));
  assert.deepEqual(plain(await remote.decode(encoded, context)), plain(payloads));
  assert.deepEqual(asked, [
    { operation: 'encode', namespace: 'n', authorization: 'Bearer x' },
    { operation: 'decode', namespace: 'n', authorization: 'Bearer x' },
  ]);
});

test('web pages may ask if they are listed', async (t) => {
  const endpoint = await listening(t, { origins: ['http://ui'] });
  const preflight = (origin: string): Promise<Response> =>
    fetch(`${endpoint}/decode`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-headers': 'content-type,x-namespace,authorization' },
    });
  const allowed = await preflight('http://ui');
  assert.equal(allowed.status, 204);
  assert.equal(allowed.headers.get('access-control-allow-origin'), 'http://ui');
  assert.equal(allowed.headers.get('access-control-allow-headers'), 'content-type,x-namespace,authorization');
  assert.equal((await preflight('http://evil')).headers.get('access-control-allow-origin'), null);
  const answer = await fetch(`${endpoint}/decode?preserveStorageRefs=true`, {
    method: 'POST',
    headers: { origin: 'http://ui' },
    body: '{}',
  });
  assert.equal(await answer.text(), '{"payloads":[]}');
  assert.equal(answer.headers.get('access-control-allow-origin'), 'http://ui');
});

test('what it refuses, and what the asking codec says of it', async (t) => {
  const endpoint = await listening(t, { bodyBytesMax: 400 });
  const post = (path: string, body: string): Promise<Response> => fetch(endpoint + path, { method: 'POST', body });
  assert.equal((await fetch(`${endpoint}/decode`)).status, 405);
  assert.equal((await post('/other', '{}')).status, 404);
  assert.equal((await post('/decode', 'x')).status, 400);
  assert.equal((await post('/decode', ' '.repeat(401))).status, 413);
  const strangers = new RemoteCodec({ endpoint: await listening(t, { authorize: () => false }) });
  await assert.rejects(strangers.decode(payloads), /The codec server at http:.*\/decode did not help: it answered 403/);
  const other = new EncryptionCodec({ keys: { other: randomBytes(32) }, currentKeyId: 'other' });
  const foreign = await other.encode(payloads.slice(1));
  await assert.rejects(
    new RemoteCodec({ endpoint }).decode(foreign),
    /answered 400: .*the key 'other', which this codec/,
  );
  const nowhere = new RemoteCodec({ endpoint: await closedPort() });
  await assert.rejects(nowhere.decode(payloads), (error) => {
    return error instanceof PayloadConverterError && /cannot be reached: .*ECONNREFUSED/.test(error.message);
  });
  assert.throws(() => new RemoteCodec({ endpoint: 'codec' }), /no http or https URL/);
});
