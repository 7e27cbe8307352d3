import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomText, seededRandom } from './testing/random.js';
import type * as Utf8 from './utf8.js';

/** Loads the module a second time, as in a realm that has none of the runtime's coders. */
async function loadBare(): Promise<typeof Utf8> {
  const globals = globalThis as Record<string, unknown>;
  const { Buffer, TextEncoder, TextDecoder } = globals;
  Object.assign(globals, { Buffer: undefined, TextEncoder: undefined, TextDecoder: undefined });
  try {
    const url = new URL('./utf8.js?bare', import.meta.url).href;
    return (await import(url)) as typeof Utf8;
  } finally {
    Object.assign(globals, { Buffer, TextEncoder, TextDecoder });
  }
}

test('without Buffer, TextEncoder and TextDecoder the same bytes and texts come out', async () => {
  const bare = await loadBare();
  const encoder = new TextEncoder();
  const random = seededRandom(6);
  for (let round = 0; round < 500; round++) {
    const text = randomText(random, 12).repeat(random.below(60));
    const buffer = new Uint8Array(text.length * 3 + 7);
    const end = bare.encodeUtf8(text, buffer, 7);
    assert.deepEqual(buffer.subarray(7, end), encoder.encode(text));
    assert.equal(bare.decodeUtf8(buffer, 7, end), text);
  }
  assert.equal(bare.decodeUtf8(Uint8Array.of(...new Array<number>(300).fill(97), 0x80), 0, 301), undefined);
});
