import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HistoryEventFilterType, workflowService } from '@perdure/protocol';
import type { GetWorkflowExecutionHistoryResponse } from '@perdure/protocol';
import type { HistoryAnswer, HistoryRequest } from '../engine/messages.js';
import type { ApiContext } from './contract.js';
import { dispatch } from './dispatch.js';
import { NOW_MS, RUN_ID, apiContext } from './world.test.js';

const rpc = workflowService.GetWorkflowExecutionHistory;
const execution = { workflowId: 'w', runId: '' };

interface Asked {
  readonly history: HistoryRequest;
  answer(page: Partial<HistoryAnswer>): GetWorkflowExecutionHistoryResponse;
}

function ask(request: object, context: ApiContext = apiContext(), isReverse = false): Asked {
  const { path } = isReverse ? workflowService.GetWorkflowExecutionHistoryReverse : rpc;
  const plan = dispatch(path, rpc.request.encode({ namespace: 'raw-n', execution, ...request }), context);
  assert.ok(plan.kind === 'ask', plan.kind === 'error' ? plan.error.message : '');
  assert.ok(plan.request.kind === 'getHistory');
  const { history } = plan.request;
  const page = {
    history: new Uint8Array(0),
    runId: RUN_ID(1),
    nextEventId: undefined,
    isRunning: true,
    hasSuccessor: true,
  };
  return {
    history,
    answer: (change) => {
      const done = plan.finish({ ok: true, response: { ...page, ...change } });
      assert.ok(done.kind === 'answer');
      return rpc.response.decode(done.bytes);
    },
  };
}

function refusal(request: object): string {
  const plan = dispatch(rpc.path, rpc.request.encode({ namespace: 'raw-n', execution, ...request }), apiContext());
  assert.ok(plan.kind === 'error');
  return plan.error.message;
}

test('a first page begins at event 1, a reverse one at the newest', () => {
  const first = ask({});
  assert.deepEqual([first.history.fromEventId, first.history.pageSize, first.history.runId], [1, 256, '']);
  assert.equal(ask({}, apiContext(), true).history.fromEventId, 0);
  assert.equal(ask({ maximumPageSize: 5 }).history.pageSize, 5);
});

test('a token pins the run and the next event', () => {
  const { nextPageToken } = ask({}).answer({ nextEventId: 17 });
  const second = ask({ nextPageToken });
  assert.deepEqual([second.history.runId, second.history.fromEventId], [RUN_ID(1), 17]);
  const sameRun = ask({ nextPageToken, execution: { workflowId: 'w', runId: RUN_ID(1) } });
  assert.equal(sameRun.history.runId, RUN_ID(1));
  assert.equal(
    refusal({ nextPageToken, execution: { workflowId: 'w', runId: RUN_ID(2) } }),
    'RunId in the request does not match the NextPageToken.',
  );
});

test('the last page has no token, and its history is set even when empty', () => {
  const last = ask({}).answer({});
  assert.equal(last.nextPageToken.length, 0);
  assert.equal(last.history?.length, 0);
});

test('tokens of another direction, version or kind are refused', () => {
  const { nextPageToken } = ask({}, apiContext(), true).answer({ nextEventId: 3 });
  assert.equal(refusal({ nextPageToken }), 'Invalid NextPageToken.');
  assert.equal(refusal({ nextPageToken: Uint8Array.of(2, 8, 1) }), 'Invalid NextPageToken.');
  assert.equal(refusal({ nextPageToken: Uint8Array.of(1, 255) }), 'Invalid NextPageToken.');
});

test('waiting for the close', () => {
  const context = apiContext(undefined, { deadlineMs: NOW_MS + 3_000 });
  const { history } = ask({ waitNewEvent: true, historyEventFilterType: HistoryEventFilterType.CLOSE_EVENT }, context);
  assert.ok(history.wait && history.closeEventOnly);
  assert.equal(history.deadlineMs, NOW_MS + 2_000);
});

test('people do not see a task that may yet vanish', () => {
  const by = (clientName: string): ApiContext =>
    apiContext(undefined, { caller: { clientName, clientVersion: '', header: () => undefined } });
  const seen = ['temporal-typescript', '', 'temporal-cli', 'temporal-ui'].map(
    (name) => ask({}, by(name)).history.withPendingTask,
  );
  assert.deepEqual(seen, [true, true, false, false]);
});
