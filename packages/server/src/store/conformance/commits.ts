/** Atomicity, fencing, order of groups, what survives opening again. */
import assert from 'node:assert/strict';
import type { World, MakeStorage } from './world.js';
import { append, dispatchRow, makeRow, outboxRow, putExecution, putSnapshot, testWorld } from './world.js';

export function testCommits(name: string, makeStorage: MakeStorage): void {
  const check = (what: string, body: (world: World) => Promise<void>): void =>
    testWorld(`${name}: ${what}`, makeStorage, body);

  check('a group is written whole or not at all', async (world) => {
    await world.commit(putExecution(1), append(1, 1, 1, 2));
    const outcome = await world.tryCommit(
      putExecution(2),
      append(2, 1, 1, 2),
      putExecution(1, { status: 2, closeTimeMs: 9 }),
      { kind: 'putTimer', execNo: 1, dueMs: 5 },
      { kind: 'putDispatch', row: dispatchRow(1) },
      { kind: 'putOutbox', row: outboxRow(1) },
      { kind: 'putRecord', record: 'namespace', key: 'k', bytes: new Uint8Array(1) },
      append(1, 3, 3, 1),
    );
    assert.equal(outcome.kind, 'failed');
    const { store } = world;
    assert.equal(await store.loadExecution({ by: 'execNo', execNo: 2 }), undefined);
    assert.equal(await store.loadCurrent('namespace', 'workflow-2'), undefined);
    assert.equal((await store.loadExecution({ by: 'execNo', execNo: 1 }))?.row.status, 1);
    assert.deepEqual(await store.scanTimers(0, Infinity, 10), []);
    assert.deepEqual(await store.scanDispatch('workflow/namespace/queue', undefined, 10), []);
    assert.deepEqual(await store.listDispatchQueues(), []);
    assert.deepEqual(await store.scanOutbox(0, 10), []);
    assert.deepEqual(await store.loadRecords('namespace'), []);
    // The same number may be used again.
    await world.commit(append(1, 2, 3, 1));
  });

  check('a transition must follow the one before it', async (world) => {
    await world.commit(putExecution(1), append(1, 1, 1, 2), append(1, 2, 3, 1));
    for (const seq of [1, 2, 4, 100]) assert.equal((await world.tryCommit(append(1, seq, 4, 1))).kind, 'failed');
    assert.equal((await world.tryCommit(putExecution(2), append(2, 2, 1, 1))).kind, 'failed');
    await world.commit(append(1, 3, 4, 1), append(1, 4, 5, 1));
    assert.equal((await world.store.loadExecution({ by: 'execNo', execNo: 1 }))?.tail.length, 4);
  });

  check('groups of an old epoch and of a wrong number are fenced', async (world) => {
    const { store } = world;
    const { epoch } = world.opened;
    await world.commit(putExecution(1));
    const writes = [putExecution(2)];
    for (const number of [0, 1, 3]) assert.equal((await store.commit({ epoch, number, writes })).kind, 'fenced');
    await world.open();
    assert.equal(world.opened.epoch, epoch + 1);
    for (const number of [1, 2]) assert.equal((await store.commit({ epoch, number, writes })).kind, 'fenced');
    assert.equal((await store.commit({ epoch: epoch + 2, number: 1, writes })).kind, 'fenced');
    assert.equal(await store.loadExecution({ by: 'execNo', execNo: 2 }), undefined);
    await world.commit(putExecution(2));
  });

  check('an empty group counts', async (world) => {
    await world.commit();
    await world.commit(putExecution(1));
  });

  check('commits may be asked for before the one before is answered', async (world) => {
    const { epoch } = world.opened;
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        world.store.commit({ epoch, number: index + 1, writes: [putExecution(index + 1)] }),
      ),
    );
    assert.ok(outcomes.every((outcome) => outcome.kind === 'committed'));
    assert.equal((await world.store.scanNamespace('namespace', 100)).length, 50);
  });

  check('opening again keeps everything', async (world) => {
    const row = makeRow(7, { attributes: new Map([['City', 'Paris']]), parentWorkflowId: 'p', parentRunId: 'pr' });
    await world.commit(
      { kind: 'putExecution', execNo: 7, slot: 1, row, isCurrent: true },
      append(7, 1, 1, 2),
      append(7, 2, 3, 1),
      putSnapshot(7, 1),
      { kind: 'putTimer', execNo: 7, dueMs: 5 },
      { kind: 'putDispatch', row: dispatchRow(8) },
      { kind: 'putOutbox', row: outboxRow(9) },
      { kind: 'putRecord', record: 'cluster', key: 'id', bytes: new Uint8Array([1, 2]) },
    );
    const before = world.opened.epoch;
    const opened = await world.reopen();
    assert.deepEqual(opened, { epoch: before + 1, lastExecNo: 7, lastTaskNo: 8, lastOutboxNo: 9 });
    const { store } = world;
    const loaded = await store.loadExecution({ by: 'execNo', execNo: 7 });
    assert.deepEqual(loaded?.row, row);
    assert.equal(loaded?.isCurrent, true);
    assert.equal(loaded?.timerDueMs, 5);
    assert.equal(loaded?.snapshot?.seq, 1);
    assert.deepEqual(
      loaded?.tail.map(({ seq }) => seq),
      [2],
    );
    assert.deepEqual(await store.scanDispatch('workflow/namespace/queue', undefined, 9), [dispatchRow(8)]);
    assert.deepEqual(await store.scanOutbox(0, 9), [outboxRow(9)]);
    assert.deepEqual(await store.loadRecords('cluster'), [{ key: 'id', bytes: new Uint8Array([1, 2]) }]);
    await world.commit(append(7, 3, 4, 1));
  });

  check('numbers of deleted rows are not given out again', async (world) => {
    await world.commit(
      putExecution(5),
      { kind: 'putDispatch', row: dispatchRow(6, { execNo: 5 }) },
      { kind: 'putOutbox', row: outboxRow(7, { sourceExecNo: 5 }) },
    );
    await world.commit(
      { kind: 'deleteDispatch', taskNo: 6 },
      { kind: 'deleteOutbox', outboxNo: 7 },
      { kind: 'deleteExecution', execNo: 5 },
    );
    const { lastExecNo, lastTaskNo, lastOutboxNo } = await world.reopen();
    assert.deepEqual([lastExecNo, lastTaskNo, lastOutboxNo], [5, 6, 7]);
  });

  check('what is passed in may change after the commit', async (world) => {
    const write = append(1, 1, 1, 2);
    assert.ok(write.kind === 'appendTransition');
    const before = write.events.slice();
    await world.commit(putExecution(1), write);
    write.events.fill(255);
    const [batch] = await world.store.readHistory({ ...ALL_HISTORY, execNo: 1 });
    assert.deepEqual(batch?.events, before);
  });

  check('nothing is committed before open and after close', async (world) => {
    await world.store.close();
    assert.notEqual((await world.tryCommit(putExecution(1))).kind, 'committed');
    await world.reopen();
    assert.equal(await world.store.loadExecution({ by: 'execNo', execNo: 1 }), undefined);
  });
}

export const ALL_HISTORY = {
  fromEventId: 1,
  toEventId: Number.MAX_SAFE_INTEGER,
  eventsMax: Number.MAX_SAFE_INTEGER,
  sizeBytesMax: Number.MAX_SAFE_INTEGER,
  reverse: false,
};
