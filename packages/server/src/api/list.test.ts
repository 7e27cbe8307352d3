import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Payload, workflowService } from '@perdure/protocol';
import { toPredicate } from '../core/visibility/index.js';
import type { VisibilityRecord } from '../core/visibility/index.js';
import type { EngineRequest } from '../engine/messages.js';
import type { ListFilter } from '../ports/index.js';
import { dispatch } from './dispatch.js';
import type { Dispatched } from './dispatch.js';
import { NOW_MS, RUN_ID, apiContext, namespaceRecord } from './world.test.js';

const row: VisibilityRecord = {
  namespaceId: RUN_ID(9),
  workflowId: 'w',
  runId: RUN_ID(1),
  workflowType: 't',
  taskQueue: 'q',
  status: 2,
  startTimeMs: NOW_MS,
  executionTimeMs: NOW_MS,
  closeTimeMs: NOW_MS + 5,
  historyLength: 9,
  historySizeBytes: 10,
  stateTransitionCount: 3,
  executionDurationMs: 5,
  rootWorkflowId: 'w',
  rootRunId: RUN_ID(1),
  attributes: new Map(),
};

function filterOf(plan: Dispatched): ListFilter {
  assert.ok(plan.kind === 'ask', plan.kind === 'error' ? plan.error.message : '');
  const request: EngineRequest = plan.request;
  assert.ok(request.kind === 'list' || request.kind === 'count');
  return request.filter;
}

test('a page of rows, and the cursor of the store as token', () => {
  const rpc = workflowService.ListWorkflowExecutions;
  const plan = dispatch(rpc.path, rpc.request.encode({ namespace: 'raw-n', pageSize: 7 }), apiContext());
  assert.deepEqual([filterOf(plan).pageSize, filterOf(plan).cursor], [7, '']);
  assert.ok(plan.kind === 'ask');
  const done = plan.finish({ ok: true, response: { kind: 'page', rows: [row], cursor: '["ü"]' } });
  assert.ok(done.kind === 'answer');
  const { executions, nextPageToken } = rpc.response.decode(done.bytes);
  assert.deepEqual(executions[0]?.execution, { workflowId: 'w', runId: RUN_ID(1) });
  assert.deepEqual(
    [executions[0]?.executionDuration, executions[0]?.memo?.length, executions[0]?.historyLength],
    [5, 0, 9],
  );
  const next = dispatch(rpc.path, rpc.request.encode({ namespace: 'raw-n', nextPageToken }), apiContext());
  assert.equal(filterOf(next).cursor, '["ü"]');
});

test('a cursor that the store does not know is a bad token', () => {
  const rpc = workflowService.ScanWorkflowExecutions;
  const plan = dispatch(rpc.path, rpc.request.encode({ namespace: 'raw-n' }), apiContext());
  assert.ok(plan.kind === 'ask');
  const done = plan.finish({ ok: true, response: { kind: 'badCursor' } });
  assert.ok(done.kind === 'error');
  assert.equal(done.error.message, 'Invalid NextPageToken.');
});

test('custom attributes of the namespace may be asked for at once', () => {
  const rpc = workflowService.CountWorkflowExecutions;
  const request = rpc.request.encode({ namespace: 'raw-n', query: 'Mine = 5' });
  const context = apiContext([namespaceRecord({ searchAttributes: new Map([['Mine', 3]]) })]);
  filterOf(dispatch(rpc.path, request, context));
  assert.equal(dispatch(rpc.path, request, apiContext()).kind, 'error');
});

test('counts, in total and by status', () => {
  const rpc = workflowService.CountWorkflowExecutions;
  const count = (query: string, groups: object) => {
    const plan = dispatch(rpc.path, rpc.request.encode({ namespace: 'raw-n', query }), apiContext());
    assert.ok(plan.kind === 'ask');
    const done = plan.finish({ ok: true, response: groups });
    assert.ok(done.kind === 'answer');
    return rpc.response.decode(done.bytes);
  };
  assert.equal(count('', [{ value: undefined, count: 3 }]).count, 3);
  const grouped = count('GROUP BY ExecutionStatus', [
    { value: 'Running', count: 2 },
    { value: 'Failed', count: 1 },
  ]);
  assert.deepEqual([grouped.count, grouped.groups.map((group) => group.count)], [3, [2, 1]]);
  const value = Payload.decode(grouped.groups[0]?.groupValues[0] ?? new Uint8Array(0));
  assert.equal(Buffer.from(value.data).toString(), '"Running"');
  assert.equal(Buffer.from(value.metadata.get('type') ?? []).toString(), 'Keyword');
});

test('the fixed filters of old clients', () => {
  const closed = workflowService.ListClosedWorkflowExecutions;
  const matches = (
    request: Parameters<typeof closed.request.encode>[0],
    change: Partial<VisibilityRecord> = {},
  ): boolean => {
    const plan = dispatch(closed.path, closed.request.encode({ namespace: 'raw-n', ...request }), apiContext());
    return toPredicate(filterOf(plan).query.filter)({ ...row, ...change });
  };
  assert.equal(matches({}), true);
  assert.equal(matches({}, { status: 1 }), false);
  assert.equal(matches({ statusFilter: { status: 3 } }), false);
  assert.equal(matches({ typeFilter: { name: 't' } }), true);
  assert.equal(matches({ executionFilter: { workflowId: 'w' } }), true);
  assert.equal(matches({ executionFilter: { workflowId: 'w', runId: RUN_ID(2) } }), false);
  assert.equal(matches({ startTimeFilter: { earliestTime: NOW_MS, latestTime: NOW_MS } }), true);
  assert.equal(matches({ startTimeFilter: { earliestTime: NOW_MS + 1 } }), false);
});
