import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextRetry, retryIntervalMs, retrySchedule } from './retry.js';

test('defaults: 1 s, doubled, at most 100 times the initial interval, unlimited attempts', () => {
  const schedule = retrySchedule({});
  const waits = [1, 2, 3, 7, 8, 9, 1000, 2 ** 31].map((attempt) => retryIntervalMs(schedule, attempt));
  assert.deepEqual(waits, [1000, 2000, 4000, 64_000, 100_000, 100_000, 100_000, 100_000]);
  assert.deepEqual(nextRetry(schedule, { attempt: 1_000_000, nowMs: 0 }), { kind: 'retry', delayMs: 100_000 });
});

test('zeros are defaults; what is set is used', () => {
  assert.deepEqual(retrySchedule({ initialInterval: 0, backoffCoefficient: 0, maximumInterval: 0 }), retrySchedule({}));
  const schedule = retrySchedule({ initialInterval: 50, backoffCoefficient: 1, maximumAttempts: 3 });
  assert.equal(retryIntervalMs(schedule, 2), 50);
  assert.equal(schedule.maximumIntervalMs, 5000);
});

test('the last allowed attempt, the deadline and the delay a failure asks for', () => {
  const schedule = retrySchedule({ maximumAttempts: 3 });
  assert.equal(nextRetry(schedule, { attempt: 2, nowMs: 0 }).kind, 'retry');
  assert.equal(nextRetry(schedule, { attempt: 3, nowMs: 0 }).kind, 'attemptsExhausted');
  assert.equal(nextRetry(schedule, { attempt: 1, nowMs: 0, deadlineMs: 1000 }).kind, 'deadlineExceeded');
  assert.equal(nextRetry(schedule, { attempt: 1, nowMs: 0, deadlineMs: 1001 }).kind, 'retry');
  const asked = nextRetry(schedule, { attempt: 1, nowMs: 0, nextRetryDelayMs: 500_000 });
  assert.deepEqual(asked, { kind: 'retry', delayMs: 500_000 });
});
