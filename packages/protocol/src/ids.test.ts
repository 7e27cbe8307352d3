import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hash32, hash32Pair } from './hash.js';
import { TaskTokenKind, decodeTaskToken, encodeTaskToken } from './ids.js';
import { randomBytes, seededRandom } from './testing/random.js';

const token = {
  kind: TaskTokenKind.ACTIVITY,
  namespaceId: 'ns',
  workflowId: 'überweisung',
  runId: 'run',
  scheduledEventId: 5,
  startedEventId: 2 ** 40,
  attempt: 3,
  stamp: 7,
  activityId: '1',
  requestId: '',
  taskQueue: '',
};

test('a task token comes back', () => {
  assert.deepEqual(decodeTaskToken(encodeTaskToken(token)), token);
  const small = decodeTaskToken(encodeTaskToken({ kind: TaskTokenKind.QUERY, namespaceId: 'n', requestId: 'q' }));
  assert.equal(small?.requestId, 'q');
  assert.equal(small.attempt, 0);
});

test('anything else is not a token', () => {
  const whole = encodeTaskToken(token);
  assert.equal(decodeTaskToken(new Uint8Array(0)), undefined);
  assert.equal(decodeTaskToken(Uint8Array.of(2, ...whole.subarray(1))), undefined);
  assert.equal(decodeTaskToken(whole.subarray(0, 4)), undefined);
  assert.equal(decodeTaskToken(Uint8Array.of(...whole, 0xf8, 0x7f, 1)), undefined);
  const random = seededRandom(5);
  for (let round = 0; round < 2000; round++) {
    const decoded = decodeTaskToken(Uint8Array.of(1, ...randomBytes(random, 12)));
    assert.ok(decoded === undefined || decoded.namespaceId !== '');
  }
});

test('hashes are stable and spread similar ids over slots', () => {
  assert.equal(hash32(''), hash32(''));
  assert.deepEqual([hash32('order-1'), hash32Pair('default', 'order-1')], [HASH_ORDER_1, PAIR_ORDER_1]);
  assert.notEqual(hash32Pair('a', 'bc'), hash32Pair('ab', 'c'));
  const slots = new Map<number, number>();
  for (let i = 0; i < 40_960; i++) {
    const slot = hash32Pair('default', `order-${i}`) % 4096;
    slots.set(slot, (slots.get(slot) ?? 0) + 1);
  }
  assert.ok(slots.size > 4090, `${slots.size} slots used`);
  assert.ok(Math.max(...slots.values()) < 40);
});

// Slots are stored: a change of these figures loses every execution of an existing database.
const HASH_ORDER_1 = 2_449_496_732;
const PAIR_ORDER_1 = 718_120_432;
