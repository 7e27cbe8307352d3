import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ATTRIBUTE_TYPE, makeSchema } from './attributes.js';
import { compareValues, toPredicate } from './filter.js';
import { compareRecords, countByGroup } from './order.js';
import { decodeAttributes, encodeAttributes } from './record.js';
import type { AttributeValue, VisibilityRecord } from './record.js';
import { refusalMessage } from './refusal.js';
import { compileListQuery } from './resolve.js';
import type { ListQuery } from './resolve.js';

const schema = makeSchema([
  ['City', ATTRIBUTE_TYPE.keyword],
  ['Note', ATTRIBUTE_TYPE.text],
  ['Paid', ATTRIBUTE_TYPE.bool],
  ['Tags', ATTRIBUTE_TYPE.keywordList],
]);

function record(
  runId: string,
  over: Partial<VisibilityRecord> = {},
  attributes: Record<string, AttributeValue> = {},
): VisibilityRecord {
  return {
    namespaceId: 'n',
    workflowId: `wf-${runId}`,
    runId,
    workflowType: 'order',
    taskQueue: 'q',
    status: 1,
    startTimeMs: 1_000,
    executionTimeMs: 1_000,
    rootWorkflowId: `wf-${runId}`,
    rootRunId: runId,
    attributes: new Map(Object.entries(attributes)),
    ...over,
  };
}

const closed = { status: 2, closeTimeMs: 5_000, executionDurationMs: 4_000, historyLength: 11 };
const rows = [
  record('open', {}, { City: 'Bern', Tags: ['a', 'b'], Note: 'Ship the Box' }),
  record('done', closed, { City: 'Basel', Tags: ['b'], Paid: true }),
  record('child', { parentWorkflowId: 'wf-open', parentRunId: 'open', rootWorkflowId: 'wf-open', startTimeMs: 2_000 }),
  record('schedule', {}, { TemporalNamespaceDivision: 'TemporalScheduler', City: 'Bern' }),
];

function compile(text: string, division: string | null = null): ListQuery {
  const query = compileListQuery(text, { schema, nowMs: 0, purpose: 'count', division });
  assert.ok(query.ok, query.ok ? '' : refusalMessage(query.refusal));
  return query.value;
}

function find(text: string): string {
  return rows
    .filter(toPredicate(compile(text).filter))
    .map((row) => row.runId)
    .join(' ');
}

const FOUND: readonly (readonly [string, string])[] = [
  ['', 'open done child'],
  [`City = 'Bern'`, 'open'],
  // Absent is neither equal nor unequal, also under NOT …
  [`City != 'Bern'`, 'done'],
  [`NOT City = 'Bern'`, 'done'],
  [`City NOT IN ('Bern')`, 'done'],
  [`City IS NULL`, 'child'],
  [`City = 'Bern' OR City IS NULL`, 'open child'],
  [`NOT (City = 'Bern' AND WorkflowType = 'other')`, 'open done child'],
  // … but a list that is absent contains nothing, and a text has no words.
  [`Tags = 'b'`, 'open done'],
  [`Tags != 'a'`, 'done child'],
  [`Tags NOT IN ('a', 'b')`, 'child'],
  [`Note = 'box SHIP'`, 'open'],
  [`Note = 'box truck'`, ''],
  [`Note != 'box'`, 'done child'],
  [`Paid = true`, 'done'],
  [`Paid = false`, ''],
  [`ExecutionStatus = 'Running'`, 'open child'],
  [`ExecutionStatus IN ('Completed', 'Failed')`, 'done'],
  [`ExecutionDuration = '4s'`, 'done'],
  [`ExecutionDuration BETWEEN 3999999999 AND '00:00:04'`, 'done'],
  [`CloseTime IS NULL`, 'open child'],
  [`CloseTime > '1970-01-01T00:00:04Z'`, 'done'],
  [`HistoryLength > 10`, 'done'],
  [`ParentWorkflowId = 'wf-open'`, 'child'],
  [`ParentWorkflowId IS NULL`, 'open done'],
  [`RootWorkflowId STARTS_WITH 'wf-o'`, 'open child'],
  [`StartTime >= 2000000000`, 'child'],
  [`TemporalNamespaceDivision = 'TemporalScheduler'`, 'schedule'],
  [`TemporalNamespaceDivision IS NULL OR TemporalNamespaceDivision IS NOT NULL`, 'open done child schedule'],
  [`ScheduleId = 'wf-open'`, 'open'],
];

for (const [text, ids] of FOUND) {
  test(`finds by ${text === '' ? 'nothing' : text}`, () => assert.equal(find(text), ids));
}

test('the division of a request replaces the hidden one', () => {
  const query = compile('', 'TemporalScheduler');
  assert.deepEqual(rows.filter(toPredicate(query.filter)), [rows[3]]);
});

test('default order: open runs, then the last closed, then the last started, then by run id', () => {
  const shuffled = [
    record('b', { ...closed, closeTimeMs: 6_000 }),
    record('d', { startTimeMs: 3_000 }),
    record('a', closed),
    record('c', { startTimeMs: 4_000 }),
    record('a2', closed),
    record('a0', { ...closed, startTimeMs: 1_500 }),
  ];
  const { order } = compile('');
  const sorted = shuffled.sort((left, right) => compareRecords(order, left, right)).map((row) => row.runId);
  assert.deepEqual(sorted, ['c', 'd', 'b', 'a0', 'a', 'a2']);
});

test('ORDER BY puts rows without the attribute last in both directions', () => {
  const ids = (text: string): string =>
    rows
      .slice(0, 3)
      .toSorted((left, right) => compareRecords(compile(text).order, left, right))
      .map((row) => row.runId)
      .join(' ');
  assert.equal(ids('ORDER BY City'), 'done open child');
  assert.equal(ids('ORDER BY City DESC'), 'open done child');
  assert.equal(ids('ORDER BY CloseTime'), 'done child open');
});

test('groups come largest first, absent last', () => {
  const { groupBy } = compile('GROUP BY ExecutionStatus');
  assert.ok(groupBy !== undefined);
  assert.deepEqual(countByGroup(rows, groupBy), [
    { value: 1, count: 3 },
    { value: 2, count: 1 },
  ]);
});

test('text is ordered by code point, as in UTF-8', () => {
  const texts = ['\u{1f600}', '\uffff', 'é', 'z', 'Z', ''];
  const bytes = (text: string): string => Buffer.from(text).toString('hex');
  const expected = texts.toSorted((left, right) => (bytes(left) < bytes(right) ? -1 : 1));
  assert.deepEqual(texts.toSorted(compareValues), expected);
});

test('attributes survive their JSON', () => {
  const attributes = new Map<string, AttributeValue>([
    ['__proto__', 'x'],
    ['n', 1.5],
    ['b', false],
    ['l', ['a']],
  ]);
  assert.deepEqual(decodeAttributes(encodeAttributes(attributes)), attributes);
  assert.deepEqual(decodeAttributes('{"a": null, "b": [1], "c": {"d": 1}, "e": "f"}'), new Map([['e', 'f']]));
});
