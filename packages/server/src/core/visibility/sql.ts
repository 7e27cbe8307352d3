/**
 * A typed filter, an order and a place in it as SQL text. The meaning is that of `filter.ts` and `order.ts`; a
 * property test holds the two together on a real SQLite.
 *
 * No value ever gets into the text: values are parameters, and names come from the store's own column map or pass
 * `quotePath`.
 */
import { ATTRIBUTE_TYPE } from './attributes.js';
import type { Attribute, SystemAttributeName } from './attributes.js';
import type { Filter } from './filter.js';
import { isAbsentFirst } from './order.js';
import type { OrderKey, Position } from './order.js';

export type SqlParameter = string | number | null;

export interface SqlFragment {
  readonly sql: string;
  /** In the order of the placeholders. */
  readonly parameters: SqlParameter[];
}

/** Where a store keeps records. All entries are SQL written by the store: column names or expressions over them. */
export interface SqlColumns {
  /** Times and ExecutionDuration in milliseconds, ExecutionStatus as its number; NULL where a record has no value. */
  readonly system: Readonly<Record<SystemAttributeName, string>>;
  /** The text that `encodeAttributes` makes. */
  readonly attributes: string;
}

/** What databases write differently. Placeholders are asked for in the order in which they stand in the text. */
export interface SqlDialect {
  /** The placeholder of a parameter; the first is number 1. */
  placeholder(number: number): string;
  /** The value of a stored attribute; NULL when absent, Bool as 0 or 1. */
  storedValue(column: string, attribute: Attribute): string;
  /** True or false, never NULL: the stored list holds one of the values. */
  listContains(column: string, attribute: Attribute, placeholders: readonly string[]): string;
  /** True or false for a text that is not NULL: it contains the word, which is in lower case. */
  textContains(text: string, placeholder: string): string;
  startsWith(text: string, bind: () => string): string;
}

export interface SqlTarget {
  readonly columns: SqlColumns;
  readonly dialect: SqlDialect;
}

/**
 * The CloseTime of an open run in ORDER BY: the last millisecond of the year 9999. An index over
 * `coalesce(<close time>, 253402300799999)` serves the default order.
 */
export const OPEN_CLOSE_TIME_MS = 253_402_300_799_999;

export const sqliteDialect: SqlDialect = {
  placeholder: () => '?',
  storedValue: (column, attribute) => `json_extract(${column}, ${quotePath(attribute.name)})`,
  listContains: (column, attribute, placeholders) =>
    `EXISTS (SELECT 1 FROM json_each(${column}, ${quotePath(attribute.name)}) AS item ` +
    `WHERE item.value IN (${placeholders.join(', ')}))`,
  textContains: (text, placeholder) => `instr(lower(${text}), ${placeholder}) > 0`,
  startsWith: (text, bind) => `substr(${text}, 1, length(${bind()})) = ${bind()}`,
};

/** The condition of a WHERE. `parametersBefore` is how many placeholders stand before it in the statement. */
export function filterToSql(filter: Filter, target: SqlTarget, parametersBefore = 0): SqlFragment {
  const writer = makeWriter(target, parametersBefore);
  return { sql: writeFilter(filter, writer), parameters: writer.parameters };
}

/** The keys of an ORDER BY. */
export function orderToSql(order: readonly OrderKey[], target: SqlTarget): string {
  return order
    .flatMap((key) => orderTerms(key, null, target))
    .map((term) => (term.isDescending ? `${term.sql} DESC` : term.sql))
    .join(', ');
}

/** The condition of the rows after a position, to be joined to the filter by AND. */
export function afterToSql(
  order: readonly OrderKey[],
  position: Position,
  target: SqlTarget,
  parametersBefore = 0,
): SqlFragment {
  const writer = makeWriter(target, parametersBefore);
  const terms = order.flatMap((key, index) => orderTerms(key, position[index] ?? null, target));
  return { sql: writeAfter(terms, writer), parameters: writer.parameters };
}

/** The expression of a GROUP BY; select it beside COUNT(*) and sort the answer by `sortGroups`. */
export function groupToSql(attribute: Attribute, target: SqlTarget): string {
  return writeValue(attribute, target);
}

interface Writer {
  readonly target: SqlTarget;
  readonly parameters: SqlParameter[];
  /** Adds a parameter and gives its placeholder. Must be called in the order of the text. */
  readonly bind: (value: SqlParameter) => string;
}

function makeWriter(target: SqlTarget, parametersBefore: number): Writer {
  const parameters: SqlParameter[] = [];
  const bind = (value: SqlParameter): string => {
    parameters.push(value);
    return target.dialect.placeholder(parametersBefore + parameters.length);
  };
  return { target, parameters, bind };
}

