import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from './rng.js';

test('the same seed draws the same, another seed draws something else', () => {
  const draw = (seed: number): number[] =>
    Array.from(
      { length: 20 },
      (
        (rng) => () =>
          rng.int(0, 1_000_000)
      )(new Rng(seed)),
    );
  assert.deepEqual(draw(7), draw(7));
  assert.notDeepEqual(draw(7), draw(8));
});

test('a stream is independent of what others draw', () => {
  const first = new Rng(1);
  const second = new Rng(1);
  for (let index = 0; index < 100; index += 1) second.next();
  assert.equal(first.split('disk').next(), second.split('disk').next());
  assert.notEqual(first.split('disk').next(), first.split('network').next());
});

test('draws stay in their bounds and reach both ends', () => {
  const rng = new Rng(3);
  const seen = new Set(Array.from({ length: 500 }, () => rng.int(2, 4)));
  assert.deepEqual([...seen].sort(), [2, 3, 4]);
  assert.equal(rng.chance(0), false);
  assert.equal(
    rng.weighted([
      [0, 'never'],
      [1, 'always'],
    ]),
    'always',
  );
  assert.match(rng.uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
});
