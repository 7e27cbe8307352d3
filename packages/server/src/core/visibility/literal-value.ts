/**
 * A literal of a query → the value it is compared as, by the attribute's type. Times and durations become
 * milliseconds.
 */
import { ATTRIBUTE_TYPE } from './attributes.js';
import type { Attribute } from './attributes.js';
import { accept, refuse } from './refusal.js';
import type { Outcome } from './refusal.js';
import type { Literal } from './syntax-tree.js';

/** Bool compares as 0 and 1, so that every value has one order. */
export type FilterValue = string | number;

/** Index = WorkflowExecutionStatus. */
export const EXECUTION_STATUS_NAMES = [
  'Unspecified',
  'Running',
  'Completed',
  'Failed',
  'Canceled',
  'Terminated',
  'ContinuedAsNew',
  'TimedOut',
  'Paused',
] as const;

export function convertLiteral(attribute: Attribute, literal: Literal, nowMs: number): Outcome<FilterValue> {
  if (attribute.name === 'ExecutionStatus') return convertStatus(attribute, literal);
  if (attribute.name === 'ExecutionDuration') return convertDuration(attribute, literal);
  switch (attribute.type) {
    case ATTRIBUTE_TYPE.keyword:
    case ATTRIBUTE_TYPE.keywordList:
    case ATTRIBUTE_TYPE.text:
      return literal.kind === 'string' ? accept(literal.text) : wrongType(attribute, literal, 'write a quoted string');
    case ATTRIBUTE_TYPE.int:
    case ATTRIBUTE_TYPE.double:
      return literal.kind === 'number' ? accept(Number(literal.text)) : wrongType(attribute, literal, 'write a number');
    case ATTRIBUTE_TYPE.bool:
      if (literal.kind !== 'boolean') return wrongType(attribute, literal, 'write true or false without quotes');
      return accept(literal.value ? 1 : 0);
    case ATTRIBUTE_TYPE.datetime:
      return convertTime(attribute, literal, nowMs);
  }
}

const STATUS_ADVICE = `use one of ${EXECUTION_STATUS_NAMES.slice(1).join(', ')}, or its number`;

function convertStatus(attribute: Attribute, literal: Literal): Outcome<number> {
  let status: number;
  if (literal.kind === 'number') status = Number(literal.text);
  else if (literal.kind === 'string') status = statusNumber(literal.text);
  else return wrongType(attribute, literal, STATUS_ADVICE);
  if (EXECUTION_STATUS_NAMES[status] !== undefined) return accept(status);
  return refuse({ kind: 'invalidValue', attribute, value: printLiteral(literal), advice: STATUS_ADVICE });
}

