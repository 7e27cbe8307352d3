/** `server start-dev` as users and SDKs run it: a process of its own. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DevServer } from '../testing/dev-server.js';
import { runCli } from '../testing/run-cli.js';
import type { Printed } from '../testing/run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'perdure-start-dev-'));
const servers: DevServer[] = [];

after(async () => {
  for (const server of servers) await server.kill();
  rmSync(folder, { recursive: true });
});

async function up(...args: string[]): Promise<DevServer> {
  const server = await DevServer.start(...args);
  servers.push(server);
  return server;
}

/** One that is expected to end by itself. */
async function ended(...args: string[]): Promise<DevServer> {
  const server = new DevServer(args);
  servers.push(server);
  await server.exited;
  return server;
}

const perdure = (server: DevServer, ...args: string[]): Promise<Printed> =>
  runCli([...args, '--address', server.address]);

test('says what it serves and where, then nothing', async () => {
  const server = await up('-n', 'orders', '--search-attribute', 'customer=Keyword', '--headless');
  assert.match(
    server.out,
    /^Perdure \d+\.\d+\.\d+\n\n {2}Server +127\.0\.0\.1:\d+\n {2}Persistence +in memory.*\n {2}Namespaces +default, orders\n\n$/,
  );
  assert.equal((await perdure(server, 'operator', 'cluster', 'health')).out, 'SERVING\n');
  assert.match((await perdure(server, 'operator', 'namespace', 'list')).out, /default[^]*orders/);
  const query = await perdure(server, 'workflow', 'list', '-n', 'orders', '-q', "customer = 'ann'");
  assert.equal(query.code, 0, query.err);
  assert.equal(server.err, '');
});

test('ports of what is not served yet are said, not opened, and nothing else changes', async () => {
  const server = await up('--ui-port', '1', '--http-port', '0', '--ui-ip', '127.0.0.1');
  assert.match(server.out, /HTTP API +not served yet: nothing listens\n/);
  assert.match(server.out, /Web UI +not served yet: nothing listens on port 1\n/);
  assert.equal(server.err, '');
  assert.equal((await perdure(server, 'operator', 'cluster', 'health')).out, 'SERVING\n');
  assert.deepEqual(await server.kill('SIGTERM'), { code: 0, signal: null });
});

test('a port that is taken: which, by whom, and what to do', async () => {
  const first = await up();
  const second = await ended('--port', String(first.port));
  assert.match(second.err, new RegExp(`Port ${first.port} is taken by (another )?process`));
  if (process.platform === 'linux') assert.match(second.err, new RegExp(`process ${first.child.pid ?? 0} \\(`));
  assert.match(second.err, /--port/);
  assert.deepEqual(await second.exited, { code: 1, signal: null });
  const third = await ended('--port', '0', '--metrics-port', String(first.port));
  assert.match(third.err, /--metrics-port/);
  assert.equal((await third.exited).code, 1);
});

