// TLS and mutual TLS: the SDKs' hello-world passes; who has not the right certificate gets nothing; certificates are replaced
// while the server runs.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { connect as connectTcp } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { missingFor } from '../harness/toolchains.mjs';
import { connect } from '../wire/client.mjs';
import { openCertificates } from './certificates.mjs';
import { startDevServer } from './dev-server.mjs';
import { startProgram } from './processes.mjs';

export const name = 'TLS and mutual TLS: hello-world by all SDKs, strangers, renewal';

export function missing() {
  return spawnSync('openssl', ['version']).status === 0 ? undefined : 'openssl';
}

export async function run({ folder }) {
  const certificates = openCertificates(folder);
  for (const authority of ['ca', 'other-ca']) certificates.makeAuthority(authority);
  for (const one of ['server', 'client']) certificates.makeCertificate(one, 'ca');
  for (const one of ['stranger', 'renewed']) certificates.makeCertificate(one, 'other-ca');
  const sdks = ['typescript', 'python', 'go', 'java'].filter((sdk) => missingFor[sdk]() === undefined);
  const ownPair = ['--tls-cert', certificates.path('server.pem'), '--tls-key', certificates.path('server.key')];
  await withServer(ownPair, (server) => helloWorlds(sdks, server, certificates));
  await withServer([...ownPair, '--tls-client-ca', certificates.path('ca.pem')], async (server) => {
    await helloWorlds(sdks, server, certificates, 'client');
    await strangersGetNothing(server, certificates);
    await renewal(server, certificates);
  });
  return `hello-world over TLS and mutual TLS: ${sdks.join(', ')}`;
}

async function withServer(flags, act) {
  const server = await startDevServer({ flags });
  try {
    await act(server);
  } finally {
    await server.kill();
  }
}

async function helloWorlds(sdks, { address }, { path }, client) {
  const suite = fileURLToPath(new URL('../run.mjs', import.meta.url));
  const own = client ? ['--tls-cert', path(`${client}.pem`), '--tls-key', path(`${client}.key`)] : [];
  const args = [
    suite,
    '--address',
    address,
    '--sdk',
    sdks.join(','),
    '--only',
    'hello-world',
    '--tls-ca',
    path('ca.pem'),
    ...own,
  ];
  const program = startProgram(args);
  const { code } = await program.ended;
  assert.equal(code, 0, program.output);
  assert.match(program.output, new RegExp(`^${sdks.length} passed, 0 failed`, 'm'), program.output);
}

/** No byte of the protocol reaches them, and the server goes on for others. */
async function strangersGetNothing({ port, address }, { contents }) {
  const trusting = contents('ca');
  const strangers = {
    'no certificate': () => connectTls({ port, host: '127.0.0.1', ALPNProtocols: ['h2'], ...trusting }),
    'a certificate of another authority': () => {
      const { cert, key } = contents('other-ca', 'stranger');
      return connectTls({ port, host: '127.0.0.1', ALPNProtocols: ['h2'], ...trusting, cert, key });
    },
    'clear text': () => connectTcp({ port, host: '127.0.0.1' }),
  };
  for (const [who, open] of Object.entries(strangers)) assert.equal(await bytesGiven(open()), 0, who);
  await assert.rejects(getSystemInfo(address, trusting), { code: 'UNAVAILABLE' });
  await getSystemInfo(address, contents('ca', 'client'));
}

/** How many bytes of application data the server sends to one who speaks HTTP/2, until it hangs up. */
async function bytesGiven(socket) {
  let sizeBytes = 0;
  const emptySettings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  socket.on('error', () => undefined).on('data', (chunk) => (sizeBytes += chunk.length));
  socket.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), emptySettings]));
  await new Promise((resolve) => socket.once('close', resolve));
  // A TLS alert in answer to clear text is not application data.
  return socket.encrypted || sizeBytes > ALERT_BYTES ? sizeBytes : 0;
}
const ALERT_BYTES = 7;

/** New files take effect for new connections; those that are open go on. */
async function renewal({ address }, certificates) {
  const old = connect(address, certificates.contents('ca', 'client'));
  try {
    await old.call('GetSystemInfo');
    certificates.replace('server.key', 'renewed.key');
    certificates.replace('server.pem', 'renewed.pem');
    certificates.replace('ca.pem', 'other-ca.pem');
    const renewedClient = certificates.contents('other-ca', 'stranger');
    await untilResolved(() => getSystemInfo(address, renewedClient));
    await old.call('GetSystemInfo');
    const { ca } = renewedClient;
    const { cert, key } = certificates.contents('other-ca', 'client');
    await assert.rejects(
      getSystemInfo(address, { ca, cert, key }),
      { code: 'UNAVAILABLE' },
      'the old authority counts no more',
    );
  } finally {
    old.close();
  }
}

async function getSystemInfo(address, tls) {
  const client = connect(address, tls);
  try {
    return await client.call('GetSystemInfo', {}, { deadlineMs: 5_000 });
  } finally {
    client.close();
  }
}

async function untilResolved(act) {
  for (;;) {
    try {
      return await act();
    } catch {
      await delay(50);
    }
  }
}
