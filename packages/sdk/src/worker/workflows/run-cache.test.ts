import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunCache } from './run-cache.js';

test('the runs used last stay, within both bounds; busy ones stay anyway', () => {
  const cache = new RunCache({ bytesMax: 100, runsMax: 3 });
  cache.touch('a', 40);
  cache.touch('b', 40);
  assert.deepEqual(
    cache.overflow(() => false),
    [],
  );
  cache.touch('a', 45);
  cache.touch('c', 40);
  assert.deepEqual(
    cache.overflow(() => false),
    ['b'],
  );
  assert.deepEqual([cache.size, cache.bytes], [2, 85]);
  cache.touch('d', 5);
  cache.touch('e', 5);
  assert.deepEqual(
    cache.overflow((runId) => runId === 'a'),
    ['c'],
  );
  cache.remove('nothing');
  cache.remove('a');
  assert.deepEqual([cache.size, cache.bytes], [2, 10]);
});