test('an address the machine does not have', async () => {
  const server = await ended('--port', '0', '--ip', '192.0.2.1');
  assert.match(server.err, /has no address 192\.0\.2\.1/);
  assert.equal((await server.exited).code, 1);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} ends it in order, idle polls or not`, async () => {
    const server = await up();
    const result = await perdure(server, 'workflow', 'start', '--type', 't', '-t', 'q', '-w', 'x');
    assert.equal(result.code, 0);
    const waiting = perdure(server, 'workflow', 'result', '-w', 'x');
    assert.deepEqual(await server.kill(signal), { code: 0, signal: null });
    assert.match(server.out, /Stopping: [^\n]*\n$/);
    assert.equal(server.err, '');
    await waiting;
  });
}

test('a second Ctrl-C ends it at once', async () => {
  const server = await up();
  // A connection that never closes keeps the orderly end waiting for its grace.
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  server.child.kill('SIGINT');
  await server.printed(/Stopping/);
  const { code } = await server.kill('SIGINT');
  assert.ok(code === 130 || code === 0, 'it may have ended between the two');
  socket.destroy();
});

test('a file keeps what was acknowledged, even after SIGKILL', async () => {
  const file = join(folder, 'kept.db');
  const first = await up('--db-filename', file, '-n', 'kept');
  assert.ok(first.out.includes(file));
  const started = await perdure(first, 'workflow', 'start', '--type', 't', '-t', 'q', '-w', 'kept-1', '-n', 'kept');
  assert.equal(started.code, 0, started.err);
  const rival = await ended('--port', '0', '--db-filename', file);
  assert.match(rival.err, new RegExp(String(first.child.pid)));
  assert.equal((await rival.exited).code, 1);
  await first.kill();
  const second = await up('--db-filename', file);
  const shown = await perdure(second, 'workflow', 'show', '-w', 'kept-1', '-n', 'kept');
  assert.match(shown.out, /WorkflowExecutionStarted/);
  assert.deepEqual(await second.kill('SIGINT'), { code: 0, signal: null });
});

test('files and settings that will not do', async () => {
  const file = join(folder, 'text.db');
  writeFileSync(file, 'this is no database, '.repeat(100));
  const noDatabase = await ended('--port', '0', '--db-filename', file);
  assert.match(noDatabase.err, /text\.db/);
  assert.equal((await noDatabase.exited).code, 1);
  const unsafe = await ended(
    '--port',
    '0',
    '--db-filename',
    join(folder, 'p.db'),
    '--sqlite-pragma',
    'synchronous=off',
  );
  assert.match(unsafe.err, /synchronous=off is refused/);
  assert.equal((await unsafe.exited).code, 1);
  const noCertificate = await ended('--port', '0', '--tls-cert', 'no.pem', '--tls-key', 'no.key');
  assert.match(noCertificate.err, /no\.(pem|key)/);
  assert.equal((await noCertificate.exited).code, 1);
});

test('metrics', async () => {
  const server = await up('--metrics-port', '0');
  await perdure(server, 'workflow', 'start', '--type', 't', '-t', 'q', '-w', 'm');
  await perdure(server, 'workflow', 'describe', '-w', 'nobody');
  const url = /Metrics +(\S+)/.exec(server.out)?.[1] ?? '';
  const response = await fetch(url);
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  assert.match(text, /^service_requests\{operation="StartWorkflowExecution",service_name="frontend"\} 1$/m);
  assert.match(text, /^service_errors_with_type\{operation="DescribeWorkflowExecution",.*serviceerror_NotFound"\} 1$/m);
  assert.match(text, /^perdure_runs_in_memory 1$/m);
  for (const line of text.trimEnd().split('\n'))
    assert.match(line, /^(# (HELP|TYPE) \S+ .+|\w+(\{[^}]*\})? [\d.e+-]+)$/, line);
  assert.equal((await fetch(url.replace('/metrics', '/'))).status, 404);
});

test('log lines as JSON', async () => {
  const server = await up('--log-level', 'debug', '--log-format', 'json', '--dynamic-config-value', 'some.setting=1');
  const line = JSON.parse(server.err.split('\n')[0] ?? '') as { level: string; msg: string };
  assert.deepEqual([line.level, /some\.setting/.test(line.msg)], ['debug', true]);
});

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Its own authority: name.pem, name.key. */
function certificate(name: string): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', ['req', '-x509', ...key, '-out', `${name}.pem`, '-days', '2', ...subject], {
    cwd: folder,
    stdio: 'pipe',
  });
}

test('TLS, and mutual TLS', { skip: hasOpenssl() ? false : 'openssl is not installed' }, async () => {
  for (const name of ['server', 'client', 'stranger']) certificate(name);
  const of = (name: string): string => join(folder, name);
  const server = await up(
    '--tls-cert',
    of('server.pem'),
    '--tls-key',
    of('server.key'),
    '--tls-client-ca',
    of('client.pem'),
  );
  assert.match(server.out, /TLS +on, clients must show a certificate/);
  const health = ['operator', 'cluster', 'health', '--tls-ca', of('server.pem')];
  const show = (name: string): string[] => ['--tls-cert', of(`${name}.pem`), '--tls-key', of(`${name}.key`)];
  assert.equal((await perdure(server, ...health, ...show('client'))).out, 'SERVING\n');
  assert.equal((await perdure(server, ...health, ...show('stranger'))).code, 6);
  assert.equal((await perdure(server, ...health)).code, 6);
  assert.equal((await perdure(server, 'operator', 'cluster', 'health')).code, 6, 'in clear text');
});
