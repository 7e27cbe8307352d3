/** Seeded randomness. `split` gives an independent stream by name, so that one part of the world can change its use of
 * chance without changing what the others draw. */
export class Rng {
  readonly #seed: number;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    this.#seed = seed >>> 0;
    this.#a = mix(this.#seed ^ 0x9e3779b9);
    this.#b = mix(this.#a ^ 0x85ebca6b);
    this.#c = mix(this.#b ^ 0xc2b2ae35);
    for (let index = 0; index < 12; index += 1) this.#word();
  }

  split(name: string): Rng {
    let hash = mix(this.#seed ^ 0x27d4eb2f);
    for (let index = 0; index < name.length; index += 1) hash = mix(hash ^ name.charCodeAt(index));
    return new Rng(hash);
  }

  /** Uniform in [0, 1). */
  next(): number {
    return this.#word() / 0x1_0000_0000;
  }

  /** Whole, both ends included. */
  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  between(from: number, to: number): number {
    return from + this.next() * (to - from);
  }

  chance(probability: number): boolean {
    return probability > 0 && this.next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  /** Picks by weight; entries of weight 0 are never picked. */
  weighted<T>(entries: readonly (readonly [number, T])[]): T {
    const total = entries.reduce((sum, [weight]) => sum + weight, 0);
    let rest = this.next() * total;
    for (const [weight, item] of entries) {
      if (rest < weight) return item;
      rest -= weight;
    }
    return this.pick(entries.filter(([weight]) => weight > 0))[1];
  }

  uuid(): string {
    const hex = (): string => this.#word().toString(16).padStart(8, '0');
    const [a, b, c, d] = [hex(), hex(), hex(), hex()];
    return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`;
  }

  /** sfc32. */
  #word(): number {
    const result = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + result;
    this.#c |= 0;
    return result >>> 0;
  }
}

function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
