import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType, Failure, HistoryEvent, Payload, Payloads } from '@perdure/protocol';
import { historyText } from '../commands/workflow-show.js';
import { parseDurationMs } from '../flag.js';
import { nearest } from '../suggest.js';
import { failureLines } from './failure-text.js';
import { payloadsOf, payloadTexts, shortText } from './payload-text.js';
import { messageToJson } from '@perdure/protocol/json';
import { card, table } from './table.js';
import { durationText, momentText, relativeText } from './time-text.js';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

test('durations, read and written', () => {
  assert.deepEqual(['0', '250ms', '1h30m', '2.5s', '3d', '', 'x', '5', '-1s'].map(parseDurationMs), [
    0,
    250,
    5_400_000,
    2_500,
    259_200_000,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  assert.deepEqual([0, 999, 1_500, 65_000, 93_784_000, 259_200_000].map(durationText), [
    '0ms',
    '999ms',
    '1.5s',
    '1m 5s',
    '1d 2h',
    '3d',
  ]);
});

test('moments', () => {
  assert.equal(momentText(Date.UTC(2026, 1, 3, 4, 5, 6, 789)), '2026-02-03 04:05:06Z');
  assert.deepEqual(
    [relativeText(1_000, 3_500), relativeText(20_000, 0), relativeText(undefined, 0)],
    ['2.5s ago', 'in 20s', ''],
  );
});

test('tables and cards are aligned, and empty ones print nothing', () => {
  assert.equal(
    table(
      ['A', 'LONG'],
      [
        ['aaa', 'b'],
        ['c', 'd'],
      ],
    ),
    'A    LONG\naaa  b\nc    d\n',
  );
  assert.equal(table(['A'], []), '');
  assert.equal(
    card([
      ['One', '1'],
      ['Fourteen', 'x\ny'],
      ['None', undefined],
    ]),
    'One       1\nFourteen  x\n          y\n',
  );
  assert.equal(card([]), '');
});

test('payloads: JSON as it is, others by encoding and size', () => {
  const encoded = Payloads.encode({
    payloads: [
      Payload.encode({ metadata: new Map([['encoding', utf8('json/plain')]]), data: utf8('{"a":1}') }),
      Payload.encode({ metadata: new Map([['encoding', utf8('binary/null')]]) }),
      Payload.encode({ metadata: new Map([['encoding', utf8('binary/encrypted')]]), data: utf8('secret') }),
      Payload.encode({ data: utf8('x') }),
    ],
  });
  assert.deepEqual(payloadTexts(encoded), ['{"a":1}', 'null', '<binary/encrypted, 6 bytes>', '<no encoding, 1 bytes>']);
  assert.deepEqual(payloadTexts(payloadsOf(['"ü"', '2'])), ['"ü"', '2']);
  assert.equal(payloadsOf([]), undefined);
  assert.equal(shortText(['a\n b', 'c'.repeat(100)], 10), 'a b, cccc…');
});

test('a failure is told from the outside in', () => {
  const inner = Failure.encode({ message: 'no route', applicationFailureInfo: { type: 'NetError' } });
  const outer = Failure.encode({
    message: 'activity failed',
    cause: inner,
    activityFailureInfo: { activityType: { name: 'pay' } },
  });
  assert.deepEqual(failureLines(outer), ['activity pay: activity failed', 'caused by NetError: no route']);
  assert.deepEqual(failureLines(undefined), []);
});

test('a history: one line per event, also for types without facts', () => {
  const text = historyText([
    eventOf({
      eventId: 9,
      eventTime: 1_000,
      eventType: EventType.WORKFLOW_EXECUTION_SIGNALED,
      attributes: { signalName: 'go', input: payloadsOf(['1']), identity: 'ann' },
    }),
    eventOf({ eventId: 10, eventTime: 3_601_000, eventType: EventType.WORKFLOW_EXECUTION_UNPAUSED, attributes: {} }),
  ]);
  assert.equal(
    text,
    'Times since 1970-01-01 00:00:01Z\n 9   +0.000s  WorkflowExecutionSignaled  go(1)  by ann\n10  +1:00:00  WorkflowExecutionUnpaused\n',
  );
});

function eventOf(init: Parameters<typeof HistoryEvent.encode>[0]): HistoryEvent {
  return HistoryEvent.decode(HistoryEvent.encode(init));
}

test('messages as JSON: names of enums, times, payloads long and short', () => {
  const bytes = HistoryEvent.encode({
    eventId: 1,
    eventTime: 1_500,
    eventType: EventType.WORKFLOW_EXECUTION_STARTED,
    attributes: { workflowRunTimeout: 1_250, input: payloadsOf(['{"a":1}']) },
  });
  const common = {
    eventId: '1',
    eventTime: '1970-01-01T00:00:01.500Z',
    eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED',
  };
  const attributes = { workflowRunTimeout: '1.250s' };
  assert.deepEqual(messageToJson(HistoryEvent.name, bytes, { payloads: 'short' }), {
    ...common,
    workflowExecutionStartedEventAttributes: { input: [{ a: 1 }], ...attributes },
  });
  assert.deepEqual(messageToJson(HistoryEvent.name, bytes, { payloads: 'long' }), {
    ...common,
    workflowExecutionStartedEventAttributes: {
      input: { payloads: [{ metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'eyJhIjoxfQ==' }] },
      ...attributes,
    },
  });
});

test('the nearest word', () => {
  const words = ['workflow', 'server', 'operator', 'task-queue'];
  assert.equal(nearest('worfklow', words), 'workflow');
  assert.equal(nearest('task', words), 'task-queue');
  assert.equal(nearest('banana', words), undefined);
});
