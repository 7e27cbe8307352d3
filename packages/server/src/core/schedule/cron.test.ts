import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_CRON_BACKOFF_MS, cronBackoffMs, nextCronTime, parseCron } from './cron.js';
import type { CronSpec } from './cron.js';
import { parseGoDuration } from './go-duration.js';

function spec(text: string): CronSpec {
  const parsed = parseCron(text);
  if ('error' in parsed) assert.fail(`${text}: ${parsed.error}`);
  return parsed;
}

function next(text: string, after: string): string | undefined {
  const nextMs = nextCronTime(spec(text), Date.parse(after));
  return nextMs === undefined ? undefined : new Date(nextMs).toISOString();
}

function iso(text: string): string {
  return new Date(Date.parse(text)).toISOString();
}

test('is a time a point of the schedule', () => {
  const rows: [time: string, schedule: string, isPoint: boolean][] = [
    ['2012-07-09T15:00Z', '0/15 * * * *', true],
    ['2012-07-09T15:45Z', '0/15 * * * *', true],
    ['2012-07-09T15:40Z', '0/15 * * * *', false],
    ['2012-07-09T15:20Z', '5/15 * * * *', true],
    ['2012-07-09T15:50Z', '5/15 * * * *', true],
    ['2012-07-09T15:00Z', '5/15 * * * *', false],
    ['2012-07-15T15:00Z', '0/15 * * Jul *', true],
    ['2012-07-15T15:00Z', '0/15 * * Jun *', false],
    ['2012-07-15T08:30Z', '30 08 ? Jul Sun', true],
    ['2012-07-15T08:30Z', '30 08 15 Jul ?', true],
    ['2012-07-16T08:30Z', '30 08 ? Jul Sun', false],
    ['2012-07-16T08:30Z', '30 08 15 Jul ?', false],
    ['2012-07-09T15:00Z', '@hourly', true],
    ['2012-07-09T15:04Z', '@hourly', false],
    ['2012-07-09T15:00Z', '@daily', false],
    ['2012-07-09T00:00Z', '@midnight', true],
    ['2012-07-09T00:00Z', '@weekly', false],
    ['2012-07-08T00:00Z', '@weekly', true],
    ['2012-07-08T00:00Z', '@monthly', false],
    ['2012-07-01T00:00Z', '@monthly', true],
    ['2012-07-01T00:00Z', '@yearly', false],
    ['2012-01-01T00:00Z', '@annually', true],
    // Both day fields given: one of them is enough.
    ['2012-07-15T00:00Z', '* * 1,15 * Sun', true],
    ['2012-06-15T00:00Z', '* * 1,15 * Sun', true],
    ['2012-08-01T00:00Z', '* * 1,15 * Sun', true],
    // A star in one of them: both must match.
    ['2012-07-15T00:00Z', '* * * * Mon', false],
    ['2012-07-09T00:00Z', '* * 1,15 * *', false],
    ['2012-07-15T00:00Z', '* * 1,15 * *', true],
    // A star with a step above 1 is a list like any other.
    ['2012-07-15T00:00Z', '* * */10 * Sun', true],
    ['2012-07-11T00:00Z', '* * */10 * Sun', true],
    ['2012-07-12T00:00Z', '* * */10 * Sun', false],
    ['2012-07-15T00:00Z', '* * */1 * Mon', false],
  ];
  for (const [time, schedule, isPoint] of rows) {
    const nextMs = nextCronTime(spec(schedule), Date.parse(time) - 1_000);
    assert.equal(nextMs === Date.parse(time), isPoint, `${schedule} at ${time}`);
  }
});

