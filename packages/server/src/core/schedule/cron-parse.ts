/**
 * Cron text: five fields (minute, hour, day of month, month, day of week), `@daily` and its like, or `@every 1h30m`,
 * each with an optional `CRON_TZ=Zone ` or `TZ=Zone ` in front.
 */
import { parseGoDuration } from './go-duration.js';
import { UTC, zoneNamed } from './zone.js';
import type { Zone } from './zone.js';

/** Local wall times at which the minute, hour, month and day match. */
export interface CalendarSpec {
  readonly kind: 'calendar';
  readonly zone: Zone;
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: readonly number[];
  /** 1..12 */
  readonly months: readonly number[];
  /** 0..6, Sunday first */
  readonly daysOfWeek: readonly number[];
  /** One of the two day fields contains a plain star: both must match. Else one of them is enough. */
  readonly mustMatchBothDays: boolean;
}

/** Points at a fixed distance, whole seconds, at least one. */
export interface EverySpec {
  readonly kind: 'every';
  readonly everyMs: number;
}

export type CronSpec = CalendarSpec | EverySpec;
export interface CronError {
  readonly error: string;
}

interface FieldRule {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of `min`, `min + 1` and so on. */
  readonly names: readonly string[];
}

interface Field {
  readonly values: readonly number[];
  readonly hasStar: boolean;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MINUTE: FieldRule = { name: 'minute', min: 0, max: 59, names: [] };
const HOUR: FieldRule = { name: 'hour', min: 0, max: 23, names: [] };
const DAY_OF_MONTH: FieldRule = { name: 'day of month', min: 1, max: 31, names: [] };
const MONTH: FieldRule = { name: 'month', min: 1, max: 12, names: MONTHS };
const DAY_OF_WEEK: FieldRule = { name: 'day of week', min: 0, max: 6, names: DAYS };

const NICKNAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

export function parseCron(text: string): CronSpec | CronError {
  try {
    return parseZoned(text);
  } catch (refusal) {
    if (refusal instanceof CronRefusal) return { error: refusal.message };
    throw refusal;
  }
}

/** Leaves the parser from any depth; never leaves this file. */
class CronRefusal extends Error {}

function refuse(message: string): never {
  throw new CronRefusal(message);
}

function parseZoned(text: string): CronSpec {
  const prefix = /^(?:CRON_TZ|TZ)=(\S*)(?:\s+|$)/.exec(text);
  if (prefix === null) return parseBody(text.trim(), UTC);
  const name = prefix[1] ?? '';
  const zone = zoneNamed(name) ?? refuse(`unknown time zone "${name}": use an IANA name such as Europe/Berlin`);
  return parseBody(text.slice(prefix[0].length).trim(), zone);
}

function parseBody(text: string, zone: Zone): CronSpec {
  if (text === '') return refuse('the cron schedule is empty');
  if (text.startsWith('@every ')) return parseEvery(text.slice('@every '.length));
  if (!text.startsWith('@')) return parseFields(text, zone);
  const meaning = Object.hasOwn(NICKNAMES, text) ? NICKNAMES[text] : undefined;
  return meaning === undefined
    ? refuse(`unknown schedule "${text}": use one of ${Object.keys(NICKNAMES).join(', ')} or "@every <duration>"`)
    : parseFields(meaning, zone);
}

function parseEvery(text: string): EverySpec {
  const durationNs = parseGoDuration(text) ?? refuse(`"${text}" is no duration: write it like 1h30m or 90s`);
  const seconds = durationNs / 1_000_000_000n;
  return { kind: 'every', everyMs: Number(seconds < 1n ? 1n : seconds) * 1000 };
}

function parseFields(text: string, zone: Zone): CalendarSpec {
  const fields = text.split(/\s+/);
  const [minute, hour, dayOfMonth, month, dayOfWeek] = fields;
  if (fields.length !== 5 || minute === undefined || hour === undefined) {
    return refuse(`expected 5 fields (minute, hour, day of month, month, day of week), found ${fields.length}`);
  }
  const days = parseField(dayOfMonth ?? '', DAY_OF_MONTH);
  const weekdays = parseField(dayOfWeek ?? '', DAY_OF_WEEK);
  return {
    kind: 'calendar',
    zone,
    minutes: parseField(minute, MINUTE).values,
    hours: parseField(hour, HOUR).values,
    daysOfMonth: days.values,
    months: parseField(month ?? '', MONTH).values,
    daysOfWeek: weekdays.values,
    mustMatchBothDays: days.hasStar || weekdays.hasStar,
  };
}

function parseField(text: string, rule: FieldRule): Field {
  const ranges = text.split(',').filter((part) => part !== '');
  if (ranges.length === 0) return refuse(`the ${rule.name} field is empty`);
  const values = new Set<number>();
  let hasStar = false;
  for (const range of ranges) hasStar = parseRange(range, rule, values) || hasStar;
  return { values: [...values].sort((a, b) => a - b), hasStar };
}

/** Adds the values of `*`, `n`, `n-m`, and each with `/step`; true if it is a star without a step. */
function parseRange(text: string, rule: FieldRule, values: Set<number>): boolean {
  const [span = '', stepText, ...moreSlashes] = text.split('/');
  const [low = '', high, ...moreHyphens] = span.split('-');
  if (moreSlashes.length > 0 || moreHyphens.length > 0) return refuse(`the ${rule.name} "${text}" is malformed`);
  const isStar = low === '*' || low === '?';
  const start = isStar ? rule.min : parseValue(low, rule);
  const step = stepText === undefined ? 1 : parseNumber(stepText, rule);
  let end = isStar ? rule.max : high === undefined ? start : parseValue(high, rule);
  // `5/15` means from 5 on, not 5 alone.
  if (stepText !== undefined && high === undefined) end = rule.max;
  if (start < rule.min || end > rule.max) {
    return refuse(`the ${rule.name} "${text}" is outside ${rule.min} to ${rule.max}`);
  }
  if (start > end) return refuse(`the ${rule.name} range "${text}" ends before it begins`);
  if (step === 0) return refuse(`the step of the ${rule.name} "${text}" must be at least 1`);
  for (let value = start; value <= end; value += step) values.add(value);
  return isStar && step === 1;
}

function parseValue(text: string, rule: FieldRule): number {
  const index = rule.names.indexOf(text.toLowerCase());
  return index >= 0 ? rule.min + index : parseNumber(text, rule);
}

function parseNumber(text: string, rule: FieldRule): number {
  if (!/^\+?\d{1,9}$/.test(text)) return refuse(`the ${rule.name} contains "${text}", which is not a number`);
  return Number(text);
}
