import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allTypes } from './generated/all-types.js';
import { seededRandom } from './testing/random.js';
import { randomEncoding, referenceRoot, referenceView } from './testing/reference-codec.js';
import { MalformedMessageError } from './reader.js';

test('every message type reads what protobufjs writes, and protobufjs reads what it writes', () => {
  const random = seededRandom(1);
  for (const type of allTypes) {
    const reference = referenceRoot.lookupType(type.name);
    for (let round = 0; round < 12; round++) {
      const theirs = randomEncoding(random, reference);
      const message = type.decode(theirs);
      const ours = type.encode(message as object);
      assert.deepEqual(referenceView(reference, ours), referenceView(reference, theirs), type.name);
      assert.deepEqual(type.decode(ours), message, type.name);
    }
  }
});

test('every message type reads the empty encoding and writes it back', () => {
  for (const type of allTypes) {
    const message = type.decode(new Uint8Array(0));
    assert.equal(type.encode(message as object).length, 0, type.name);
    assert.equal(type.encode({}).length, 0, type.name);
  }
});

test('cut or garbled input is read or refused with the name of its type, never anything else', () => {
  const random = seededRandom(2);
  for (const type of allTypes) {
    const whole = randomEncoding(random, referenceRoot.lookupType(type.name));
    for (let round = 0; round < 20; round++) {
      const bytes = whole.slice(0, random.below(whole.length + 1));
      for (let flips = random.below(3); flips > 0; flips--) bytes[random.below(bytes.length)] = random.below(256);
      try {
        type.decode(bytes);
      } catch (error) {
        assert.ok(error instanceof MalformedMessageError, `${type.name}: ${String(error)}`);
        assert.equal(error.typeName, type.name);
      }
    }
  }
});

test('unknown fields of every wire type are skipped', () => {
  const unknown = [0xf8, 0x7f, 1, 0xf9, 0x7f, 1, 2, 3, 4, 5, 6, 7, 8, 0xfa, 0x7f, 2, 9, 9, 0xfd, 0x7f, 1, 2, 3, 4];
  const group = [0xfb, 0x7f, 0x08, 1, 0xfc, 0x7f];
  for (const type of allTypes) {
    const message = type.decode(Uint8Array.from([...unknown, ...group]));
    assert.deepEqual(message, type.decode(new Uint8Array(0)), type.name);
  }
});
