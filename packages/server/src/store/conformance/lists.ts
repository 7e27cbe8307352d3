/** Lists and counts: equal to the predicate and the comparator over plain rows, page by page. */
import assert from 'node:assert/strict';
import {
  ATTRIBUTE_TYPE,
  compareRecords,
  compileListQuery,
  countByGroup,
  makeSchema,
  toPredicate,
} from '../../core/visibility/index.js';
import type { AttributeValue, ListQuery, VisibilityRecord } from '../../core/visibility/index.js';
import type { CountGroup, ListFilter, Store, Write } from '../../ports/index.js';
import { countGroups } from '../count-groups.js';
import { makeRandom } from './random.js';
import type { Random } from './random.js';
import type { MakeStorage, World } from './world.js';
import { makeRow, putExecution, testWorld } from './world.js';

export function testLists(name: string, makeStorage: MakeStorage): void {
  const check = (what: string, body: (world: World) => Promise<void>): void =>
    testWorld(`${name}: ${what}`, makeStorage, body);

  check('lists: open runs first, then the last closed', async (world) => {
    await world.commit(
      putExecution(1, { status: 2, closeTimeMs: 50 }),
      putExecution(2),
      putExecution(3, { status: 3, closeTimeMs: 70 }),
      putExecution(4),
      putExecution(5, { namespaceId: 'other' }),
    );
    assert.deepEqual(await listIds(world.store, filterOf('')), ['run-4', 'run-2', 'run-3', 'run-1']);
    assert.deepEqual(await listIds(world.store, { ...filterOf(''), namespaceId: 'other' }), ['run-5']);
    assert.deepEqual(await listIds(world.store, { ...filterOf(''), namespaceId: 'nowhere' }), []);
    await world.commit(putExecution(4, { status: 2, closeTimeMs: 60 }), { kind: 'deleteExecution', execNo: 3 });
    assert.deepEqual(await listIds(world.store, filterOf('')), ['run-2', 'run-4', 'run-1']);
  });

  check('lists see every commit that was answered, without its place being lost', async (world) => {
    for (let execNo = 1; execNo <= 6; execNo++) await world.commit(putExecution(execNo));
    const first = await world.store.list(filterOf('', 2));
    assert.ok(first.kind === 'page');
    assert.deepEqual(
      first.rows.map(({ runId }) => runId),
      ['run-6', 'run-5'],
    );
    // A row that is shown goes away, a newer one comes: the next page goes on as if nothing were.
    await world.commit({ kind: 'deleteExecution', execNo: 5 }, putExecution(7));
    const second = await world.store.list({ ...filterOf('', 2), cursor: first.cursor });
    assert.ok(second.kind === 'page');
    assert.deepEqual(
      second.rows.map(({ runId }) => runId),
      ['run-4', 'run-3'],
    );
  });

  check('lists refuse a cursor that is not theirs', async (world) => {
    await world.commit(putExecution(1), putExecution(2));
    const page = await world.store.list(filterOf('', 1));
    assert.ok(page.kind === 'page' && page.cursor !== '');
    for (const cursor of ['x', '[]', '{"a":1}', page.cursor.slice(1)]) {
      assert.deepEqual(await world.store.list({ ...filterOf(''), cursor }), { kind: 'badCursor' });
    }
    const other = filterOf('ORDER BY StartTime');
    assert.deepEqual(await world.store.list({ ...other, cursor: page.cursor }), { kind: 'badCursor' });
  });

  check('a page that ends with the last row is the last page', async (world) => {
    await world.commit(putExecution(1), putExecution(2));
    const page = await world.store.list(filterOf('', 2));
    assert.ok(page.kind === 'page');
    assert.equal(page.cursor, '');
  });

  check('counts by status follow starts, closes, changes and deletions', async (world) => {
    const counts = (text: string): Promise<CountGroup[]> => world.store.count(filterOf(text));
    assert.deepEqual(await counts(''), [{ value: undefined, count: 0 }]);
    assert.deepEqual(await counts('GROUP BY ExecutionStatus'), []);
    await world.commit(putExecution(1), putExecution(2), putExecution(3));
    await world.commit(putExecution(3, { status: 2, closeTimeMs: 9 }), putExecution(1, { workflowType: 'Other' }));
    await world.commit(putExecution(4), putExecution(4, { status: 3, closeTimeMs: 9 }), putExecution(5, SCHEDULE));
    assert.deepEqual(await counts('GROUP BY ExecutionStatus'), [
      { value: 'Running', count: 2 },
      { value: 'Completed', count: 1 },
      { value: 'Failed', count: 1 },
    ]);
    assert.deepEqual(await counts(''), [{ value: undefined, count: 4 }]);
    assert.deepEqual(await counts("ExecutionStatus = 'Running'"), [{ value: undefined, count: 2 }]);
    assert.deepEqual(await counts("TemporalNamespaceDivision = 'Scheduler'"), [{ value: undefined, count: 1 }]);
    await world.commit({ kind: 'deleteExecution', execNo: 3 }, { kind: 'deleteExecution', execNo: 1 });
    await world.reopen();
    assert.deepEqual(await world.store.count(filterOf('GROUP BY ExecutionStatus')), [
      { value: 'Running', count: 1 },
      { value: 'Failed', count: 1 },
    ]);
  });

  check('random lists and counts equal the plain ones', async (world) => {
    const random = makeRandom(1);
    const rows = Array.from({ length: 300 }, (_, index) => randomRow(random, index + 1));
    await world.commit(...rows.map((row, index): Write => put(index + 1, row)));
    // Rows that changed since they were started are found by what they are now.
    for (let index = 0; index < 100; index++) {
      const execNo = 1 + random.below(rows.length);
      const row = randomRow(random, execNo);
      rows[execNo - 1] = row;
      await world.commit(put(execNo, row));
    }
    for (let round = 0; round < 200; round++) {
      const text = randomQuery(random, 0) + random.pick(ORDERS);
      await compareList(world.store, rows, text, 1 + random.below(60));
      const count = randomQuery(random, 0) + random.pick(['', ' GROUP BY ExecutionStatus']);
      await compareCount(world.store, rows, count);
    }
  });
}

