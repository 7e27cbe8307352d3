/**
 * The Huffman code of HPACK (RFC 7541, appendix B). It is canonical: codes count upwards through the symbols ordered by length,
 * so the lengths say everything.
 */

import { errorCode, Http2Error } from './frame.js';

/** Code length in bits, and the symbols that have it, in order. Ranges are [first, last]. */
const symbolsByLength: readonly (readonly [number, string | readonly (number | readonly [number, number])[]])[] = [
  [5, '012aceiost'],
  [6, ' %-./3456789=A_bdfghlmnpru'],
  [7, ':BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz'],
  [8, '&*,;XZ'],
  [10, '!"()?'],
  [11, "'+|"],
  [12, '#>'],
  [13, '\0$@[]~'],
  [14, '^}'],
  [15, '<`{'],
  [19, [92, 195, 208]],
  [20, [128, 130, 131, 162, 184, 194, 224, 226]],
  [21, [153, 161, 167, 172, 176, 177, 179, 209, 216, 217, 227, 229, 230]],
  [
    22,
    [
      129,
      [132, 134],
      136,
      146,
      154,
      156,
      160,
      163,
      164,
      169,
      170,
      173,
      178,
      181,
      [185, 187],
      189,
      190,
      196,
      198,
      228,
      232,
      233,
    ],
  ],
  [
    23,
    [
      1,
      135,
      [137, 141],
      143,
      147,
      [149, 152],
      155,
      157,
      158,
      165,
      166,
      168,
      174,
      175,
      180,
      182,
      183,
      188,
      191,
      197,
      231,
      239,
    ],
  ],
  [24, [9, 142, 144, 145, 148, 159, 171, 206, 215, 225, 236, 237]],
  [25, [199, 207, 234, 235]],
  [26, [192, 193, [200, 202], 205, 210, 213, 218, 219, 238, 240, 242, 243, 255]],
  [27, [203, 204, 211, 212, 214, [221, 223], 241, [244, 248], [250, 254]]],
  [28, [[2, 8], 11, 12, [14, 21], [23, 31], 127, 220, 249]],
  [30, [10, 13, 22, 256]],
];

const endOfString = 256;
/** A leaf of the tree is the symbol, inverted; an inner node is the index of its pair. */
const tree = new Int16Array(2 * endOfString);
const paddingBitsMax = 7;

buildTree();

/** The text that was encoded, one character per byte. Throws Http2Error. */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  let node = 0;
  // Bits since the last symbol, and whether all of them are ones, as padding has to be.
  let pendingBits = 0;
  let isPadding = true;
  for (let index = start; index < end; index += 1) {
    const byte = bytes[index] as number;
    for (let bit = 7; bit >= 0; bit -= 1) {
      const side = (byte >> bit) & 1;
      const next = tree[2 * node + side] as number;
      if (next >= 0) {
        node = next;
        pendingBits += 1;
        isPadding &&= side === 1;
        continue;
      }
      if (~next === endOfString) throw new Http2Error(errorCode.compressionError, 'an end mark inside a header');
      text += String.fromCharCode(~next);
      node = 0;
      pendingBits = 0;
      isPadding = true;
    }
  }
  if (!isPadding || pendingBits > paddingBitsMax) {
    throw new Http2Error(errorCode.compressionError, 'a header that ends inside a symbol');
  }
  return text;
}

function buildTree(): void {
  let code = 0;
  let lastLength = 0;
  let nodes = 1;
  for (const [length, symbols] of symbolsByLength) {
    for (const symbol of symbolNumbers(symbols)) {
      code <<= length - lastLength;
      lastLength = length;
      let node = 0;
      for (let bit = length - 1; bit > 0; bit -= 1) {
        const slot = 2 * node + ((code >> bit) & 1);
        if (tree[slot] === 0) tree[slot] = nodes++;
        node = tree[slot] as number;
      }
      tree[2 * node + (code & 1)] = ~symbol;
      code += 1;
    }
  }
}

function* symbolNumbers(symbols: string | readonly (number | readonly [number, number])[]): Generator<number> {
  if (typeof symbols === 'string') {
    for (const character of symbols) yield character.charCodeAt(0);
    return;
  }
  for (const symbol of symbols) {
    const [first, last] = typeof symbol === 'number' ? [symbol, symbol] : symbol;
    for (let number = first; number <= last; number += 1) yield number;
  }
}
