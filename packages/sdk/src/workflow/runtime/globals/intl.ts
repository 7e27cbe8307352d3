/**
 * `Intl` and the methods that use it with the workflow's clock, UTC and American English where code names no zone or locale:
 * the defaults of the worker's machine must not decide. What ICU knows (names, formats, zones) still comes with Node, so text
 * that workflows compare should not be made by `Intl`.
 */
import { clockMs } from './clock.js';
import { defineMethods, defineValue, isObject, propertyOf } from './methods.js';
import type { Method } from './methods.js';

export const DEFAULT_LOCALE = 'en-US';
export const DEFAULT_ZONE = 'UTC';

type AnyFunction = (...args: unknown[]) => unknown;

/** These work without `new`, as they always did. */
const CALLABLE = new Set(['Collator', 'DateTimeFormat', 'NumberFormat']);

/** Replaces constructors on `Intl`, and the locale methods of `Date`, `Number`, `BigInt` and `String`. */
export function installIntl(): void {
  const NativeDateTimeFormat = Intl.DateTimeFormat;
  for (const name of Object.getOwnPropertyNames(Intl)) {
    const native = propertyOf(Intl, name);
    if (typeof native !== 'function' || name === 'Locale' || !isObject(native.prototype)) continue;
    defineValue(Intl, name, withDefaults(name, native as unknown as AnyFunction));
  }
  clockOf(NativeDateTimeFormat);
  installLocaleMethods();
}

/** The same constructor with our locale and zone where none are given. */
function withDefaults(name: string, native: AnyFunction): AnyFunction {
  const zoned = name === 'DateTimeFormat';
  const inside = function (locales?: unknown, options?: unknown): unknown {
    if (new.target === undefined && !CALLABLE.has(name)) throw new TypeError(`Constructor Intl.${name} requires 'new'`);
    const args = [localesOf(locales), zoned ? optionsOf(options) : options];
    return Reflect.construct(native, args, new.target ?? inside);
  };
  Object.defineProperty(inside, 'name', { value: name, configurable: true });
  Object.defineProperty(inside, 'length', { value: native.length, configurable: true });
  const prototype: object = native.prototype as object;
  Object.defineProperty(inside, 'prototype', { value: prototype, writable: false });
  defineValue(prototype, 'constructor', inside);
  const supported = propertyOf(native, 'supportedLocalesOf');
  if (supported !== undefined) defineValue(inside, 'supportedLocalesOf', supported);
  return inside;
}

/** Ends every list, so that an unknown locale does not fall back to the machine's. */
export function localesOf(locales: unknown): unknown {
  if (locales === undefined) return DEFAULT_LOCALE;
  if (typeof locales === 'string') return [locales, DEFAULT_LOCALE];
  if (!isObject(locales)) return locales;
  return locales instanceof Intl.Locale
    ? [locales, DEFAULT_LOCALE]
    : [...Array.from(locales as ArrayLike<unknown>), DEFAULT_LOCALE];
}

export function optionsOf(options: unknown): unknown {
  if (options === undefined) return { timeZone: DEFAULT_ZONE };
  if (!isObject(options) || propertyOf(options, 'timeZone') !== undefined) return options;
  return Object.create(options, { timeZone: { value: DEFAULT_ZONE, enumerable: true } });
}

/** `format()` and `formatToParts()` without a date mean now. */
function clockOf(native: typeof Intl.DateTimeFormat): void {
  const { prototype } = native;
  const formatOf = Object.getOwnPropertyDescriptor(prototype, 'format')?.get as (this: unknown) => AnyFunction;
  const { formatToParts } = prototype;
  const bound = new WeakMap<object, AnyFunction>();
  Object.defineProperty(prototype, 'format', {
    configurable: true,
    get(this: object): AnyFunction {
      const known = bound.get(this);
      if (known !== undefined) return known;
      const format = Reflect.apply(formatOf, this, []);
      const inside = (date?: unknown): unknown => format(date === undefined ? clockMs() : date);
      bound.set(this, inside);
      return inside;
    },
  });
  defineMethods(prototype, {
    formatToParts(this: Intl.DateTimeFormat, date?: Date) {
      return Reflect.apply(formatToParts, this, [date === undefined ? clockMs() : date]);
    },
  });
}

function installLocaleMethods(): void {
  for (const name of ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString']) {
    replace(Date.prototype, name, (args) => [localesOf(args[0]), optionsOf(args[1])]);
  }
  replace(Number.prototype, 'toLocaleString', (args) => [localesOf(args[0]), args[1]]);
  replace(BigInt.prototype, 'toLocaleString', (args) => [localesOf(args[0]), args[1]]);
  replace(String.prototype, 'localeCompare', (args) => [args[0], localesOf(args[1]), args[2]]);
  replace(String.prototype, 'toLocaleLowerCase', (args) => [localesOf(args[0])]);
  replace(String.prototype, 'toLocaleUpperCase', (args) => [localesOf(args[0])]);
}

/** The method with other arguments. */
export function replace(prototype: object, name: string, argsOf: (args: unknown[]) => unknown[]): void {
  const native = propertyOf(prototype, name);
  if (typeof native !== 'function') return;
  const { [name]: method } = {
    [name](this: unknown, ...args: unknown[]): unknown {
      return Reflect.apply(native, this, argsOf(args));
    },
  } as Record<string, Method>;
  defineValue(prototype, name, method);
}
