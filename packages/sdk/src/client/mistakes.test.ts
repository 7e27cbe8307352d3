/** Mistakes that people make with clients, and what they are told: cause, place and cure. The texts are meant to be read. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { encryptedDataConverter } from '../codec/index.js';
import { Client } from './client.js';
import { Connection } from './connection.js';
import { SDK_VERSION } from '../conversion/version.js';
import { loadedCopies } from './two-versions.js';
import { completed, workflowTask, world } from './world.test.js';

const start = { workflowId: 'w', taskQueue: 'q' };

async function told(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    assert.ok(error instanceof Error);
    return `${error.name}: ${error.message}`;
  }
  return 'nothing';
}

test('wrong namespace', async (t) => {
  const { connection } = await world(t);
  const client = new Client({ connection, namespace: 'prod' });
  const text =
    "NamespaceNotFoundError: The server has no namespace 'prod'. Create it (perdure operator namespace create --namespace prod) " +
    "or set `namespace` in the client's options.";
  assert.equal(await told(() => client.workflow.start('order', start)), text);
  assert.equal(await told(() => client.workflow.getHandle('w').describe()), text);
});

test('server not reachable', async () => {
  const probe = createTcpServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  const address = `127.0.0.1:${port}`;
  assert.equal(
    await told(() => Connection.connect({ address, connectTimeout: 50 })),
    `GrpcServiceError: 14 UNAVAILABLE: ${address}: connect ECONNREFUSED ${address}. ` +
      'Nothing listens there: start a server (npx perdure server start-dev) or correct `address`',
  );
  assert.equal(
    await told(() => Connection.lazy({ address: 'https://host' })),
    "ValueError: 'https://host' is not an address: write host:port, without a scheme or path",
  );
});

test('TLS towards a server that has none', async (t) => {
  const { connection } = await world(t);
  const { address } = connection.options;
  assert.match(
    await told(() => Connection.connect({ address, tls: true, connectTimeout: 300 })),
    /UNAVAILABLE: .*Is it a gRPC port, and do both sides agree on TLS\?$/,
  );
});

test('expired certificate', { skip: !hasOpenssl() && 'openssl is not installed' }, async (t) => {
  const { cert, key } = expiredCertificate(t);
  const server = createSecureServer({ cert, key, ALPNProtocols: ['h2'] }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = `localhost:${(server.address() as AddressInfo).port}`;
  const tls = { serverRootCACertificate: cert };
  assert.equal(
    await told(() => Connection.connect({ address, tls })),
    `GrpcServiceError: 14 UNAVAILABLE: ${address}: certificate has expired. The server's certificate has expired: renew it`,
  );
  // The way around for tests.
  const careless = Connection.lazy({ address, tls: { insecureSkipVerification: true }, retry: false });
  t.after(() => careless.close());
  server.on('stream', (stream) => stream.respond({ ':status': 200, 'grpc-status': '12' }, { endStream: true }));
  assert.match(await told(() => careless.workflowService.getSystemInfo({})), /12 UNIMPLEMENTED/);
});

test('missing codec and missing codec key', async (t) => {
  const key = randomBytes(32);
  const writer = await world(t, { dataConverter: encryptedDataConverter({ keys: { new: key }, currentKeyId: 'new' }) });
  const { connection, client } = writer;
  await client.workflow.start('order', start);
  await workflowTask(writer, () => completed('secret', client.workflow.options.dataConverter));
  assert.equal(await client.workflow.getHandle('w').result(), 'secret');

  const without = new Client({ connection });
  assert.equal(
    await told(() => without.workflow.result('w')),
    "ValueError: A payload has the encoding 'binary/encrypted', but this converter reads only binary/null, binary/plain, json/plain. " +
      'Is a payload codec missing in `dataConverter.payloadCodecs`?',
  );
  const dataConverter = encryptedDataConverter({ keys: { old: randomBytes(32) }, currentKeyId: 'old' });
  assert.equal(
    await told(() => new Client({ connection, dataConverter }).workflow.result('w')),
    "PayloadDecryptionError: A payload is encrypted with the key 'new', which this codec does not have (its keys are old). " +
      'Add it to `keys`: old keys are needed for as long as histories with them are kept',
  );
});

test('two versions of the package', async (t) => {
  const copies = loadedCopies();
  const here = copies.get(SDK_VERSION);
  copies.clear();
  copies.set('9.9.9', '/app/node_modules/other/node_modules/perdure/');
  t.after(() => {
    copies.clear();
    if (here !== undefined) copies.set(SDK_VERSION, here);
  });
  const warned = once(process, 'warning') as Promise<[Error & { code?: string }]>;
  Connection.lazy();
  Connection.lazy();
  const [warning] = await warned;
  assert.equal(warning.code, 'PERDURE_TWO_VERSIONS');
  assert.equal(
    warning.message.replace(/\(\/\S*\/dist\/\)|\(\S*[\\/]sdk\/\)/, '(here)'),
    'Two versions of the package perdure are loaded: 9.9.9 (/app/node_modules/other/node_modules/perdure/) and 0.1.0 (here). ' +
      'What one makes the other may not understand. See with `npm ls perdure` who wants which, and install one version',
  );
});

test('values that cannot be sent', async (t) => {
  const { client } = await world(t);
  const handle = client.workflow.getHandle('w');
  const cycle: Record<string, unknown> = { a: {} };
  (cycle['a'] as Record<string, unknown>)['b'] = cycle;
  assert.equal(
    await told(() => client.workflow.start('order', { ...start, args: ['a', { items: [{ price: 1n }] }] })),
    "ValueError: Argument 2 of workflow 'order' cannot be sent: at .items[0].price, a bigint is not JSON. " +
      'Send it as text, value.toString(), or use new DefaultPayloadConverter({ keepTypes: true })',
  );
  assert.equal(
    await told(() => handle.signal<[unknown]>('pay', cycle)),
    "ValueError: Argument 1 of signal 'pay' cannot be sent: at .a.b, it is an object that contains itself: a circular structure. " +
      'Send plain data',
  );
  assert.equal(
    await told(() => handle.query<unknown, [unknown]>('state', () => 1)),
    "ValueError: Argument 1 of query 'state' cannot be sent: functions cannot be sent. Send data, and name the function",
  );
  assert.equal(
    await told(() => client.workflow.start('order', { ...start, memo: { m: Symbol('s') } })),
    "ValueError: The memo 'm' cannot be sent: symbols cannot be sent. Send a string",
  );
});

test('payloads that are too large', async (t) => {
  const { client } = await world(t);
  const large = (bytes: number) => told(() => client.workflow.start('order', { ...start, args: ['x'.repeat(bytes)] }));
  const cure = 'keep large data elsewhere and send a reference, or compress it with a payload codec';
  const head = "ServiceError: Workflow 'w' could not be started:";
  assert.equal(
    await large(3 * 2 ** 20),
    `${head} 3 INVALID_ARGUMENT: Blob data size exceeds limit. The request has 3.0 MiB: ${cure}`,
  );
  assert.match(
    await large(5 * 2 ** 20),
    /8 RESOURCE_EXHAUSTED: .*larger than max .*The request has 5.0 MiB: keep large/,
  );
});

test('executions that are not there, and what needs a worker', async (t) => {
  const { client, connection } = await world(t);
  const missing =
    "WorkflowNotFoundError: There is no workflow execution 'none' in this namespace: the id is wrong, or it was closed longer ago " +
    'than the namespace keeps it';
  assert.equal(await told(() => client.workflow.getHandle('none').signal('s')), missing);
  assert.equal(await told(() => client.workflow.getHandle('none').result()), missing);
  const key = { name: 'Customer', type: 'KEYWORD' } as const;
  assert.equal(
    await told(() => client.workflow.start('order', { ...start, typedSearchAttributes: [{ key, value: 'x' }] })),
    "ServiceError: Workflow 'w' could not be started: 3 INVALID_ARGUMENT: Namespace default has no mapping defined for search " +
      'attribute Customer. Register it: perdure operator search-attribute create --name Customer --type Keyword',
  );
  const handle = await client.workflow.start('order', start);
  assert.match(
    await told(() => client.workflow.start('order', start)),
    /WorkflowExecutionAlreadyStartedError: There is a workflow execution 'w' already \(run .*\). Use another workflowId, /,
  );
  const soon = <T>(fn: () => Promise<T>): Promise<T> => connection.withDeadline(Date.now() + 100, fn);
  assert.equal(
    await told(() => soon(() => handle.query('state'))),
    "ServiceError: The query 'state' failed (no worker has answered: does one poll the task queue of this workflow?): " +
      '4 DEADLINE_EXCEEDED: there was no answer before the deadline of the call',
  );
  assert.equal(
    await told(() => soon(() => handle.executeUpdate('pay'))),
    "WorkflowUpdateRPCTimeoutOrCancelledError: Waiting for the update 'pay' ended before the update did. It goes on: " +
      'getUpdateHandle() finds it again.',
  );
  await handle.terminate();
  assert.equal(
    await told(() => handle.signal('s')),
    "WorkflowNotFoundError: The workflow execution 'w' is closed: the call needs one that is running",
  );
});

test('queries and updates that the workflow does not know come with the words of its worker', async (t) => {
  const w = await world(t);
  const handle = await w.client.workflow.start('order', start);
  await workflowTask(w, () => ({}));
  const query = told(() => handle.query('stat'));
  const task = await w.connection.workflowService.pollWorkflowTaskQueue({
    namespace: 'default',
    taskQueue: { name: 'q' },
  });
  const errorMessage = "Workflow 'order' has no query 'stat'. Did you mean 'state'?";
  await w.connection.workflowService.respondQueryTaskCompleted({
    namespace: 'default',
    taskToken: task.taskToken,
    completedType: 2,
    errorMessage,
  });
  assert.equal(await query, `QueryNotRegisteredError: ${errorMessage}`);
});

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}

function expiredCertificate(t: TestContext): { cert: string; key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'expired-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const lines = [
    '[ca]\ndefault_ca=d\n[d]\nnew_certs_dir=.\ndatabase=index\nserial=serial\ndefault_md=sha256\npolicy=p\nx509_extensions=e',
    '[p]\ncommonName=supplied\n[e]\nsubjectAltName=DNS:localhost\nbasicConstraints=CA:TRUE\n',
  ];
  writeFileSync(join(folder, 'ca.cnf'), lines.join('\n'));
  writeFileSync(join(folder, 'index'), '');
  writeFileSync(join(folder, 'serial'), '01');
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', ...curve, '-keyout', 'key', '-out', 'request', '-subj', '/CN=localhost');
  const times = ['-startdate', '20200101000000Z', '-enddate', '20200102000000Z'];
  openssl(
    'ca',
    '-config',
    'ca.cnf',
    '-batch',
    '-selfsign',
    '-keyfile',
    'key',
    '-in',
    'request',
    '-out',
    'cert',
    '-notext',
    ...times,
  );
  return { cert: readFileSync(join(folder, 'cert'), 'utf8'), key: readFileSync(join(folder, 'key'), 'utf8') };
}
