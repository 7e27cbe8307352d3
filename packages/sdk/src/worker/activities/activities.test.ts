/** Activities, end to end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  activityInfo,
  cancellationSignal,
  cancelled,
  CompleteAsyncError,
  ApplicationFailure,
  Context,
  getClient,
  heartbeat,
  sleep,
} from '../../activity/index.js';
import type { Info, CancelledFailure } from '../../activity/index.js';
import { workerWorld } from '../testing/worker-world.js';

const WORKFLOWS = `
  import * as wf from 'perdure/workflow';
  export async function call(name, args = [], options = {}) {
    return await wf.scheduleActivity(name, args, { startToCloseTimeout: '10s', retry: { initialInterval: 10 }, ...options });
  }
  export async function cancels(name) {
    const scope = new wf.CancellationScope();
    const running = scope.run(() => wf.scheduleActivity(name, [], { startToCloseTimeout: '30s', heartbeatTimeout: '1s', cancellationType: 'WAIT_CANCELLATION_COMPLETED', retry: { maximumAttempts: 1 } }));
    wf.setHandler(wf.defineSignal('stop'), () => scope.cancel());
    try { return ['returned', await running]; } catch (error) { return [error.name, error.cause?.name]; }
  }
`;
const queue = { taskQueue: 'q' };

test('an activity knows what it is, and retries until it succeeds', async (t) => {
  const { client, worker } = await workerWorld(t);
  const infos: Info[] = [];
  const made = await worker(
    {
      activities: {
        async third(what: string) {
          infos.push(activityInfo());
          if (activityInfo().attempt < 3) throw new Error('not yet');
          return `${what} ${await getClient()
            .workflow.getHandle('w')
            .describe()
            .then(({ status }) => status.name)}`;
        },
      },
    },
    WORKFLOWS,
  );
  const args = ['third', ['it is']];
  const result = await made.runUntil(() => client.workflow.execute('call', { workflowId: 'w', ...queue, args }));
  assert.equal(result, 'it is RUNNING');
  assert.deepEqual(
    infos.map(({ attempt }) => attempt),
    [1, 2, 3],
  );
  const [info] = infos;
  assert.equal(info?.workflowExecution?.workflowId, 'w');
  assert.equal(info?.activityType, 'third');
  assert.equal(info?.isLocal, false);
  assert.equal(info?.startToCloseTimeoutMs, 10_000);
  assert.equal(info?.taskQueue, 'q');
});

test('an unknown activity is told with what there is', async (t) => {
  const { client, worker } = await workerWorld(t);
  const made = await worker({ activities: { charge: async () => 1, refund: async () => 2 } }, WORKFLOWS);
  const args = ['chrage', [], { retry: { maximumAttempts: 1 } }];
  await assert.rejects(
    made.runUntil(() => client.workflow.execute('call', { workflowId: 'w', ...queue, args })),
    (error: Error) => {
      const { message } = (error.cause as Error).cause as Error;
      assert.match(
        message,
        /Activity function chrage is not registered on this Worker. Did you mean 'charge'\? .*refund/,
      );
      return true;
    },
  );
});

test('heartbeats bring cancellation, and their details the next attempt', async (t) => {
  const { client, worker } = await workerWorld(t);
  const seen: unknown[] = [];
  let started: () => void = () => undefined;
  const running = new Promise<void>((resolve) => {
    started = resolve;
  });
  const activities = {
    async waits() {
      started();
      const { signal } = { signal: cancellationSignal() };
      const timer = setInterval(() => heartbeat(1), 20);
      try {
        await cancelled();
      } catch (error) {
        seen.push((error as Error).message, signal.aborted, Context.current().cancellationDetails?.cancelRequested);
        throw error;
      } finally {
        clearInterval(timer);
      }
    },
    async resumes() {
      const { heartbeatDetails, attempt } = activityInfo();
      if (attempt === 1) {
        heartbeat({ at: 0 });
        heartbeat({ at: 5 });
        throw new Error('again');
      }
      return heartbeatDetails as unknown;
    },
  };
  const made = await worker({ activities, maxHeartbeatThrottleInterval: 50 }, WORKFLOWS);
  await made.runUntil(async () => {
    const handle = await client.workflow.start('cancels', { workflowId: 'w', ...queue, args: ['waits'] });
    await running;
    await handle.signal('stop');
    assert.deepEqual(await handle.result(), ['ActivityFailure', 'CancelledFailure']);
    const args = ['resumes', [], { heartbeatTimeout: '60s' }];
    assert.deepEqual(await client.workflow.execute('call', { workflowId: 'r', ...queue, args }), { at: 5 });
  });
  assert.deepEqual(seen, ['CANCELLED', true, true]);
});

test('an activity may complete elsewhere, and may fail for good', async (t) => {
  const { client, worker } = await workerWorld(t);
  const activities = {
    async later() {
      const { taskToken } = activityInfo();
      setTimeout(() => void client.activity.complete(taskToken, 'completed elsewhere'), 5);
      throw new CompleteAsyncError();
    },
    async never() {
      throw ApplicationFailure.nonRetryable('never', 'Never');
    },
  };
  const made = await worker({ activities }, WORKFLOWS);
  await made.runUntil(async () => {
    const call = (workflowId: string, name: string) =>
      client.workflow.execute('call', { workflowId, ...queue, args: [name] });
    assert.equal(await call('l', 'later'), 'completed elsewhere');
    await assert.rejects(call('n', 'never'), (error: Error) => {
      assert.equal(((error.cause as Error).cause as { type?: string }).type, 'Never');
      return true;
    });
  });
});

test('interceptors are put around activities, methods keep their object', async (t) => {
  const { client, worker } = await workerWorld(t);
  class Service {
    readonly #prefix = 'service';
    name = async (n: number) => `${this.#prefix} ${n}`;
  }
  const interceptors = {
    activity: [
      () => ({
        inbound: {
          async execute(input: { args: unknown[] }, next: (input: never) => Promise<unknown>) {
            return `outer(${String(await next({ ...input, args: [Number(input.args[0]) + 1] } as never))})`;
          },
        },
      }),
      () => ({
        inbound: {
          execute: async (input: never, next: (input: never) => Promise<unknown>) =>
            `inner(${String(await next(input))})`,
        },
      }),
    ],
  };
  const made = await worker({ activities: new Service(), interceptors: interceptors as never }, WORKFLOWS);
  const result = await made.runUntil(() =>
    client.workflow.execute('call', { workflowId: 'w', ...queue, args: ['name', [1]] }),
  );
  assert.equal(result, 'outer(inner(service 2))');
});

test('shutdown gives activities their grace, then cancels them', async (t) => {
  const { client, worker } = await workerWorld(t);
  const events: string[] = [];
  let started: () => void = () => undefined;
  const running = new Promise<void>((resolve) => {
    started = resolve;
  });
  const activities = {
    async long() {
      started();
      try {
        await sleep('20s');
      } catch (error) {
        events.push((error as CancelledFailure).message);
        throw error;
      }
    },
  };
  const made = await worker({ activities, shutdownGraceTime: 30 }, WORKFLOWS);
  const run = made.run();
  await client.workflow.start('call', { workflowId: 'w', ...queue, args: ['long'] });
  await running;
  assert.equal(made.getStatus().numInFlightActivities, 1);
  made.shutdown();
  assert.equal(made.getState(), 'STOPPING');
  await run;
  assert.equal(made.getState(), 'STOPPED');
  assert.deepEqual(events, ['WORKER_SHUTDOWN']);
});

test('an activity that ignores its cancellation ends the worker only by shutdownForceTime', async (t) => {
  const { client, worker } = await workerWorld(t);
  let started: () => void = () => undefined;
  const running = new Promise<void>((resolve) => {
    started = resolve;
  });
  const never = async () => {
    started();
    await new Promise(() => undefined);
  };
  const made = await worker({ activities: { never }, shutdownForceTime: 40 }, WORKFLOWS);
  const run = made.run();
  await client.workflow.start('call', { workflowId: 'w', ...queue, args: ['never'] });
  await running;
  made.shutdown();
  await assert.rejects(run, { name: 'GracefulShutdownPeriodExpiredError' });
  assert.equal(made.getState(), 'FAILED');
});
