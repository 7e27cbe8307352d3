/** Tree + schema → typed filter: names are found, operators checked against types, literals converted. */
import { ATTRIBUTE_TYPE, NAMESPACE_DIVISION, findAttribute, suggestAttribute } from './attributes.js';
import type { Attribute, AttributeType, Schema } from './attributes.js';
import { foldCase } from './filter.js';
import type { Filter } from './filter.js';
import { convertLiteral } from './literal-value.js';
import { makeOrder } from './order.js';
import type { OrderKey } from './order.js';
import { parseQuery } from './parser.js';
import { accept, refuse } from './refusal.js';
import type { Outcome } from './refusal.js';
import type { Condition, Name, QueryTree } from './syntax-tree.js';

export interface ResolveOptions {
  readonly schema: Schema;
  /** What NOW() means. */
  readonly nowMs: number;
  /** Lists refuse GROUP BY; counts may have it. */
  readonly purpose: 'list' | 'count';
  /**
   * The division that a query without TemporalNamespaceDivision is about: `null` (default) is plain workflows, a
   * text is that of schedules, batch jobs, … .
   */
  readonly division?: string | null;
}

export interface ListQuery {
  readonly filter: Filter;
  /** Total: ends with RunId. */
  readonly order: readonly OrderKey[];
  readonly groupBy: Attribute | undefined;
}

/** The whole way from a request's query text. An empty text is all rows of the division. */
export function compileListQuery(text: string, options: ResolveOptions): Outcome<ListQuery> {
  const tree = parseQuery(text);
  return tree.ok ? resolveQuery(tree.value, options) : tree;
}

export function resolveQuery(tree: QueryTree, options: ResolveOptions): Outcome<ListQuery> {
  const scope: Scope = { schema: options.schema, nowMs: options.nowMs, isDivisionNamed: false, words: 0 };
  const condition = tree.condition === undefined ? undefined : resolveCondition(tree.condition, scope);
  if (condition?.ok === false) return condition;
  const groupBy = tree.groupBy === undefined ? undefined : resolveGroupBy(tree.groupBy, options.purpose, scope);
  if (groupBy?.ok === false) return groupBy;
  const order = resolveOrder(tree.orderBy, scope);
  if (!order.ok) return order;

  const terms: Filter[] = scope.isDivisionNamed ? [] : [divisionFilter(options.division ?? null)];
  if (condition !== undefined) terms.push(condition.value);
  return accept({ filter: { kind: 'every', terms }, order: order.value, groupBy: groupBy?.value });
}

/** Words in all comparisons with Text of one query: each is a condition of the SQL. */
const TEXT_WORDS_MAX = 200;

interface Scope {
  readonly schema: Schema;
  readonly nowMs: number;
  isDivisionNamed: boolean;
  words: number;
}

const DIVISION: Attribute = { source: 'stored', name: NAMESPACE_DIVISION, type: ATTRIBUTE_TYPE.keyword };

function divisionFilter(division: string | null): Filter {
  if (division === null) return { kind: 'absent', attribute: DIVISION };
  return { kind: 'compare', attribute: DIVISION, operator: '=', value: division };
}

function resolveCondition(condition: Condition, scope: Scope): Outcome<Filter> {
  if (condition.kind === 'and' || condition.kind === 'or') {
    const terms = collect(condition.terms, (term) => resolveCondition(term, scope));
    return terms.ok ? accept({ kind: condition.kind === 'and' ? 'every' : 'some', terms: terms.value }) : terms;
  }
  if (condition.kind === 'not') {
    const term = resolveCondition(condition.term, scope);
    return term.ok ? accept({ kind: 'not', term: term.value }) : term;
  }
  const attribute = resolveName(condition.name, scope);
  return attribute.ok ? resolveTest(condition, attribute.value, scope) : attribute;
}

type Test = Exclude<Condition, { kind: 'and' | 'or' | 'not' }>;

function resolveTest(test: Test, attribute: Attribute, scope: Scope): Outcome<Filter> {
  if (test.kind === 'isNull') return accept(negate(test.isNegated, { kind: 'absent', attribute }));
  if (test.kind === 'between') return resolveBetween(test, attribute, scope);
  const operator = operatorName(test);
  const allowed = allowedOperators(attribute);
  if (test.kind === 'unsupported' || !allowed.includes(operator)) {
    return refuse({ kind: 'unsupportedOperator', attribute, operator, allowed });
  }
  const literals = test.kind === 'in' ? test.values : [test.value];
  const values = collect(literals, (literal) => convertLiteral(attribute, literal, scope.nowMs));
  if (!values.ok) return values;
  const [first = ''] = values.value;

  const isNegated = test.kind === 'compare' ? test.operator === '!=' : test.isNegated;
  if (attribute.type === ATTRIBUTE_TYPE.keywordList) {
    return accept(negate(isNegated, { kind: 'contains', attribute, values: values.value.map(String) }));
  }
  if (attribute.type === ATTRIBUTE_TYPE.text) {
    const words = resolveWords(attribute, String(first), scope);
    return words.ok ? accept(negate(isNegated, words.value)) : words;
  }
  switch (test.kind) {
    case 'compare':
      return accept({ kind: 'compare', attribute, operator: test.operator, value: first });
    case 'in':
      return accept(negate(isNegated, { kind: 'in', attribute, values: values.value }));
    case 'startsWith':
      return accept(negate(isNegated, { kind: 'startsWith', attribute, prefix: String(first) }));
  }
}

