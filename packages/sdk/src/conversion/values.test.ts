/** Values, durations, options: what goes in comes out, and what cannot go in is refused with advice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { decodePayloads, encodePayloads, valueFromBytes, valuesToBytes } from './codec-pass.js';
import { defaultDataConverter } from './data-converter.js';
import type { PayloadCodec } from './data-converter.js';
import { DefaultPayloadConverter, defaultPayloadConverter } from './default-payload-converter.js';
import { durationMs } from './duration.js';
import type { Duration } from './duration.js';
import { encodingOf } from './encoding.js';
import { PayloadConverterError, ValueError } from './errors.js';
import { payloadFromBytes, payloadToBytes } from './payload.js';
import { arrayFromPayloads, mapFromPayloads, mapToPayloads, toPayloads } from './payload-converter.js';
import { RawValue } from './raw-value.js';
import { compilePriority } from './priority.js';
import { compileRetryPolicy, decompileRetryPolicy } from './retry-policy.js';
import { searchAttributesFromPayloads, searchAttributesToPayloads } from './search-attribute-payloads.js';
import { TypedSearchAttributes, defineSearchAttributeKey } from './search-attributes.js';
import { utf8Bytes, utf8Text } from './utf8.js';
import { encodeWorkflowIdReusePolicy, extractWorkflowType } from './workflow-options.js';

test('each value takes the first encoding that fits, and survives the wire', () => {
  const rows: readonly (readonly [value: unknown, encoding: string])[] = [
    [undefined, 'binary/null'],
    [Uint8Array.of(1, 2, 255), 'binary/plain'],
    [null, 'json/plain'],
    ['größer 😀', 'json/plain'],
    [{ a: [1, 'x', null] }, 'json/plain'],
    ['x'.repeat(1000), 'json/plain'],
  ];
  for (const [value, encoding] of rows) {
    const payload = payloadFromBytes(payloadToBytes(defaultPayloadConverter.toPayload(value)));
    assert.equal(encodingOf(payload), encoding);
    assert.deepEqual(defaultPayloadConverter.fromPayload(payload), value);
  }
});

test('bytes of another realm are bytes', () => {
  const foreign = runInNewContext('new Uint8Array([7])') as Uint8Array;
  assert.equal(encodingOf(defaultPayloadConverter.toPayload(foreign)), 'binary/plain');
});

test('a raw value is passed on as it is', () => {
  const payload = { metadata: { encoding: utf8Bytes('x/y') }, data: Uint8Array.of(1) };
  assert.deepEqual(new RawValue(1).payload, defaultPayloadConverter.toPayload(1));
  assert.equal(defaultPayloadConverter.toPayload(RawValue.fromPayload(payload)), payload);
});

test('what cannot be a payload is refused with advice', () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  for (const [value, text] of [
    [() => 1, /functions cannot be sent/],
    [10n, /bigint/],
    [{ big: 10n }, /BigInt.*Send plain data/],
    [cycle, /circular/],
    [Symbol('s'), /symbols/],
  ] as const) {
    assert.throws(
      () => defaultPayloadConverter.toPayload(value),
      (error) => error instanceof ValueError && text.test(error.message),
    );
  }
});

test('what cannot be read says why', () => {
  const read = (encoding: string, text = ''): unknown =>
    defaultPayloadConverter.fromPayload({ metadata: { encoding: utf8Bytes(encoding) }, data: utf8Bytes(text) });
  assert.throws(() => read('binary/encrypted'), /'binary\/encrypted'.*Is a payload codec missing/);
  assert.throws(() => read('json/plain', '{'), PayloadConverterError);
  assert.throws(() => defaultPayloadConverter.fromPayload({}), /no metadata.encoding/);
});

test('lists and maps', () => {
  const payloads = toPayloads(defaultPayloadConverter, 1, 'b');
  assert.deepEqual(arrayFromPayloads(defaultPayloadConverter, payloads), [1, 'b']);
  assert.equal(toPayloads(defaultPayloadConverter), undefined);
  const map = mapToPayloads(defaultPayloadConverter, { a: 1, b: 'x' });
  assert.deepEqual(mapFromPayloads(defaultPayloadConverter, map), { a: 1, b: 'x' });
});

test('with keepTypes dates, bigints, maps and sets come back; the JSON is the usual one', () => {
  const converter = new DefaultPayloadConverter({ keepTypes: true });
  const value = {
    when: new Date(0),
    list: [1n, { 'a/b~': new Map<unknown, unknown>([[new Date(1), new Set([2n])]]) }],
    text: '1970-01-01T00:00:00.000Z',
  };
  const payload = converter.toPayload(value);
  const text = utf8Text(payload.data ?? new Uint8Array(0));
  assert.deepEqual(JSON.parse(text), {
    when: '1970-01-01T00:00:00.000Z',
    list: ['1', { 'a/b~': [['1970-01-01T00:00:00.001Z', ['2']]] }],
    text: '1970-01-01T00:00:00.000Z',
  });
  assert.deepEqual(converter.fromPayload(payload), value);
  assert.deepEqual(defaultPayloadConverter.fromPayload(payload), value);
  assert.equal(converter.fromPayload(converter.toPayload(5n)), 5n);
  assert.ok(Number.isNaN(Number(converter.fromPayload(converter.toPayload(new Date(NaN))))));
  assert.deepEqual(Object.keys(converter.toPayload({ plain: 1 }).metadata ?? {}), ['encoding']);
  const jsonTypes = utf8Bytes('{"/__proto__/x":"Date","/nowhere":"Set","":"Later"}');
  const metadata = { encoding: utf8Bytes('json/plain'), jsonTypes };
  assert.deepEqual(converter.fromPayload({ metadata, data: utf8Bytes('{"a":1}') }), { a: 1 });
});

/** Adds a byte in front; refuses payloads without it. */
const marking = (mark: number): PayloadCodec => ({
  encode: async (payloads) => payloads.map((p) => ({ ...p, data: Uint8Array.of(mark, ...(p.data ?? [])) })),
  decode: async (payloads) =>
    payloads.map((p) => {
      assert.equal(p.data?.[0], mark);
      return { ...p, data: p.data.subarray(1) };
    }),
});

