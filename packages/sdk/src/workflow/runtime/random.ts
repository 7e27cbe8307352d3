/**
 * Randomness that is the same in every replay. The generator (Alea, by Johannes Baagøe) and how it is seeded are those of the
 * official SDK: ids of children are made with it, so histories depend on every bit.
 */
import { utf8Bytes } from '../../conversion/utf8.js';
import type { RandomSource } from './async-context.js';

const TWO_32 = 0x100000000;
const TWO_MINUS_32 = 2.3283064365386963e-10;

/** Spreads bytes over 32 bits; keeps its state between calls. */
class Mash {
  #n = 0xefc8249d;

  mash(bytes: Iterable<number>): number {
    let n = this.#n;
    for (const byte of bytes) {
      n += byte;
      let h = 0.02519603282416938 * n;
      n = h >>> 0;
      h -= n;
      h *= n;
      n = h >>> 0;
      h -= n;
      n += h * TWO_32;
    }
    this.#n = n;
    return (n >>> 0) * TWO_MINUS_32;
  }
}

/** One sequence. */
export class Alea implements RandomSource {
  #s0: number;
  #s1: number;
  #s2: number;
  #c = 1;

  constructor(seed: readonly number[]) {
    const mash = new Mash();
    const start = [32];
    const states = [mash.mash(start), mash.mash(start), mash.mash(start)].map((state) => {
      const shifted = state - mash.mash(seed);
      return shifted < 0 ? shifted + 1 : shifted;
    });
    [this.#s0, this.#s1, this.#s2] = states as [number, number, number];
  }

  /** At least 0, less than 1. */
  random(): number {
    const t = 2091639 * this.#s0 + this.#c * TWO_MINUS_32;
    this.#s0 = this.#s1;
    this.#s1 = this.#s2;
    this.#c = t | 0;
    this.#s2 = t - this.#c;
    return this.#s2;
  }
}

/** The seed of a run, from its most significant byte on. */
export function seedBytes(seed: bigint): number[] {
  return Array.from({ length: 8 }, (_, i) => Number((seed >> BigInt(56 - 8 * i)) & 0xffn));
}

/** The seed of a stream of its own, by name. */
export function streamSeed(seed: readonly number[], name: string): number[] {
  const nameBytes = [...utf8Bytes(name)];
  const prefix = utf8Bytes('temporal-workflow-random-stream-v1');
  return [...prefix, ...bigEndian(seed.length), ...seed, ...bigEndian(nameBytes.length), ...nameBytes];
}

function bigEndian(value: number): number[] {
  return [(value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

/** A version 4 UUID out of four numbers of the source. */
export function uuid4From(source: RandomSource): string {
  const word = (): number => (source.random() * TWO_32) >>> 0;
  const [a, b, c, d] = [word(), word(), word(), word()];
  const versioned = (b & 0xffff0fff) | 0x4000;
  const variant = (c & 0x3fffffff) | 0x80000000;
  const text = [a, versioned, variant, d].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join('');
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Fills the bytes and returns them. */
export function fillFrom(source: RandomSource, bytes: Uint8Array): Uint8Array {
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = Math.floor(source.random() * 0x100);
  return bytes;
}
