/** The client of workflows against a server in this process: starts, results, messages, and every error class provoked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType, Header, QueryResultType } from '@perdure/protocol';
import { valuesToBytes } from '../conversion/codec-pass.js';
import { defaultDataConverter } from '../conversion/data-converter.js';
import { NamespaceNotFoundError, ValueError, WorkflowNotFoundError } from '../conversion/errors.js';
import { ApplicationFailure, CancelledFailure, TerminatedFailure, TimeoutFailure } from '../conversion/failure.js';
import { payloadMapFromWire } from '../conversion/payload.js';
import { defineSearchAttributeKey } from '../conversion/search-attributes.js';
import type { QueryDefinition, SignalDefinition } from '../conversion/workflow-types.js';
import { Client } from './client.js';
import {
  QueryNotRegisteredError,
  QueryRejectedError,
  ServiceError,
  WorkflowContinuedAsNewError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
} from './errors.js';
import { isGrpcServiceError } from './grpc-error.js';
import type { WorkflowClientInterceptor } from './interceptors.js';
import { cancelled, completed, continued, failed, workflowTask, world } from './world.test.js';

const queue = { taskQueue: 'q' };

async function greet(name: string): Promise<string> {
  return `hello ${name}`;
}

test('execute: start to result', async (t) => {
  const w = await world(t);
  const result = w.client.workflow.execute(greet, { ...queue, workflowId: 'w', args: ['you'] });
  const task = await workflowTask(w, () => completed('hello you'));
  assert.equal(task.workflowType?.name, 'greet');
  const text: string = await result;
  assert.equal(text, 'hello you');
});

test('start: an id that is taken, a namespace that is not there, options that are missing', async (t) => {
  const { client, connection } = await world(t);
  const options = { ...queue, workflowId: 'w' };
  const { firstExecutionRunId } = await client.workflow.start('t', options);
  await assert.rejects(client.workflow.start('t', options), (error) => {
    assert.ok(error instanceof WorkflowExecutionAlreadyStartedError);
    assert.deepEqual([error.workflowId, error.workflowType], ['w', 't']);
    assert.ok(error.message.includes(firstExecutionRunId) && /workflowIdConflictPolicy/.test(error.message));
    return true;
  });
  const same = await client.workflow.start('t', { ...options, workflowIdConflictPolicy: 'USE_EXISTING' });
  assert.equal(same.firstExecutionRunId, firstExecutionRunId);
  const elsewhere = new Client({ connection, namespace: 'nowhere' });
  await assert.rejects(elsewhere.workflow.start('t', options), (error) => {
    return error instanceof NamespaceNotFoundError && error.namespace === 'nowhere' && /Create it/.test(error.message);
  });
  await assert.rejects(client.workflow.start('t', { ...options, taskQueue: '' }), ValueError);
  await assert.rejects(client.workflow.start('t', { ...options, workflowId: 'x'.repeat(2000) }), (error) => {
    return error instanceof ServiceError && isGrpcServiceError(error.cause) && error.cause.code === 3;
  });
});

test('result: how a workflow can end', async (t) => {
  const w = await world(t);
  const { workflow } = w.client;
  const fail = await workflow.start('t', { ...queue, workflowId: 'fails' });
  await workflowTask(w, () => failed(ApplicationFailure.nonRetryable('no funds', 'Declined', { missing: 3 })));
  await assert.rejects(fail.result(), (error) => {
    assert.ok(error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure);
    assert.deepEqual(
      [error.cause.message, error.cause.type, error.cause.details],
      ['no funds', 'Declined', [{ missing: 3 }]],
    );
    assert.equal(error.retryState, 'RETRY_POLICY_NOT_SET');
    return true;
  });
  const cancel = await workflow.start('t', { ...queue, workflowId: 'is cancelled' });
  await cancel.cancel();
  await workflowTask(w, () => cancelled);
  await assert.rejects(cancel.result(), (e) => e instanceof WorkflowFailedError && e.cause instanceof CancelledFailure);
  const ended = await workflow.start('t', { ...queue, workflowId: 'is terminated' });
  await ended.terminate('enough');
  await assert.rejects(ended.result(), (error) => {
    assert.ok(error instanceof WorkflowFailedError && error.cause instanceof TerminatedFailure);
    return error.cause.message === 'enough';
  });
  const late = await workflow.start('t', { ...queue, workflowId: 'is late', workflowRunTimeout: 1 });
  await assert.rejects(late.result(), (e) => e instanceof WorkflowFailedError && e.cause instanceof TimeoutFailure);
  await assert.rejects(workflow.getHandle('nobody').result(), (error) => {
    return error instanceof WorkflowNotFoundError && error.workflowId === 'nobody';
  });
});

test('result: over continued runs, or not', async (t) => {
  const w = await world(t);
  const handle = await w.client.workflow.start('t', { ...queue, workflowId: 'w' });
  await workflowTask(w, () => continued);
  const last = await workflowTask(w, () => completed('end'));
  assert.equal(await handle.result(), 'end');
  assert.equal(await w.client.workflow.result('w'), 'end');
  const one = w.client.workflow.getHandle('w', handle.firstExecutionRunId, { followRuns: false });
  await assert.rejects(one.result(), (error) => {
    assert.ok(error instanceof WorkflowContinuedAsNewError);
    return error.newExecutionRunId === last.workflowExecution?.runId;
  });
});

test('signals, and signal-with-start', async (t) => {
  const w = await world(t);
  const add: SignalDefinition<[number]> = { type: 'signal', name: 'add' };
  const options = { ...queue, workflowId: 'w', signal: add, signalArgs: [1] as [number] };
  const handle = await w.client.workflow.signalWithStart('t', options);
  await handle.signal(add, 2);
  const again = await w.client.workflow.signalWithStart('t', options);
  assert.equal(again.signaledRunId, handle.signaledRunId);
  const { events } = await handle.fetchHistory();
  const names = events.filter(({ eventType }) => eventType === EventType.WORKFLOW_EXECUTION_SIGNALED);
  assert.equal(names.length, 3);
  await workflowTask(w, () => completed(undefined));
  assert.equal(await handle.result(), undefined);
  await assert.rejects(handle.signal('add', 1), WorkflowNotFoundError);
  await handle.cancel();
  await assert.rejects(handle.terminate(), WorkflowNotFoundError);
});

test('queries: answered, unknown, rejected', async (t) => {
  const w = await world(t);
  const { workflowService } = w.connection;
  const total: QueryDefinition<number, [string]> = { type: 'query', name: 'total' };
  const handle = await w.client.workflow.start('t', { ...queue, workflowId: 'w' });
  await workflowTask(w, () => completed('end'));
  const answer = handle.query(total, 'eur');
  const task = await workflowTask(w, () => ({}));
  assert.equal(task.query?.queryType, 'total');
  const reply = { namespace: 'default', taskToken: task.taskToken };
  await workflowService.respondQueryTaskCompleted({
    ...reply,
    completedType: QueryResultType.ANSWERED,
    queryResult: await valuesToBytes(defaultDataConverter, [42]),
  });
  const sum: number = await answer;
  assert.equal(sum, 42);
  const unknown = handle.query('nothing');
  const second = await workflowTask(w, () => ({}));
  const rejected = assert.rejects(unknown, (error) => {
    return error instanceof QueryNotRegisteredError && error.code === 3 && /no handler/.test(error.message);
  });
  await workflowService.respondQueryTaskCompleted({
    namespace: 'default',
    taskToken: second.taskToken,
    completedType: QueryResultType.FAILED,
    errorMessage: 'no handler for nothing',
  });
  await rejected;
  const strict = new Client({ connection: w.connection, workflow: { queryRejectCondition: 'NOT_OPEN' } });
  await assert.rejects(strict.workflow.getHandle('w').query(total, 'eur'), (error) => {
    return error instanceof QueryRejectedError && error.status === 'COMPLETED';
  });
  await assert.rejects(w.client.workflow.getHandle('nobody').query(total, 'eur'), WorkflowNotFoundError);
});

test('describe: what was given with the start comes back', async (t) => {
  const w = await world(t);
  const keyword = defineSearchAttributeKey('CustomKeywordField', 'KEYWORD');
  const { operatorService } = w.connection;
  await operatorService
    .addSearchAttributes({ namespace: 'default', searchAttributes: new Map([['CustomKeywordField', 2]]) })
    .catch(() => undefined);
  const handle = await w.client.workflow.start('t', {
    ...queue,
    workflowId: 'w',
    memo: { note: { a: 1 } },
    staticSummary: 'one line',
    staticDetails: 'more',
    priority: { priorityKey: 2 },
    workflowRunTimeout: '1h',
    retry: { maximumAttempts: 2 },
  });
  const info = await handle.describe();
  assert.deepEqual(
    [info.type, info.workflowId, info.runId, info.taskQueue, info.status.name],
    ['t', 'w', handle.firstExecutionRunId, 'q', 'RUNNING'],
  );
  assert.deepEqual(info.memo, { note: { a: 1 } });
  assert.equal(await info.staticSummary(), 'one line');
  assert.equal(await info.staticDetails(), 'more');
  assert.equal(info.raw.executionConfig?.workflowRunTimeout, 3_600_000);
  assert.equal(info.typedSearchAttributes.get(keyword), undefined);
  assert.ok(Math.abs(info.startTime.getTime() - Date.now()) < 60_000);
  await assert.rejects(w.client.workflow.getHandle('nobody').describe(), WorkflowNotFoundError);
});

test('list, count and histories', async (t) => {
  const w = await world(t);
  const ids = ['a', 'b', 'c', 'd', 'e'];
  for (const workflowId of ids) await w.client.workflow.start('t', { ...queue, workflowId });
  const found: string[] = [];
  for await (const { workflowId } of w.client.workflow.list({ pageSize: 2 })) found.push(workflowId);
  assert.deepEqual(found.sort(), ids);
  const one: string[] = [];
  for await (const { workflowId } of w.client.workflow.list({ query: "WorkflowId = 'b'" })) one.push(workflowId);
  assert.deepEqual(one, ['b']);
  assert.equal((await w.client.workflow.count()).count, 5);
  const { groups } = await w.client.workflow.count('GROUP BY ExecutionStatus');
  assert.deepEqual(groups, [{ count: 5, groupValues: ['Running'] }]);
  const histories = new Map<string, number>();
  for await (const { workflowId, history } of w.client.workflow.list().intoHistories({ concurrency: 2 })) {
    histories.set(workflowId, history.events.length);
  }
  assert.deepEqual([...histories.keys()].sort(), ids);
  assert.ok([...histories.values()].every((count) => count > 0));
  await assert.rejects(async () => {
    for await (const _ of w.client.workflow.list({ query: 'nonsense !' }));
  }, ServiceError);
});

test('interceptors wrap calls in order, and their headers arrive', async (t) => {
  const order: string[] = [];
  const named = (name: string): WorkflowClientInterceptor => ({
    async start(input, next) {
      order.push(`${name} before`);
      const header = defaultDataConverter.payloadConverter.toPayload(name);
      const runId = await next({ ...input, headers: { ...input.headers, [name]: header } });
      order.push(`${name} after`);
      return runId;
    },
    async signal(input, next) {
      await next({ ...input, signalName: `${name}-${input.signalName}` });
    },
  });
  const w = await world(t, { interceptors: { workflow: [named('outer'), named('inner')] } });
  const handle = await w.client.workflow.start('t', { ...queue, workflowId: 'w' });
  await handle.signal('s');
  assert.deepEqual(order, ['outer before', 'inner before', 'inner after', 'outer after']);
  const { events } = await handle.fetchHistory();
  const [started] = events;
  assert.ok(started?.eventType === EventType.WORKFLOW_EXECUTION_STARTED && started.attributes.header);
  const headers = payloadMapFromWire(Header.decode(started.attributes.header).fields);
  assert.deepEqual(Object.keys(headers).sort(), ['inner', 'outer']);
  const signal = events.find((event) => event.eventType === EventType.WORKFLOW_EXECUTION_SIGNALED);
  assert.equal((signal?.attributes as { signalName: string }).signalName, 'inner-outer-s');
});

test('codecs: the server sees only what they made', async (t) => {
  const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0xff);
  const codec = {
    encode: async (payloads: { data?: Uint8Array | null }[]) =>
      payloads.map((p) => ({ ...p, data: flip(p.data ?? new Uint8Array()) })),
    decode: async (payloads: { data?: Uint8Array | null }[]) =>
      payloads.map((p) => ({ ...p, data: flip(p.data ?? new Uint8Array()) })),
  };
  const w = await world(t, { dataConverter: { payloadCodecs: [codec] } });
  const handle = await w.client.workflow.start('t', {
    ...queue,
    workflowId: 'w',
    args: ['secret'],
    memo: { m: 'secret' },
  });
  const { events } = await handle.fetchHistory();
  const [started] = events;
  assert.ok(started?.eventType === EventType.WORKFLOW_EXECUTION_STARTED);
  assert.ok(!Buffer.from(started.attributes.input ?? []).includes('secret'));
  assert.ok(!Buffer.from(started.attributes.memo ?? []).includes('secret'));
  assert.deepEqual((await handle.describe()).memo, { m: 'secret' });
  await workflowTask(w, () => completed('answer', w.client.workflow.options.dataConverter));
  assert.equal(await handle.result(), 'answer');
});