/** A query's text is words between white space; a row's text contains each of them somewhere. */
function resolveWords(attribute: Attribute, text: string, scope: Scope): Outcome<Filter> {
  const words = foldCase(text)
    .split(/\s+/)
    .filter((word) => word !== '');
  scope.words += words.length;
  if (scope.words > TEXT_WORDS_MAX) return refuse({ kind: 'tooComplex', what: 'words', max: TEXT_WORDS_MAX });
  if (words.length > 0) return accept({ kind: 'words', attribute, words });
  const value = JSON.stringify(text);
  return refuse({ kind: 'invalidValue', attribute, value, advice: 'no tokens found: write at least one word' });
}

function resolveBetween(
  test: Extract<Condition, { kind: 'between' }>,
  attribute: Attribute,
  scope: Scope,
): Outcome<Filter> {
  if (!RANGE_TYPES.has(attribute.type)) return refuse({ kind: 'rangeNotSupported', attribute });
  const low = convertLiteral(attribute, test.low, scope.nowMs);
  if (!low.ok) return low;
  const high = convertLiteral(attribute, test.high, scope.nowMs);
  if (!high.ok) return high;
  return accept(negate(test.isNegated, { kind: 'between', attribute, low: low.value, high: high.value }));
}

/** The operator as the query wrote it, in capitals. */
function operatorName(test: Exclude<Test, { kind: 'isNull' | 'between' }>): string {
  switch (test.kind) {
    case 'compare':
    case 'unsupported':
      return test.operator;
    case 'in':
      return test.isNegated ? 'NOT IN' : 'IN';
    case 'startsWith':
      return test.isNegated ? 'NOT STARTS_WITH' : 'STARTS_WITH';
  }
}

const EQUALITY = ['=', '!='];
const MEMBERSHIP = [...EQUALITY, 'IN', 'NOT IN'];
const COMPARISON = [...EQUALITY, '<', '<=', '>', '>=', 'IN', 'NOT IN'];

const OPERATORS: Readonly<Record<AttributeType, readonly string[]>> = {
  [ATTRIBUTE_TYPE.text]: EQUALITY,
  [ATTRIBUTE_TYPE.keyword]: [...COMPARISON, 'STARTS_WITH', 'NOT STARTS_WITH'],
  [ATTRIBUTE_TYPE.int]: COMPARISON,
  [ATTRIBUTE_TYPE.double]: COMPARISON,
  [ATTRIBUTE_TYPE.bool]: COMPARISON,
  [ATTRIBUTE_TYPE.datetime]: COMPARISON,
  [ATTRIBUTE_TYPE.keywordList]: MEMBERSHIP,
};

const RANGE_TYPES: ReadonlySet<AttributeType> = new Set([
  ATTRIBUTE_TYPE.datetime,
  ATTRIBUTE_TYPE.double,
  ATTRIBUTE_TYPE.int,
  ATTRIBUTE_TYPE.keyword,
]);

function allowedOperators(attribute: Attribute): readonly string[] {
  // A Keyword by name only: it is a number inside, which has no prefix.
  return attribute.name === 'ExecutionStatus' ? COMPARISON : OPERATORS[attribute.type];
}

function resolveGroupBy(name: Name, purpose: ResolveOptions['purpose'], scope: Scope): Outcome<Attribute> {
  if (purpose === 'list') {
    return refuse({ kind: 'unsupportedClause', clause: "'GROUP BY' clause in a list", advice: 'use a count request' });
  }
  const attribute = resolveName(name, scope);
  if (!attribute.ok || isGroupable(attribute.value)) return attribute;
  return refuse({
    kind: 'unsupportedClause',
    clause: `'GROUP BY' clause is not supported for search attribute ${name.text}`,
    advice: `group by ExecutionStatus or ${NAMESPACE_DIVISION}`,
  });
}

/** Attributes with few values: an answer has no pages. */
function isGroupable({ name }: Attribute): boolean {
  return name === 'ExecutionStatus' || name === NAMESPACE_DIVISION || name.startsWith('TemporalLowCardinalityKeyword');
}

function resolveOrder(orderBy: QueryTree['orderBy'], scope: Scope): Outcome<readonly OrderKey[]> {
  const keys = collect(orderBy, ({ name, isDescending }): Outcome<OrderKey> => {
    const attribute = resolveName(name, scope);
    if (!attribute.ok) return attribute;
    const { type } = attribute.value;
    if (type !== ATTRIBUTE_TYPE.text && type !== ATTRIBUTE_TYPE.keywordList) {
      return accept({ attribute: attribute.value, isDescending });
    }
    const clause = `unable to sort by search attribute type ${type === ATTRIBUTE_TYPE.text ? 'Text' : 'KeywordList'}`;
    return refuse({ kind: 'unsupportedClause', clause, advice: 'order by an attribute of another type' });
  });
  return keys.ok ? accept(makeOrder(keys.value)) : keys;
}

function resolveName(name: Name, scope: Scope): Outcome<Attribute> {
  const attribute = findAttribute(scope.schema, name.text);
  if (attribute === undefined) {
    const suggestion = suggestAttribute(scope.schema, name.text);
    return refuse({ kind: 'unknownAttribute', name: name.text, suggestion });
  }
  if (attribute.name === NAMESPACE_DIVISION) scope.isDivisionNamed = true;
  return accept(attribute);
}

function negate(isNegated: boolean, filter: Filter): Filter {
  return isNegated ? { kind: 'not', term: filter } : filter;
}

function collect<Item, Value>(items: readonly Item[], convert: (item: Item) => Outcome<Value>): Outcome<Value[]> {
  const values: Value[] = [];
  for (const item of items) {
    const value = convert(item);
    if (!value.ok) return value;
    values.push(value.value);
  }
  return accept(values);
}