test('the next point', () => {
  const rows: [after: string, schedule: string, expected: string | undefined][] = [
    ['2012-07-09T14:45Z', '0/15 * * * *', '2012-07-09T15:00Z'],
    ['2012-07-09T14:59:59.999Z', '0/15 * * * *', '2012-07-09T15:00Z'],
    ['2012-07-09T15:00:00.000Z', '0/15 * * * *', '2012-07-09T15:15Z'],
    ['2012-07-09T15:45Z', '20-35/15 * * * *', '2012-07-09T16:20Z'],
    ['2012-07-09T23:46Z', '*/15 * * * *', '2012-07-10T00:00Z'],
    ['2012-07-09T23:45Z', '20-35/15 * * * *', '2012-07-10T00:20Z'],
    ['2012-07-09T23:35:51Z', '20-35/15 1/2 * * *', '2012-07-10T01:20Z'],
    ['2012-07-09T23:35:51Z', '20-35/15 10-12 * * *', '2012-07-10T10:20Z'],
    ['2012-07-09T23:35:51Z', '20-35/15 1/2 */2 * *', '2012-07-11T01:20Z'],
    ['2012-07-09T23:35:51Z', '20-35/15 * 9-20 Jul *', '2012-07-10T00:20Z'],
    ['2012-07-09T23:35Z', '0 0 9 Apr-Oct ?', '2012-08-09T00:00Z'],
    ['2012-07-09T23:35Z', '0 0 * Feb Mon', '2013-02-04T00:00Z'],
    ['2012-07-09T23:35Z', '0 0 * Feb Mon/2', '2013-02-01T00:00Z'],
    ['2012-12-31T23:59:45Z', '* * * * *', '2013-01-01T00:00Z'],
    ['2012-07-09T23:35Z', '0 0 29 Feb ?', '2016-02-29T00:00Z'],
    ['2012-07-09T23:35Z', '0 0 30 Feb ?', undefined],
    ['2012-07-09T23:35Z', '0 0 31 Apr ?', undefined],
    // 2100 is no leap year: the next 29 February is too far away.
    ['2096-03-01T00:00Z', '0 0 29 2 *', undefined],
    ['2012-07-09T14:45:10.700Z', '@every 1h30m', '2012-07-09T16:15:10Z'],
    ['2012-07-09T14:45:10.700Z', '@every 10ms', '2012-07-09T14:45:11Z'],
    ['2012-07-09T14:45:10Z', '@every 2.9s', '2012-07-09T14:45:12Z'],
    ['2012-07-09T14:45:10Z', '@every -5m', '2012-07-09T14:45:11Z'],
    ['2018-10-17T09:00Z', 'TZ=America/Sao_Paulo 0 9 10 * ?', '2018-11-10T11:00Z'],
    ['2018-02-14T10:00Z', 'CRON_TZ=America/Sao_Paulo 0 9 22 * ?', '2018-02-22T12:00Z'],
    ['2020-01-01T00:00Z', 'CRON_TZ=Asia/Kolkata 0 6 * * *', '2020-01-01T00:30Z'],
    ['2020-01-01T00:00Z', 'TZ=Asia/Tokyo @daily', '2020-01-01T15:00Z'],
    ['2020-06-01T00:00Z', 'CRON_TZ= 0 6 * * *', '2020-06-01T06:00Z'],
  ];
  for (const [after, schedule, expected] of rows) {
    assert.equal(
      next(schedule, after),
      expected === undefined ? undefined : iso(expected),
      `${schedule} from ${after}`,
    );
  }
});

test('daylight saving: skipped times are skipped, repeated ones come twice', () => {
  const zone = 'TZ=America/New_York ';
  const rows: [schedule: string, ...points: string[]][] = [
    ['30 2 11 Mar ?', '2012-03-11T00:00-05:00', '2013-03-11T02:30-04:00'],
    [
      '0 * * * ?',
      '2012-03-11T00:00-05:00',
      '2012-03-11T01:00-05:00',
      '2012-03-11T03:00-04:00',
      '2012-03-11T04:00-04:00',
    ],
    ['0 2 * * ?', '2012-03-11T00:00-05:00', '2012-03-12T02:00-04:00'],
    ['0 3 * * ?', '2012-03-11T00:00-05:00', '2012-03-11T03:00-04:00'],
    ['30 2 04 Nov ?', '2012-11-04T00:00-04:00', '2012-11-04T02:30-05:00'],
    ['30 1 04 Nov ?', '2012-11-04T01:45-04:00', '2012-11-04T01:30-05:00'],
    [
      '0 * * * ?',
      '2012-11-04T00:00-04:00',
      '2012-11-04T01:00-04:00',
      '2012-11-04T01:00-05:00',
      '2012-11-04T02:00-05:00',
    ],
    [
      '0 1 * * ?',
      '2012-11-04T00:00-04:00',
      '2012-11-04T01:00-04:00',
      '2012-11-04T01:00-05:00',
      '2012-11-05T01:00-05:00',
    ],
    ['0 2 * * ?', '2012-11-04T00:00-04:00', '2012-11-04T02:00-05:00', '2012-11-05T02:00-05:00'],
  ];
  for (const [schedule, first = '', ...points] of rows) {
    let at = iso(first);
    for (const point of points) {
      const found = next(zone + schedule, at);
      assert.equal(found, iso(point), `${schedule} from ${at}`);
      at = found;
    }
  }
});

