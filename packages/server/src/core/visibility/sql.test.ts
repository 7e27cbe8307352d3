/**
 * The SQL on a real SQLite gives the rows and the order that the predicate and the comparator give. Seeded; a failure
 * prints its seed.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatabaseSync } from '@photostructure/sqlite';
import { ATTRIBUTE_TYPE, makeSchema, systemAttribute } from './attributes.js';
import type { SystemAttributeName } from './attributes.js';
import { toPredicate } from './filter.js';
import { compareRecords, countByGroup, isAfter, positionOf, sortGroups } from './order.js';
import type { GroupCount } from './order.js';
import { decodePageToken, encodePageToken } from './page-token.js';
import { encodeAttributes, readSystemAttribute } from './record.js';
import type { AttributeValue, VisibilityRecord } from './record.js';
import { refusalMessage } from './refusal.js';
import { compileListQuery } from './resolve.js';
import type { ListQuery } from './resolve.js';
import { afterToSql, filterToSql, groupToSql, orderToSql, sqliteDialect } from './sql.js';
import type { SqlParameter, SqlTarget } from './sql.js';

/** The part of node:sqlite that is used here, with rows of unknown shape. */
interface Database {
  prepare(sql: string): {
    all(...parameters: SqlParameter[]): unknown[];
    get(...parameters: SqlParameter[]): unknown;
    run(...parameters: SqlParameter[]): unknown;
  };
  exec(sql: string): void;
  close(): void;
}

const COLUMNS: Readonly<Record<SystemAttributeName, string>> = {
  WorkflowId: 'workflow_id',
  RunId: 'run_id',
  WorkflowType: 'workflow_type',
  StartTime: 'start_ms',
  ExecutionTime: 'execution_ms',
  CloseTime: 'close_ms',
  ExecutionStatus: 'status',
  TaskQueue: 'task_queue',
  HistoryLength: 'history_length',
  ExecutionDuration: '(close_ms - execution_ms)',
  StateTransitionCount: 'transitions',
  HistorySizeBytes: 'history_bytes',
  ParentWorkflowId: 'parent_workflow_id',
  ParentRunId: 'parent_run_id',
  RootWorkflowId: 'root_workflow_id',
  RootRunId: 'root_run_id',
};
const target: SqlTarget = { columns: { system: COLUMNS, attributes: 'attributes' }, dialect: sqliteDialect };
const STORED = Object.entries(COLUMNS).filter(([, column]) => !column.startsWith('(')) as [
  SystemAttributeName,
  string,
][];

const schema = makeSchema([
  ['City', ATTRIBUTE_TYPE.keyword],
  ['Order Nr. 1?', ATTRIBUTE_TYPE.keyword],
  ['Note', ATTRIBUTE_TYPE.text],
  ['Size', ATTRIBUTE_TYPE.int],
  ['Price', ATTRIBUTE_TYPE.double],
  ['Paid', ATTRIBUTE_TYPE.bool],
  ['Due', ATTRIBUTE_TYPE.datetime],
  ['Tags', ATTRIBUTE_TYPE.keywordList],
]);

interface Random {
  /** An integer from 0 to below the bound. */
  readonly below: (bound: number) => number;
  readonly pick: <Item>(items: readonly Item[]) => Item;
  readonly chance: (probability: number) => boolean;
}

function makeRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    below,
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[below(items.length)];
      assert.ok(item !== undefined);
      return item;
    },
  };
}

const TEXTS = [
  'a',
  'ab',
  'A',
  'Ab',
  '',
  "it's",
  'é',
  '%',
  '_',
  '\u{ffff}',
  '\u{1f600}',
  '\u{1f600}b',
  '"q"',
  '\\',
  '?1',
];
const NOTES = ['The quick Fox', 'slow fox', 'FOXES run', 'Ärger', "don't", '100% _', ''];
const TIMES = [0, 1, 1000, 1000.5, 1_717_243_200_000, 1_717_243_200_000.25, 1_717_243_260_000];
const NUMBERS = [0, 1, -1, 2, 1.5, -2.25, 1e9];

