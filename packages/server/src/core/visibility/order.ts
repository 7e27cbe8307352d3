/**
 * The order of a list, places in it, and counts by group.
 *
 * Every order ends with the run id, so it is total, and a page goes on after the last row's values instead of a row
 * number: rows that are inserted or removed meanwhile neither repeat nor hide others.
 */
import { systemAttribute } from './attributes.js';
import type { Attribute } from './attributes.js';
import { compareValues, readScalar } from './filter.js';
import type { FilterValue } from './literal-value.js';
import type { VisibilityRecord } from './record.js';

export interface OrderKey {
  readonly attribute: Attribute;
  readonly isDescending: boolean;
}

/** The values of the last row of a page, one for each key of the order; null is an absent one. */
export type Position = readonly (FilterValue | null)[];

/** Open runs first, then the last closed first, then the last started first. */
export const DEFAULT_ORDER: readonly OrderKey[] = [
  { attribute: systemAttribute('CloseTime'), isDescending: true },
  { attribute: systemAttribute('StartTime'), isDescending: true },
  { attribute: systemAttribute('RunId'), isDescending: false },
];

/** The order of an ORDER BY: its keys, then the last started first, then the run id. Without keys the default order. */
export function makeOrder(keys: readonly OrderKey[]): readonly OrderKey[] {
  if (keys.length === 0) return DEFAULT_ORDER;
  const named = new Set(keys.map((key) => key.attribute.name));
  const unique = keys.filter((key, index) => keys.findIndex((k) => k.attribute.name === key.attribute.name) === index);
  return [...unique, ...DEFAULT_ORDER.slice(1).filter((key) => !named.has(key.attribute.name))];
}

/**
 * Whether rows without the attribute come before all others. They come last in both directions, except that an open
 * run counts as closing later than any closed one.
 */
export function isAbsentFirst(key: OrderKey): boolean {
  return key.attribute.name === 'CloseTime' && key.isDescending;
}

export function compareRecords(order: readonly OrderKey[], left: VisibilityRecord, right: VisibilityRecord): number {
  return comparePositions(order, positionOf(order, left), positionOf(order, right));
}

export function positionOf(order: readonly OrderKey[], record: VisibilityRecord): Position {
  return order.map((key) => readScalar(record, key.attribute) ?? null);
}

/** Below zero when left comes first. Both positions have one value for each key. */
export function comparePositions(order: readonly OrderKey[], left: Position, right: Position): number {
  for (const [index, key] of order.entries()) {
    const difference = compareByKey(key, left[index] ?? null, right[index] ?? null);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether the record belongs to the pages after the position. */
export function isAfter(order: readonly OrderKey[], position: Position, record: VisibilityRecord): boolean {
  return comparePositions(order, positionOf(order, record), position) > 0;
}

export interface GroupCount {
  /** Null: rows without the attribute. ExecutionStatus is its number. */
  readonly value: FilterValue | null;
  readonly count: number;
}

/** Counts the records by the value of an attribute. */
export function countByGroup(records: Iterable<VisibilityRecord>, attribute: Attribute): readonly GroupCount[] {
  const counts = new Map<FilterValue | null, number>();
  for (const record of records) {
    const value = readScalar(record, attribute) ?? null;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return sortGroups([...counts].map(([value, count]) => ({ value, count })));
}

/** Largest first, equal ones by value, absent last: the order in which every store answers. */
export function sortGroups(groups: readonly GroupCount[]): readonly GroupCount[] {
  return groups.toSorted((left, right) => {
    if (left.count !== right.count) return right.count - left.count;
    if (left.value === null || right.value === null) return left.value === null ? 1 : -1;
    return compareValues(left.value, right.value);
  });
}

function compareByKey(key: OrderKey, left: FilterValue | null, right: FilterValue | null): number {
  if (left === null || right === null) {
    if (left === right) return 0;
    return (left === null) === isAbsentFirst(key) ? -1 : 1;
  }
  const difference = compareValues(left, right);
  return key.isDescending ? -difference : difference;
}
