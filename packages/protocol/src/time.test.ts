import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addMs,
  clampDurationMs,
  DURATION_MS_MAX,
  formatDurationMs,
  formatTimeMs,
  TIME_MS_MAX,
  tighterLimitMs,
} from './time.js';

test('durations are clamped and limits combined', () => {
  assert.deepEqual(
    [-5, 5, 50, NaN, Infinity].map((ms) => clampDurationMs(ms, 0, 10)),
    [0, 5, 10, 0, 10],
  );
  assert.equal(clampDurationMs(Infinity), DURATION_MS_MAX);
  assert.equal(addMs(TIME_MS_MAX - 1, 1000), TIME_MS_MAX);
  assert.deepEqual(
    [tighterLimitMs(0, 5), tighterLimitMs(5, undefined), tighterLimitMs(3, 5), tighterLimitMs(0, 0)],
    [5, 5, 3, 0],
  );
});

test('times and durations as text', () => {
  assert.equal(formatTimeMs(0), '1970-01-01T00:00:00.000Z');
  assert.equal(formatTimeMs(Infinity), '9999-12-31T23:59:59.999Z');
  const texts = [0, 0.25, 250, 1000, 2500, 60_000, 5_400_000, 90_061_500, -1500].map(formatDurationMs);
  assert.deepEqual(texts, ['0s', '0.25ms', '250ms', '1s', '2.5s', '1m', '1h30m', '25h1m1.5s', '-1.5s']);
});
