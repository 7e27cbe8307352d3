import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EventType } from '@perdure/protocol';
import { addEvents, createReader, nextChunk } from './history-reader.js';
import { History } from './testing/history-builder.js';

const timer = (history: History, timerId: string): History => history.add(EventType.TIMER_STARTED, { timerId });
const complete = (history: History): History => history.add(EventType.WORKFLOW_EXECUTION_COMPLETED, {});

/** The number of events of each chunk; a trailing `+` on one that is not whole. */
function sizes({ events }: History): string {
  const reader = createReader();
  addEvents(reader, events, true, 0);
  const result: string[] = [];
  for (let chunk = nextChunk(reader); typeof chunk !== 'string'; chunk = nextChunk(reader))
    result.push(`${chunk.events.length}${chunk.isWhole ? '' : '+'}`);
  return result.join(' ');
}

describe('chunks', () => {
  it('end where a completed task starts', () => {
    const history = timer(new History().started().task(), '1').add(EventType.TIMER_FIRED, {}).task();
    assert.equal(sizes(complete(history)), '3 5 2');
  });

  it('leave out tasks that failed or timed out', () => {
    const failed = new History().started().openTask().add(EventType.WORKFLOW_TASK_FAILED, {});
    const history = failed.openTask().add(EventType.WORKFLOW_TASK_TIMED_OUT, {}).task();
    assert.equal(sizes(complete(history)), '9 2');
  });

  it('leave out tasks that only kept a local activity alive', () => {
    const first = timer(new History().started().task().task(), '1');
    const second = timer(first.task().task().task().task(), '2').task().signal('s').task();
    assert.equal(sizes(complete(second)), '6 4 9 4 4 2');
  });

  it('end with a task without commands that a signal follows', () => {
    const history = new History().started().task().signal('a').task().signal('b').task();
    assert.equal(sizes(complete(history)), '3 4 4 2');
  });

  it('end before an empty task that accepted an update, and after a failed one', () => {
    const accepted = (history: History, sequencingEventId: number): History =>
      history.task().add(EventType.WORKFLOW_EXECUTION_UPDATE_ACCEPTED, {
        protocolInstanceId: 'u',
        acceptedRequestSequencingEventId: sequencingEventId,
      });
    assert.equal(sizes(accepted(new History().started().task(), 5).task()), '3 3 4 1+');
    const failed = new History().started().openTask().add(EventType.WORKFLOW_TASK_FAILED, {});
    assert.equal(sizes(accepted(failed, 2).openTask()), '6 4');
  });

  it('say so when the last task was not started', () => {
    const history = new History().started().task().signal('a').add(EventType.WORKFLOW_TASK_SCHEDULED, {});
    assert.equal(sizes(history), '3 3+');
  });

  it('need the page behind to see where they end', () => {
    const { events } = new History().started().task();
    const reader = createReader();
    assert.ok(addEvents(reader, events.slice(0, 3), false, 0));
    assert.equal(nextChunk(reader), 'more');
    assert.ok(addEvents(reader, events.slice(3), true, 0));
    const chunk = nextChunk(reader);
    assert.ok(typeof chunk === 'object' && chunk.events.length === 3);
  });

  it('are not made of histories with holes', () => {
    const { events } = new History().started().task();
    assert.equal(addEvents(createReader(), events.slice(1), true, 0), false);
  });
});
