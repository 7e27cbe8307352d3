/** TLS and mutual TLS with certificates made on the spot by openssl. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { CallFailed, Channel, type ChannelTls } from '@perdure/protocol/channel';
import { GrpcServer } from './grpc-server.js';
import { call, connectTo, frame, serviceOf } from './raw-grpc-client.test.js';
import { readTlsFiles } from './tls.js';
import type { TlsFiles } from './tls-files.js';

const folder = mkdtempSync(join(tmpdir(), 'perdure-tls-'));
const servers: GrpcServer[] = [];
const isOpensslThere = hasOpenssl();
const skip = isOpensslThere ? false : 'openssl is not installed';

const service = serviceOf({
  Subject: (context, _request, reply) =>
    reply({ ok: true, bytes: Buffer.from(context.peerCertificateSubject ?? 'none') }),
});

before(() => {
  if (!isOpensslThere) return;
  makeAuthority('ca');
  makeAuthority('other-ca');
  makeCertificate('server', 'ca');
  makeCertificate('client', 'ca');
  makeCertificate('stranger', 'other-ca');
});

after(async () => {
  for (const server of servers) await server.close();
  rmSync(folder, { recursive: true });
});

function path(name: string): string {
  return join(folder, name);
}

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
}

function newKey(name: string): string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`];
}

function makeAuthority(name: string): void {
  openssl('req', '-x509', ...newKey(name), '-out', `${name}.pem`, '-days', '2', '-subj', `/CN=${name}`);
}

function makeCertificate(name: string, authority: string): void {
  writeFileSync(path('extensions'), 'subjectAltName=IP:127.0.0.1,DNS:localhost');
  openssl('req', ...newKey(name), '-out', `${name}.csr`, '-subj', `/O=Perdure/CN=${name}`);
  const signer = ['-CA', `${authority}.pem`, '-CAkey', `${authority}.key`, '-CAcreateserial'];
  openssl(
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    ...signer,
    '-out',
    `${name}.pem`,
    '-days',
    '2',
    '-extfile',
    'extensions',
  );
}

function pair(name: string): { cert: Buffer; key: Buffer; ca: Buffer } {
  return {
    cert: readFileSync(path(`${name}.pem`)),
    key: readFileSync(path(`${name}.key`)),
    ca: readFileSync(path('ca.pem')),
  };
}

const serverFiles: TlsFiles = { certFile: path('server.pem'), keyFile: path('server.key') };

async function start(tls: TlsFiles): Promise<{ server: GrpcServer; port: number }> {
  const server = new GrpcServer({ services: [service], tls });
  servers.push(server);
  return { server, port: (await server.listen({ port: 0 })).port };
}

/** Serial number of the certificate a new connection sees. */
async function serialSeenBy(port: number, options: ConnectionOptions): Promise<string> {
  const socket = connectTls({ port, host: '127.0.0.1', ALPNProtocols: ['h2'], ...options });
  await once(socket, 'secureConnect');
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

test('calls work over TLS', { skip }, async () => {
  const { port } = await start(serverFiles);
  const session = connectTo(port, { ca: pair('client').ca });
  const answer = await call(session, '/test.Service/Subject', { body: frame('') });
  assert.equal(answer.status, 0);
  assert.equal(String(answer.messages[0]), 'none');
  session.close();
});

test('under mutual TLS the handler knows the client, and others get nothing', { skip }, async () => {
  const { port } = await start({ ...serverFiles, clientCaFile: path('ca.pem') });
  const session = connectTo(port, pair('client'));
  const answer = await call(session, '/test.Service/Subject');
  assert.equal(String(answer.messages[0]), 'O=Perdure,CN=client');
  session.close();
  for (const options of [{ ca: pair('client').ca }, pair('stranger')]) {
    const refused = connectTo(port, options);
    const nothing = await call(refused, '/test.Service/Subject');
    assert.equal(nothing.httpStatus, 0);
    refused.destroy();
  }
});

test(
  'our own channel over TLS and mutual TLS: with the right names and certificates, or not at all',
  { skip },
  async () => {
    const { ca, cert, key } = pair('client');
    const plain = await start(serverFiles);
    const mutual = await start({ ...serverFiles, clientCaFile: path('ca.pem') });
    const subject = async (address: string, tls?: ChannelTls): Promise<string> => {
      const channel = new Channel({ address, ...(tls && { tls }) });
      try {
        return Buffer.from(await channel.call('/test.Service/Subject', Buffer.alloc(0), {})).toString();
      } catch (error) {
        return error instanceof CallFailed ? String(error.systemCode) : String(error);
      } finally {
        channel.close();
      }
    };
    assert.equal(await subject(`localhost:${plain.port}`, { ca }), 'none');
    assert.equal(await subject(`127.0.0.1:${plain.port}`, { ca, serverName: 'localhost' }), 'none');
    assert.equal(await subject(`127.0.0.1:${mutual.port}`, { ca, cert, key }), 'O=Perdure,CN=client');
    assert.equal(await subject(`127.0.0.1:${plain.port}`, { ca, serverName: 'other' }), 'ERR_TLS_CERT_ALTNAME_INVALID');
    assert.notEqual(await subject(`127.0.0.1:${plain.port}`, {}), 'none');
    assert.notEqual(await subject(`127.0.0.1:${plain.port}`), 'none');
    assert.notEqual(await subject(`127.0.0.1:${mutual.port}`, { ca }), 'none');
  },
);

test('a client in clear text and one without h2 get nothing on a TLS port', { skip }, async () => {
  const { port } = await start(serverFiles);
  const clear = connectTo(port);
  assert.equal((await call(clear, '/test.Service/Subject')).httpStatus, 0);
  clear.destroy();
  const http1 = connectTls({ port, host: '127.0.0.1', ca: pair('client').ca, ALPNProtocols: ['http/1.1'] });
  http1.on('error', () => undefined);
  await new Promise((resolve) => http1.on('close', resolve));
});

test('renewed certificates serve new connections while old ones go on', { skip }, async () => {
  for (const kind of ['pem', 'key']) copyFileSync(path(`server.${kind}`), path(`renewed.${kind}`));
  const { server, port } = await start({ certFile: path('renewed.pem'), keyFile: path('renewed.key') });
  const { ca } = pair('client');
  const old = connectTo(port, { ca });
  assert.equal((await call(old, '/test.Service/Subject')).status, 0);
  const before = await serialSeenBy(port, { ca });

  writeFileSync(path('renewed.key'), 'half written');
  assert.equal(await server.reloadTls(), false);
  assert.equal(await serialSeenBy(port, { ca }), before);

  makeCertificate('renewed', 'ca');
  // The watcher may have been first.
  await server.reloadTls();
  assert.notEqual(await serialSeenBy(port, { ca }), before);
  assert.equal((await call(old, '/test.Service/Subject')).status, 0);
  old.close();
});

test('bad files are named', { skip }, async () => {
  writeFileSync(path('garbage.pem'), 'garbage');
  await assert.rejects(
    readTlsFiles({ ...serverFiles, certFile: path('none.pem') }),
    /certificate file .*none\.pem.*ENOENT/,
  );
  await assert.rejects(
    readTlsFiles({ ...serverFiles, keyFile: path('garbage.pem') }),
    /key file .*garbage\.pem is not a PEM/,
  );
  await assert.rejects(readTlsFiles({ ...serverFiles, certFile: path('server.key') }), /holds no certificate/);
  await assert.rejects(readTlsFiles({ ...serverFiles, keyFile: path('client.key') }), /does not fit the certificate/);
});