test('a midnight that does not exist, half an hour of summer time, a day that does not exist', () => {
  // Sao Paulo 2018-11-04: 00:00 became 01:00.
  assert.equal(next('TZ=America/Sao_Paulo 30 0 * * *', '2018-11-03T12:00Z'), iso('2018-11-05T00:30-02:00'));
  assert.equal(next('TZ=America/Sao_Paulo 30 1 * * *', '2018-11-03T12:00Z'), iso('2018-11-04T01:30-02:00'));
  // Lord Howe 2024-10-06: 02:00 became 02:30.
  assert.equal(next('TZ=Australia/Lord_Howe 15 2 * * *', '2024-10-05T12:00+11:00'), iso('2024-10-07T02:15+11:00'));
  assert.equal(next('TZ=Australia/Lord_Howe 45 2 * * *', '2024-10-05T12:00+11:00'), iso('2024-10-06T02:45+11:00'));
  // Samoa had no 30 December 2011.
  assert.equal(next('TZ=Pacific/Apia 0 12 30 12 *', '2011-12-01T00:00Z'), iso('2012-12-30T12:00+14:00'));
});

test('every point found is the first minute that matches on the wall clock (by brute force)', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'];
  const schedules = ['*/20 1-3 * * *', '0 0 * * 0', '30 2 31 3 *', '15 1,2 27-31 3,10 Sun'];
  for (const zone of zones) {
    const wall = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      weekday: 'short',
      month: 'short',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    for (const schedule of schedules) {
      const parsed = spec(schedule);
      if (parsed.kind !== 'calendar') assert.fail();
      for (const start of ['2024-03-30T20:00Z', '2024-10-05T10:00Z', '2024-10-26T20:00Z', '2024-11-02T22:00Z']) {
        let expected = Date.parse(start) + 60_000;
        const end = expected + 2 * 86_400_000;
        while (expected < end && !isWallMatch(parsed, wall, expected)) expected += 60_000;
        const found = nextCronTime(spec(`CRON_TZ=${zone} ${schedule}`), Date.parse(start));
        if (expected < end) assert.equal(found, expected, `${zone} ${schedule} ${start}`);
        else assert.ok(found === undefined || found >= end);
      }
    }
  }
});

function isWallMatch(calendar: CronSpec & { kind: 'calendar' }, wall: Intl.DateTimeFormat, atMs: number): boolean {
  const parts = new Map(wall.formatToParts(atMs).map((part) => [part.type, part.value]));
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sept', 'Oct', 'Nov', 'Dec'];
  const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
  const month = months.findIndex((name) => name.startsWith((parts.get('month') ?? '').slice(0, 3))) + 1;
  const isDom = calendar.daysOfMonth.includes(Number(parts.get('day')));
  const isDow = calendar.daysOfWeek.includes(days.indexOf(parts.get('weekday') ?? ''));
  return (
    calendar.minutes.includes(Number(parts.get('minute'))) &&
    calendar.hours.includes(Number(parts.get('hour'))) &&
    calendar.months.includes(month) &&
    (calendar.mustMatchBothDays ? isDom && isDow : isDom || isDow)
  );
}

