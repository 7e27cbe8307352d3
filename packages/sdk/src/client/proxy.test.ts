/** Which proxy is taken, when. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proxyFor } from './proxy.js';

const env = { https_proxy: 'http://user:p%40ss@proxy:3128', NO_PROXY: 'internal, .corp.example, other.example:7233' };

test('the option, the environment, and what is exempt from it', () => {
  const proxy = { host: 'proxy', port: 3128, authorization: `Basic ${Buffer.from('user:p@ss').toString('base64')}` };
  assert.deepEqual(proxyFor('temporal.example:7233', undefined, env), proxy);
  assert.deepEqual(proxyFor('x:1', undefined, { GRPC_PROXY: 'grpc:80', ...env }), { host: 'grpc', port: 80 });
  for (const host of ['localhost', '127.0.0.1', '[::1]', 'internal', 'a.internal', 'x.corp.example', 'other.example']) {
    assert.equal(proxyFor(`${host}:7233`, undefined, env), undefined, host);
  }
  assert.equal(proxyFor('x:1', undefined, { ...env, no_grpc_proxy: '*' }), undefined);
  assert.equal(proxyFor('x:1', undefined, {}), undefined);
  assert.equal(proxyFor('x:1', false, env), undefined);
  assert.deepEqual(proxyFor('localhost:1', 'http://[::1]:8', env), { host: '::1', port: 8 });
  assert.throws(() => proxyFor('x:1', 'socks5://user:secret@host', {}), /'socks5:\/\/host' is not a proxy/);
});
