/** Cron schedules: what a text means, its next point, and how long the next run of a workflow waits for it. */
import { parseCron } from './cron-parse.js';
import type { CalendarSpec, CronSpec } from './cron-parse.js';
import { offsetSpans } from './zone.js';

export { parseCron } from './cron-parse.js';
export type { CalendarSpec, CronError, CronSpec, EverySpec } from './cron-parse.js';

/** There is no next run: the text is no schedule, or has no more points. */
export const NO_CRON_BACKOFF_MS = -1;

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const YEARS_AHEAD = 5;

/**
 * The first point after that moment; undefined if none comes within five years (to the end of the fifth).
 * Where the clock is set forward, local times that do not exist are skipped; where it is set back, repeated ones
 * are points twice.
 */
export function nextCronTime(spec: CronSpec, afterMs: number): number | undefined {
  const wholeMs = Math.floor(afterMs / SECOND_MS) * SECOND_MS;
  if (spec.kind === 'every') return wholeMs + spec.everyMs;
  return nextCalendarTime(spec, wholeMs + SECOND_MS);
}

/**
 * How long after its close a run is followed by the next one: points are counted from the run's start, the first one
 * after the close counts, rounded up to whole seconds. `NO_CRON_BACKOFF_MS` if there is none.
 * For the wait of a first run pass its start twice.
 */
export function cronBackoffMs(cronSchedule: string, startTimeMs: number, closeTimeMs: number): number {
  const spec = parseCron(cronSchedule);
  if ('error' in spec) return NO_CRON_BACKOFF_MS;
  const nextMs = nextPointMs(spec, startTimeMs, closeTimeMs);
  if (nextMs === undefined) return NO_CRON_BACKOFF_MS;
  return Math.ceil((nextMs - closeTimeMs) / SECOND_MS) * SECOND_MS;
}

function nextPointMs(spec: CronSpec, startTimeMs: number, closeTimeMs: number): number | undefined {
  // The run's start is itself a point: a run that was closed before it began goes on when it would have begun.
  if (closeTimeMs < startTimeMs) return startTimeMs;
  // Points of a calendar do not depend on where the count begins.
  if (spec.kind === 'calendar') return nextCronTime(spec, closeTimeMs);
  const originMs = Math.floor(startTimeMs / SECOND_MS) * SECOND_MS;
  return originMs + (Math.floor((closeTimeMs - originMs) / spec.everyMs) + 1) * spec.everyMs;
}

function nextCalendarTime(spec: CalendarSpec, fromMs: number): number | undefined {
  // Days are walked in local time, as if it were UTC.
  let dayMs = Math.floor((fromMs + spec.zone.offsetMs(fromMs)) / DAY_MS) * DAY_MS;
  const yearMax = new Date(dayMs).getUTCFullYear() + YEARS_AHEAD;
  for (;;) {
    const date = new Date(dayMs);
    if (date.getUTCFullYear() > yearMax) return undefined;
    if (!spec.months.includes(date.getUTCMonth() + 1)) {
      dayMs = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
      continue;
    }
    const foundMs = isDayMatching(spec, date) ? firstOfDay(spec, dayMs, fromMs) : undefined;
    if (foundMs !== undefined) return foundMs;
    dayMs += DAY_MS;
  }
}

function isDayMatching(spec: CalendarSpec, date: Date): boolean {
  const isDayOfMonth = spec.daysOfMonth.includes(date.getUTCDate());
  const isDayOfWeek = spec.daysOfWeek.includes(date.getUTCDay());
  return spec.mustMatchBothDays ? isDayOfMonth && isDayOfWeek : isDayOfMonth || isDayOfWeek;
}

/** The first match of a local day at `fromMs` or later: in each stretch with one offset, local time runs evenly. */
function firstOfDay(spec: CalendarSpec, dayMs: number, fromMs: number): number | undefined {
  const roughlyMs = dayMs - spec.zone.offsetMs(dayMs);
  for (const span of offsetSpans(spec.zone, roughlyMs - DAY_MS, roughlyMs + 2 * DAY_MS)) {
    const beginsMs = dayMs - span.offsetMs;
    const earliest = Math.max(fromMs, span.fromMs) - beginsMs;
    const timeMs = firstTimeOfDay(spec, earliest);
    if (timeMs !== undefined && beginsMs + timeMs < span.toMs) return beginsMs + timeMs;
  }
  return undefined;
}

/** Milliseconds since local midnight. */
function firstTimeOfDay(spec: CalendarSpec, earliestMs: number): number | undefined {
  for (const hour of spec.hours) {
    if ((hour + 1) * HOUR_MS <= earliestMs) continue;
    for (const minute of spec.minutes) {
      const timeMs = hour * HOUR_MS + minute * MINUTE_MS;
      if (timeMs >= earliestMs) return timeMs;
    }
  }
  return undefined;
}
