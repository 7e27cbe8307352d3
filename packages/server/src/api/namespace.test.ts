import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operatorService, workflowService } from '@perdure/protocol';
import type { Init, Rpc } from '@perdure/protocol';
import type { EngineRequest, NamespaceRecord } from '../engine/messages.js';
import type { ApiContext } from './contract.js';
import { dispatch } from './dispatch.js';
import { NOW_MS, RUN_ID, apiContext, namespaceRecord } from './world.test.js';

function run<Request, Response>(
  rpc: Rpc<Request, Response>,
  request: Init<Request>,
  context: ApiContext = apiContext(),
): { readonly asked: EngineRequest | undefined; readonly response: Response } {
  const plan = dispatch(rpc.path, rpc.request.encode(request), context);
  const done = plan.kind === 'ask' ? plan.finish({ ok: true, response: {} }) : plan;
  assert.ok(done.kind === 'answer', done.kind === 'error' ? done.error.message : '');
  return { asked: plan.kind === 'ask' ? plan.request : undefined, response: rpc.response.decode(done.bytes) };
}

function put(asked: EngineRequest | undefined): NamespaceRecord {
  assert.ok(asked?.kind === 'putNamespace');
  return asked.namespace;
}

test('register makes a whole record', () => {
  const { asked } = run(workflowService.RegisterNamespace, {
    namespace: 'new',
    workflowExecutionRetentionPeriod: 3_600_000,
    ownerEmail: 'o',
    data: new Map([['a', 'b']]),
  });
  assert.ok(asked?.kind === 'putNamespace' && asked.mustBeNew);
  const { id, name, retentionMs, createdAtMs, ownerEmail, data } = asked.namespace;
  assert.deepEqual(
    { id, name, retentionMs, createdAtMs, ownerEmail },
    { id: 'new-id-1', name: 'new', retentionMs: 3_600_000, createdAtMs: NOW_MS, ownerEmail: 'o' },
  );
  assert.deepEqual([...data], [['a', 'b']]);
});

test('describe by name and by id, honest about what works', () => {
  const byId = run(workflowService.DescribeNamespace, { id: RUN_ID(9) }).response;
  const { response } = run(workflowService.DescribeNamespace, { namespace: 'raw-n' });
  assert.deepEqual(byId, response);
  assert.equal(response.config?.workflowExecutionRetentionTtl, 86_400_000);
  assert.deepEqual(
    [response.namespaceInfo?.capabilities?.syncUpdate, response.namespaceInfo?.capabilities?.workerHeartbeats],
    [true, false],
  );
  assert.equal(response.namespaceInfo?.limits?.blobSizeLimitError, 2 * 1024 * 1024);
  assert.equal(response.replicationConfig?.activeClusterName, 'active');
});

test('update merges, and leaves alone what the request leaves empty', () => {
  const before = namespaceRecord({
    description: 'kept',
    data: new Map([
      ['a', '1'],
      ['b', '1'],
    ]),
  });
  const request = {
    namespace: 'raw-n',
    updateInfo: { ownerEmail: 'new', data: new Map([['b', '2']]) },
    config: { workflowExecutionRetentionTtl: 7_200_000 },
  };
  const { asked, response } = run(workflowService.UpdateNamespace, request, apiContext([before]));
  const after = put(asked);
  assert.deepEqual([after.description, after.ownerEmail, after.retentionMs], ['kept', 'new', 7_200_000]);
  assert.deepEqual(
    [...after.data],
    [
      ['a', '1'],
      ['b', '2'],
    ],
  );
  assert.equal(response.namespaceInfo?.ownerEmail, 'new');
});

test('deprecate and delete', () => {
  assert.equal(put(run(workflowService.DeprecateNamespace, { namespace: 'raw-n' }).asked).state, 2);
  const { asked, response } = run(operatorService.DeleteNamespace, { namespaceId: RUN_ID(9) });
  assert.deepEqual(asked, { kind: 'deleteNamespace', namespaceId: RUN_ID(9) });
  assert.equal(response.deletedNamespace, 'raw-n-deleted-00000');
});

test('lists are paged by the last namespace shown, without the deleted ones', () => {
  const namespaces = [1, 2, 3, 4].map((n) => namespaceRecord({ id: RUN_ID(n), name: `n${n}`, state: n === 2 ? 3 : 1 }));
  const context = apiContext(namespaces);
  const names: string[] = [];
  let nextPageToken: Uint8Array = new Uint8Array(0);
  for (let pages = 0; pages < 2; pages++) {
    const { response } = run(workflowService.ListNamespaces, { pageSize: 2, nextPageToken }, context);
    names.push(...response.namespaces.map((namespace) => namespace.namespaceInfo?.name ?? ''), '|');
    nextPageToken = response.nextPageToken;
  }
  assert.deepEqual(names, ['n1', 'n3', '|', 'n4', '|']);
  assert.equal(nextPageToken.length, 0);
  const all = run(workflowService.ListNamespaces, { namespaceFilter: { includeDeleted: true } }, context).response;
  assert.equal(all.namespaces.length, 4);
});

test('search attributes are added at once, keep their type, and are removed', () => {
  const before = namespaceRecord({ searchAttributes: new Map([['Old', 2]]) });
  const context = apiContext([before]);
  const added = run(
    operatorService.AddSearchAttributes,
    {
      namespace: 'raw-n',
      searchAttributes: new Map([
        ['Old', 3],
        ['New', 3],
      ] as const),
    },
    context,
  );
  assert.deepEqual(Object.fromEntries(put(added.asked).searchAttributes), { Old: 2, New: 3 });
  const removed = run(
    operatorService.RemoveSearchAttributes,
    { namespace: 'raw-n', searchAttributes: ['Old', 'Nothing'] },
    context,
  );
  assert.equal(put(removed.asked).searchAttributes.size, 0);
  const { response } = run(operatorService.ListSearchAttributes, { namespace: 'raw-n' }, context);
  assert.deepEqual([...response.customAttributes], [['Old', 2]]);
  assert.equal(response.systemAttributes.get('BuildIds'), 7);
});

test('capabilities of the system', () => {
  const { serverVersion, capabilities } = run(workflowService.GetSystemInfo, {}).response;
  assert.equal(serverVersion, '1.2.3');
  assert.deepEqual(
    [capabilities?.sdkMetadata, capabilities?.supportsSchedules, capabilities?.nexus],
    [true, false, false],
  );
});
