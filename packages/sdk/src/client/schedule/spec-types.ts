/** When a schedule acts: calendars, intervals, cron expressions. */
import type { Duration } from '../../conversion/duration.js';

export const MONTHS = [
  'JANUARY',
  'FEBRUARY',
  'MARCH',
  'APRIL',
  'MAY',
  'JUNE',
  'JULY',
  'AUGUST',
  'SEPTEMBER',
  'OCTOBER',
  'NOVEMBER',
  'DECEMBER',
] as const;
export type Month = (typeof MONTHS)[number];

export const DAYS_OF_WEEK = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'] as const;
export type DayOfWeek = (typeof DAYS_OF_WEEK)[number];

/** From `start` to `end`, both included, each `step`th. */
export interface Range<Unit> {
  start: Unit;
  end: Unit;
  step: number;
}

/** A range, the beginning of one (the end is the start, the step 1), or one value. */
export type LooseRange<Unit> = { start: Unit; end?: Unit | undefined; step?: number | undefined } | Unit;

type Field<Unit> = LooseRange<Unit> | LooseRange<Unit>[] | '*';

/** The times at which all fields match. */
export interface CalendarSpec {
  /** 0 to 59. Default 0. */
  second?: Field<number> | undefined;
  /** 0 to 59. Default 0. */
  minute?: Field<number> | undefined;
  /** 0 to 23. Default 0. */
  hour?: Field<number> | undefined;
  /** 1 to 31. Default: all. */
  dayOfMonth?: Field<number> | undefined;
  /** Default: all. */
  month?: Field<Month> | undefined;
  /** Default: all. */
  year?: Field<number> | undefined;
  /** Default: all. */
  dayOfWeek?: Field<DayOfWeek> | undefined;
  /** For people. */
  comment?: string | undefined;
}

export interface CalendarSpecDescription {
  second: Range<number>[];
  minute: Range<number>[];
  hour: Range<number>[];
  dayOfMonth: Range<number>[];
  month: Range<Month>[];
  /** Empty: all. */
  year: Range<number>[];
  dayOfWeek: Range<DayOfWeek>[];
  comment?: string | undefined;
}

/** Every `every`, counted from the epoch, moved by `offset`: every hour and an offset of 19 minutes are 0:19, 1:19, … */
export interface IntervalSpec {
  every: Duration;
  /** Default 0. */
  offset?: Duration | undefined;
}

/** Milliseconds. */
export interface IntervalSpecDescription {
  every: number;
  offset: number;
}

/** The schedule acts at all times that any part names, but for those that `skip` names. */
export interface ScheduleSpec {
  calendars?: CalendarSpec[] | undefined;
  intervals?: IntervalSpec[] | undefined;
  /** Such as `0 12 * * MON-FRI` or `@every 90s`; the server turns them into calendars. */
  cronExpressions?: string[] | undefined;
  skip?: CalendarSpec[] | undefined;
  /** Nothing before this time. */
  startAt?: Date | undefined;
  /** Nothing after this time. */
  endAt?: Date | undefined;
  /** Each time is put off at random by up to this much. Default: none. */
  jitter?: Duration | undefined;
  /** Of calendars and cron expressions, such as `Europe/Berlin`. Default UTC. */
  timezone?: string | undefined;
}

/** As the server has it: cron expressions have become calendars, durations are milliseconds. */
export interface ScheduleSpecDescription {
  calendars?: CalendarSpecDescription[] | undefined;
  intervals?: IntervalSpecDescription[] | undefined;
  skip?: CalendarSpecDescription[] | undefined;
  startAt?: Date | undefined;
  endAt?: Date | undefined;
  jitter?: number | undefined;
  timezone?: string | undefined;
}
