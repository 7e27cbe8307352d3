import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Payload } from './generated/messages.js';
import { Slab } from './slab.js';
import { decodeValue, encodePassingValue, encodeValue } from './value-codec.js';

test('pieces of a slab do not overlap, whatever their lengths', () => {
  const slab = new Slab(1_024, 256);
  const pieces: Uint8Array[] = [];
  for (let size = 0; size <= 400; size += 7) {
    const piece = slab.take(size);
    assert.equal(piece.length, size);
    pieces.push(piece.fill(pieces.length));
  }
  for (const [index, piece] of pieces.entries()) assert.ok(piece.every((byte) => byte === index));
});

test('short and long pieces have arrays of their own, the others share one', () => {
  const slab = new Slab(1_024, 256);
  assert.equal(slab.take(64).buffer.byteLength, 64);
  assert.equal(slab.take(257).buffer.byteLength, 257);
  assert.equal(slab.take(65).buffer, slab.take(256).buffer);
});

test('passing messages and values are the same bytes, and stay so when more are made', () => {
  const messages = Array.from({ length: 200 }, (_, size) => ({ data: new Uint8Array(size * 40).fill(size) }));
  const passing = messages.map((message) => Payload.encodePassing(message));
  assert.deepEqual(
    passing.map((bytes) => [...bytes]),
    messages.map((message) => [...Payload.encode(message)]),
  );
  const values = Array.from({ length: 200 }, (_, no) => ({ no, text: 'x'.repeat(no), [`key${no}`]: true }));
  const encoded = values.map((value) => encodePassingValue(value));
  for (const [index, value] of values.entries()) {
    assert.deepEqual(encoded[index], encodeValue(value));
    assert.deepEqual(decodeValue(encoded[index] ?? new Uint8Array(0)), value);
  }
});
