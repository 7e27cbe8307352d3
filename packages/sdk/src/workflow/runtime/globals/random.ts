/** `Math.random` and `crypto` from the run's own sequence. Not for secrets: whoever knows the run id knows them. */
import { inRun, random } from '../for-globals.js';
import { DOMException, QuotaExceededError } from './dom-exception.js';
import { defineMethods, defineTag, defineValue } from './methods.js';
import { refuse } from './refuse.js';

const QUOTA_BYTES = 65_536;

export function installRandom(): void {
  defineMethods(Math, { random: draw });
}

function draw(): number {
  if (inRun()) return random();
  return refuse('Math.random', 'there is no run whose sequence it could be. Call it in a workflow, not before one.');
}

type IntegerArray = Uint8Array | Uint16Array | Uint32Array | Int8Array | Int16Array | Int32Array | BigUint64Array;

/** The object `crypto` and its class. */
export function createCrypto(): { crypto: object; Crypto: unknown } {
  class Crypto {
    constructor() {
      throw new TypeError('Illegal constructor');
    }
  }
  defineMethods(Crypto.prototype, {
    randomUUID: () => uuid(),
    getRandomValues: (array: IntegerArray) => fill(array),
  });
  Object.defineProperty(Crypto.prototype, 'subtle', {
    configurable: true,
    get: () => refuse('crypto.subtle', 'its work is done by other threads. Encrypt, hash and sign in an activity.'),
  });
  defineTag(Crypto.prototype, 'Crypto');
  const crypto = Object.create(Crypto.prototype) as object;
  defineValue(Crypto, 'name', 'Crypto');
  return { crypto, Crypto };
}

const byte = (): number => Math.floor(draw() * 256);

function uuid(): string {
  const hex = Array.from({ length: 16 }, (_, index) => {
    const value = byte();
    if (index === 6) return (value & 0x0f) | 0x40;
    return index === 8 ? (value & 0x3f) | 0x80 : value;
  }).map((value) => value.toString(16).padStart(2, '0'));
  const text = hex.join('');
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
}

function fill(array: IntegerArray): IntegerArray {
  if (!ArrayBuffer.isView(array) || /Float|DataView/.test(Object.prototype.toString.call(array))) {
    throw new DOMException('The data argument must be an integer-type TypedArray', 'TypeMismatchError');
  }
  if (array.byteLength > QUOTA_BYTES) {
    throw new QuotaExceededError(`The requested length exceeds ${QUOTA_BYTES} bytes`, { quota: QUOTA_BYTES });
  }
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = byte();
  return array;
}
