// What holds of every closed history, whatever happened to the server meanwhile.
import assert from 'node:assert/strict';
import { attributesOf } from '../harness/dump.mjs';

const CLOSING = ['COMPLETED', 'FAILED', 'TIMED_OUT', 'CANCELED', 'TERMINATED', 'CONTINUED_AS_NEW'].map(
  (how) => `WORKFLOW_EXECUTION_${how}`,
);
const ACTIVITY_ENDS = ['COMPLETED', 'FAILED', 'TIMED_OUT', 'CANCELED'].map((how) => `ACTIVITY_TASK_${how}`);
const TASK_ENDS = ['COMPLETED', 'FAILED', 'TIMED_OUT'].map((how) => `WORKFLOW_TASK_${how}`);

/** Throws an AssertionError that begins with `name`. Event ids are checked where the history is read. */
export function checkHistory(history, name) {
  const events = history.map((event) => ({
    id: event.eventId,
    kind: event.eventType.replace(/^EVENT_TYPE_/, ''),
    at: timeOf(event.eventTime),
    attributes: attributesOf(event),
  }));
  assert.equal(events[0].kind, 'WORKFLOW_EXECUTION_STARTED', `${name}: the first event`);
  assert.deepEqual(
    events.filter(({ kind }) => CLOSING.includes(kind)).map(({ id }) => id),
    [events.at(-1).id],
    `${name}: one closing event, the last`,
  );
  checkOrder(events, name);
  checkWorkflowTasks(events, name);
  checkPairs(events, name, 'ACTIVITY_TASK_SCHEDULED', ['ACTIVITY_TASK_STARTED'], 'scheduledEventId');
  checkPairs(events, name, 'ACTIVITY_TASK_SCHEDULED', ACTIVITY_ENDS, 'scheduledEventId');
  checkPairs(events, name, 'TIMER_STARTED', ['TIMER_FIRED', 'TIMER_CANCELED'], 'startedEventId');
  checkTimersNotEarly(events, name);
}

/** Workflow tasks are written as they happen. (Others may be older than their place: buffered ones, starts of activities.) */
function checkOrder(events, name) {
  const tasks = events.filter(({ kind }) => kind.startsWith('WORKFLOW_TASK_'));
  for (const [i, { at, id }] of tasks.entries()) {
    if (i > 0) assert.ok(at >= tasks[i - 1].at, `${name}: event ${id} is earlier than event ${tasks[i - 1].id}`);
  }
}

/** Scheduled, started, ended: one at a time (one that times out before its start has no started event). */
function checkWorkflowTasks(events, name) {
  let pending;
  for (const { kind, id } of events) {
    if (kind === 'WORKFLOW_TASK_SCHEDULED') {
      assert.equal(pending, undefined, `${name}: event ${id} schedules a second workflow task`);
      pending = 'scheduled';
    } else if (kind === 'WORKFLOW_TASK_STARTED') {
      assert.equal(pending, 'scheduled', `${name}: event ${id} starts what is not scheduled`);
      pending = 'started';
    } else if (TASK_ENDS.includes(kind)) {
      assert.ok(
        pending === 'started' || (pending === 'scheduled' && kind.endsWith('TIMED_OUT')),
        `${name}: event ${id} ends what has not begun`,
      );
      pending = undefined;
    }
  }
}

/** Each event of kind `first` is followed by exactly one of `seconds` that refers to it, and none of these is left over. */
function checkPairs(events, name, first, seconds, reference) {
  const open = new Set();
  for (const { kind, id, attributes } of events) {
    if (kind === first) open.add(id);
    if (seconds.includes(kind))
      assert.ok(open.delete(attributes[reference]), `${name}: event ${id} refers to ${attributes[reference]}`);
  }
  assert.deepEqual([...open], [], `${name}: ${first} without an end`);
}

function checkTimersNotEarly(events, name) {
  const byId = new Map(events.map((event) => [event.id, event]));
  for (const { kind, id, at, attributes } of events) {
    if (kind !== 'TIMER_FIRED') continue;
    const started = byId.get(attributes.startedEventId);
    const due = started.at + timeOf(started.attributes.startToFireTimeout);
    assert.ok(at >= due, `${name}: timer event ${id} fired ${due - at} ns early`);
  }
}

/** Nanoseconds. */
function timeOf({ seconds = 0, nanos = 0 }) {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
}
