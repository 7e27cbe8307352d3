/** Specs to the wire and back. */
import type { Init, Range as WireRange, ScheduleSpec as WireSpec, StructuredCalendarSpec } from '@perdure/protocol';
import { durationMs, optionalDurationMs } from '../../conversion/duration.js';
import { ValueError } from '../../conversion/errors.js';
import { DAYS_OF_WEEK, MONTHS } from './spec-types.js';
import type {
  CalendarSpec,
  CalendarSpecDescription,
  Range,
  ScheduleSpec,
  ScheduleSpecDescription,
} from './spec-types.js';

/** Throws ValueError for values that a calendar does not have. */
export function encodeScheduleSpec(spec: ScheduleSpec): Init<WireSpec> {
  return {
    structuredCalendar: spec.calendars?.map(encodeCalendar),
    interval: spec.intervals?.map(({ every, offset }) => ({
      interval: durationMs(every),
      phase: optionalDurationMs(offset),
    })),
    cronString: spec.cronExpressions,
    excludeStructuredCalendar: spec.skip?.map(encodeCalendar),
    startTime: spec.startAt?.getTime(),
    endTime: spec.endAt?.getTime(),
    jitter: optionalDurationMs(spec.jitter),
    timezoneName: spec.timezone,
  };
}

export function decodeScheduleSpec(spec: WireSpec): ScheduleSpecDescription {
  return {
    calendars: spec.structuredCalendar.map(decodeCalendar),
    intervals: spec.interval.map(({ interval = 0, phase = 0 }) => ({ every: interval, offset: phase })),
    skip: spec.excludeStructuredCalendar.map(decodeCalendar),
    startAt: optionalDate(spec.startTime),
    endAt: optionalDate(spec.endTime),
    jitter: spec.jitter,
    timezone: spec.timezoneName || undefined,
  };
}

export function optionalDate(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(ms);
}

interface FieldRule {
  /** The number of a value; undefined when it is none of this field. */
  readonly number: (value: unknown) => number | undefined;
  readonly whenAbsent: readonly WireRange[];
  readonly all: readonly WireRange[];
  readonly accepted: string;
}

function numbers(first: number, last: number, whenAbsent: 'zero' | 'all'): FieldRule {
  const all = [{ start: first, end: last, step: 1 }];
  return {
    number: (value) =>
      typeof value === 'number' && Number.isInteger(value) && value >= first && value <= last ? value : undefined,
    whenAbsent: whenAbsent === 'all' ? all : [{ start: 0, end: 0, step: 1 }],
    all,
    accepted: `a whole number from ${first} to ${last}`,
  };
}

function names(list: readonly string[], first: number): FieldRule {
  const all = [{ start: first, end: first + list.length - 1, step: 1 }];
  return {
    number: (value) => {
      const index = list.indexOf(value as string);
      return index < 0 ? undefined : index + first;
    },
    whenAbsent: all,
    all,
    accepted: `one of ${list.join(', ')}`,
  };
}

const rules = {
  second: numbers(0, 59, 'zero'),
  minute: numbers(0, 59, 'zero'),
  hour: numbers(0, 23, 'zero'),
  dayOfMonth: numbers(1, 31, 'all'),
  month: names(MONTHS, 1),
  // No range at all is every year.
  year: { ...numbers(1970, 9999, 'all'), whenAbsent: [], all: [] },
  dayOfWeek: names(DAYS_OF_WEEK, 0),
} as const;

function encodeCalendar(calendar: CalendarSpec): Init<StructuredCalendarSpec> {
  const fields = Object.entries(rules).map(
    ([name, rule]) => [name, encodeField(name, rule, calendar[name as keyof typeof rules])] as const,
  );
  return { ...Object.fromEntries(fields), comment: calendar.comment };
}

function encodeField(name: string, rule: FieldRule, field: unknown): readonly WireRange[] {
  if (field === undefined) return rule.whenAbsent;
  if (field === '*') return rule.all;
  return (Array.isArray(field) ? (field as unknown[]) : [field]).map((item) => encodeRange(name, rule, item));
}

function encodeRange(name: string, rule: FieldRule, item: unknown): WireRange {
  const isRange = typeof item === 'object' && item !== null;
  const { start: first, end: last = first, step = 1 } = (isRange ? item : { start: item }) as Partial<Range<unknown>>;
  const start = rule.number(first);
  const end = rule.number(last);
  if (start === undefined || end === undefined || !Number.isInteger(step) || step < 1) {
    throw new ValueError(
      `${JSON.stringify(item)} is nothing that \`${name}\` of a calendar can be: use ${rule.accepted}, ` +
        'a range { start, end, step }, a list of these, or *',
    );
  }
  return { start, end, step };
}

function decodeCalendar(calendar: StructuredCalendarSpec): CalendarSpecDescription {
  return {
    second: calendar.second.map((range) => decodeRange(range, Number)),
    minute: calendar.minute.map((range) => decodeRange(range, Number)),
    hour: calendar.hour.map((range) => decodeRange(range, Number)),
    dayOfMonth: calendar.dayOfMonth.map((range) => decodeRange(range, Number)),
    month: calendar.month.map((range) => decodeRange(range, (month) => MONTHS[month - 1] ?? 'JANUARY')),
    year: calendar.year.map((range) => decodeRange(range, Number)),
    dayOfWeek: calendar.dayOfWeek.map((range) => decodeRange(range, (day) => DAYS_OF_WEEK[day % 7] ?? 'SUNDAY')),
    comment: calendar.comment || undefined,
  };
}

/** On the wire an end before the start is the start, and a step of 0 is 1. */
function decodeRange<Unit>({ start, end, step }: WireRange, unit: (value: number) => Unit): Range<Unit> {
  return { start: unit(start), end: unit(Math.max(start, end)), step: Math.max(1, step) };
}