function randomRecord(random: Random, index: number): VisibilityRecord {
  const startTimeMs = random.pick(TIMES);
  const executionTimeMs = startTimeMs + random.below(3);
  const closeTimeMs = executionTimeMs + random.below(4) * 500;
  const attributes = new Map<string, AttributeValue>();
  const maybe = (name: string, value: AttributeValue): void => {
    if (random.chance(0.6)) attributes.set(name, value);
  };
  maybe('City', random.pick(TEXTS));
  maybe('Order Nr. 1?', random.pick(TEXTS));
  maybe('Note', random.pick(NOTES));
  maybe('Size', Math.trunc(random.pick(NUMBERS)));
  maybe('Price', random.pick(NUMBERS));
  maybe('Paid', random.chance(0.5));
  maybe('Due', random.pick(TIMES));
  maybe(
    'Tags',
    Array.from({ length: random.below(4) }, () => random.pick(TEXTS)),
  );
  maybe('BuildIds', [random.pick(TEXTS)]);
  if (random.chance(0.3)) attributes.set('TemporalNamespaceDivision', random.pick(['TemporalScheduler', 'Batcher']));
  return {
    namespaceId: 'n',
    workflowId: random.pick(TEXTS),
    runId: `run-${random.below(1e9)}-${index}`,
    workflowType: random.pick(TEXTS),
    taskQueue: random.pick(TEXTS),
    startTimeMs,
    executionTimeMs,
    rootWorkflowId: random.pick(TEXTS),
    rootRunId: 'root',
    attributes,
    ...(random.chance(0.5) ? { parentWorkflowId: random.pick(TEXTS), parentRunId: 'parent' } : {}),
    ...(random.chance(0.5)
      ? { status: random.pick([1, 8]) }
      : {
          status: 2 + random.below(6),
          closeTimeMs,
          executionDurationMs: closeTimeMs - executionTimeMs,
          historyLength: random.below(5),
          historySizeBytes: random.below(5),
          stateTransitionCount: random.below(5),
        }),
  };
}

const KEYWORDS = ['City', '`Order Nr. 1?`', 'WorkflowId', 'WorkflowType', 'ParentWorkflowId', 'TaskQueue', 'RootRunId'];
const INTS = ['Size', 'Price', 'HistoryLength', 'HistorySizeBytes', 'StateTransitionCount'];
const DATES = ['Due', 'StartTime', 'ExecutionTime', 'CloseTime', 'TemporalScheduledStartTime'];
const COMPARE = ['=', '!=', '<', '<=', '>', '>='];

function randomCondition(random: Random, depth: number): string {
  const shape = random.below(depth > 0 ? 12 : 8);
  const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
  const text = (): string => quote(random.pick(TEXTS));
  const list = (item: () => string): string => `(${Array.from({ length: 1 + random.below(3) }, item).join(', ')})`;
  const ordered = (name: string, value: () => string): string => {
    if (random.chance(0.5)) return `${name} ${random.pick(COMPARE)} ${value()}`;
    const not = random.pick(['', 'NOT ']);
    if (random.chance(0.5)) return `${name} ${not}IN ${list(value)}`;
    return `${name} ${not}BETWEEN ${value()} AND ${value()}`;
  };
  switch (shape) {
    case 0:
      return ordered(random.pick(KEYWORDS), text);
    case 1:
      return `${random.pick(KEYWORDS)} ${random.pick(['', 'NOT '])}STARTS_WITH ${text()}`;
    case 2:
      return ordered(random.pick(INTS), () => String(random.pick(NUMBERS)));
    case 3:
      return ordered(random.pick(DATES), () => String(BigInt(random.pick(TIMES) * 1000) * 1000n));
    case 4: {
      const name = random.pick(['Tags', 'BuildIds', 'TemporalChangeVersion']);
      return random.chance(0.5)
        ? `${name} ${random.pick(['=', '!='])} ${text()}`
        : `${name} ${random.pick(['', 'NOT '])}IN ${list(text)}`;
    }
    case 5:
      return random.pick([
        `Note ${random.pick(['=', '!='])} ${quote(random.pick(['fox', 'QUICK fox', 'ärger', 'Ärger', '%', "don't"]))}`,
        `Paid ${random.pick(['=', '!='])} ${random.pick(['true', 'false'])}`,
      ]);
    case 6:
      return random.pick([
        ordered('ExecutionStatus', () => random.pick([`'Running'`, '2', `'TimedOut'`])),
        ordered('ExecutionDuration', () => random.pick([`'500ms'`, '1000000000', `'00:00:01'`])),
        `TemporalNamespaceDivision = 'Batcher'`,
      ]);
    case 7:
      return `${random.pick([...KEYWORDS, ...INTS, ...DATES, 'Tags', 'Note', 'Paid'])} IS ${random.pick(['', 'NOT '])}NULL`;
    case 8:
      return `NOT (${randomCondition(random, depth - 1)})`;
    default: {
      const joint = random.pick([' AND ', ' OR ']);
      const terms = Array.from({ length: 2 + random.below(3) }, () => `(${randomCondition(random, depth - 1)})`);
      return terms.join(joint);
    }
  }
}

