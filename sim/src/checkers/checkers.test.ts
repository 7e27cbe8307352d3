/** The checkers must see what is wrong: each is shown a sound history and broken ones. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType, HistoryEvent } from '@perdure/protocol';
import { Replay } from '../replay.js';
import { toBytes } from '../text-bytes.js';
import { difference } from './difference.js';
import { checkOrder } from './order.js';
import type { RunHistory } from './histories.js';

const PLAN = {
  steps: [{ op: 'sleep', ms: 50 }],
  end: 'complete',
  continuations: 0,
  obeysCancel: true,
  taskFailures: 0,
};

/** Started, task, timer, task, completed. */
function soundHistory(): HistoryEvent[] {
  const result = toBytes({ signals: [], outcomes: [], attempt: 1 });
  const events: [EventType, object, number?][] = [
    [EventType.WORKFLOW_EXECUTION_STARTED, { input: toBytes({ id: 'w', plan: PLAN }), attempt: 1 }],
    [EventType.WORKFLOW_TASK_SCHEDULED, {}],
    [EventType.WORKFLOW_TASK_STARTED, { scheduledEventId: 2 }],
    [EventType.WORKFLOW_TASK_COMPLETED, { scheduledEventId: 2, startedEventId: 3 }],
    [EventType.TIMER_STARTED, { timerId: 't1', startToFireTimeout: 50 }],
    [EventType.TIMER_FIRED, { timerId: 't1', startedEventId: 5 }, 1_060],
    [EventType.WORKFLOW_TASK_SCHEDULED, {}],
    [EventType.WORKFLOW_TASK_STARTED, { scheduledEventId: 7 }],
    [EventType.WORKFLOW_TASK_COMPLETED, { scheduledEventId: 7, startedEventId: 8 }],
    [EventType.WORKFLOW_EXECUTION_COMPLETED, { result }],
  ];
  return events.map(([eventType, attributes, eventTime = 1_000], index) =>
    HistoryEvent.decode(HistoryEvent.encode({ eventId: index + 1, eventType, eventTime, attributes } as never)),
  );
}

function orderProblems(events: readonly HistoryEvent[]): string[] {
  const problems: string[] = [];
  checkOrder({ execNo: 1, workflowId: 'w', runId: 'r', events } as unknown as RunHistory, (message) =>
    problems.push(message),
  );
  return problems;
}

const without = (eventId: number): HistoryEvent[] =>
  soundHistory()
    .filter((event) => event.eventId !== eventId)
    .map((event, index) => ({ ...event, eventId: index + 1 }));

test('a sound history passes', () => {
  assert.deepEqual(orderProblems(soundHistory()), []);
  const replay = new Replay();
  replay.feed(soundHistory());
  replay.finish();
});

test('order: gaps, tasks without a start, early timers, events over which a run closes', () => {
  assert.match(orderProblems(soundHistory().filter(({ eventId }) => eventId !== 6)).join(), /stands at/);
  assert.match(orderProblems(without(3)).join(), /names 2\/3, pending is 2\/0/);
  const early = soundHistory().map((event) => (event.eventId === 6 ? { ...event, eventTime: 1_049 } : event));
  assert.match(orderProblems(early).join(), /1 ms early/);
  const unseen = soundHistory();
  unseen.splice(9, 0, { ...(unseen[5] as HistoryEvent), eventId: 10 });
  assert.match(orderProblems(unseen).join(), /closed over event/);
});

test('replay: a command that history lacks, and one that it has too many', () => {
  const lacking = new Replay();
  assert.throws(() => lacking.feed(without(5)), /second|asked for|instead of/);
  const other = soundHistory();
  other[4] = HistoryEvent.decode(
    HistoryEvent.encode({ eventId: 5, eventType: EventType.TIMER_STARTED, attributes: { timerId: 'other' } } as never),
  );
  assert.throws(() => new Replay().feed(other), /expected t1, found other/);
});

test('difference names the place', () => {
  assert.equal(
    difference({ a: new Map([[1, { b: [1, 2] }]]) }, { a: new Map([[1, { b: [1, 2] }]]), c: undefined }),
    undefined,
  );
  assert.equal(
    difference({ a: new Map([[1, { b: [1, 2] }]]) }, { a: new Map([[1, { b: [1, 3] }]]) }),
    '.a[1].b[1]: 2 ≠ 3',
  );
  assert.equal(difference([new Set(['a', 'b'])], [new Set(['a']), new Set(['b'])]), undefined);
  assert.equal(difference(Uint8Array.of(1), Uint8Array.of(2)), ': other bytes');
});
