import assert from 'node:assert/strict';
import { test } from 'node:test';
import { activityInfo, cancellationDetails, Context, heartbeat, sleep } from '../activity/index.js';
import { Client } from '../client/client.js';
import { CancelledFailure } from '../conversion/failure.js';
import { MockActivityEnvironment } from './mock-activity-environment.js';

async function countTo(limit: number): Promise<number> {
  const { heartbeatDetails = 0 } = activityInfo() as { heartbeatDetails?: number };
  for (let n = heartbeatDetails + 1; n <= limit; n += 1) heartbeat(n);
  return limit;
}

test('a function gets its context, and each heartbeat is an event', async () => {
  const env = new MockActivityEnvironment({ heartbeatDetails: 2 });
  const beats: unknown[] = [];
  env.on('heartbeat', (details) => beats.push(details));
  assert.equal(await env.run(countTo, 4), 4);
  assert.deepEqual(beats, [3, 4]);
  assert.equal(env.context.info.activityId, 'test');
});

test('what it throws comes as it is', async () => {
  const env = new MockActivityEnvironment();
  const error = new TypeError('no');
  await assert.rejects(
    env.run(async () => Promise.reject(error)),
    (thrown) => thrown === error,
  );
});

test('cancelled: the wait ends, and details say why', async () => {
  const env = new MockActivityEnvironment();
  const running = env.run(async () => {
    await sleep('1 hour');
  });
  env.cancel();
  await assert.rejects(running, (error) => error instanceof CancelledFailure && error.message === 'CANCELLED');
  assert.equal(await env.run(async () => cancellationDetails()?.cancelRequested), true);
  const other = new MockActivityEnvironment();
  other.cancel('WORKER_SHUTDOWN');
  await assert.rejects(
    other.run(() => Context.current().cancelled),
    { message: 'WORKER_SHUTDOWN' },
  );
});

test('interceptors and a client', async () => {
  const client = new Client();
  const env = new MockActivityEnvironment(
    {},
    {
      client,
      interceptors: [
        () => ({ inbound: { execute: async (input, next) => `${String(await next({ ...input, args: ['b'] }))}!` } }),
      ],
    },
  );
  assert.equal(await env.run(async (text: string) => text, 'a'), 'b!');
  assert.equal(env.context.client, client);
});
