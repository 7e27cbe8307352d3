/**
 * A typed filter, and its meaning as a predicate over records. `sql.ts` gives the same meaning as SQL.
 *
 * Logic has three values as in SQL: a comparison with an absent attribute is neither true nor false, so neither
 * `X = 'a'` nor `X != 'a'` nor NOT of them finds a row without X. Only tests of content are always true or false:
 * an absent KeywordList contains nothing, an absent Text has no words, so `!=` does find those rows.
 */
import type { Attribute } from './attributes.js';
import type { FilterValue } from './literal-value.js';
import { readSystemAttribute } from './record.js';
import type { AttributeValue, VisibilityRecord } from './record.js';
import type { CompareOperator } from './syntax-tree.js';

export type Filter =
  /** True when there are no terms. */
  | { readonly kind: 'every'; readonly terms: readonly Filter[] }
  /** False when there are no terms. */
  | { readonly kind: 'some'; readonly terms: readonly Filter[] }
  | { readonly kind: 'not'; readonly term: Filter }
  | {
      readonly kind: 'compare';
      readonly attribute: Attribute;
      readonly operator: CompareOperator;
      readonly value: FilterValue;
    }
  /** At least one value. */
  | { readonly kind: 'in'; readonly attribute: Attribute; readonly values: readonly FilterValue[] }
  /** Both ends included. */
  | { readonly kind: 'between'; readonly attribute: Attribute; readonly low: FilterValue; readonly high: FilterValue }
  | { readonly kind: 'startsWith'; readonly attribute: Attribute; readonly prefix: string }
  | { readonly kind: 'absent'; readonly attribute: Attribute }
  /** A KeywordList with any of the values. */
  | { readonly kind: 'contains'; readonly attribute: Attribute; readonly values: readonly string[] }
  /** A Text in which every word occurs, in any case of ASCII letters. Words are in lower case. */
  | { readonly kind: 'words'; readonly attribute: Attribute; readonly words: readonly string[] };

export type Predicate = (record: VisibilityRecord) => boolean;

/** Makes the filter's predicate. A record is wanted when the filter is true, not merely not false. */
export function toPredicate(filter: Filter): Predicate {
  const evaluate = compile(filter);
  return (record) => evaluate(record) === true;
}

/** The comparable value of an attribute; undefined where the record has none. Lists have no order and no value here. */
export function readScalar(record: VisibilityRecord, attribute: Attribute): FilterValue | undefined {
  const value = readAttribute(record, attribute);
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'object' ? undefined : value;
}

/** Numbers by size, strings by code point: the order of UTF-8 bytes, in which databases compare. */
export function compareValues(left: FilterValue, right: FilterValue): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') return compareCodePoints(left, right);
  // Mixed types cannot come from a typed filter; numbers first, as SQLite has it.
  return typeof left === 'number' ? -1 : 1;
}

/** Lower case of ASCII letters only: what SQLite's lower() does. */
export function foldCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

type Evaluate = (record: VisibilityRecord) => boolean | undefined;

function compile(filter: Filter): Evaluate {
  switch (filter.kind) {
    case 'every':
      return combine(filter.terms.map(compile), false);
    case 'some':
      return combine(filter.terms.map(compile), true);
    case 'not': {
      const term = compile(filter.term);
      return (record) => {
        const value = term(record);
        return value === undefined ? undefined : !value;
      };
    }
    case 'compare': {
      const test = COMPARISONS[filter.operator];
      return onScalar(filter.attribute, (value) => test(compareValues(value, filter.value)));
    }
    case 'in': {
      const values = new Set(filter.values);
      return onScalar(filter.attribute, (value) => values.has(value));
    }
    case 'between':
      return onScalar(
        filter.attribute,
        (value) => compareValues(value, filter.low) >= 0 && compareValues(value, filter.high) <= 0,
      );
    case 'startsWith':
      return onScalar(filter.attribute, (value) => typeof value === 'string' && value.startsWith(filter.prefix));
    case 'absent':
      return (record) => readAttribute(record, filter.attribute) === undefined;
    case 'contains': {
      const wanted = new Set(filter.values);
      return (record) => listItems(readAttribute(record, filter.attribute)).some((item) => wanted.has(item));
    }
    case 'words':
      return (record) => {
        const value = readAttribute(record, filter.attribute);
        const text = typeof value === 'string' ? foldCase(value) : '';
        return filter.words.every((word) => text.includes(word));
      };
  }
}

/** AND (deciding value false) and OR (deciding value true): one deciding term settles it, else one unknown does. */
function combine(terms: readonly Evaluate[], deciding: boolean): Evaluate {
  return (record) => {
    let result: boolean | undefined = !deciding;
    for (const term of terms) {
      const value = term(record);
      if (value === deciding) return deciding;
      if (value === undefined) result = undefined;
    }
    return result;
  };
}

function onScalar(attribute: Attribute, test: (value: FilterValue) => boolean): Evaluate {
  return (record) => {
    const value = readScalar(record, attribute);
    return value === undefined ? undefined : test(value);
  };
}

const COMPARISONS: Readonly<Record<CompareOperator, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

function readAttribute(record: VisibilityRecord, attribute: Attribute): AttributeValue | undefined {
  return attribute.source === 'system'
    ? readSystemAttribute(record, attribute.name)
    : record.attributes.get(attribute.name);
}

function listItems(value: AttributeValue | undefined): readonly string[] {
  if (typeof value === 'object') return value;
  return typeof value === 'string' ? [value] : [];
}

function compareCodePoints(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const [a, b] = [left.charCodeAt(index), right.charCodeAt(index)];
    if (a !== b) return codePointRank(a) - codePointRank(b);
  }
  return left.length - right.length;
}

/** Surrogates stand for code points above all others, but have smaller units than U+E000 to U+FFFF. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
