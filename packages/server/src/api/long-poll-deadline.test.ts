import assert from 'node:assert/strict';
import { test } from 'node:test';
import { longPollDeadline } from './validate.js';

test('a long poll ends a second before its caller gives up, a short one in the middle, none later than its longest', () => {
  const nowMs = 1_000_000;
  const at = (leftMs: number | undefined): number =>
    longPollDeadline({ nowMs, deadlineMs: leftMs === undefined ? undefined : nowMs + leftMs }, 20_000) - nowMs;
  assert.deepEqual([at(undefined), at(70_000), at(10_000), at(100), at(-5)], [20_000, 20_000, 9_000, 50, 0]);
});