test('what is refused, and why', () => {
  const rows: [schedule: string, message: RegExp][] = [
    ['', /empty/],
    ['CRON_TZ=UTC', /empty/],
    ['* * * *', /expected 5 fields .* found 4/],
    ['* * * * * *', /found 6/],
    ['60 * * * *', /minute "60" is outside 0 to 59/],
    ['* 24 * * *', /hour/],
    ['* * 0 * *', /day of month "0" is outside 1 to 31/],
    ['* * * 13 *', /month/],
    ['* * * * 7', /day of week "7" is outside 0 to 6/],
    ['5-1 * * * *', /ends before it begins/],
    ['*/0 * * * *', /step/],
    ['1-2-3 * * * *', /malformed/],
    ['1/2/3 * * * *', /malformed/],
    ['x * * * *', /contains "x"/],
    ['-5 * * * *', /not a number/],
    [', * * * *', /empty/],
    ['* * * Foo *', /Foo/],
    ['@often', /@hourly/],
    ['@constructor', /unknown schedule/],
    ['@every', /unknown schedule/],
    ['@every x', /1h30m/],
    ['TZ=Nowhere/Land * * * * *', /Nowhere\/Land/],
    ['TZ=+02:00 * * * * *', /time zone/],
  ];
  for (const [schedule, message] of rows) {
    const parsed = parseCron(schedule);
    assert.ok('error' in parsed, schedule);
    assert.match(parsed.error, message);
  }
});

test('how long the next run waits', () => {
  const [second, minute, hour] = [1_000, 60_000, 3_600_000];
  const rows: [schedule: string, start: string, close: string, expectedMs: number][] = [
    ['0 10 * * *', '2018-12-17T08:00-08:00', '', 18 * hour],
    ['0 10 * * *', '2018-12-18T02:00-08:00', '', 24 * hour],
    ['0 * * * *', '2018-12-17T08:08Z', '', 52 * minute],
    ['0 * * * *', '2018-12-17T09:00Z', '', hour],
    ['* * * * *', '2018-12-17T08:08:18Z', '', 42 * second],
    ['* * * * *', '2018-12-17T08:08:18.500Z', '', 42 * second],
    ['0 10 * * *', '2018-12-17T08:00Z', '2018-12-20T00:00Z', 10 * hour],
    ['0 10 * * *', '2018-12-17T08:00Z', '2018-12-17T09:00Z', hour],
    ['*/10 * * * *', '2018-12-17T00:04Z', '2018-12-17T01:02Z', 8 * minute],
    ['@every 5h', '2018-12-17T08:00Z', '2018-12-17T09:00Z', 4 * hour],
    ['@every 5h', '2018-12-17T08:00Z', '2018-12-18T00:00Z', 4 * hour],
    ['@every 5h', '2018-12-17T08:00Z', '2028-12-17T08:00:00.001Z', 3 * hour],
    ['@every 1s', '2018-12-17T08:00:00.300Z', '2018-12-17T08:00:05.900Z', second],
    ['0 3 * * 0-6', '2018-12-17T08:00-08:00', '', 11 * hour],
    // Closed at a point: that one is over, so there is always at least a second between two runs.
    ['* * * * *', '2018-12-17T08:08:18Z', '2018-12-17T08:09Z', minute],
    ['@every 5s', '2018-12-17T08:00:00Z', '2018-12-17T08:00:05Z', 5 * second],
    // Closed during its start delay.
    ['* * * * *', '2018-12-17T08:08:18Z', '2018-12-17T08:08:08.500Z', 10 * second],
    ['invalid', '2018-12-17T08:08Z', '', NO_CRON_BACKOFF_MS],
    ['', '2018-12-17T08:08Z', '', NO_CRON_BACKOFF_MS],
    ['0 0 30 2 *', '2018-12-17T08:08Z', '', NO_CRON_BACKOFF_MS],
  ];
  for (const [schedule, start, close, expectedMs] of rows) {
    const startMs = Date.parse(start);
    const closeMs = close === '' ? startMs : Date.parse(close);
    assert.equal(cronBackoffMs(schedule, startMs, closeMs), expectedMs, `${schedule} from ${start} to ${close}`);
  }
});

test('durations as Go writes them', () => {
  const rows: [text: string, ns: bigint | undefined][] = [
    ['1h30m', 5_400_000_000_000n],
    ['1.5h', 5_400_000_000_000n],
    ['.5s', 500_000_000n],
    ['1.s', 1_000_000_000n],
    ['-2m', -120_000_000_000n],
    ['+1us', 1_000n],
    ['3µs', 3_000n],
    ['0', 0n],
    ['1h1h', 7_200_000_000_000n],
    ['', undefined],
    ['.s', undefined],
    ['5', undefined],
    ['5 s', undefined],
    ['s', undefined],
    ['1d', undefined],
    ['9999999h', undefined],
  ];
  for (const [text, ns] of rows) assert.equal(parseGoDuration(text), ns, text);
});
