/** Deep comparison of values, strict (prototypes, `Object.is`) or loose (`==`). */

export function isDeepEqual(a: unknown, b: unknown, strict: boolean, path: readonly object[] = []): boolean {
  if (strict ? Object.is(a, b) : a == b || (a !== a && b !== b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (path.includes(a)) return true;
  if (tagOf(a) !== tagOf(b)) return false;
  if (strict && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  const next = (left: unknown, right: unknown): boolean => isDeepEqual(left, right, strict, [...path, a]);
  return sameContents(a, b, next) && sameFields(a, b, next);
}

type Next = (a: unknown, b: unknown) => boolean;

function tagOf(value: object): string {
  return Object.prototype.toString.call(value);
}

function sameContents(a: object, b: object, next: Next): boolean {
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  if (a instanceof RegExp && b instanceof RegExp) return String(a) === String(b);
  if (a instanceof Error && b instanceof Error) return a.name === b.name && a.message === b.message;
  if (a instanceof Map && b instanceof Map)
    return a.size === b.size && [...a].every((entry) => hasEntry(b, entry, next));
  if (a instanceof Set && b instanceof Set) return a.size === b.size && [...a].every((item) => hasItem(b, item, next));
  if (a instanceof Number || a instanceof String || a instanceof Boolean || a instanceof BigInt) {
    return Object.is(a.valueOf(), b.valueOf());
  }
  return !Array.isArray(a) || a.length === (b as unknown[]).length;
}

function hasEntry(map: ReadonlyMap<unknown, unknown>, [key, value]: [unknown, unknown], next: Next): boolean {
  if (map.has(key)) return next(value, map.get(key));
  return [...map].some(([other, held]) => next(key, other) && next(value, held));
}

function hasItem(set: ReadonlySet<unknown>, item: unknown, next: Next): boolean {
  return set.has(item) || [...set].some((other) => next(item, other));
}

function sameFields(a: object, b: object, next: Next): boolean {
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && next(Reflect.get(a, key), Reflect.get(b, key)));
}
