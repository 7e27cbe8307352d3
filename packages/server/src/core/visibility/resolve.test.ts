import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ATTRIBUTE_TYPE, findAttribute, isReservedAttributeName, makeSchema } from './attributes.js';
import { refusalMessage } from './refusal.js';
import { compileListQuery } from './resolve.js';
import type { ResolveOptions } from './resolve.js';
import type { Filter } from './filter.js';

const schema = makeSchema([
  ['City', ATTRIBUTE_TYPE.keyword],
  ['Note', ATTRIBUTE_TYPE.text],
  ['Size', ATTRIBUTE_TYPE.int],
  ['Price', ATTRIBUTE_TYPE.double],
  ['Paid', ATTRIBUTE_TYPE.bool],
  ['Due', ATTRIBUTE_TYPE.datetime],
  ['Tags', ATTRIBUTE_TYPE.keywordList],
]);
const NOW_MS = Date.UTC(2024, 5, 1);
const options: ResolveOptions = { schema, nowMs: NOW_MS, purpose: 'list' };

/** The user's own part of the filter. */
function resolved(text: string, over: Partial<ResolveOptions> = {}): Filter | undefined {
  const query = compileListQuery(text, { ...options, ...over });
  assert.ok(query.ok, query.ok ? '' : refusalMessage(query.refusal));
  return query.value.filter.kind === 'every' ? query.value.filter.terms.at(-1) : undefined;
}

/** The one value of a comparison. */
function valueOf(text: string): unknown {
  const filter = resolved(text);
  return filter?.kind === 'compare' ? filter.value : filter;
}

const VALUES: readonly (readonly [string, unknown])[] = [
  [`ExecutionStatus = 'Running'`, 1],
  [`ExecutionStatus = 'TimedOut'`, 7],
  [`ExecutionStatus = 'WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW'`, 6],
  [`ExecutionStatus = 8`, 8],
  [`ExecutionDuration > 1500000`, 1.5],
  [`ExecutionDuration > '1500000'`, 1.5],
  [`ExecutionDuration > 9223372036854775807`, 2 ** 63 / 1e6],
  [`ExecutionDuration > '1.1s'`, 1100],
  [`ExecutionDuration > '-1h30m'`, -5_400_000],
  [`ExecutionDuration > '2d'`, 172_800_000],
  [`ExecutionDuration > '01:02:03'`, 3_723_000],
  [`ExecutionDuration > '100:00:00'`, 360_000_000],
  [`StartTime > '2024-06-01T12:00:00Z'`, Date.UTC(2024, 5, 1, 12)],
  [`StartTime > '2024-06-01T12:00:00.1234567+02:30'`, Date.UTC(2024, 5, 1, 9, 30) + 123.4567],
  [`StartTime > '2024-02-29T23:59:59-01:00'`, Date.UTC(2024, 2, 1, 0, 59, 59)],
  [`StartTime > '0001-01-01T00:00:00Z'`, -62_135_596_800_000],
  [`StartTime > 1717243200123000000`, 1717243200123],
  [`StartTime > 1717243200123250000`, 1717243200123.25],
  [`StartTime > NOW() - 1h`, NOW_MS - 3_600_000],
  [`StartTime > now() + 1W2D`, NOW_MS + 9 * 86_400_000],
  [`StartTime > NOW()`, NOW_MS],
  [`Size = 5`, 5],
  [`Size < 1.5`, 1.5],
  [`Price >= -2e2`, -200],
  [`Paid = true`, 1],
  [`City = 'it''s'`, `it's`],
];

for (const [text, value] of VALUES) {
  test(`converts the value of ${text}`, () => assert.deepEqual(valueOf(text), value));
}