test('codecs encode from the last to the first and decode the other way round', async () => {
  const codecs = [marking(1), marking(2)];
  const [encoded] = await encodePayloads(codecs, [{ data: Uint8Array.of(9) }]);
  assert.deepEqual(encoded?.data, Uint8Array.of(1, 2, 9));
  const [decoded] = await decodePayloads(codecs, [encoded ?? {}]);
  assert.deepEqual(decoded?.data, Uint8Array.of(9));
  const converter = { ...defaultDataConverter, payloadCodecs: codecs };
  const bytes = await valuesToBytes(converter, ['secret', 2]);
  assert.equal(await valueFromBytes(converter, bytes), 'secret');
});

test('a codec that loses payloads is caught', async () => {
  const lossy: PayloadCodec = { encode: async () => [], decode: async () => [] };
  await assert.rejects(encodePayloads([lossy], [{}]), /given 1 payloads and returned 0/);
});

test('durations', () => {
  const rows: readonly (readonly [Duration, number])[] = [
    [5, 5],
    ['250', 250],
    ['30s', 30_000],
    ['1.5 hours', 5_400_000],
    ['2d', 172_800_000],
    ['1 week', 604_800_000],
    ['100ms', 100],
  ];
  for (const [text, ms] of rows) assert.equal(durationMs(text), ms);
  for (const wrong of ['', 'soon', '5 parsecs', -1, NaN, Infinity, '-5s']) {
    assert.throws(() => durationMs(wrong as Duration), /is not a duration: give/);
  }
});

test('retry policies', () => {
  const policy = { initialInterval: '1s', maximumAttempts: 3, backoffCoefficient: 2 } as const;
  assert.deepEqual(compileRetryPolicy(policy), {
    backoffCoefficient: 2,
    initialInterval: 1000,
    maximumInterval: undefined,
    maximumAttempts: 3,
    nonRetryableErrorTypes: [],
  });
  assert.equal(decompileRetryPolicy(compileRetryPolicy({ maximumAttempts: Infinity }))?.maximumAttempts, undefined);
  assert.throws(() => compileRetryPolicy({ maximumAttempts: 0 }), /1 \(no retry\)/);
  assert.throws(() => compileRetryPolicy({ backoffCoefficient: 0.5 }), ValueError);
  assert.throws(() => compileRetryPolicy({ maximumInterval: '0.5s' }), /less than/);
  assert.throws(() => compilePriority({ priorityKey: 1.5 }), /whole number/);
});

test('enums take short names, names of the wire and numbers', () => {
  assert.equal(encodeWorkflowIdReusePolicy('REJECT_DUPLICATE'), 3);
  assert.equal(encodeWorkflowIdReusePolicy('WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE'), 3);
  assert.equal(encodeWorkflowIdReusePolicy(undefined), undefined);
  assert.throws(() => encodeWorkflowIdReusePolicy('NEVER' as 'REJECT_DUPLICATE'), /use one of ALLOW_DUPLICATE,/);
});

test('typed search attributes', () => {
  const when = defineSearchAttributeKey('when', 'DATETIME');
  const words = defineSearchAttributeKey('words', 'KEYWORD_LIST');
  const count = defineSearchAttributeKey('count', 'INT');
  const attributes = new TypedSearchAttributes([
    { key: when, value: new Date(0) },
    { key: words, value: ['a', 'b'] },
    { key: count, value: 3 },
  ]);
  const read = searchAttributesFromPayloads(searchAttributesToPayloads(attributes));
  assert.deepEqual(read.get(when), new Date(0));
  assert.deepEqual(read.get(words), ['a', 'b']);
  assert.equal(read.get(defineSearchAttributeKey('count', 'TEXT')), undefined);
  assert.equal(read.updateCopy([{ key: count, value: null }]).get(count), undefined);
  assert.throws(() => new TypedSearchAttributes([{ key: count, value: 1.5 }]), /'count' is of type INT/);
  assert.throws(
    () =>
      new TypedSearchAttributes([
        { key: count, value: 1 },
        { key: count, value: 1 },
      ]),
    /given twice/,
  );
});

test('texts and workflow types', () => {
  assert.equal(utf8Text(utf8Bytes('ä€😀\ud800')), 'ä€😀\ufffd');
  assert.throws(() => utf8Text(Uint8Array.of(0xff)), /not valid UTF-8/);
  assert.equal(
    extractWorkflowType(async function order() {}),
    'order',
  );
  assert.throws(
    () =>
      extractWorkflowType(
        (
          () => async () =>
            undefined
        )(),
      ),
    /has no name/,
  );
});
