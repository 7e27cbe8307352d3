/**
 * Times and durations as plain numbers in milliseconds, as the codec gives them.
 * A time counts from the Unix epoch; both may have a fraction.
 */

/** Milliseconds since the Unix epoch. */
export type TimeMs = number;
/** Milliseconds. */
export type DurationMs = number;

/** The longest duration protobuf allows, about 10,000 years. */
export const DURATION_MS_MAX: DurationMs = 315_576_000_000_000;
/** The end of the year 9999, the last time protobuf allows. */
export const TIME_MS_MAX: TimeMs = 253_402_300_799_999;

/** The nearest duration within `[min, max]`; `min` when it is not a number. */
export function clampDurationMs(value: DurationMs, min: DurationMs = 0, max: DurationMs = DURATION_MS_MAX): DurationMs {
  return value > min ? Math.min(value, max) : min;
}

/** `time + duration`, at most the last time that protobuf can express. */
export function addMs(time: TimeMs, duration: DurationMs): TimeMs {
  return Math.min(time + duration, TIME_MS_MAX);
}

/** The smaller of two durations of which 0 or undefined means "no limit"; 0 when neither limits. */
export function tighterLimitMs(a: DurationMs | undefined, b: DurationMs | undefined): DurationMs {
  if (!a || a <= 0) return b && b > 0 ? b : 0;
  return !b || b <= 0 ? a : Math.min(a, b);
}

/** A time as RFC 3339 in UTC with milliseconds: `2026-01-31T08:00:00.000Z`. */
export function formatTimeMs(time: TimeMs): string {
  const bounded = Math.max(-62_135_596_800_000, Math.min(TIME_MS_MAX, time));
  return new Date(Math.floor(bounded)).toISOString();
}

const UNITS: readonly (readonly [string, number])[] = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
];

/** A duration the way Go programs print it: `1h30m`, `2.5s`, `250ms`, `0s`. */
export function formatDurationMs(duration: DurationMs): string {
  if (duration < 0) return `-${formatDurationMs(-duration)}`;
  if (duration === 0) return '0s';
  if (duration < 1000) return `${trimFraction(duration)}ms`;
  let rest = duration;
  let text = '';
  for (const [unit, sizeMs] of UNITS) {
    const count = unit === 's' ? Math.round((rest / sizeMs) * 1e6) / 1e6 : Math.floor(rest / sizeMs);
    if (count === 0) continue;
    text += `${count}${unit}`;
    rest -= count * sizeMs;
  }
  return text;
}

function trimFraction(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
