import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ContinueAsNewInitiator, EventType, History, RetryState } from '@perdure/protocol';
import type { HistoryEvent, Init } from '@perdure/protocol';
import { followsNextRun, toldAsContinued } from './followed-close.js';

const told = (event: Init<HistoryEvent>): HistoryEvent | undefined =>
  History.decode(toldAsContinued(History.encode({ events: [event] }))).events[0];

test('an attempt that is followed by the next is told as continue-as-new', () => {
  const event = told({
    eventId: 5,
    eventType: EventType.WORKFLOW_EXECUTION_FAILED,
    attributes: { newExecutionRunId: 'next', retryState: RetryState.IN_PROGRESS },
  });
  assert.ok(event?.eventType === EventType.WORKFLOW_EXECUTION_CONTINUED_AS_NEW);
  assert.equal(event.eventId, 5);
  assert.equal(event.attributes.newExecutionRunId, 'next');
  assert.equal(event.attributes.initiator, ContinueAsNewInitiator.RETRY);
});

test('the last run ends as it did', () => {
  const event = told({ eventId: 5, eventType: EventType.WORKFLOW_EXECUTION_FAILED, attributes: {} });
  assert.equal(event?.eventType, EventType.WORKFLOW_EXECUTION_FAILED);
});

test('an empty history stays empty', () => assert.equal(toldAsContinued(new Uint8Array()).length, 0));

test('the feature is one of a list', () => {
  const by = (features?: string): boolean =>
    followsNextRun({ clientName: '', clientVersion: '', header: () => features });
  assert.deepEqual([by(), by('other'), by('other, follows-next-run-id')], [false, false, true]);
});
