import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure, RetryState } from '@perdure/protocol';
import { ManualClock } from '../testing/manual-clock.js';
import { heartbeatIntervalMs, HeartbeatThrottle } from './heartbeat-throttle.js';
import { localRetry } from './local-retry.js';

const failure = (info: object = {}) => Failure.encode({ message: 'm', applicationFailureInfo: { type: 'T', ...info } });
const question = {
  attempt: 1,
  failure: failure(),
  retryPolicy: {},
  nowMs: 0,
  deadlineMs: undefined,
  thresholdMs: undefined,
};

test('local activities are retried here, by a timer, or not at all', () => {
  assert.deepEqual(localRetry(question), { kind: 'again', afterMs: 1000 });
  assert.deepEqual(localRetry({ ...question, attempt: 8 }), { kind: 'timer', backoffMs: 100_000 });
  assert.deepEqual(localRetry({ ...question, attempt: 3, thresholdMs: 3000 }), { kind: 'timer', backoffMs: 4000 });
  const over = (retryState: RetryState) => ({ kind: 'over', retryState });
  const { NON_RETRYABLE_FAILURE, MAXIMUM_ATTEMPTS_REACHED, TIMEOUT } = RetryState;
  assert.deepEqual(localRetry({ ...question, failure: failure({ nonRetryable: true }) }), over(NON_RETRYABLE_FAILURE));
  assert.deepEqual(
    localRetry({ ...question, retryPolicy: { nonRetryableErrorTypes: ['T'] } }),
    over(NON_RETRYABLE_FAILURE),
  );
  assert.deepEqual(localRetry({ ...question, retryPolicy: { maximumAttempts: 1 } }), over(MAXIMUM_ATTEMPTS_REACHED));
  assert.deepEqual(localRetry({ ...question, deadlineMs: 900 }), over(TIMEOUT));
  assert.deepEqual(localRetry({ ...question, failure: failure({ nextRetryDelay: 7 }) }), { kind: 'again', afterMs: 7 });
});

test('heartbeats: the first at once, then the newest of each interval', async () => {
  const limits = { defaultIntervalMs: 30_000, maxIntervalMs: 60_000 };
  assert.equal(heartbeatIntervalMs(1000, limits), 800);
  assert.equal(heartbeatIntervalMs(0, limits), 30_000);
  assert.equal(heartbeatIntervalMs(10_000_000, limits), 60_000);
  const clock = new ManualClock();
  const sent: unknown[] = [];
  let answered: () => void = () => undefined;
  const throttle = new HeartbeatThrottle(100, clock, (details) => {
    sent.push(details);
    return new Promise((resolve) => (answered = resolve));
  });
  throttle.beat(1);
  throttle.beat(2);
  throttle.beat(3);
  answered();
  await Promise.resolve();
  assert.deepEqual(sent, [1]);
  clock.advance(100);
  assert.deepEqual(sent, [1, 3]);
  clock.advance(100);
  throttle.beat(4);
  assert.deepEqual(sent, [1, 3], 'one call at a time');
  answered();
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual(sent, [1, 3, 4]);
  throttle.beat(5);
  assert.deepEqual(throttle.stop(), { details: 5 });
  clock.advance(1000);
  throttle.beat(6);
  assert.deepEqual(sent, [1, 3, 4]);
});
