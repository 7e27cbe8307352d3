/** Durations as people write them. */
import { ValueError } from './errors.js';

type UnitName =
  | 'ms'
  | 'msec'
  | 'msecs'
  | 'millisecond'
  | 'milliseconds'
  | 's'
  | 'sec'
  | 'secs'
  | 'second'
  | 'seconds'
  | 'm'
  | 'min'
  | 'mins'
  | 'minute'
  | 'minutes'
  | 'h'
  | 'hr'
  | 'hrs'
  | 'hour'
  | 'hours'
  | 'd'
  | 'day'
  | 'days'
  | 'w'
  | 'week'
  | 'weeks'
  | 'y'
  | 'yr'
  | 'yrs'
  | 'year'
  | 'years';

/** A text such as `'30s'`, `'1.5 hours'` or `'2d'`; a bare number counts milliseconds. */
export type DurationText = `${number}` | `${number}${UnitName}` | `${number} ${UnitName}`;

/** Milliseconds as a number, or a text such as `'30s'`, `'5 minutes'`, `'1d'`. A year has 365.25 days. */
export type Duration = DurationText | number;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const unitMs: readonly (readonly [names: RegExp, sizeMs: number])[] = [
  [/^(ms|msecs?|milliseconds?)$/, 1],
  [/^(s|secs?|seconds?)$/, SECOND],
  [/^(m|mins?|minutes?)$/, MINUTE],
  [/^(h|hrs?|hours?)$/, HOUR],
  [/^(d|days?)$/, DAY],
  [/^(w|weeks?)$/, 7 * DAY],
  [/^(y|yrs?|years?)$/, 365.25 * DAY],
];

/** The duration in milliseconds. Throws ValueError for a text that is none, for negative numbers and for NaN. */
export function durationMs(duration: Duration): number {
  const ms = typeof duration === 'number' ? duration : parseDuration(duration);
  if (!Number.isFinite(ms) || ms < 0) throw notADuration(duration);
  return ms;
}

/** The same for a duration that may be left out. */
export function optionalDurationMs(duration: Duration | null | undefined): number | undefined {
  return duration === undefined || duration === null ? undefined : durationMs(duration);
}

function parseDuration(text: string): number {
  const [, count, unit = ''] = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const size = unit === '' ? 1 : unitMs.find(([names]) => names.test(unit.toLowerCase()))?.[1];
  if (count === undefined || size === undefined) throw notADuration(text);
  return Number(count) * size;
}

function notADuration(value: unknown): ValueError {
  return new ValueError(
    `${JSON.stringify(value) ?? String(value)} is not a duration: give milliseconds (30000) or a text such as '30s', '5 minutes', '1d'`,
  );
}