const SCHEDULE = { attributes: new Map([['TemporalNamespaceDivision', 'Scheduler']]) };

const schema = makeSchema([
  ['City', ATTRIBUTE_TYPE.keyword],
  ['Size', ATTRIBUTE_TYPE.int],
  ['Paid', ATTRIBUTE_TYPE.bool],
  ['Tags', ATTRIBUTE_TYPE.keywordList],
  ['Note', ATTRIBUTE_TYPE.text],
]);

export function filterOf(text: string, pageSize = 100): ListFilter {
  return { namespaceId: 'namespace', query: compile(text), pageSize, cursor: '' };
}

function compile(text: string): ListQuery {
  const query = compileListQuery(text, { schema, nowMs: 5000, purpose: 'count' });
  assert.ok(query.ok, text);
  return query.value;
}

function put(execNo: number, row: VisibilityRecord): Write {
  return { kind: 'putExecution', execNo, slot: 0, row, isCurrent: true };
}

/** All pages, with the bound on each checked. */
async function listIds(store: Store, filter: ListFilter): Promise<string[]> {
  const runIds: string[] = [];
  let cursor = '';
  do {
    const page = await store.list({ ...filter, cursor });
    assert.ok(page.kind === 'page');
    assert.ok(page.rows.length <= filter.pageSize);
    assert.ok(page.rows.length > 0 || cursor === '', 'a page after the first is not empty');
    runIds.push(...page.rows.map(({ runId }) => runId));
    cursor = page.cursor;
  } while (cursor !== '');
  return runIds;
}

async function compareList(
  store: Store,
  rows: readonly VisibilityRecord[],
  text: string,
  pageSize: number,
): Promise<void> {
  const filter = filterOf(text, pageSize);
  const { order, filter: condition } = filter.query;
  const wanted = rows
    .filter((row) => row.namespaceId === 'namespace')
    .filter(toPredicate(condition))
    .sort((left, right) => compareRecords(order, left, right));
  assert.deepEqual(
    await listIds(store, filter),
    wanted.map(({ runId }) => runId),
    text,
  );
}

