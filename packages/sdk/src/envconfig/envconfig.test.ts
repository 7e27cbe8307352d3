/** Profiles from text, file, variables and overrides. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { Client, Connection } from '../client/index.js';
import { addressOf, world } from '../client/world.test.js';
import { ValueError } from '../conversion/errors.js';
import {
  clientConfigToToml,
  loadClientConfig,
  loadClientConfigFromToml,
  loadClientConfigProfile,
  loadClientConnectConfig,
  toClientOptions,
  toTLSConfig,
} from './index.js';

const data = `
[profile.default]
address = "file:1"
namespace = "file"

[profile.prod]
address = "prod:7233"
api_key = "key-of-file"
[profile.prod.tls]
server_name = "name"
client_cert_data = "crt"
client_key_data = "key"
[profile.prod.grpc_meta]
Some-Header_name = "value"
gone = "x"
`;

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'envconfig-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test('a profile of the file; variables go before it, overrides before them', () => {
  const options = { configSource: { data }, overrideEnvVars: {} };
  assert.deepEqual(loadClientConfigProfile(options), { address: 'file:1', namespace: 'file' });
  const overrideEnvVars = { TEMPORAL_ADDRESS: 'env:1', TEMPORAL_NAMESPACE: '' };
  const profile = loadClientConfigProfile({ ...options, overrideEnvVars });
  assert.deepEqual(profile, { address: 'env:1', namespace: 'file' });
  const overrides = { address: 'flag:1', apiKey: undefined, tls: { disabled: true } };
  const flagged = loadClientConfigProfile({ ...options, overrideEnvVars, overrides });
  assert.deepEqual(flagged, { address: 'flag:1', namespace: 'file', tls: { disabled: true } });
  assert.equal(loadClientConfigProfile({ ...options, overrideEnvVars, disableEnv: true }).address, 'file:1');
  assert.equal(loadClientConfigProfile({ ...options, overrideEnvVars, disableFile: true }).namespace, undefined);
});

test('TLS, key, codec and headers of the environment', () => {
  const profile = loadClientConfigProfile({
    configSource: { data },
    profile: 'prod',
    overrideEnvVars: {
      TEMPORAL_TLS_SERVER_NAME: 'env-name',
      TEMPORAL_TLS_CLIENT_CERT_PATH: '/crt',
      TEMPORAL_TLS: 'true',
      TEMPORAL_CODEC_ENDPOINT: 'http://codec',
      TEMPORAL_GRPC_META_MORE_OF_IT: 'y',
      TEMPORAL_GRPC_META_GONE: '',
    },
  });
  assert.deepEqual(profile, {
    address: 'prod:7233',
    apiKey: 'key-of-file',
    tls: { serverName: 'env-name', clientCert: { path: '/crt' }, clientKey: { data: 'key' }, disabled: false },
    codec: { endpoint: 'http://codec' },
    grpcMeta: { 'some-header-name': 'value', 'more-of-it': 'y' },
  });
});

test('the profile is chosen by option, then by variable; one that does not exist is refused by name', () => {
  const configSource = { data };
  const overrideEnvVars = { TEMPORAL_PROFILE: 'prod' };
  assert.equal(loadClientConfigProfile({ configSource, overrideEnvVars }).address, 'prod:7233');
  assert.equal(loadClientConfigProfile({ configSource, overrideEnvVars, profile: 'default' }).address, 'file:1');
  assert.throws(() => loadClientConfigProfile({ configSource, profile: 'stage' }), {
    name: 'ValueError',
    message: "There is no profile 'stage' in the configuration. Its profiles: default, prod",
  });
  assert.throws(() => loadClientConfigProfile({ configSource: { path: '/no/such.toml' }, profile: 'stage' }), {
    message: "There is no profile 'stage': /no/such.toml does not exist",
  });
  assert.throws(() => loadClientConfigProfile({ disableEnv: true, disableFile: true }), /nothing is left/);
});

test('the file of the user, and that of a variable', (t) => {
  const home = folder(t);
  mkdirSync(join(home, 'temporalio'));
  writeFileSync(join(home, 'temporalio', 'temporal.toml'), data);
  if (process.platform === 'linux') {
    assert.equal(loadClientConfigProfile({ overrideEnvVars: { XDG_CONFIG_HOME: home } }).address, 'file:1');
  }
  const other = join(home, 'other.toml');
  writeFileSync(other, '[profile.default]\naddress = "other:1"\n');
  assert.equal(loadClientConfigProfile({ overrideEnvVars: { TEMPORAL_CONFIG_FILE: other } }).address, 'other:1');
  const config = loadClientConfig({ configSource: { path: join(home, 'none.toml') } });
  assert.deepEqual(config, { profiles: {} });
});

test('what is wrong in a file is said with its place', () => {
  const load = (text: string, configFileStrict = false): unknown =>
    loadClientConfig({ configSource: { data: text }, configFileStrict });
  assert.throws(() => load('[profile.default\n'), /^ValueError: The configuration is not TOML: .*\n\n1:/s);
  assert.throws(() => load('profile = 1'), /profile must be a table: \[profile\]/);
  assert.throws(() => load('[profile.a]\naddress = 1'), /profile.a.address must be a text/);
  assert.throws(() => load('[profile.a.tls]\ndisabled = "no"'), /profile.a.tls.disabled must be true or false/);
  assert.throws(
    () => load('[profile.a]\nadress = "x"', true),
    /'adress' in \[profile.a\], which means nothing: use address/,
  );
  assert.throws(() => load('[profil.a]', true), /'profil' at the top/);
  load('[profile.a]\nadress = "x"');
  assert.throws(
    () => load('[profile.a.tls]\nclient_key_path = "p"\nclient_key_data = "d"'),
    /Both tls.client_key_path/,
  );
  assert.throws(() => loadClientConfigProfile({ overrideEnvVars: { TEMPORAL_TLS: 'maybe' } }), /write true or false/);
});

test('a configuration is written as it is read', () => {
  const config = loadClientConfig({ configSource: { data } });
  assert.deepEqual(loadClientConfigFromToml(clientConfigToToml(config), { strict: true }), config);
});

test('options of a connection', (t) => {
  assert.equal(toClientOptions({ apiKey: 'k' }).connectionOptions.tls, true);
  assert.equal(toClientOptions({ apiKey: 'k', tls: { disabled: true } }).connectionOptions.tls, false);
  assert.equal(toClientOptions({}).connectionOptions.tls, undefined);
  const path = join(folder(t), 'ca.pem');
  writeFileSync(path, 'ca');
  const tls = toTLSConfig({ serverCACert: { path }, clientCert: { data: 'c' }, clientKey: { data: 'k' } });
  assert.ok(typeof tls === 'object');
  assert.equal(Buffer.from(tls.serverRootCACertificate ?? '').toString(), 'ca');
  assert.equal(Buffer.from(tls.clientCertPair?.key ?? '').toString(), 'k');
  assert.throws(() => toTLSConfig({ clientCert: { data: 'c' } }), /certificate is set without its key/);
  assert.throws(() => toTLSConfig({ serverCACert: { path: '/no/ca' } }), ValueError);
});

test('a connection by the environment', async (t) => {
  const { server } = await world(t);
  const overrideEnvVars = { TEMPORAL_ADDRESS: addressOf(server), TEMPORAL_NAMESPACE: 'default' };
  const { connectionOptions, namespace } = loadClientConnectConfig({ disableFile: true, overrideEnvVars });
  const connection = await Connection.connect(connectionOptions);
  t.after(() => connection.close());
  const client = new Client({ connection, namespace });
  assert.equal((await client.workflow.count("WorkflowType = 'x'")).count, 0);
});