const REFUSED: readonly (readonly [string, string])[] = [
  [`Citty = 'x'`, 'invalid query: invalid search attribute: Citty (did you mean City?)'],
  [`workflowid = 'x'`, 'invalid query: invalid search attribute: workflowid (did you mean WorkflowId?)'],
  [`Nonsense = 'x'`, 'invalid query: invalid search attribute: Nonsense'],
  [`Size = 'x'`, 'invalid query: invalid expression: invalid value type for search attribute Size of type Int: "x"'],
  [`City = 5`, 'invalid query: invalid expression: invalid value type for search attribute City of type Keyword: 5'],
  [`Paid = 'true'`, 'invalid query: invalid expression: invalid value type for search attribute Paid of type Bool'],
  [`Paid = 1`, 'invalid query: invalid expression: invalid value type for search attribute Paid of type Bool'],
  [`Due = true`, 'invalid query: invalid expression: invalid value type for search attribute Due of type Datetime'],
  [`City = NOW()`, 'invalid query: invalid expression: invalid value type for search attribute City of type Keyword'],
  [`Due = 'yesterday'`, 'invalid query: invalid expression: invalid Due value "yesterday"; write RFC 3339'],
  [`Due = '2024-02-30T00:00:00Z'`, 'invalid query: invalid expression: invalid Due value'],
  [`Due = '2024-02-10'`, 'invalid query: invalid expression: invalid Due value'],
  [`Due = 1.5`, 'invalid query: invalid expression: invalid Due value 1.5'],
  [
    `ExecutionStatus = 'running'`,
    'invalid query: invalid expression: invalid ExecutionStatus value "running"; use one of',
  ],
  [`ExecutionStatus = 99`, 'invalid query: invalid expression: invalid ExecutionStatus value 99'],
  [`ExecutionStatus = 1.5`, 'invalid query: invalid expression: invalid ExecutionStatus value 1.5'],
  [`ExecutionDuration > 'soon'`, 'invalid query: invalid expression: invalid ExecutionDuration value "soon"'],
  [`ExecutionDuration > '1:99:00'`, 'invalid query: invalid expression: invalid ExecutionDuration value'],
  [
    `Note = '${'a '.repeat(101)}' OR Note = '${'b '.repeat(101)}'`,
    'invalid query: operation is not supported: too many words',
  ],
  [`Note = '  '`, 'invalid query: invalid expression: invalid Note value "  "; no tokens found'],
  [
    `Note > 'x'`,
    `invalid query: operation is not supported: operator '>' not supported for Text type search attribute 'Note'; use one of =, !=`,
  ],
  [`Note IN ('x')`, `invalid query: operation is not supported: operator 'IN' not supported for Text`],
  [`Tags < 'x'`, `invalid query: operation is not supported: operator '<' not supported for KeywordList`],
  [`Tags STARTS_WITH 'x'`, `invalid query: operation is not supported: operator 'STARTS_WITH' not supported`],
  [`Size NOT STARTS_WITH 'x'`, `invalid query: operation is not supported: operator 'NOT STARTS_WITH' not supported`],
  [`City LIKE 'x'`, `invalid query: operation is not supported: operator 'LIKE' not supported for Keyword`],
  [`ExecutionStatus STARTS_WITH 'R'`, `invalid query: operation is not supported: operator 'STARTS_WITH'`],
  [
    `Tags BETWEEN 'a' AND 'b'`,
    `invalid query: invalid expression: cannot do range condition on search attribute 'Tags'`,
  ],
  [`Paid BETWEEN true AND true`, `invalid query: invalid expression: cannot do range condition`],
  [`ORDER BY Note`, 'invalid query: operation is not supported: unable to sort by search attribute type Text'],
  [`ORDER BY Tags`, 'invalid query: operation is not supported: unable to sort by search attribute type KeywordList'],
  [`GROUP BY ExecutionStatus`, `invalid query: operation is not supported: 'GROUP BY' clause in a list`],
];

for (const [text, message] of REFUSED) {
  test(`refuses ${text}`, () => {
    const query = compileListQuery(text, options);
    assert.ok(!query.ok);
    const actual = refusalMessage(query.refusal);
    assert.ok(actual.startsWith(message), actual);
  });
}