function randomOrder(random: Random): string {
  if (random.chance(0.3)) return '';
  const names = [...KEYWORDS, ...INTS, ...DATES, 'Paid', 'ExecutionStatus', 'ExecutionDuration'];
  const keys = Array.from(
    { length: 1 + random.below(3) },
    () => `${random.pick(names)} ${random.pick(['', 'ASC', 'DESC'])}`,
  );
  return ` ORDER BY ${keys.join(', ')}`;
}

function openTable(records: readonly VisibilityRecord[]): Database {
  const database: Database = new DatabaseSync(':memory:');
  const columns = STORED.map(([, column]) => column);
  database.exec(`CREATE TABLE rows (${columns.join(', ')}, attributes TEXT)`);
  const insert = database.prepare(`INSERT INTO rows VALUES (${columns.map(() => '?').join(', ')}, ?)`);
  for (const record of records) {
    const values = STORED.map(([name]) => readSystemAttribute(record, name) ?? null);
    insert.run(...values, encodeAttributes(record.attributes));
  }
  return database;
}

function compile(text: string, purpose: 'list' | 'count' = 'list'): ListQuery {
  const query = compileListQuery(text, { schema, nowMs: 0, purpose });
  assert.ok(query.ok, query.ok ? '' : `${text}: ${refusalMessage(query.refusal)}`);
  return query.value;
}

function select(
  database: Database,
  query: ListQuery,
  after: { sql: string; parameters: SqlParameter[] },
  limit = -1,
): string[] {
  const where = filterToSql(query.filter, target);
  const order = orderToSql(query.order, target);
  const statement = `SELECT run_id FROM rows WHERE ${where.sql} AND (${after.sql}) ORDER BY ${order} LIMIT ?`;
  const rows = database.prepare(statement).all(...where.parameters, ...after.parameters, limit);
  return rows.map((row) => String((row as { run_id: unknown }).run_id));
}

const EVERYTHING = { sql: '1 = 1', parameters: [] };

test('SQL and predicate agree on rows, order, pages and groups', () => {
  let found = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const random = makeRandom(seed);
    const records = Array.from({ length: 60 }, (_, index) => randomRecord(random, index));
    const database = openTable(records);
    for (let round = 0; round < 25; round++) {
      const condition = randomCondition(random, 3);
      const text = condition + randomOrder(random);
      const query = compile(text);
      const predicate = toPredicate(query.filter);
      const expected = records
        .filter(predicate)
        .sort((left, right) => compareRecords(query.order, left, right))
        .map((record) => record.runId);
      const message = `seed ${seed}: ${text}`;
      assert.deepEqual(select(database, query, EVERYTHING), expected, message);
      assert.deepEqual(readPages(database, query, records, 1 + random.below(7)), expected, message);
      checkGroups(database, condition, records);
      found += expected.length;
    }
    database.close();
  }
  assert.ok(found > 5_000, `the filters find too little to prove anything: ${found}`);
});

/** Reads page by page through tokens, and checks each bound against the comparator. */
function readPages(database: Database, query: ListQuery, records: readonly VisibilityRecord[], size: number): string[] {
  const all: string[] = [];
  let after: { sql: string; parameters: SqlParameter[] } = EVERYTHING;
  for (;;) {
    const page = select(database, query, after, size);
    all.push(...page);
    const last = records.find((record) => record.runId === page.at(-1));
    if (last === undefined || page.length < size) return all;
    const position = decodePageToken(query.order, encodePageToken(query.order, positionOf(query.order, last)));
    assert.ok(position.ok);
    after = afterToSql(query.order, position.value, target);
    const rest = records.filter((record) => isAfter(query.order, position.value, record)).length;
    const statement = database.prepare(`SELECT count(*) AS n FROM rows WHERE ${after.sql}`);
    assert.equal((statement.get(...after.parameters) as { n: number }).n, rest);
  }
}

