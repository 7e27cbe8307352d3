/** Seeded random choices; a failure names its seed. */
import assert from 'node:assert/strict';

export interface Random {
  /** An integer from 0 to below the bound. */
  readonly below: (bound: number) => number;
  readonly pick: <Item>(items: readonly Item[]) => Item;
  readonly chance: (probability: number) => boolean;
}

export function makeRandom(seed: number): Random {
  let state = (seed * 2_654_435_769) >>> 0;
  const next = (): number => {
    // xorshift32 with a Weyl sequence.
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[below(items.length)];
    assert.ok(item !== undefined);
    return item;
  };
  return { below, pick, chance: (probability) => next() < probability };
}
