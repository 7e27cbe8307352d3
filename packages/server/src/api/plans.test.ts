/** What reaches the engine: complete requests. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  StatusCode,
  TaskTokenKind,
  UpdateWorkflowExecutionLifecycleStage as Stage,
  WorkflowIdConflictPolicy as Conflict,
  WorkflowIdReusePolicy as Reuse,
  encodeTaskToken,
  workflowService,
} from '@perdure/protocol';
import type { Init, Rpc } from '@perdure/protocol';
import type { EngineRequest } from '../engine/messages.js';
import type { ApiContext } from './contract.js';
import { dispatch } from './dispatch.js';
import type { Dispatched } from './dispatch.js';
import { NOW_MS, RUN_ID, apiContext, namespaceRecord } from './world.test.js';

function call<Request>(
  rpc: Rpc<Request, unknown>,
  request: Init<Request>,
  context: ApiContext = apiContext(),
): Dispatched {
  return dispatch(rpc.path, rpc.request.encode(request), context);
}

function asked<K extends EngineRequest['kind']>(
  kind: K,
  plan: Dispatched,
): Extract<EngineRequest, { readonly kind: K }> {
  assert.ok(plan.kind === 'ask', plan.kind === 'error' ? plan.error.message : plan.kind);
  assert.equal(plan.request.kind, kind);
  return plan.request as Extract<EngineRequest, { readonly kind: K }>;
}

function refusal(plan: Dispatched): string {
  assert.ok(plan.kind === 'error');
  return plan.error.message;
}

const START = { namespace: 'raw-n', workflowId: 'w', workflowType: { name: 't' }, taskQueue: { name: 'q' } };

test('a start gets a request id and policies', () => {
  const { request, namespaceId } = asked('start', call(workflowService.StartWorkflowExecution, START));
  assert.equal(namespaceId, RUN_ID(9));
  assert.equal(request.requestId, 'new-id-1');
  assert.equal(request.workflowIdReusePolicy, Reuse.ALLOW_DUPLICATE);
  assert.equal(request.workflowIdConflictPolicy, Conflict.FAIL);
  const again = asked('start', call(workflowService.StartWorkflowExecution, { ...START, requestId: 'mine' }));
  assert.equal(again.request.requestId, 'mine');
});

test('terminate-if-running means terminate existing and allow duplicates', () => {
  const start = { ...START, workflowIdReusePolicy: Reuse.TERMINATE_IF_RUNNING };
  const { request } = asked('start', call(workflowService.StartWorkflowExecution, start));
  assert.equal(request.workflowIdReusePolicy, Reuse.ALLOW_DUPLICATE);
  assert.equal(request.workflowIdConflictPolicy, Conflict.TERMINATE_EXISTING);
});

test('signal-with-start uses a running execution by default', () => {
  const { request } = asked(
    'signalWithStart',
    call(workflowService.SignalWithStartWorkflowExecution, { ...START, signalName: 's' }),
  );
  assert.equal(request.workflowIdConflictPolicy, Conflict.USE_EXISTING);
  assert.equal(request.requestId, 'new-id-1');
});

const UPDATE = {
  namespace: 'raw-n',
  workflowExecution: { workflowId: 'w' },
  request: { meta: { updateId: '' }, input: { name: 'u' } },
};

test('an update gets an id, a stage and a deadline', () => {
  const context = apiContext(undefined, { deadlineMs: NOW_MS + 5_000 });
  const { request, deadlineMs } = asked('update', call(workflowService.UpdateWorkflowExecution, UPDATE, context));
  assert.equal(request.request?.meta?.updateId, 'new-id-1');
  assert.equal(request.waitPolicy?.lifecycleStage, Stage.COMPLETED);
  // After the caller's own: the transport says first that it has passed.
  assert.equal(deadlineMs, NOW_MS + 6_000);
  assert.equal(asked('update', call(workflowService.UpdateWorkflowExecution, UPDATE)).deadlineMs, NOW_MS + 20_000);
});

test('update-with-start carries both requests, complete', () => {
  const operations = [{ startWorkflow: START }, { updateWorkflow: UPDATE }];
  const plan = call(workflowService.ExecuteMultiOperation, { namespace: 'raw-n', operations });
  const { start, update } = asked('updateWithStart', plan);
  assert.equal(start.requestId, 'new-id-1');
  assert.equal(update.request?.meta?.updateId, 'new-id-2');
});

test('polls end a second before the caller gives up, at most after a minute', () => {
  const poll = { namespace: 'raw-n', taskQueue: { name: 'q' } };
  const deadlineOf = (timeoutMs: number | undefined): number => {
    const deadlineMs = timeoutMs === undefined ? undefined : NOW_MS + timeoutMs;
    return (
      asked(
        'pollWorkflowTask',
        call(workflowService.PollWorkflowTaskQueue, poll, apiContext(undefined, { deadlineMs })),
      ).deadlineMs - NOW_MS
    );
  };
  assert.deepEqual([deadlineOf(undefined), deadlineOf(70_000), deadlineOf(10_000)], [60_000, 60_000, 9_000]);
  const tooShort = call(
    workflowService.PollActivityTaskQueue,
    poll,
    apiContext(undefined, { deadlineMs: NOW_MS + 1_999 }),
  );
  assert.ok(tooShort.kind === 'error');
  assert.equal(tooShort.error.code, StatusCode.FAILED_PRECONDITION);
});

test('a task token finds its namespace when none is named', () => {
  const token = { kind: TaskTokenKind.WORKFLOW, namespaceId: RUN_ID(9), workflowId: 'w' };
  const rpc = workflowService.RespondWorkflowTaskCompleted;
  const { token: read } = asked('respondWorkflowTaskCompleted', call(rpc, { taskToken: encodeTaskToken(token) }));
  assert.equal(read.workflowId, 'w');
  const other = encodeTaskToken({ ...token, namespaceId: RUN_ID(7) });
  assert.equal(
    refusal(call(rpc, { taskToken: other, namespace: 'raw-n' })),
    'Operation requested with a token from a different namespace.',
  );
  const activity = encodeTaskToken({ ...token, kind: TaskTokenKind.ACTIVITY });
  assert.equal(refusal(call(rpc, { taskToken: activity })), 'Workflow task not found.');
});

test('nothing new begins in a deprecated namespace', () => {
  const deprecated = apiContext([namespaceRecord({ state: 2 })]);
  const plan = call(workflowService.StartWorkflowExecution, START, deprecated);
  assert.equal(refusal(plan), 'Namespace has invalid state: Deprecated. Must be Registered.');
  const signal = { namespace: 'raw-n', workflowExecution: { workflowId: 'w' }, signalName: 's' };
  asked('signal', call(workflowService.SignalWorkflowExecution, signal, deprecated));
  const deleted = apiContext([namespaceRecord({ state: 3 })]);
  assert.equal(
    refusal(call(workflowService.SignalWorkflowExecution, signal, deleted)),
    'Namespace has invalid state: Deleted. Must be Registered or Deprecated.',
  );
});

test('clients that are too new are refused, unknown ones are not looked at', () => {
  const by = (clientName: string, clientVersion: string): ApiContext =>
    apiContext(undefined, { caller: { clientName, clientVersion, header: () => undefined } });
  const list = { namespace: 'raw-n' };
  const refused = call(workflowService.CountWorkflowExecutions, list, by('temporal-go', '2.0.0'));
  assert.match(refusal(refused), /^Client version 2.0.0 is not supported/);
  asked('count', call(workflowService.CountWorkflowExecutions, list, by('temporal-go', '1.99.0-rc.1')));
  asked('count', call(workflowService.CountWorkflowExecutions, list, by('temporal-python', '9.0.0')));
});

test('numbers that are no member of their enumeration are answered', () => {
  const queue = { pollers: [], byPriority: new Map(), backlogCount: 7, backlogAgeMs: 0, addRate: 0, dispatchRate: 0 };
  const rpc = workflowService.DescribeTaskQueue;
  const request = { namespace: 'raw-n', taskQueue: { name: 'q' }, includeTaskQueueStatus: true };
  for (const taskQueueType of [77, 3]) {
    const plan = call(rpc, { ...request, taskQueueType: taskQueueType as 3 });
    assert.ok(plan.kind === 'ask');
    const response = { workflow: queue, activity: queue, settings: undefined };
    const finished = plan.finish({ ok: true, response });
    assert.ok(finished.kind === 'answer');
    assert.equal(rpc.response.decode(finished.bytes).taskQueueStatus?.backlogCountHint, 0);
  }
});

test('settings of a task queue: what is refused, and what is told', () => {
  const rpc = workflowService.UpdateTaskQueueConfig;
  const request = { namespace: 'raw-n', taskQueue: 'q', taskQueueType: 2, identity: 'ann' } as const;
  const rate = (requestsPerSecond: number) => ({ rateLimit: { requestsPerSecond }, reason: 'why' });
  assert.match(refusal(call(rpc, { ...request, updateQueueRateLimit: rate(NaN) })), /must be non-negative/);
  assert.match(
    refusal(call(rpc, { ...request, taskQueueType: 1, updateQueueRateLimit: rate(1) })),
    /workflow task queues is not allowed/,
  );
  const plan = call(rpc, { ...request, updateQueueRateLimit: rate(0) });
  assert.equal(asked('updateTaskQueueConfig', plan).namespaceId, RUN_ID(9));
  assert.ok(plan.kind === 'ask');
  const setting = { perSecond: 0, reason: 'why', identity: 'ann', updatedAtMs: NOW_MS };
  const finished = plan.finish({ ok: true, response: { rate: setting, keyRate: undefined, weights: new Map() } });
  assert.ok(finished.kind === 'answer');
  assert.deepEqual(rpc.response.decode(finished.bytes).config?.queueRateLimit, {
    rateLimit: { requestsPerSecond: 0 },
    metadata: { reason: 'why', updateIdentity: 'ann', updateTime: NOW_MS },
  });
});
