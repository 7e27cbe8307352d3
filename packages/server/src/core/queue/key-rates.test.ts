import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyRates } from './key-rates.js';

test('each key has its own rate, times its weight', () => {
  const rates = new KeyRates(2, 100);
  const takes = (key: string, weight: number, nowMs: number): number => {
    let count = 0;
    while (rates.take(key, weight, nowMs)) count += 1;
    return count;
  };
  assert.equal(takes('light', 1, 0), 2);
  assert.equal(takes('heavy', 3, 0), 6);
  assert.equal(rates.nextMs('light', 1, 0), 500);
  assert.equal(takes('light', 1, 499), 0);
  assert.equal(takes('light', 1, 500), 1);
  rates.giveBack('light');
  assert.equal(takes('light', 1, 500), 1);
});

test('a rate of zero stops every key', () => {
  const rates = new KeyRates(0, 100);
  assert.equal(rates.take('a', 1000, 0), false);
  assert.equal(rates.nextMs('a', 1000, 0), undefined);
});

test('as many keys as allowed are remembered, those used last', () => {
  const rates = new KeyRates(1, 2);
  for (const key of ['a', 'b', 'a', 'c']) rates.take(key, 1, 0);
  assert.equal(rates.take('c', 1, 0), false);
  assert.equal(rates.take('b', 1, 0), false);
  assert.equal(rates.take('a', 1, 0), true, 'the one used longest ago begins anew');
});
