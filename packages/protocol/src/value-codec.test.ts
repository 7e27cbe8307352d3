import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Random } from './testing/random.js';
import { randomBytes, randomInteger, randomText, seededRandom } from './testing/random.js';
import { MalformedValueError, decodeValue, encodeValue } from './value-codec.js';

const EDGES: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  -0,
  63,
  64,
  -1,
  0.5,
  NaN,
  Infinity,
  2 ** 31,
  2 ** 53,
  -(2 ** 53),
  1e300,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
  '',
  'x'.repeat(63),
  'x'.repeat(64),
  'ü'.repeat(40),
  'x'.repeat(5000),
  '漢'.repeat(300),
  'lone \ud800 surrogate',
  'x'.repeat(70) + '\udfff',
  [],
  {},
  new Map(),
  new Uint8Array(0),
  [undefined, [null]],
  { a: undefined },
  new Map([[{ k: 1 }, [2]]]),
];

function randomValue(random: Random, depth: number): unknown {
  const kind = random.below(depth > 4 ? 5 : 9);
  switch (kind) {
    case 0:
      return random.pick(EDGES.slice(0, 22));
    case 1:
      return randomInteger(random);
    case 2:
      return (random.next() - 0.5) * 1e9;
    case 3:
      return randomText(random, 90);
    case 4:
      return randomBytes(random, 30);
    case 5:
      return Array.from({ length: random.below(5) }, () => randomValue(random, depth + 1));
    case 6:
      return new Map(
        Array.from({ length: random.below(4) }, () => [randomText(random, 5), randomValue(random, depth + 1)]),
      );
    default: {
      const keys = ['id', 'name', 'attempt', 'state', '__proto__', 'ü', '1'].filter(() => random.chance(0.5));
      return Object.fromEntries(keys.map((key) => [key, randomValue(random, depth + 1)]));
    }
  }
}

test('edge values come back', () => {
  for (const value of EDGES) assert.deepEqual(decodeValue(encodeValue(value)), value);
  assert.deepEqual(decodeValue(encodeValue(EDGES)), EDGES);
});

test('random values come back, and encode to the same bytes again', () => {
  const random = seededRandom(3);
  for (let round = 0; round < 3000; round++) {
    const value = randomValue(random, 0);
    const bytes = encodeValue(value);
    const decoded = decodeValue(bytes);
    assert.deepEqual(decoded, value);
    assert.deepEqual(encodeValue(decoded), bytes);
  }
});

test('records of one shape name their keys once', () => {
  const record = { scheduledEventId: 5, activityId: 'a', attempt: 1, heartbeatTimeoutMs: 0 };
  const one = encodeValue([record]).length;
  const hundred = encodeValue(new Array(100).fill(record)).length;
  assert.ok(hundred < one + 99 * 8, `${hundred} bytes`);
});

test('what is not a plain value is refused', () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  for (const value of [1n, Symbol('x'), () => 0, new Date(0), new Set(), cycle]) {
    assert.throws(() => encodeValue(value), TypeError);
  }
  assert.deepEqual(decodeValue(encodeValue('still works')), 'still works');
});

test('cut or garbled bytes are read or refused, never anything else', () => {
  const random = seededRandom(4);
  for (let round = 0; round < 3000; round++) {
    const whole = encodeValue(randomValue(random, 0));
    const bytes = whole.slice(0, random.below(whole.length + 1));
    for (let flips = random.below(3); flips > 0; flips--) bytes[random.below(bytes.length)] = random.below(256);
    try {
      decodeValue(bytes);
    } catch (error) {
      assert.ok(error instanceof MalformedValueError, String(error));
    }
  }
});

test('a value longer than its encoding, or another format, is refused', () => {
  assert.throws(() => decodeValue(Uint8Array.of(1, 0, 0)), MalformedValueError);
  assert.throws(() => decodeValue(Uint8Array.of(2, 0)), MalformedValueError);
  assert.throws(() => decodeValue(new Uint8Array(0)), MalformedValueError);
});
