/** Loading, history, timers, dispatch, outbox, records, and which run is current. */
import assert from 'node:assert/strict';
import type { AttributeValue } from '../../core/visibility/index.js';
import type { DispatchRow, HistoryRange, Store, Write } from '../../ports/index.js';
import { ALL_HISTORY } from './commits.js';
import type { MakeStorage, World } from './world.js';
import { append, dispatchRow, makeRow, outboxRow, putExecution, putSnapshot, testWorld } from './world.js';

export function testReads(name: string, makeStorage: MakeStorage): void {
  const check = (what: string, body: (world: World) => Promise<void>): void =>
    testWorld(`${name}: ${what}`, makeStorage, body);

  check('loading gives the last snapshot and the transitions after it', async (world) => {
    const { store } = world;
    await world.commit(putExecution(1), append(1, 1, 1, 2), append(1, 2, 3, 1), append(1, 3, 4, 0), append(1, 4, 4, 2));
    const before = await store.loadExecution({ by: 'execNo', execNo: 1 });
    assert.equal(before?.snapshot, undefined);
    assert.deepEqual(
      before?.tail.map(({ seq, firstEventId, eventCount }) => [seq, firstEventId, eventCount]),
      [
        [1, 1, 2],
        [2, 3, 1],
        [3, 4, 0],
        [4, 4, 2],
      ],
    );
    assert.deepEqual(before?.tail[1]?.facts, new Uint8Array([1, 2]));
    await world.commit(putSnapshot(1, 4), append(1, 5, 6, 1));
    const after = await store.loadExecution({
      by: 'runId',
      namespaceId: 'namespace',
      workflowId: 'workflow-1',
      runId: 'run-1',
    });
    assert.deepEqual(after?.snapshot, { seq: 4, bytes: new Uint8Array([9, 1, 4]) });
    assert.deepEqual(
      after?.tail.map(({ seq }) => seq),
      [5],
    );
    await world.commit(append(1, 6, 7, 0), append(1, 7, 7, 0), putSnapshot(1, 7), append(1, 8, 7, 1));
    assert.deepEqual(
      (await store.loadExecution({ by: 'execNo', execNo: 1 }))?.tail.map(({ seq }) => seq),
      [8],
    );
    const batches = await store.readHistory({ ...ALL_HISTORY, execNo: 1 });
    assert.deepEqual(
      batches.map(({ firstEventId }) => firstEventId),
      [1, 3, 4, 6, 7],
    );
  });

  check('a run is found by all of its ids only', async (world) => {
    const { store } = world;
    await world.commit(putExecution(1), putExecution(2, { namespaceId: 'other', workflowId: 'workflow-1' }));
    const key = { by: 'runId', namespaceId: 'namespace', workflowId: 'workflow-1', runId: 'run-1' } as const;
    assert.equal((await store.loadExecution(key))?.execNo, 1);
    for (const change of [{ namespaceId: 'other' }, { workflowId: 'workflow-2' }, { runId: 'run-2' }]) {
      assert.equal(await store.loadExecution({ ...key, ...change }), undefined);
    }
    assert.equal((await store.loadCurrent('other', 'workflow-1'))?.execNo, 2);
    assert.equal(await store.loadCurrent('nowhere', 'workflow-1'), undefined);
    assert.equal(await store.loadExecution({ by: 'execNo', execNo: 3 }), undefined);
  });

  check('the run that was put as current last is current', async (world) => {
    const { store } = world;
    const id = { workflowId: 'w' };
    const isCurrent = async (): Promise<(boolean | undefined)[]> => {
      const runs = await Promise.all([1, 2].map((execNo) => store.loadExecution({ by: 'execNo', execNo })));
      return runs.map((run) => run?.isCurrent);
    };
    await world.commit(putExecution(1, id));
    assert.deepEqual(await store.loadCurrent('namespace', 'w'), { execNo: 1, runId: 'run-1', status: 1 });
    // Continue-as-new: both runs in one group, in either order.
    await world.commit(putExecution(2, id), putExecution(1, { ...id, status: 6, closeTimeMs: 5 }, false));
    assert.deepEqual(await store.loadCurrent('namespace', 'w'), { execNo: 2, runId: 'run-2', status: 1 });
    assert.deepEqual(await isCurrent(), [false, true]);
    await world.commit(putExecution(2, { ...id, status: 2, closeTimeMs: 6 }));
    assert.deepEqual(await store.loadCurrent('namespace', 'w'), { execNo: 2, runId: 'run-2', status: 2 });
    await world.commit(putExecution(3, id));
    assert.equal((await store.loadCurrent('namespace', 'w'))?.execNo, 3);
    assert.deepEqual(await isCurrent(), [false, false]);
    await world.commit({ kind: 'deleteExecution', execNo: 3 });
    assert.equal(await store.loadCurrent('namespace', 'w'), undefined);
    await world.commit(putExecution(4, id, false));
    assert.equal(await store.loadCurrent('namespace', 'w'), undefined);
  });

  check('deletion leaves nothing of the execution, and all of the others', async (world) => {
    const { store } = world;
    const parts = (execNo: number): Write[] => [
      putExecution(execNo),
      append(execNo, 1, 1, 2),
      putSnapshot(execNo, 1),
      { kind: 'putTimer', execNo, dueMs: execNo },
      { kind: 'putDispatch', row: dispatchRow(execNo, { execNo }) },
      { kind: 'putOutbox', row: outboxRow(execNo, { sourceExecNo: execNo }) },
    ];
    await world.commit(...parts(1), ...parts(2), ...parts(3));
    await world.commit({ kind: 'deleteExecution', execNo: 2 }, { kind: 'deleteExecution', execNo: 99 });
    assert.equal(await store.loadExecution({ by: 'execNo', execNo: 2 }), undefined);
    assert.equal(await store.loadCurrent('namespace', 'workflow-2'), undefined);
    assert.deepEqual(await store.readHistory({ ...ALL_HISTORY, execNo: 2 }), []);
    assert.deepEqual(
      (await store.scanTimers(0, 10, 10)).map(({ execNo }) => execNo),
      [1, 3],
    );
    const tasks = await store.scanDispatch('workflow/namespace/queue', undefined, 10);
    assert.deepEqual(
      tasks.map(({ execNo }) => execNo),
      [1, 3],
    );
    assert.deepEqual(
      (await store.scanOutbox(0, 10)).map(({ outboxNo }) => outboxNo),
      [1, 2, 3],
    );
    assert.deepEqual((await store.scanNamespace('namespace', 10)).toSorted(), [1, 3]);
    assert.equal((await store.loadExecution({ by: 'execNo', execNo: 3 }))?.tail.length, 0);
    // The number's rows are gone, so it may have rows again (a store does not know who gives numbers).
    await world.commit(putExecution(2), append(2, 1, 1, 1));
    assert.equal((await store.loadExecution({ by: 'execNo', execNo: 2 }))?.snapshot, undefined);
  });

  check('history: bounds, limits, both directions', async (world) => {
    await world.commit(putExecution(1), putExecution(2), append(2, 1, 1, 40));
    await world.commit(...historyOf(1, [2, 1, 0, 3, 0, 0, 1, 1]), append(2, 2, 41, 1));
    const read = (changes: Partial<HistoryRange>): Promise<number[]> => readFirstIds(world.store, changes);
    assert.deepEqual(await read({}), [1, 3, 4, 7, 8]);
    assert.deepEqual(await read({ reverse: true }), [8, 7, 4, 3, 1]);
    assert.deepEqual(await read({ fromEventId: 5, toEventId: 8 }), [4, 7]);
    assert.deepEqual(await read({ fromEventId: 5, toEventId: 8, reverse: true }), [7, 4]);
    assert.deepEqual(await read({ fromEventId: 2, toEventId: 3 }), [1]);
    assert.deepEqual(await read({ fromEventId: 3, toEventId: 4, reverse: true }), [3]);
    assert.deepEqual(await read({ fromEventId: 9 }), []);
    assert.deepEqual(await read({ fromEventId: 9, reverse: true }), []);
    assert.deepEqual(await read({ fromEventId: 5, toEventId: 5 }), []);
    assert.deepEqual(await read({ toEventId: 1 }), []);
    assert.deepEqual(await read({ eventsMax: 1 }), [1]);
    assert.deepEqual(await read({ eventsMax: 3 }), [1, 3]);
    assert.deepEqual(await read({ eventsMax: 2, reverse: true }), [8, 7]);
    assert.deepEqual(await read({ sizeBytesMax: 1 }), [1]);
    assert.deepEqual(await read({ sizeBytesMax: 17 }), [1, 3, 4]);
    assert.deepEqual(await world.store.readHistory({ ...ALL_HISTORY, execNo: 9 }), []);
  });

  check('history: a long one', async (world) => {
    await world.commit(putExecution(1));
    const counts = Array.from({ length: 1000 }, (_, index) => index % 4);
    await world.commit(...historyOf(1, counts, 700));
    const wanted = firstIdsOf(counts);
    assert.deepEqual(await readFirstIds(world.store, {}), wanted);
    assert.deepEqual(await readFirstIds(world.store, { reverse: true }), wanted.toReversed());
    for (const fromEventId of [1, 2, 3, 750, 1499, 1500]) {
      const rest = wanted.filter((first) => first >= fromEventId || first === lastNotAfter(wanted, fromEventId));
      assert.deepEqual(await readFirstIds(world.store, { fromEventId }), rest);
    }
    const page = await readFirstIds(world.store, { fromEventId: 700, eventsMax: 300 });
    assert.ok(page.length > 140 && page.length < 160);
  });

  check('timers come by due time, each execution has one', async (world) => {
    const { store } = world;
    const arm = (execNo: number, dueMs: number): Write => ({ kind: 'putTimer', execNo, dueMs });
    await world.commit(...[1, 2, 3, 4].map((execNo) => putExecution(execNo)));
    await world.commit(arm(1, 300), arm(2, 100), arm(3, 200), arm(4, 200));
    const scan = async (from: number, before: number, limit = 10): Promise<number[]> =>
      (await store.scanTimers(from, before, limit)).map(({ execNo }) => execNo);
    assert.deepEqual(await scan(0, 1000), [2, 3, 4, 1]);
    assert.deepEqual(await scan(100, 200), [2]);
    assert.deepEqual(await scan(200, 300, 1), [3]);
    assert.deepEqual(await scan(301, Infinity), []);
    await world.commit(arm(2, 250), { kind: 'deleteTimer', execNo: 3 }, { kind: 'deleteTimer', execNo: 77 });
    assert.deepEqual(await store.scanTimers(0, 1000, 10), [
      { execNo: 4, dueMs: 200 },
      { execNo: 2, dueMs: 250 },
      { execNo: 1, dueMs: 300 },
    ]);
  });

  check('tasks come by priority, ticket and number, queue by queue', async (world) => {
    const { store } = world;
    const rows: DispatchRow[] = [
      dispatchRow(1, { priorityKey: 2, passTicket: 5 }),
      dispatchRow(2, { priorityKey: 1, passTicket: 9.5, fairnessKey: 'tenant', fairnessWeight: 2.5 }),
      dispatchRow(3, { priorityKey: 2, passTicket: 1, attempt: 4, stamp: 5 }),
      dispatchRow(4, { priorityKey: 2, passTicket: 1 }),
      dispatchRow(5, { queue: 'activity/namespace/queue', passTicket: 7 }),
    ];
    await world.commit(...rows.map((row): Write => ({ kind: 'putDispatch', row })));
    const wanted = [rows[1], rows[2], rows[3], rows[0]];
    const queue = 'workflow/namespace/queue';
    assert.deepEqual(await store.scanDispatch(queue, undefined, 10), wanted);
    assert.deepEqual(await store.scanDispatch(queue, undefined, 2), wanted.slice(0, 2));
    assert.deepEqual(await store.scanDispatch(queue, wanted[1], 10), wanted.slice(2));
    // The place of a row that is gone is a place all the same.
    await world.commit({ kind: 'deleteDispatch', taskNo: 3 }, { kind: 'deleteDispatch', taskNo: 88 });
    assert.deepEqual(await store.scanDispatch(queue, wanted[1], 10), wanted.slice(2));
    assert.deepEqual(await store.scanDispatch('no/such/queue', undefined, 10), []);
    const queues = (await store.listDispatchQueues()).toSorted((a, b) => (a.queue < b.queue ? -1 : 1));
    assert.deepEqual(queues, [
      { queue: 'activity/namespace/queue', count: 1, passTicketMax: 7 },
      { queue, count: 3, passTicketMax: 9.5 },
    ]);
    await world.commit({ kind: 'putDispatch', row: dispatchRow(4, { queue: 'activity/namespace/queue' }) });
    assert.deepEqual(
      (await store.scanDispatch(queue, undefined, 10)).map(({ taskNo }) => taskNo),
      [2, 1],
    );
  });

  check('the outbox comes in order of its numbers', async (world) => {
    const { store } = world;
    const put = (outboxNo: number): Write => ({ kind: 'putOutbox', row: outboxRow(outboxNo) });
    await world.commit(put(2), put(3), put(10));
    assert.deepEqual(await store.scanOutbox(0, 2), [outboxRow(2), outboxRow(3)]);
    assert.deepEqual(await store.scanOutbox(2, 9), [outboxRow(3), outboxRow(10)]);
    await world.commit({ kind: 'deleteOutbox', outboxNo: 3 }, { kind: 'deleteOutbox', outboxNo: 4 });
    assert.deepEqual(await store.scanOutbox(0, 9), [outboxRow(2), outboxRow(10)]);
  });

  check('records are replaced and removed by kind and key', async (world) => {
    const { store } = world;
    const put = (record: 'namespace' | 'taskQueue', key: string, byte: number): Write => {
      return { kind: 'putRecord', record, key, bytes: new Uint8Array([byte]) };
    };
    await world.commit(
      put('namespace', 'a', 1),
      put('namespace', 'b', 2),
      put('taskQueue', 'a', 3),
      put('namespace', 'a', 4),
    );
    const records = await store.loadRecords('namespace');
    assert.deepEqual(
      new Map(records.map(({ key, bytes }) => [key, bytes[0]])),
      new Map([
        ['a', 4],
        ['b', 2],
      ]),
    );
    await world.commit({ kind: 'deleteRecord', record: 'namespace', key: 'a' });
    assert.deepEqual(
      (await store.loadRecords('namespace')).map(({ key }) => key),
      ['b'],
    );
    assert.deepEqual(
      (await store.loadRecords('taskQueue')).map(({ key }) => key),
      ['a'],
    );
    assert.deepEqual(await store.loadRecords('cluster'), []);
  });

  check('odd texts and empty bytes come back as they were', async (world) => {
    const { store } = world;
    const row = makeRow(1, { workflowId: 'ä/\u{1f600}\n', workflowType: '', taskQueue: '\'"\\', attributes: ODD });
    await world.commit({ kind: 'putExecution', execNo: 1, slot: 0, row, isCurrent: true }, append(1, 1, 1, 0));
    await world.commit({ kind: 'putRecord', record: 'namespace', key: '', bytes: new Uint8Array(0) });
    const loaded = await store.loadExecution({ by: 'execNo', execNo: 1 });
    assert.deepEqual(loaded?.row, row);
    assert.deepEqual(loaded?.tail[0]?.events, new Uint8Array(0));
    assert.deepEqual(await store.loadRecords('namespace'), [{ key: '', bytes: new Uint8Array(0) }]);
  });
}

