import assert from 'node:assert/strict';
import { it } from 'node:test';
import { NO_IDS, hasId, idCount, idSetOf, idsOf, withId } from './id-set.js';

it('holds what was added, once, and leaves the value before alone', () => {
  let set = NO_IDS;
  const before = [];
  for (let n = 0; n < 1_000; n += 1) {
    before.push(set);
    set = withId(set, `id-${n}`);
    assert.equal(withId(set, `id-${n}`), set);
  }
  assert.equal(idCount(set), 1_000);
  assert.ok(hasId(set, 'id-0') && hasId(set, 'id-999') && !hasId(set, 'id-1000'));
  assert.equal(idCount(before[500] ?? NO_IDS), 500);
  assert.ok(set.length <= 10, 'chunks stay few');
  assert.deepEqual(idsOf(idSetOf(idsOf(set))).sort(), idsOf(set).sort());
});
