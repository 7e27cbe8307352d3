/** Seeded random values for property tests: the same seed gives the same values on every machine. */

export interface Random {
  /** A float in [0, 1). */
  next(): number;
  /** An integer in [0, bound). */
  below(bound: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
}

export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: <T>(from: readonly T[]): T => from[below(from.length)] as T,
  };
}

const ALPHABETS = ['abcdefghij-0123456789', 'äöüß漢字かな', '😀🚀𝄞'];

export function randomText(random: Random, lengthMax: number): string {
  const alphabet = Array.from(random.pick(ALPHABETS));
  return Array.from({ length: random.below(lengthMax + 1) }, () => random.pick(alphabet)).join('');
}

export function randomBytes(random: Random, sizeMax: number): Uint8Array {
  return Uint8Array.from({ length: random.below(sizeMax + 1) }, () => random.below(256));
}

/** Integers of every magnitude up to 2^53, of both signs. */
export function randomInteger(random: Random): number {
  const magnitude = Math.floor(2 ** (random.next() * 53));
  return random.chance(0.5) ? magnitude : -magnitude;
}