function writeFilter(filter: Filter, writer: Writer): string {
  const { target, bind } = writer;
  switch (filter.kind) {
    case 'every':
      return filter.terms.length === 0 ? '1 = 1' : writeTerms(filter.terms, ' AND ', writer);
    case 'some':
      return filter.terms.length === 0 ? '1 = 0' : writeTerms(filter.terms, ' OR ', writer);
    case 'not':
      return `NOT (${writeFilter(filter.term, writer)})`;
    case 'compare': {
      const operator = filter.operator === '!=' ? '<>' : filter.operator;
      return `${writeValue(filter.attribute, target)} ${operator} ${bind(filter.value)}`;
    }
    case 'in':
      return `${writeValue(filter.attribute, target)} IN (${filter.values.map(bind).join(', ')})`;
    case 'between':
      return `${writeValue(filter.attribute, target)} BETWEEN ${bind(filter.low)} AND ${bind(filter.high)}`;
    case 'startsWith':
      return target.dialect.startsWith(writeValue(filter.attribute, target), () => bind(filter.prefix));
    case 'absent':
      return `${writeValue(filter.attribute, target)} IS NULL`;
    case 'contains':
      return target.dialect.listContains(target.columns.attributes, filter.attribute, filter.values.map(bind));
    case 'words': {
      const text = `coalesce(${writeValue(filter.attribute, target)}, '')`;
      return filter.words.map((word) => target.dialect.textContains(text, bind(word))).join(' AND ');
    }
  }
}

/** Joins in halves: a chain of a thousand terms would be a tree as deep, and SQLite parses no deeper than 1,000. */
function writeTerms(terms: readonly Filter[], joint: string, writer: Writer): string {
  const [first] = terms;
  if (terms.length === 1 && first !== undefined) return `(${writeFilter(first, writer)})`;
  const middle = Math.ceil(terms.length / 2);
  const left = writeTerms(terms.slice(0, middle), joint, writer);
  return `(${left}${joint}${writeTerms(terms.slice(middle), joint, writer)})`;
}

function writeValue(attribute: Attribute, target: SqlTarget): string {
  return attribute.source === 'system'
    ? target.columns.system[attribute.name]
    : target.dialect.storedValue(target.columns.attributes, attribute);
}

/** One expression of an ORDER BY that is never NULL, with the value that a position gives it. */
interface OrderTerm {
  readonly sql: string;
  readonly isDescending: boolean;
  readonly value: string | number;
}

const ALWAYS_PRESENT: ReadonlySet<string> = new Set<SystemAttributeName>([
  'WorkflowId',
  'RunId',
  'WorkflowType',
  'StartTime',
  'ExecutionTime',
  'ExecutionStatus',
  'TaskQueue',
  'RootWorkflowId',
  'RootRunId',
]);

/**
 * Databases disagree on where NULLs go, and NULL ends every comparison: so a key that may be absent has a term for
 * that.
 */
function orderTerms(key: OrderKey, value: string | number | null, target: SqlTarget): readonly OrderTerm[] {
  const { attribute, isDescending } = key;
  const sql = writeValue(attribute, target);
  if (attribute.source === 'system' && attribute.name === 'CloseTime') {
    return [{ sql: `coalesce(${sql}, ${OPEN_CLOSE_TIME_MS})`, isDescending, value: value ?? OPEN_CLOSE_TIME_MS }];
  }
  const isText = attribute.type === ATTRIBUTE_TYPE.keyword && attribute.name !== 'ExecutionStatus';
  const filler = isText ? '' : 0;
  if (attribute.source === 'system' && ALWAYS_PRESENT.has(attribute.name)) {
    return [{ sql, isDescending, value: value ?? filler }];
  }
  const absence = `CASE WHEN ${sql} IS NULL THEN 1 ELSE 0 END`;
  return [
    { sql: absence, isDescending: isAbsentFirst(key), value: value === null ? 1 : 0 },
    { sql: `coalesce(${sql}, ${isText ? "''" : '0'})`, isDescending, value: value ?? filler },
  ];
}

/** `a >= ? AND (a > ? OR (b >= ? AND …))`: the first comparison alone bounds an index scan. */
function writeAfter(terms: readonly OrderTerm[], writer: Writer): string {
  const [first, ...rest] = terms;
  if (first === undefined) return '1 = 0';
  const sign = first.isDescending ? '<' : '>';
  if (rest.length === 0) return `${first.sql} ${sign} ${writer.bind(first.value)}`;
  const bound = `${first.sql} ${sign}= ${writer.bind(first.value)}`;
  const beyond = `${first.sql} ${sign} ${writer.bind(first.value)}`;
  return `${bound} AND (${beyond} OR (${writeAfter(rest, writer)}))`;
}

/**
 * The JSON path of an attribute as a SQL literal. `makeSchema` keeps names with quotes and backslashes out, but this
 * is the gate to the text, so it asks again.
 */
function quotePath(name: string): string {
  if (/["'\\\p{Cc}]/u.test(name)) throw new Error('assertion failed: attribute name cannot be quoted');
  return `'$."${name}"'`;
}
