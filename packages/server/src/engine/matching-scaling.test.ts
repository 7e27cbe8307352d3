import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PollerScaling } from './matching-scaling.js';

const QUIET = { backlogAgeMs: 0, addRate: 5, dispatchRate: 5 };
const NOW_MS = 1_000_000;

test('one poll fewer after one that waited for a second, however many there were', () => {
  const scaling = new PollerScaling();
  for (let i = 0; i < 100; i += 1)
    assert.equal(
      scaling.delta(NOW_MS - 1_000, NOW_MS, 1, () => assert.fail('nobody needs the load')),
      -1,
    );
  assert.equal(
    scaling.delta(NOW_MS - 999, NOW_MS, 1, () => QUIET),
    0,
  );
});

test('one poll more while tasks wait or come faster than they go', () => {
  const delta = (facts: Partial<typeof QUIET>) => {
    const scaling = new PollerScaling();
    return scaling.delta(NOW_MS, NOW_MS, 1, () => ({ ...QUIET, ...facts }));
  };
  assert.equal(delta({ backlogAgeMs: 200 }), 0);
  assert.equal(delta({ backlogAgeMs: 201 }), 1);
  assert.equal(delta({ addRate: 6 }), 0);
  assert.equal(delta({ addRate: 6.1 }), 1);
  assert.equal(delta({ addRate: 1, dispatchRate: 0 }), 1);
  assert.equal(delta({ addRate: 0, dispatchRate: 0 }), 0);
});

test('ten decisions a second for each worker', () => {
  const scaling = new PollerScaling();
  const decisionsAt = (nowMs: number, workers: number): number => {
    let count = 0;
    for (let i = 0; i < 1_000; i += 1)
      count += scaling.delta(nowMs, nowMs, workers, () => ({ ...QUIET, backlogAgeMs: 500 }));
    return count;
  };
  assert.equal(decisionsAt(NOW_MS, 1), 10);
  assert.equal(decisionsAt(NOW_MS + 500, 1), 5);
  assert.equal(decisionsAt(NOW_MS + 10_000, 4), 40);
  assert.equal(decisionsAt(NOW_MS - 60_000, 1), 10, 'a clock that was set back silences nobody');
});