async function compareCount(store: Store, rows: readonly VisibilityRecord[], text: string): Promise<void> {
  const filter = filterOf(text);
  const { groupBy } = filter.query;
  const wanted = rows.filter((row) => row.namespaceId === 'namespace').filter(toPredicate(filter.query.filter));
  const groups =
    groupBy === undefined
      ? [{ value: undefined, count: wanted.length }]
      : countGroups(groupBy, countByGroup(wanted, groupBy));
  assert.deepEqual(await store.count(filter), groups, text);
}

const TEXTS = ['a', 'ab', 'b', 'é', '\u{1f600}', ''];

function randomRow(random: Random, execNo: number): VisibilityRecord {
  const attributes = new Map<string, AttributeValue>();
  if (random.chance(0.5)) attributes.set('City', random.pick(TEXTS));
  if (random.chance(0.5)) attributes.set('Size', random.below(4));
  if (random.chance(0.5)) attributes.set('Paid', random.chance(0.5));
  if (random.chance(0.5)) attributes.set('Tags', [random.pick(TEXTS), random.pick(TEXTS)]);
  if (random.chance(0.5)) attributes.set('Note', random.pick(['The quick fox', 'slow fox', 'FOXES']));
  if (random.chance(0.1)) attributes.set('TemporalNamespaceDivision', random.pick(['Scheduler', '']));
  const startTimeMs = 1000 + random.below(20);
  const isClosed = random.chance(0.6);
  const closed = {
    status: 2 + random.below(5),
    closeTimeMs: startTimeMs + random.below(9),
    historyLength: random.below(9),
  };
  const parent = { parentWorkflowId: random.pick(TEXTS), parentRunId: 'parent' };
  return makeRow(execNo, {
    namespaceId: random.chance(0.9) ? 'namespace' : 'other',
    workflowId: `w-${random.pick(TEXTS)}`,
    workflowType: random.pick(TEXTS),
    startTimeMs,
    executionTimeMs: startTimeMs,
    ...(isClosed ? { ...closed, executionDurationMs: closed.closeTimeMs - startTimeMs } : {}),
    ...(random.chance(0.3) ? parent : {}),
    attributes,
  });
}

const ORDERS = [
  '',
  '',
  ' ORDER BY StartTime',
  ' ORDER BY City DESC, Size',
  ' ORDER BY CloseTime',
  ' ORDER BY WorkflowId',
];

function randomQuery(random: Random, depth: number): string {
  if (depth === 0 && random.chance(0.15)) return '';
  if (depth < 3 && random.chance(0.5)) {
    const [left, right] = [randomQuery(random, depth + 1), randomQuery(random, depth + 1)];
    return random.pick([`(${left} AND ${right})`, `(${left} OR ${right})`, `(NOT ${left})`]);
  }
  const text = `'${random.pick(TEXTS)}'`;
  return random.pick([
    `WorkflowId = 'w-${random.pick(TEXTS)}'`,
    `ParentWorkflowId = ${text}`,
    `WorkflowType != ${text}`,
    `WorkflowType STARTS_WITH ${text}`,
    `RootWorkflowId > 'w-a'`,
    `ExecutionStatus = '${random.pick(['Running', 'Completed', 'Failed'])}'`,
    `ExecutionStatus IN ('Running', 'TimedOut')`,
    `StartTime >= ${(1000 + random.below(20)) * 1_000_000}`,
    `CloseTime IS NULL`,
    `ExecutionDuration < ${random.below(9) * 1_000_000}`,
    `City = ${text}`,
    `City IN (${text}, 'a')`,
    `Size BETWEEN 1 AND ${random.below(4)}`,
    `Paid = ${random.pick(['true', 'false'])}`,
    `Tags = ${text}`,
    `Note = 'fox'`,
    `TemporalNamespaceDivision = 'Scheduler'`,
  ]);
}