test('a name finds custom attributes, aliases, and the Temporal prefix may be left out or put before', () => {
  const name = (text: string, in_ = schema): string | undefined => findAttribute(in_, text)?.name;
  assert.equal(name('ScheduleId'), 'WorkflowId');
  assert.equal(name('SchedulePaused'), 'TemporalSchedulePaused');
  assert.equal(name('TemporalBuildIds'), 'BuildIds');
  assert.equal(name('WorkerDeployment'), 'TemporalWorkerDeployment');
  assert.equal(name('toString'), undefined);
  assert.equal(name('__proto__'), undefined);
  const own = makeSchema([
    ['ScheduleId', ATTRIBUTE_TYPE.int],
    ['PauseInfo', ATTRIBUTE_TYPE.bool],
    ['WorkflowId', ATTRIBUTE_TYPE.int],
    [`a"b`, ATTRIBUTE_TYPE.int],
  ]);
  assert.equal(name('ScheduleId', own), 'ScheduleId');
  assert.equal(name('PauseInfo', own), 'PauseInfo');
  assert.equal(findAttribute(own, 'WorkflowId')?.type, ATTRIBUTE_TYPE.keyword);
  assert.equal(name(`a"b`, own), undefined);
  assert.equal(name('ActivityId', makeSchema([], [['ActivityId', 'WorkflowId']])), 'WorkflowId');
  assert.ok(isReservedAttributeName('TemporalAnything') && isReservedAttributeName('Memo'));
  assert.ok(!isReservedAttributeName('City'));
});

test('the namespace division is hidden unless the query names it anywhere', () => {
  const first = (text: string, division?: string): Filter | undefined => {
    const query = compileListQuery(text, { ...options, purpose: 'count', division: division ?? null });
    assert.ok(query.ok);
    return query.value.filter.kind === 'every' ? query.value.filter.terms[0] : undefined;
  };
  assert.equal(first('')?.kind, 'absent');
  assert.equal(first(`City = 'x' OR City = 'y'`)?.kind, 'absent');
  assert.equal(first(`TemporalNamespaceDivision = 'x'`)?.kind, 'compare');
  assert.equal(first(`NamespaceDivision = 'x' OR City = 'y'`)?.kind, 'some');
  assert.equal(first('GROUP BY TemporalNamespaceDivision'), undefined);
  assert.deepEqual(first('', 'TemporalScheduler'), {
    kind: 'compare',
    attribute: { source: 'stored', name: 'TemporalNamespaceDivision', type: ATTRIBUTE_TYPE.keyword },
    operator: '=',
    value: 'TemporalScheduler',
  });
});

test('counts group by attributes with few values only', () => {
  const grouped = compileListQuery('GROUP BY ExecutionStatus', { ...options, purpose: 'count' });
  assert.ok(grouped.ok && grouped.value.groupBy?.name === 'ExecutionStatus');
  const refused = compileListQuery('GROUP BY WorkflowType', { ...options, purpose: 'count' });
  assert.ok(!refused.ok);
  assert.match(refusalMessage(refused.refusal), /'GROUP BY' clause is not supported for search attribute WorkflowType/);
});

test('an order is total and names no attribute twice', () => {
  const keys = (text: string): string[] => {
    const query = compileListQuery(text, options);
    assert.ok(query.ok);
    return query.value.order.map((key) => (key.isDescending ? '-' : '+') + key.attribute.name);
  };
  assert.deepEqual(keys(''), ['-CloseTime', '-StartTime', '+RunId']);
  assert.deepEqual(keys('ORDER BY City, Size DESC, City DESC'), ['+City', '-Size', '-StartTime', '+RunId']);
  assert.deepEqual(keys('ORDER BY StartTime, RunId DESC'), ['+StartTime', '-RunId']);
});
