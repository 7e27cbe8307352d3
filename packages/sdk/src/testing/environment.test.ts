/** The environments without a worker: a client, tasks answered by hand, and time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { CommandType, EventType, History, StatusCode } from '@perdure/protocol';
import { createServer } from '@perdure/server';
import { WorkflowFailedError } from '../client/errors.js';
import { Client } from '../client/client.js';
import { Connection } from '../client/connection.js';
import { isGrpcServiceError } from '../client/grpc-error.js';
import { completed, workflowTask } from '../client/world.test.js';
import { IllegalStateError } from '../conversion/errors.js';
import { TimeoutFailure } from '../conversion/failure.js';
import { defineSearchAttributeKey } from '../conversion/search-attributes.js';
import { TestWorkflowEnvironment } from './environment.js';
import type { TimeSkippingServerConfig } from './options.js';
import { TimeSkippingWorkflowClient } from './time-skipping-client.js';

const DAY_MS = 86_400_000;

async function skipping(t: TestContext, server: TimeSkippingServerConfig = {}): Promise<TestWorkflowEnvironment> {
  const env = await TestWorkflowEnvironment.createTimeSkipping({ server });
  t.after(() => env.teardown());
  return env;
}

const options = (workflowId: string) => ({ workflowId, taskQueue: 'q', args: [] });

const timer = (startToFireTimeout: number) => ({
  commands: [{ commandType: CommandType.START_TIMER, attributes: { timerId: '1', startToFireTimeout } } as const],
});

const activity = (timeouts: object) => ({
  commands: [
    {
      commandType: CommandType.SCHEDULE_ACTIVITY_TASK,
      attributes: { activityId: 'a', activityType: { name: 'a' }, taskQueue: { name: 'q' }, ...timeouts },
    } as never,
  ],
});

const pollActivity = (env: TestWorkflowEnvironment) =>
  env.connection.workflowService.pollActivityTaskQueue({
    namespace: 'default',
    taskQueue: { name: 'q' },
    identity: 'hand',
  });

function hasEvent(history: Uint8Array | undefined, type: EventType): boolean {
  return History.decode(history ?? new Uint8Array(0)).events.some(({ eventType }) => eventType === type);
}

test('a workflow that sleeps a month is awaited in a moment', async (t) => {
  const env = await skipping(t);
  assert.ok(env.supportsTimeSkipping && env.client.workflow instanceof TimeSkippingWorkflowClient);
  const before = await env.currentTimeMs();
  const startedAt = performance.now();
  const result = env.client.workflow.execute('sleepsAMonth', options('w'));
  await workflowTask(env, () => timer(30 * DAY_MS));
  await workflowTask(env, () => completed('awake'));
  assert.equal(await result, 'awake');
  assert.ok((await env.currentTimeMs()) - before >= 30 * DAY_MS);
  assert.ok(performance.now() - startedAt < 10_000);
});

test('only the wait for a result skips time', async (t) => {
  const env = await skipping(t);
  const handle = await env.client.workflow.start('t', options('w'));
  await workflowTask(env, () => timer(DAY_MS));
  await env.connection.testService.sleep({ duration: 30 });
  assert.ok((await env.currentTimeMs()) - Date.now() < DAY_MS / 2);
  const [first, second] = [handle.result(), handle.result()];
  await workflowTask(env, () => completed('x'));
  assert.deepEqual(await Promise.all([first, second]), ['x', 'x']);
  const other = await env.client.workflow.start('t', options('v'));
  await workflowTask(env, () => timer(DAY_MS));
  const before = await env.currentTimeMs();
  await env.connection.testService.sleep({ duration: 30 });
  assert.ok((await env.currentTimeMs()) - before < DAY_MS / 2, 'locked again');
  await other.terminate();
});

test('sleep and advance, in durations as people write them', async (t) => {
  const env = await skipping(t, { startTime: new Date('2030-01-01T00:00:00Z') });
  const { sleep } = env;
  await sleep('10 days');
  await env.advance('1 day');
  const days = ((await env.currentTimeMs()) - Date.UTC(2030, 0, 1)) / DAY_MS;
  assert.ok(days >= 11 && days < 11.1, String(days));
});

test('an activity times out in the time of the environment when nobody is left to run it', async (t) => {
  const env = await skipping(t);
  const result = env.client.workflow.execute('t', options('w'));
  const retryPolicy = { maximumAttempts: 1 };
  await workflowTask(env, () => activity({ startToCloseTimeout: DAY_MS, retryPolicy }));
  await pollActivity(env);
  const before = await env.currentTimeMs();
  await env.connection.testService.sleep({ duration: 30 });
  assert.ok((await env.currentTimeMs()) - before < DAY_MS / 2, 'it runs: no time is skipped');
  await Promise.all([
    env.advance('2 days'),
    workflowTask(env, (task) => {
      assert.ok(hasEvent(task.history, EventType.ACTIVITY_TASK_TIMED_OUT));
      return completed('late');
    }),
  ]);
  assert.equal(await result, 'late');
});

test('an activity that sleeps is overtaken by what is due meanwhile', async (t) => {
  const env = await skipping(t);
  const result = env.client.workflow.execute('t', options('w'));
  await workflowTask(env, () => activity({ startToCloseTimeout: 9 * DAY_MS, heartbeatTimeout: DAY_MS }));
  const { attempt } = await pollActivity(env);
  assert.equal(attempt, 1);
  const slept = env.sleep('3 days');
  // No heartbeat came for a day: the next attempt is on its way, and somebody takes it.
  const second = await pollActivity(env);
  assert.equal(second.attempt, 2);
  await env.client.activity.complete(second.taskToken, 'done');
  await workflowTask(env, () => completed('x'));
  assert.equal(await result, 'x');
  await slept;
});

test('a workflow that times out', async (t) => {
  const env = await skipping(t);
  const result = env.client.workflow.execute('t', { ...options('w'), workflowExecutionTimeout: '1 year' });
  await workflowTask(env, () => ({}));
  await assert.rejects(
    result,
    (error) => error instanceof WorkflowFailedError && error.cause instanceof TimeoutFailure,
  );
});

test('two environments know nothing of each other', async (t) => {
  const [one, other] = await Promise.all([skipping(t), skipping(t)]);
  await one.sleep('10 days');
  await one.client.workflow.start('t', options('w'));
  await other.client.workflow.start('t', options('w'));
  assert.ok((await other.currentTimeMs()) - Date.now() < DAY_MS);
});

test('a port when asked, for clients elsewhere', async (t) => {
  const env = await skipping(t, { port: 0, namespace: 'orders' });
  assert.match(env.address, /^127\.0\.0\.1:\d+$/);
  assert.equal(env.namespace, 'orders');
  const connection = await Connection.connect({ address: env.address });
  t.after(() => connection.close());
  const elsewhere = new Client({ connection, namespace: 'orders' });
  await env.client.workflow.start('t', options('w'));
  assert.equal((await elsewhere.workflow.getHandle('w').describe()).status.name, 'RUNNING');
  const { time = 0 } = await connection.testService.getCurrentTime({});
  assert.ok(Math.abs(time - Date.now()) < DAY_MS);
});

test('a local environment: real time, search attributes, no port', async (t) => {
  const customer = defineSearchAttributeKey('customer', 'KEYWORD');
  const env = await TestWorkflowEnvironment.createLocal({ server: { searchAttributes: [customer] } });
  t.after(() => env.teardown());
  assert.equal(env.supportsTimeSkipping, false);
  const typedSearchAttributes = [{ key: customer, value: 'ann' }];
  await env.client.workflow.start('t', { ...options('w'), typedSearchAttributes });
  assert.equal((await env.client.workflow.count("customer = 'ann'")).count, 1);
  const before = await env.currentTimeMs();
  await env.sleep(20);
  assert.ok((await env.currentTimeMs()) - before >= 19);
  await assert.rejects(env.advance('1 day'), IllegalStateError);
  await assert.rejects(
    env.connection.testService.getCurrentTime({}),
    (error) => isGrpcServiceError(error) && error.code === StatusCode.UNIMPLEMENTED,
  );
});

test('an existing server', async (t) => {
  const server = await createServer({ port: 0 });
  t.after(() => server.close(0));
  const address = `127.0.0.1:${server.address?.port ?? 0}`;
  const env = await TestWorkflowEnvironment.createFromExistingServer({ address, client: { identity: 'me' } });
  t.after(() => env.teardown());
  const result = env.client.workflow.execute('t', options('w'));
  await workflowTask(env, () => completed(1));
  assert.equal(await result, 1);
  assert.equal(env.supportsTimeSkipping, false);
});

test('calls that wait end with the environment', async () => {
  const env = await TestWorkflowEnvironment.createTimeSkipping();
  const handle = await env.client.workflow.start('t', options('w'));
  const result = assert.rejects(handle.result());
  const poll = pollActivity(env).catch(() => undefined);
  await env.teardown();
  await result;
  await poll;
  await env.teardown();
});
