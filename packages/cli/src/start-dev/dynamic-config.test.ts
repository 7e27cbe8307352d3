import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_LIMITS } from '@perdure/server';
import { LIMIT_SETTINGS, limitsOf } from './dynamic-config.js';

test('settings are found without regard to case, with the values people write', () => {
  const { limits, ignored } = limitsOf(
    new Map([
      ['Limit.blobsize.ERROR', '1024'],
      ['matching.longPollExpirationInterval', '"10s"'],
      ['history.longPollExpirationInterval', '1m30s'],
      ['history.maxTotalUpdates.suggestContinueAsNewThreshold', '0.5'],
      ['frontend.enableUpdateWorkflowExecution', 'true'],
    ]),
  );
  assert.deepEqual(limits, {
    blobSizeBytesMax: 1024,
    workerLongPollMs: 10_000,
    historyLongPollMs: 90_000,
    updateLongPollMs: 90_000,
    updatesTotalSuggestRatio: 0.5,
  });
  assert.deepEqual(ignored, ['frontend.enableUpdateWorkflowExecution']);
});

test('every setting names limits that exist, and no limit has two names', () => {
  const named = Object.values(LIMIT_SETTINGS).flatMap(({ limits }) => limits);
  for (const limit of named) assert.ok(Object.hasOwn(DEFAULT_LIMITS, limit), limit);
  assert.equal(new Set(named).size, named.length);
});
