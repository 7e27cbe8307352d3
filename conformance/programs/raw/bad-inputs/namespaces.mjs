// Namespaces, search attributes, Nexus endpoints.
import { long, uuid, seconds } from './values.mjs';

export function namespaces({ nonce, namespace }) {
  const name = `bad-${nonce}`;
  const days = (n) => seconds(n * 86400);
  return [
    ['DescribeNamespace', 'neither name nor id', {}],
    ['DescribeNamespace', 'unknown name', { namespace: 'no-such-namespace' }],
    ['DescribeNamespace', 'unknown id', { id: uuid }],
    ['DescribeNamespace', 'id that is no UUID', { id: 'abc' }],
    ['DescribeNamespace', 'name of 1001 characters', { namespace: long }],
    ['RegisterNamespace', 'no retention', { namespace: name }],
    ['RegisterNamespace', 'retention 0', { namespace: name, workflowExecutionRetentionPeriod: {} }],
    ['RegisterNamespace', 'retention 1 s', { namespace: name, workflowExecutionRetentionPeriod: seconds(1) }],
    ['RegisterNamespace', 'retention 59 min', { namespace: name, workflowExecutionRetentionPeriod: seconds(3540) }],
    ['RegisterNamespace', 'negative retention', { namespace: name, workflowExecutionRetentionPeriod: seconds(-5) }],
    [
      'RegisterNamespace',
      'retention with odd nanos',
      { namespace: name, workflowExecutionRetentionPeriod: { seconds: 86400, nanos: 2_000_000_000 } },
    ],
    ['RegisterNamespace', 'no name', { workflowExecutionRetentionPeriod: days(1) }],
    ['RegisterNamespace', 'name of 1001 characters', { namespace: long, workflowExecutionRetentionPeriod: days(1) }],
    ['RegisterNamespace', 'existing name', { namespace, workflowExecutionRetentionPeriod: days(1) }],
    [
      'RegisterNamespace',
      'name of the system',
      { namespace: 'temporal-system', workflowExecutionRetentionPeriod: days(1) },
    ],
    [
      'RegisterNamespace',
      'name with a space',
      { namespace: `bad ${nonce}`, workflowExecutionRetentionPeriod: days(1) },
    ],
    [
      'RegisterNamespace',
      'name with a slash',
      { namespace: `bad/${nonce}`, workflowExecutionRetentionPeriod: days(1) },
    ],
    [
      'RegisterNamespace',
      'global',
      { namespace: `${name}-g`, isGlobalNamespace: true, workflowExecutionRetentionPeriod: days(1) },
    ],
    [
      'RegisterNamespace',
      'unknown cluster',
      { namespace: `${name}-c`, activeClusterName: 'nowhere', workflowExecutionRetentionPeriod: days(1) },
    ],
    [
      'RegisterNamespace',
      'archival with a bad URI',
      {
        namespace: `${name}-a`,
        historyArchivalState: 2,
        historyArchivalUri: 'nonsense',
        workflowExecutionRetentionPeriod: days(1),
      },
    ],
    [
      'RegisterNamespace',
      'description of 3000 characters',
      { namespace: `${name}-d`, description: 'd'.repeat(3000), workflowExecutionRetentionPeriod: days(1) },
    ],
    ['UpdateNamespace', 'unknown name', { namespace: 'no-such-namespace' }],
    ['UpdateNamespace', 'no name', {}],
    ['UpdateNamespace', 'retention 1 s', { namespace, config: { workflowExecutionRetentionTtl: seconds(1) } }],
    ['UpdateNamespace', 'negative retention', { namespace, config: { workflowExecutionRetentionTtl: seconds(-1) } }],
    ['UpdateNamespace', 'delete a bad binary that is not there', { namespace, deleteBadBinary: 'none' }],
    ['UpdateNamespace', 'promote', { namespace, promoteNamespace: true }],
    [
      'UpdateNamespace',
      'alias for no search attribute',
      { namespace, config: { customSearchAttributeAliases: { Keyword99: 'nothing' } } },
    ],
    ['DeprecateNamespace', 'unknown name', { namespace: 'no-such-namespace' }],
    ['DeprecateNamespace', 'no name', {}],
    ['ListNamespaces', 'malformed page token', { nextPageToken: Buffer.from('garbage'), pageSize: 10 }],
    ['ListNamespaces', 'negative page size', { pageSize: -1 }],
    ['DeleteNamespace', 'unknown name', { namespace: 'no-such-namespace' }],
    ['DeleteNamespace', 'neither name nor id', {}],
    ['DeleteNamespace', 'both name and id', { namespace, namespaceId: uuid }],
    ['DeleteNamespace', 'the system namespace', { namespace: 'temporal-system' }],
  ];
}

export function operator({ nonce, namespace }) {
  return [
    ['AddSearchAttributes', 'no attributes', { namespace }],
    ['AddSearchAttributes', 'unspecified type', { namespace, searchAttributes: { [`A${nonce}`]: 0 } }],
    ['AddSearchAttributes', 'system name', { namespace, searchAttributes: { WorkflowId: 2 } }],
    ['AddSearchAttributes', 'empty name', { namespace, searchAttributes: { '': 2 } }],
    ['AddSearchAttributes', 'name with a space', { namespace, searchAttributes: { [`A ${nonce}`]: 2 } }],
    ['AddSearchAttributes', 'reserved prefix', { namespace, searchAttributes: { TemporalFoo: 2 } }],
    ['RemoveSearchAttributes', 'no attributes', { namespace }],
    ['RemoveSearchAttributes', 'unknown', { namespace, searchAttributes: ['NoSuchAttribute'] }],
    ['RemoveSearchAttributes', 'system attribute', { namespace, searchAttributes: ['WorkflowId'] }],
    ['ListSearchAttributes', 'unknown namespace', { namespace: 'no-such-namespace' }],
    ['CreateNexusEndpoint', 'no spec', {}],
    ['CreateNexusEndpoint', 'no target', { spec: { name: `e-${nonce}` } }],
    ['CreateNexusEndpoint', 'bad name', { spec: { name: 'a b', target: { worker: { namespace, taskQueue: 'q' } } } }],
    [
      'CreateNexusEndpoint',
      'unknown namespace',
      { spec: { name: `e-${nonce}`, target: { worker: { namespace: 'no-such-namespace', taskQueue: 'q' } } } },
    ],
    ['GetNexusEndpoint', 'unknown id', { id: uuid }],
    ['GetNexusEndpoint', 'id that is no UUID', { id: 'abc' }],
    ['DeleteNexusEndpoint', 'unknown id', { id: uuid, version: 1 }],
    [
      'UpdateNexusEndpoint',
      'unknown id',
      { id: uuid, version: 1, spec: { name: 'e', target: { worker: { namespace, taskQueue: 'q' } } } },
    ],
    ['ListNexusEndpoints', 'negative page size', { pageSize: -1 }],
    ['GetSearchAttributes', 'empty request', {}],
  ];
}