function checkGroups(database: Database, condition: string, records: readonly VisibilityRecord[]): void {
  for (const name of ['ExecutionStatus', 'TemporalNamespaceDivision']) {
    const query = compile(`${condition} GROUP BY ${name}`, 'count');
    assert.ok(query.groupBy !== undefined);
    const where = filterToSql(query.filter, target);
    const group = groupToSql(query.groupBy, target);
    const rows = database
      .prepare(`SELECT ${group} AS value, count(*) AS count FROM rows WHERE ${where.sql} GROUP BY 1`)
      .all(...where.parameters);
    const counted = rows.map((row) => ({ ...(row as GroupCount) }));
    assert.deepEqual(sortGroups(counted), countByGroup(records.filter(toPredicate(query.filter)), query.groupBy));
  }
}

test('values and hostile names never reach the text', () => {
  const query = compile(
    `City = 'x''; DROP TABLE rows; --' OR Tags IN ('"', '$') OR Note = 'y' OR WorkflowId STARTS_WITH 'z'`,
  );
  const { sql, parameters } = filterToSql(query.filter, target);
  assert.equal(/DROP|\$'|'y'|'z'/.test(sql), false);
  assert.deepEqual(parameters, [`x'; DROP TABLE rows; --`, '"', '$', 'y', 'z', 'z']);
  const attribute = { source: 'stored', name: `a"') --`, type: ATTRIBUTE_TYPE.keyword } as const;
  assert.throws(() => filterToSql({ kind: 'absent', attribute }, target), /cannot be quoted/);
});

test('placeholders can be numbered and start after others', () => {
  const numbered: SqlTarget = { ...target, dialect: { ...sqliteDialect, placeholder: (number) => `$${number}` } };
  const query = compile(`WorkflowType = 'a' AND Size BETWEEN 1 AND 2`);
  const { sql, parameters } = filterToSql(query.filter, numbered, 3);
  assert.deepEqual(sql.match(/\$\d+/g), ['$4', '$5', '$6']);
  assert.equal(parameters.length, 3);
  const position = [null, 5, 'r'];
  assert.deepEqual(afterToSql(query.order, position, numbered, 6).sql.match(/\$\d+/g), [
    '$7',
    '$8',
    '$9',
    '$10',
    '$11',
  ]);
});

test('SQLite takes the largest queries that the parser takes', () => {
  const database = openTable([]);
  const ids = Array.from({ length: 9_000 }, (_, index) => `'${index}'`).join(', ');
  const deep = `${'NOT ('.repeat(19)}City = 'a' OR Size = 1${')'.repeat(19)}`;
  const nested = `${'(Size = 1 OR Size = 2 AND '.repeat(38)}Size = 3${')'.repeat(38)}`;
  for (const text of [
    `WorkflowId IN (${ids})`,
    Array.from({ length: 4_000 }, (_, index) => `WorkflowId = '${index}'`).join(' OR '),
    deep,
    nested,
    `Note = '${'word '.repeat(100)}'`,
  ]) {
    assert.deepEqual(select(database, compile(text), EVERYTHING), []);
  }
  const keys = 'Size, City DESC, Price, Paid, Due, HistoryLength, CloseTime, ParentRunId, WorkflowType, TaskQueue';
  const query = compile(`ORDER BY ${keys}`);
  const position = query.order.map(() => null);
  assert.deepEqual(select(database, query, afterToSql(query.order, position, target)), []);
  database.close();
});

test('a page token is refused for another order and when it is not ours', () => {
  const order = compile('ORDER BY Size').order;
  const token = encodePageToken(order, [1, 2, 'r']);
  assert.deepEqual(decodePageToken(order, token), { ok: true, value: [1, 2, 'r'] });
  for (const bad of ['', '{', '{}', '[2]', token.replace('"r"', '5'), token.replace('1,2', '1'), 'null']) {
    const position = decodePageToken(order, bad);
    assert.ok(!position.ok, bad);
    assert.match(refusalMessage(position.refusal), /^invalid next_page_token: /);
  }
  assert.ok(!decodePageToken(compile('ORDER BY Size DESC').order, token).ok);
  assert.equal(systemAttribute('RunId').name, order.at(-1)?.attribute.name);
});
