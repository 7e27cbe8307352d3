import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Payload } from '@perdure/protocol';
import { DEFAULT_LIMITS } from '../limits.js';
import { ATTRIBUTE_TYPE } from '../visibility/index.js';
import type { AttributeType, AttributeValue } from '../visibility/index.js';
import { searchAttributesProblem } from './check.js';
import { decodeAttribute, encodeAttribute, utf8Bytes, utf8Text, withAttributeType } from './payloads.js';

const payload = (data: string, encoding = 'json/plain'): Uint8Array =>
  Payload.encode({ metadata: new Map([['encoding', Buffer.from(encoding)]]), data: Buffer.from(data) });

const { text, keyword, int, double, bool, datetime, keywordList } = ATTRIBUTE_TYPE;
const REFUSED = Symbol('refused');

// Each line was tried on the reference.
const CASES: readonly (readonly [string, AttributeType, AttributeValue | undefined | typeof REFUSED])[] = [
  ['"a"', keyword, 'a'],
  ['["a"]', keyword, 'a'],
  ['["a","b"]', keyword, REFUSED],
  ['[]', keyword, undefined],
  ['null', keyword, undefined],
  ['5', keyword, REFUSED],
  ['"a b"', text, 'a b'],
  ['5', int, 5],
  ['1.5', int, REFUSED],
  ['"5"', int, REFUSED],
  ['5', double, 5],
  ['1.5', double, 1.5],
  ['true', bool, true],
  ['"true"', bool, REFUSED],
  ['"2020-01-01T00:00:00Z"', datetime, Date.UTC(2020, 0, 1)],
  ['"2020-01-01"', datetime, REFUSED],
  ['["x","y"]', keywordList, ['x', 'y']],
  ['"x"', keywordList, REFUSED],
  ['[]', keywordList, undefined],
  ['{', keyword, REFUSED],
];

test('payloads are read by the type of their attribute', () => {
  for (const [json, type, expected] of CASES) {
    const decoded = decodeAttribute(payload(json), type);
    assert.deepEqual(decoded.ok ? decoded.value : REFUSED, expected, `${json} as ${type}`);
  }
});

test('null payloads unset, binary ones are refused', () => {
  assert.deepEqual(decodeAttribute(payload('', 'binary/null'), int), { ok: true, value: undefined });
  assert.equal(decodeAttribute(payload('a', 'binary/plain'), keyword).ok, false);
});

test('what is written is read again, with its type', () => {
  const values = [
    ['ü', keyword],
    [5, int],
    [Date.UTC(2026, 0, 31), datetime],
    [['a', 'b'], keywordList],
    [false, bool],
  ] as const;
  for (const [value, type] of values)
    assert.deepEqual(decodeAttribute(encodeAttribute(value, type), type), { ok: true, value });
});

test('a type is added once', () => {
  const typed = withAttributeType(payload('5'), int);
  assert.equal(Buffer.from(Payload.decode(typed).metadata.get('type') ?? []).toString(), 'Int');
  assert.equal(withAttributeType(typed, double), typed);
});

test('text and bytes', () => {
  for (const sample of ['', 'a', 'ü', '𝄞', 'x'.repeat(1000)]) {
    assert.deepEqual(Buffer.from(utf8Bytes(sample)), Buffer.from(sample));
    assert.equal(utf8Text(Buffer.from(sample)), sample);
  }
  assert.equal(utf8Text(Uint8Array.of(0xc3, 0x28)), undefined);
});

test('sizes and numbers of attributes', () => {
  const scope = {
    namespace: 'n',
    custom: new Map([
      ['K', keyword],
      ['L', keyword],
    ]),
    limits: { ...DEFAULT_LIMITS, searchAttributeKeysMax: 1 },
  };
  const two = new Map([
    ['K', payload('"a"')],
    ['L', payload('"a"')],
  ]);
  assert.equal(searchAttributesProblem(two, scope), 'number of search attributes 2 exceeds limit 1');
  const small = { ...scope, limits: { ...DEFAULT_LIMITS, searchAttributesSizeBytesMax: 20 } };
  assert.match(
    searchAttributesProblem(two, small) ?? '',
    /^total size of search attributes \d+ exceeds size limit 20$/,
  );
  assert.equal(searchAttributesProblem(two, { ...scope, limits: DEFAULT_LIMITS }), undefined);
});
