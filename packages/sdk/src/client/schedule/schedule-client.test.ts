/** Schedules: options checked here; the rest on a reference server. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NamespaceNotFoundError } from '../../conversion/errors.js';
import { Client, ScheduleAlreadyRunning, ScheduleNotFoundError } from '../index.js';
import type { ScheduleOptions } from '../index.js';
import { onReference, referenceClient, unique } from '../reference.test.js';

const order = async (_id: number): Promise<string> => 'done';
const action = { type: 'startWorkflow', workflowType: 'order', taskQueue: 'schedules' } as const;

test('options that are missing are named before anything is sent', async () => {
  const { schedule } = new Client();
  const create = (options: unknown): Promise<unknown> => schedule.create(options as ScheduleOptions);
  await assert.rejects(create({ action, spec: {} }), /`scheduleId` is missing/);
  await assert.rejects(create({ scheduleId: 's', spec: {} }), /`action` must be \{ type: 'startWorkflow'/);
  await assert.rejects(
    create({ scheduleId: 's', spec: {}, action: { ...action, taskQueue: '' } }),
    /taskQueue` is missing/,
  );
  await assert.rejects(
    create({ scheduleId: 's', spec: { calendars: [{ hour: 25 }] }, action }),
    /`hour` of a calendar/,
  );
});

test('create, describe, update, pause, trigger, backfill, delete', onReference, async (t) => {
  const { schedule } = await referenceClient(t);
  const scheduleId = unique('whole');
  const handle = await schedule.create<typeof order>({
    scheduleId,
    spec: { calendars: [{ hour: { start: 2, end: 7 } }], intervals: [{ every: '10d', offset: '1d' }], jitter: '2m' },
    action: {
      type: 'startWorkflow',
      workflowType: order,
      taskQueue: 'schedules',
      args: [7],
      memo: { m: 1 },
      workflowRunTimeout: '1h',
      retry: { maximumAttempts: 3 },
      staticSummary: 'summary',
    },
    policies: { overlap: 'ALLOW_ALL', catchupWindow: '2h', pauseOnFailure: true },
    memo: { who: 'me' },
    state: { note: 'new', remainingActions: 5, paused: true },
  });
  const first = await handle.describe();
  assert.deepEqual(first.spec.calendars?.[0]?.hour, [{ start: 2, end: 7, step: 1 }]);
  assert.deepEqual(first.spec.intervals, [{ every: 864_000_000, offset: 86_400_000 }]);
  assert.equal(first.spec.jitter, 120_000);
  assert.deepEqual(first.policies, { overlap: 'ALLOW_ALL', catchupWindow: 7_200_000, pauseOnFailure: true });
  assert.deepEqual(first.state, { paused: true, note: 'new', remainingActions: 5 });
  assert.deepEqual(first.memo, { who: 'me' });
  const { workflowType, workflowId, args, memo, workflowRunTimeout, staticSummary, retry } = first.action;
  assert.deepEqual(
    [workflowType, workflowId, args, memo, workflowRunTimeout, staticSummary, retry?.maximumAttempts],
    ['order', `${scheduleId}-workflow`, [7], { m: 1 }, 3_600_000, 'summary', 3],
  );
  assert.ok(first.info.createdAt.getTime() > 0 && first.info.nextActionTimes.length > 0);
  await assert.rejects(
    schedule.create({ scheduleId, spec: {}, action }),
    (error) => error instanceof ScheduleAlreadyRunning && error.scheduleId === scheduleId,
  );

  await handle.update((previous) => ({ ...previous, spec: { cronExpressions: ['0 12 * * MON'] } }));
  const updated = await until(handle.describe, ({ spec }) => spec.intervals?.length === 0);
  assert.deepEqual(updated.spec.calendars?.[0]?.dayOfWeek, [{ start: 'MONDAY', end: 'MONDAY', step: 1 }]);
  assert.deepEqual(updated.action.args, [7]);

  await handle.unpause('go');
  assert.equal((await until(handle.describe, ({ state }) => !state.paused)).state.note, 'go');
  await handle.pause();
  assert.match((await until(handle.describe, ({ state }) => state.paused)).state.note ?? '', /Paused/);

  await handle.trigger();
  const triggered = await until(handle.describe, ({ info }) => info.numActionsTaken >= 1);
  assert.ok(triggered.info.recentActions[0]?.action.workflow.workflowId.startsWith(`${scheduleId}-workflow`));
  await handle.update((previous) => ({ ...previous, spec: { intervals: [{ every: '1m' }] } }));
  await handle.backfill({ start: new Date('2026-01-01T00:00:30Z'), end: new Date('2026-01-01T00:02:30Z') });
  await until(handle.describe, ({ info }) => info.numActionsTaken >= 3);

  await handle.delete();
  await assert.rejects(
    handle.describe(),
    (error) => error instanceof ScheduleNotFoundError && error.scheduleId === scheduleId,
  );
});

test('a schedule that acts at once, in a list', onReference, async (t) => {
  const client = await referenceClient(t);
  const scheduleId = unique('listed');
  const handle = await client.schedule.create({
    scheduleId,
    spec: { intervals: [{ every: '1h' }] },
    action: { ...action, workflowId: scheduleId },
    memo: { who: 'list' },
    state: { triggerImmediately: true },
  });
  const { info } = await until(handle.describe, (description) => description.info.recentActions.length > 0);
  const [done] = info.recentActions;
  assert.match(done?.action.workflow.workflowId ?? '', new RegExp(`^${scheduleId}`));
  await client.workflow.getHandle(done?.action.workflow.workflowId ?? '').terminate();
  const listed = async () => {
    for await (const summary of client.schedule.list()) if (summary.scheduleId === scheduleId) return summary;
    return undefined;
  };
  const summary = await until(listed, (found) => found?.info.nextActionTimes.length !== 0 && found !== undefined);
  assert.deepEqual([summary?.action?.workflowType, summary?.memo], ['order', { who: 'list' }]);
  assert.equal(summary?.state.paused, false);
  await handle.delete();
});

test('what is refused has a class', onReference, async (t) => {
  const { schedule } = await referenceClient(t);
  await assert.rejects(schedule.getHandle(unique('none')).describe(), ScheduleNotFoundError);
  await assert.rejects(schedule.getHandle(unique('none')).pause(), ScheduleNotFoundError);
  const elsewhere = await referenceClient(t, { namespace: 'nowhere' });
  await assert.rejects(elsewhere.schedule.create({ scheduleId: 's', spec: {}, action }), NamespaceNotFoundError);
});

test('an interceptor sees and changes what is created', onReference, async (t) => {
  const { schedule } = await referenceClient(t, {
    interceptors: {
      schedule: [
        { create: (input, next) => next({ ...input, options: { ...input.options, memo: { by: 'interceptor' } } }) },
      ],
    },
  });
  const handle = await schedule.create({ scheduleId: unique('intercepted'), spec: {}, action: { ...action } });
  assert.deepEqual((await handle.describe()).memo, { by: 'interceptor' });
  await handle.delete();
});

/** The server works on schedules by itself: asks until it has. */
async function until<T>(ask: () => Promise<T>, isSo: (found: T) => boolean): Promise<T> {
  for (;;) {
    const found = await ask();
    if (isSo(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
