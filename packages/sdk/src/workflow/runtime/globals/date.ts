/**
 * `Date` with the workflow's clock and UTC for local time. The zone of the worker's machine must not decide what a workflow
 * does, so all that is "local" in a `Date` is UTC here; other zones by `Intl` and `Temporal`, which name theirs.
 */
import { clockMs } from './clock.js';
import { defineMethods, defineValue, toText } from './methods.js';
import type { Method } from './methods.js';

const Native = Date;
const parseNative = Date.parse;
const { getTime } = Native.prototype;

const PARTS = ['Date', 'Day', 'FullYear', 'Hours', 'Milliseconds', 'Minutes', 'Month', 'Seconds'];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Changes the prototype in place and gives the constructor that takes the place of `Date`. */
export function createDate(): DateConstructor {
  const { prototype } = Native;
  for (const part of PARTS) {
    for (const verb of ['get', 'set']) {
      const utc: unknown = Reflect.get(prototype, `${verb}UTC${part}`);
      if (utc !== undefined) defineValue(prototype, `${verb}${part}`, utc);
    }
  }
  defineMethods(prototype, METHODS);
  return createConstructor(prototype);
}

function createConstructor(prototype: Date): DateConstructor {
  const constructor = function Date(...args: unknown[]): unknown {
    if (new.target === undefined) return textOf(new Native(clockMs()));
    return Reflect.construct(Native, [timeOf(args)], new.target);
  };
  Object.defineProperty(constructor, 'prototype', { value: prototype, writable: false });
  Object.defineProperty(constructor, 'length', { value: 7, configurable: true });
  defineMethods(constructor, { now: () => clockMs(), parse: (text: unknown) => parse(String(text)), UTC: Native.UTC });
  defineValue(prototype, 'constructor', constructor);
  return constructor as unknown as DateConstructor;
}

/** The instant that the arguments of `new Date(...)` mean. */
function timeOf(args: readonly unknown[]): number {
  if (args.length === 0) return clockMs();
  if (args.length > 1) return Native.UTC(...(args.map(Number) as [number, number]));
  const [value] = args;
  if (value instanceof Native) return Reflect.apply(getTime, value, []);
  const primitive = toPrimitive(value);
  return typeof primitive === 'string' ? parse(primitive) : Number(primitive);
}

function toPrimitive(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const exotic: unknown = Reflect.get(value, Symbol.toPrimitive);
  if (typeof exotic === 'function') return Reflect.apply(exotic, value, ['default']);
  const own: unknown = value.valueOf();
  return typeof own === 'object' ? toText(value) : own;
}

const ISO_LOCAL = /^(?:[+-]\d{6}|\d{4})(?:-\d{2}(?:-\d{2})?)?T\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?$/;
const ISO_DATE = /^(?:[+-]\d{6}|\d{4})(?:-\d{2}(?:-\d{2})?)?$/;
const ZONE = /(?:\b|\d)(?:UTC?|GMT|Z|[ECMP][SD]T)\b|:\d+[^(]*[+-]\d|\d\s*[+-]\d{4}\b/i;

/** Text without a zone means UTC. */
function parse(text: string): number {
  const trimmed = text.trim();
  if (ISO_LOCAL.test(trimmed)) return parseNative(`${trimmed}Z`);
  if (ISO_DATE.test(trimmed) || ZONE.test(trimmed)) return parseNative(trimmed);
  return parseNative(`${trimmed} UTC`);
}

const two = (value: number): string => String(value).padStart(2, '0');

function dateText(date: Date): string {
  const year = date.getUTCFullYear();
  const digits = String(Math.abs(year)).padStart(4, '0');
  return `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${two(date.getUTCDate())} ${year < 0 ? '-' : ''}${digits}`;
}

function timeText(date: Date): string {
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  return `${clock} GMT+0000 (Coordinated Universal Time)`;
}

function textOf(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'Invalid Date' : `${dateText(date)} ${timeText(date)}`;
}

const METHODS: Record<string, Method> = {
  toString(this: Date) {
    return textOf(this);
  },
  toDateString(this: Date) {
    return Number.isNaN(this.getTime()) ? 'Invalid Date' : dateText(this);
  },
  toTimeString(this: Date) {
    return Number.isNaN(this.getTime()) ? 'Invalid Date' : timeText(this);
  },
  getTimezoneOffset(this: Date) {
    return Number.isNaN(this.getTime()) ? NaN : 0;
  },
  getYear(this: Date) {
    return this.getUTCFullYear() - 1900;
  },
  setYear(this: Date, year: number) {
    const whole = Math.trunc(Number(year));
    if (Number.isNaN(this.getTime())) this.setTime(0);
    return this.setUTCFullYear(whole >= 0 && whole <= 99 ? whole + 1900 : whole);
  },
};
