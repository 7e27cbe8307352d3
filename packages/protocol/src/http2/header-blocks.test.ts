/** Header blocks: the examples of RFC 7541, appendix C, and what no honest peer sends. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Http2Error } from './frame.js';
import { HeaderDecoder } from './header-decoder.js';
import { blockBytesMax, HeaderEncoder, headerField, type HeaderFields, recurringField } from './header-encoder.js';
import { HeaderList } from './header-list.js';

const requestNames = [':method', ':scheme', ':path', ':authority', 'cache-control', 'custom-key'];
const responseNames = [':status', 'cache-control', 'date', 'location', 'content-encoding', 'set-cookie'];

function decode(decoder: HeaderDecoder, block: Buffer | string, bytesMax = 65_536): HeaderList {
  const bytes = typeof block === 'string' ? Buffer.from(block.replaceAll(' ', ''), 'hex') : block;
  const list = new HeaderList(bytesMax);
  decoder.decode(bytes, 0, bytes.length, list);
  return list;
}

const valuesOf = (list: HeaderList, names: readonly string[]): (string | undefined)[] =>
  names.map((name) => list.get(name));

function assertRefused(block: string, message: RegExp): void {
  assert.throws(
    () => decode(new HeaderDecoder(), block),
    (error) => error instanceof Http2Error && message.test(error.message),
  );
}

for (const [coding, blocks] of [
  [
    'plain',
    [
      '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
      '8286 84be 5808 6e6f 2d63 6163 6865',
      '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
    ],
  ],
  [
    'Huffman',
    [
      '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
      '8286 84be 5886 a8eb 1064 9cbf',
      '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
    ],
  ],
] as const) {
  test(`three requests of one connection, ${coding}`, () => {
    const decoder = new HeaderDecoder();
    const seen = blocks.map((block) => valuesOf(decode(decoder, block), requestNames));
    assert.deepEqual(seen, [
      ['GET', 'http', '/', 'www.example.com', undefined, undefined],
      ['GET', 'http', '/', 'www.example.com', 'no-cache', undefined],
      ['GET', 'https', '/index.html', 'www.example.com', undefined, 'custom-value'],
    ]);
  });
}

test('a small table forgets its oldest fields', () => {
  const decoder = new HeaderDecoder();
  const resize = '3fe1 01';
  const first = decode(
    decoder,
    `${resize} 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3`,
  );
  const second = decode(decoder, '4883 640e ffc1 c0bf');
  const third = decode(
    decoder,
    '88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07',
  );
  const dates = ['Mon, 21 Oct 2013 20:13:21 GMT', 'Mon, 21 Oct 2013 20:13:22 GMT'];
  const location = 'https://www.example.com';
  assert.deepEqual(
    [first, second, third].map((list) => valuesOf(list, responseNames)),
    [
      ['302', 'private', dates[0], location, undefined, undefined],
      ['307', 'private', dates[0], location, undefined, undefined],
      ['200', 'private', dates[1], location, 'gzip', 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1'],
    ],
  );
  // Only set-cookie, content-encoding and the date are left.
  assert.equal(decode(decoder, 'be').get('set-cookie')?.slice(0, 4), 'foo=');
  assert.throws(() => decode(decoder, 'c1'), /stands for nothing/);
});

test('a broken block is refused', () => {
  assertRefused('80', /stands for nothing/);
  assertRefused('be', /stands for nothing/);
  assertRefused('ff ffff ffff ff0f', /integer without end/);
  assertRefused('7f', /cut off/);
  assertRefused('40 0a 6375', /cut off/);
  assertRefused('3f e2 1f', /larger than allowed/);
  assertRefused('82 20', /behind a field/);
  assertRefused('00 01 41 00', /header name/);
  assertRefused('00 01 61 01 0a', /header value/);
  // A symbol cut off, padding of zeros, padding of a whole byte, the end mark.
  assertRefused('00 81 fe 00', /inside a symbol/);
  assertRefused('00 82 1fff 00', /inside a symbol/);
  assertRefused('00 81 18 00', /inside a symbol/);
  assertRefused('00 84 ffff ffff 00', /end mark/);
});

test('a list that is too long is counted and not kept, and the table stays in step', () => {
  const decoder = new HeaderDecoder();
  const long = decode(decoder, '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d', 120);
  assert.equal(long.isTooLong, true);
  assert.equal(long.get(':authority'), undefined);
  assert.equal(decode(decoder, 'be').get(':authority'), 'www.example.com');
});

test('pseudo headers must be known, single, complete and in front', () => {
  const listOf = (...fields: [string, string][]): HeaderList => {
    const list = new HeaderList(1000);
    for (const [name, value] of fields) list.add(name, value);
    return list;
  };
  const path: [string, string] = [':path', '/'];
  const method: [string, string] = [':method', 'POST'];
  const scheme: [string, string] = [':scheme', 'http'];
  assert.equal(listOf(method, scheme, path, ['te', 'trailers'], ['a', '1'], ['a', '2']).isMalformed, false);
  assert.equal(listOf(method, scheme).isMalformed, true);
  assert.equal(listOf(path, scheme).isMalformed, true);
  assert.equal(listOf(path, method).isMalformed, true);
  assert.equal(listOf(method, scheme, path, path).isMalformed, true);
  assert.equal(listOf(method, scheme, ['a', '1'], path).isMalformed, true);
  assert.equal(listOf(method, scheme, path, [':other', '1']).isMalformed, true);
  assert.equal(listOf(method, scheme, path, ['connection', 'close']).isMalformed, true);
  const list = listOf(method, scheme, path, ['a', '1'], ['b', '2'], ['a', '3']);
  assert.equal(list.get('a'), '1, 3');
  assert.deepEqual(list.names(), ['a', 'b']);
});

const status = headerField(':status', '200');
const contentType = recurringField('content-type', 'application/grpc');
const ok = recurringField('grpc-status', '0');
const message = headerField('grpc-message', 'x'.repeat(300));

function encode(encoder: HeaderEncoder, fields: HeaderFields): Buffer {
  const buffer = Buffer.alloc(blockBytesMax(fields));
  return buffer.subarray(0, encoder.encode(fields, buffer, 0));
}

test('fields that recur are one byte from the second time on', () => {
  const encoder = new HeaderEncoder();
  const decoder = new HeaderDecoder();
  const names = [':status', 'content-type', 'grpc-status', 'grpc-message'];
  const lengths = [[status, contentType], [ok, message], [status, contentType], [ok]].map((fields) => {
    const block = encode(encoder, fields);
    const expected = names.map((name) => fields.find((field) => field.name === name)?.value);
    assert.deepEqual(valuesOf(decode(decoder, block), names), expected);
    return block.length;
  });
  assert.deepEqual(lengths.slice(2), [2, 1]);
});

test('a peer without a table is told everything every time', () => {
  const encoder = new HeaderEncoder();
  const decoder = new HeaderDecoder();
  decode(decoder, encode(encoder, [contentType]));
  encoder.setTableBytesMax(0);
  const next = encode(encoder, [contentType]);
  assert.equal(next[0], 0x20);
  assert.equal(decode(decoder, next).get('content-type'), 'application/grpc');
  assert.equal(decode(decoder, encode(encoder, [contentType])).get('content-type'), 'application/grpc');
});
