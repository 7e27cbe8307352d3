// What is wrong with any request: nothing in it, an unknown namespace, bytes that are no message.
import { rpcNames } from '../../../wire/client.mjs';

export function everyRpc({ namespace }) {
  const noRequestNeeded = new Set([
    'GetSystemInfo',
    'GetClusterInfo',
    'ListNamespaces',
    'ListClusters',
    'ListNexusEndpoints',
    'GetSearchAttributes',
    'DeprecateNamespace',
  ]);
  // An empty one of these ends the reference's process.
  const fatal = new Set(['AddOrUpdateRemoteCluster', 'RemoveRemoteCluster']);
  const takesEffect = new Set(['DeleteNamespace', 'UpdateNamespace']);
  const names = rpcNames.filter((name) => !noRequestNeeded.has(name) && !fatal.has(name));
  return names.flatMap((name) => [
    [name, 'empty request', {}],
    [name, 'unknown namespace', { namespace: 'no-such-namespace' }],
    ...(takesEffect.has(name) ? [] : [[name, 'only the namespace', { namespace }]]),
    [name, 'malformed bytes', {}, { bytes: Buffer.from([0xff, 0xff, 0xff]) }],
  ]);
}
