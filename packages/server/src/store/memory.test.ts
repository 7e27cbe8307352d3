import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testStore } from './conformance.js';
import { append, putExecution } from './conformance/world.js';
import { MemoryStore, MemoryTables } from './memory.js';

testStore('memory', async () => {
  const tables = new MemoryTables();
  return { connect: () => new MemoryStore(tables), dispose: async () => undefined };
});

test('memory: reverting groups, newest first, brings the tables back; a clone is not touched', async () => {
  const store = new MemoryStore();
  const { epoch } = await store.open('test');
  await store.commit({ epoch, number: 1, writes: [putExecution(1), append(1, 1, 1, 2)] });
  const before = store.tables.clone();
  const first = store.tables.apply({
    number: 2,
    writes: [append(1, 2, 3, 1), putExecution(2), { kind: 'putTimer', execNo: 1, dueMs: 4 }],
  });
  const clone = store.tables.clone();
  const second = store.tables.apply({
    number: 3,
    writes: [{ kind: 'deleteExecution', execNo: 1 }, append(2, 1, 1, 1)],
  });
  assert.equal(await store.loadExecution({ by: 'execNo', execNo: 1 }), undefined);
  second();
  const load = (tables: MemoryTables, execNo: number): Promise<unknown> =>
    new MemoryStore(tables).loadExecution({ by: 'execNo', execNo });
  for (const execNo of [1, 2]) assert.deepEqual(await load(store.tables, execNo), await load(clone, execNo));
  first();
  for (const execNo of [1, 2]) assert.deepEqual(await load(store.tables, execNo), await load(before, execNo));
  assert.equal(store.tables.refuse({ epoch, number: 2 }), undefined);
  assert.equal(store.tables.lastExecNo, 1);
});