/** Both spellings that the API prints: TimedOut and WORKFLOW_EXECUTION_STATUS_TIMED_OUT. -1 for any other text. */
function statusNumber(text: string): number {
  return EXECUTION_STATUS_NAMES.findIndex((name) => {
    const constant = name.replace(/(?<=.)[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
    return text === name || text === `WORKFLOW_EXECUTION_STATUS_${constant}`;
  });
}

const TIME_ADVICE = "write RFC 3339 such as '2024-06-01T12:00:00Z', or integer nanoseconds since 1970";

function convertTime(attribute: Attribute, literal: Literal, nowMs: number): Outcome<number> {
  let timeMs: number | undefined;
  switch (literal.kind) {
    case 'string':
      timeMs = parseTimeMs(literal.text);
      break;
    case 'number':
      timeMs = nanosecondsToMs(literal.text);
      break;
    case 'now': {
      const offsetMs = literal.offset === '' ? 0 : parseUnitsMs(literal.offset.toLowerCase());
      timeMs = offsetMs === undefined ? undefined : nowMs + literal.sign * offsetMs;
      break;
    }
    case 'boolean':
      return wrongType(attribute, literal, TIME_ADVICE);
  }
  if (timeMs !== undefined) return accept(timeMs);
  return refuse({ kind: 'invalidValue', attribute, value: printLiteral(literal), advice: TIME_ADVICE });
}

const DURATION_ADVICE = "write integer nanoseconds, a duration such as '1h30m', or 'hh:mm:ss'";

function convertDuration(attribute: Attribute, literal: Literal): Outcome<number> {
  if (literal.kind !== 'string' && literal.kind !== 'number') return wrongType(attribute, literal, DURATION_ADVICE);
  const { text } = literal;
  const durationMs =
    nanosecondsToMs(text) ?? (literal.kind === 'string' ? (parseUnitsMs(text) ?? parseClockMs(text)) : undefined);
  if (durationMs !== undefined) return accept(durationMs);
  return refuse({ kind: 'invalidValue', attribute, value: printLiteral(literal), advice: DURATION_ADVICE });
}

/** Integer nanoseconds → milliseconds with a fraction. Whole milliseconds stay exact at any size. */
function nanosecondsToMs(text: string): number | undefined {
  if (!/^[+-]?\d{1,30}$/.test(text)) return undefined;
  const nanoseconds = BigInt(text.replace(/^\+/, ''));
  return Number(nanoseconds / 1_000_000n) + Number(nanoseconds % 1_000_000n) / 1e6;
}

const UNIT_NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3, // micro sign
  μs: 1e3, // Greek mu
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
  d: 86_400e9,
  w: 604_800e9,
};

/** `1h30m`, `-1.5h`, `2d`. Rounded to whole nanoseconds, else 1.1s would not equal 1,100 ms. */
function parseUnitsMs(text: string): number | undefined {
  const parts = /^([+-]?)((?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|[uµμ]s|ms|[smhdw]))+)$/.exec(text);
  if (parts === null) return undefined;
  let nanoseconds = 0;
  for (const [, amount, unit] of (parts[2] ?? '').matchAll(/([\d.]+)(\D+)/g)) {
    nanoseconds += Number(amount) * (UNIT_NANOSECONDS[unit ?? ''] ?? 0);
  }
  return ((parts[1] === '-' ? -1 : 1) * Math.round(nanoseconds)) / 1e6;
}

function parseClockMs(text: string): number | undefined {
  const parts = /^(\d{1,9}):([0-5]?\d):([0-5]?\d)$/.exec(text);
  if (parts === null) return undefined;
  return (Number(parts[1]) * 3600 + Number(parts[2]) * 60 + Number(parts[3])) * 1000;
}

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,30})?(?:Z|([+-])(\d\d):(\d\d))$/i;

/** RFC 3339 → milliseconds since the epoch with a fraction; undefined for dates that do not exist. */
function parseTimeMs(text: string): number | undefined {
  const parts = RFC_3339.exec(text);
  if (parts === null) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const date = new Date(0);
  // Date.UTC would read the years 0 to 99 as 1900 to 1999.
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const isReal =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  const [offsetHours, offsetMinutes] = [Number(parts[9] ?? 0), Number(parts[10] ?? 0)];
  if (!isReal || offsetHours >= 24 || offsetMinutes >= 60) return undefined;
  const offsetMs = (parts[8] === '-' ? -1 : 1) * (offsetHours * 60 + offsetMinutes) * 60_000;
  // Nanoseconds are the finest unit of the API; a sum in nanoseconds would not fit a number.
  const fractionMs = Number((parts[7] ?? '.0').slice(1).padEnd(9, '0').slice(0, 9)) / 1e6;
  return date.getTime() - offsetMs + fractionMs;
}

const LITERAL_TYPE_NAMES: Readonly<Record<Literal['kind'], string>> = {
  string: 'string',
  number: 'number',
  boolean: 'bool',
  now: 'time',
};

function wrongType(attribute: Attribute, literal: Literal, advice: string): Outcome<never> {
  const valueType = LITERAL_TYPE_NAMES[literal.kind];
  return refuse({ kind: 'wrongType', attribute, value: printLiteral(literal), valueType, advice });
}

function printLiteral(literal: Literal): string {
  switch (literal.kind) {
    case 'string':
      return JSON.stringify(literal.text);
    case 'number':
      return literal.text;
    case 'boolean':
      return String(literal.value);
    case 'now':
      return literal.offset === '' ? 'NOW()' : `NOW() ${literal.sign === 1 ? '+' : '-'} ${literal.offset}`;
  }
}