const ODD = new Map<string, AttributeValue>([
  ['Text', 'a "quoted" \\ text'],
  ['List', ['x', '']],
  ['Number', 1.5],
  ['Bool', false],
]);

/** Transitions 1, 2, 3… of an execution with so many events each. */
function historyOf(execNo: number, counts: readonly number[], sizeBytes = 8): Write[] {
  let firstEventId = 1;
  return counts.map((count, index) => {
    const write = append(execNo, index + 1, firstEventId, count, sizeBytes);
    firstEventId += count;
    return write;
  });
}

function firstIdsOf(counts: readonly number[]): number[] {
  const firstIds: number[] = [];
  let firstEventId = 1;
  for (const count of counts) {
    if (count > 0) firstIds.push(firstEventId);
    firstEventId += count;
  }
  return firstIds;
}

function lastNotAfter(firstIds: readonly number[], eventId: number): number | undefined {
  return firstIds.findLast((firstId) => firstId <= eventId);
}

/** Reads of execution 1; gives the first event id of each batch and checks its bytes. */
async function readFirstIds(store: Store, changes: Partial<HistoryRange>): Promise<number[]> {
  const batches = await store.readHistory({ ...ALL_HISTORY, execNo: 1, ...changes });
  for (const { firstEventId, events } of batches) assert.equal(events[0], firstEventId % 251);
  return batches.map(({ firstEventId }) => firstEventId);
}
