/** Specs on the wire. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScheduleSpec as Wire } from '@perdure/protocol';
import { ValueError } from '../../conversion/errors.js';
import type { CalendarSpec } from './spec-types.js';
import { decodeScheduleSpec, encodeScheduleSpec } from './spec-wire.js';

const overTheWire = (spec: Parameters<typeof encodeScheduleSpec>[0]) =>
  decodeScheduleSpec(Wire.decode(Wire.encode(encodeScheduleSpec(spec))));

test('a calendar with its defaults', () => {
  const { calendars } = overTheWire({
    calendars: [
      { hour: 12, month: ['MARCH', { start: 'JUNE', end: 'AUGUST', step: 2 }], dayOfWeek: '*', comment: 'c' },
    ],
  });
  assert.deepEqual(calendars, [
    {
      second: [{ start: 0, end: 0, step: 1 }],
      minute: [{ start: 0, end: 0, step: 1 }],
      hour: [{ start: 12, end: 12, step: 1 }],
      dayOfMonth: [{ start: 1, end: 31, step: 1 }],
      month: [
        { start: 'MARCH', end: 'MARCH', step: 1 },
        { start: 'JUNE', end: 'AUGUST', step: 2 },
      ],
      year: [],
      dayOfWeek: [{ start: 'SUNDAY', end: 'SATURDAY', step: 1 }],
      comment: 'c',
    },
  ]);
});

test('a description is a spec again', () => {
  const described = overTheWire({
    calendars: [{ minute: { start: 5 } }],
    intervals: [{ every: '1h', offset: '19m' }, { every: 5000 }],
    skip: [{ dayOfWeek: 'SUNDAY' }],
    startAt: new Date(1000),
    endAt: new Date(2000),
    jitter: '30s',
    timezone: 'Europe/Berlin',
  });
  assert.deepEqual(described.intervals, [
    { every: 3_600_000, offset: 1_140_000 },
    { every: 5000, offset: 0 },
  ]);
  assert.deepEqual([described.jitter, described.timezone, described.endAt], [30_000, 'Europe/Berlin', new Date(2000)]);
  assert.deepEqual(overTheWire(described), described);
});

test('what no calendar has is refused with what it may have', () => {
  const wrong: CalendarSpec[] = [
    { hour: 24 },
    { minute: 1.5 },
    { dayOfMonth: { start: 0, end: 3 } },
    { month: 'JUNI' as 'JUNE' },
    { second: { start: 1, end: 3, step: 0 } },
  ];
  for (const calendar of wrong) assert.throws(() => encodeScheduleSpec({ calendars: [calendar] }), ValueError);
  assert.throws(() => encodeScheduleSpec({ calendars: [{ hour: 24 }] }), {
    message:
      '24 is nothing that `hour` of a calendar can be: use a whole number from 0 to 23, a range { start, end, step }, a list of these, or *',
  });
});
