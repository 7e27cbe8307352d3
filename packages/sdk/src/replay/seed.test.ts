import assert from 'node:assert/strict';
import { it } from 'node:test';
import { randomnessSeed } from './seed.js';

// From an independent SipHash-1-3 (CPython's string hash with PYTHONHASHSEED=0).
it('seeds as the official core does', () => {
  assert.equal(randomnessSeed('abc'), 17224545590736200989n);
  assert.equal(randomnessSeed('0b9d2f3a-1234-5678-9abc-def012345678'), 7852279078620160374n);
  assert.equal(randomnessSeed(''), 3476900567878811119n);
});
