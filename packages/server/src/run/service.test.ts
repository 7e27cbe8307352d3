import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatusCode, workflowService } from '@perdure/protocol';
import type { CallContext, CallResult } from '../transport/contract.js';
import { DEFAULT_LIMITS } from '../core/limits.js';
import { Namespaces } from '../engine/namespaces.js';
import { ApiHandler } from './service.js';

test('an answer that cannot be made is INTERNAL for its caller, and ends nothing else', () => {
  const logged: string[] = [];
  const namespaces = new Namespaces();
  namespaces.load([
    {
      id: 'ns',
      name: 'default',
      state: 1,
      description: '',
      ownerEmail: '',
      data: new Map(),
      retentionMs: 1,
      createdAtMs: 0,
      searchAttributes: new Map(),
    },
  ]);
  const handler = new ApiHandler({
    // An engine that answers with nonsense.
    loop: {
      ask: (_: unknown, caller: { answer(reply: object): boolean }) => {
        assert.ok(caller.answer({ ok: true, response: {} }));
        return () => undefined;
      },
    } as never,
    clock: { nowMs: () => 0 } as never,
    random: {} as never,
    log: { write: (level, message) => logged.push(`${level}: ${message}`) },
    limits: DEFAULT_LIMITS,
    namespaces,
    serverVersion: '1.0.0',
    clusterId: '',
    clusterName: '',
    storeName: '',
    address: () => '',
  });
  const { path, request } = workflowService.DescribeTaskQueue;
  const call = { method: path, metadata: new Map(), isCancelled: false, onCancel: () => undefined };
  const results: CallResult[] = [];
  handler.unary(
    call as unknown as CallContext,
    request.encode({ namespace: 'default', taskQueue: { name: 'q' } }),
    (result) => results.push(result),
  );
  assert.deepEqual(results, [{ ok: false, code: StatusCode.INTERNAL, message: 'internal error' }]);
  assert.match(logged.join(), /^error: .*DescribeTaskQueue failed: TypeError/);
});
