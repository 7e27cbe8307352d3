/** `URLSearchParams`: form encoding, all of it in here. */
import { defineTag, toText } from './methods.js';
import { TextDecoder, TextEncoder } from './text-encoding.js';

type Pair = [string, string];
type Init = string | Iterable<readonly [unknown, unknown]> | Readonly<Record<string, unknown>> | null;

const encoder = new TextEncoder();

/** Tells a URL that its parameters changed, and gives them new ones when its query changed. */
export let setOwner: (params: URLSearchParams, onChange: () => void) => void;
export let setQuery: (params: URLSearchParams, query: string) => void;

export class URLSearchParams {
  static {
    setOwner = (params, onChange) => (params.#onChange = onChange);
    setQuery = (params, query) => (params.#pairs = parse(query));
  }

  #pairs: Pair[];
  #onChange: () => void = () => undefined;

  constructor(init: Init = '') {
    this.#pairs = pairsOf(init);
  }

  get size(): number {
    return this.#pairs.length;
  }

  append(name: unknown, value: unknown): void {
    this.#pairs.push([toText(name), toText(value)]);
    this.#onChange();
  }
  delete(name: unknown, value?: unknown): void {
    this.#pairs = this.#pairs.filter((pair) => !matches(pair, name, value));
    this.#onChange();
  }
  get(name: unknown): string | null {
    return this.#pairs.find(([key]) => key === toText(name))?.[1] ?? null;
  }
  getAll(name: unknown): string[] {
    return this.#pairs.filter(([key]) => key === toText(name)).map(([, value]) => value);
  }
  has(name: unknown, value?: unknown): boolean {
    return this.#pairs.some((pair) => matches(pair, name, value));
  }
  set(name: unknown, value: unknown): void {
    const first = this.#pairs.find(([key]) => key === toText(name));
    if (first === undefined) return this.append(name, value);
    first[1] = toText(value);
    this.#pairs = this.#pairs.filter((pair) => pair === first || pair[0] !== first[0]);
    this.#onChange();
  }
  sort(): void {
    this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.#onChange();
  }
  forEach(callback: (value: string, name: string, params: URLSearchParams) => unknown, self?: unknown): void {
    for (const [name, value] of this.#pairs) Reflect.apply(callback, self, [value, name, this]);
  }
  *entries(): IterableIterator<Pair> {
    for (const [name, value] of this.#pairs) yield [name, value];
  }
  *keys(): IterableIterator<string> {
    for (const [name] of this.#pairs) yield name;
  }
  *values(): IterableIterator<string> {
    for (const [, value] of this.#pairs) yield value;
  }
  [Symbol.iterator](): IterableIterator<Pair> {
    return this.entries();
  }
  toString(): string {
    return this.#pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
  }
}
defineTag(URLSearchParams.prototype, 'URLSearchParams');

function matches([key, own]: Pair, name: unknown, value: unknown): boolean {
  return key === toText(name) && (value === undefined || own === toText(value));
}

function pairsOf(init: Init): Pair[] {
  if (init === null || typeof init !== 'object') return parse(toText(init));
  if (Symbol.iterator in init) {
    return [...(init as Iterable<readonly unknown[]>)].map((pair) => {
      const [name, value, ...more] = [...pair];
      if (value === undefined || more.length > 0) throw new TypeError('Each query pair must be a name and a value');
      return [toText(name), toText(value)];
    });
  }
  return Object.entries(init).map(([name, value]) => [name, toText(value)]);
}

function parse(query: string): Pair[] {
  const text = query.startsWith('?') ? query.slice(1) : query;
  return text
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=');
      return at < 0 ? [decode(part), ''] : [decode(part.slice(0, at)), decode(part.slice(at + 1))];
    });
}

const SAFE = /^[A-Za-z0-9*\-._]$/;

function encode(text: string): string {
  if (/^[A-Za-z0-9*\-._]*$/.test(text)) return text;
  return Array.from(encoder.encode(text), (byte) => {
    const letter = String.fromCharCode(byte);
    if (SAFE.test(letter)) return letter;
    return byte === 0x20 ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  if (!spaced.includes('%')) return spaced;
  const bytes: number[] = [];
  const raw = encoder.encode(spaced);
  for (let at = 0; at < raw.length; at += 1) {
    const hex = String.fromCharCode(raw[at + 1] ?? 0, raw[at + 2] ?? 0);
    if (raw[at] === 0x25 && /^[0-9a-f]{2}$/i.test(hex)) {
      bytes.push(Number.parseInt(hex, 16));
      at += 2;
    } else bytes.push(raw[at] ?? 0);
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes));
}
