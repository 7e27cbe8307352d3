/** `URL`: the host takes addresses apart, as text; the class is made in here. */
import { defineTag, toText } from './methods.js';
import { setOwner, setQuery, URLSearchParams } from './url-search-params.js';

/** What can be set of an address, and what can be read too. */
export const URL_PARTS = [
  'href',
  'protocol',
  'username',
  'password',
  'host',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
] as const;
export type UrlPart = (typeof URL_PARTS)[number];

/** The parts of an address and its origin, in the order of `URL_PARTS`, with U+0000 between; undefined when it is none. */
export interface UrlHost {
  parseUrl(input: string, base: string | undefined): string | undefined;
  /** The address with one part changed; undefined when `href` cannot be that. */
  changeUrl(href: string, part: UrlPart, value: string): string | undefined;
}

type Parts = Readonly<Record<UrlPart | 'origin', string>>;

/** The class over a host. */
export function createUrl(host: UrlHost): unknown {
  const parse = (input: unknown, base: unknown): Parts | undefined =>
    partsOf(host.parseUrl(toText(input), base === undefined ? undefined : toText(base)));

  class URL {
    #parts: Parts;
    #params: URLSearchParams | undefined;

    constructor(input: unknown, base?: unknown) {
      const parts = parse(input, base);
      if (parts === undefined) {
        throw Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input: toText(input) });
      }
      this.#parts = parts;
    }

    static canParse(input: unknown, base?: unknown): boolean {
      return parse(input, base) !== undefined;
    }
    static parse(input: unknown, base?: unknown): URL | null {
      return URL.canParse(input, base) ? new URL(input, base) : null;
    }
    static readPart(url: URL, part: UrlPart): string {
      return url.#parts[part];
    }
    static changePart(url: URL, part: UrlPart, value: string): void {
      const parts = partsOf(host.changeUrl(url.#parts.href, part, value));
      if (parts === undefined) throw new TypeError('Invalid URL');
      url.#parts = parts;
      if (url.#params !== undefined && (part === 'search' || part === 'href')) setQuery(url.#params, parts.search);
    }

    get origin(): string {
      return this.#parts.origin;
    }
    get searchParams(): URLSearchParams {
      if (this.#params !== undefined) return this.#params;
      const params = new URLSearchParams(this.#parts.search);
      setOwner(params, () => {
        const parts = partsOf(host.changeUrl(this.#parts.href, 'search', params.toString()));
        if (parts !== undefined) this.#parts = parts;
      });
      this.#params = params;
      return params;
    }
    toString(): string {
      return this.#parts.href;
    }
    toJSON(): string {
      return this.#parts.href;
    }
  }

  const { readPart, changePart } = URL;
  Reflect.deleteProperty(URL, 'readPart');
  Reflect.deleteProperty(URL, 'changePart');
  for (const part of URL_PARTS) {
    Object.defineProperty(URL.prototype, part, {
      configurable: true,
      enumerable: true,
      get(this: URL) {
        return readPart(this, part);
      },
      set(this: URL, value: unknown) {
        changePart(this, part, String(value));
      },
    });
  }
  defineTag(URL.prototype, 'URL');
  return URL;
}

function partsOf(text: string | undefined): Parts | undefined {
  if (text === undefined) return undefined;
  const values = text.split('\0');
  const entries = [...URL_PARTS, 'origin' as const].map((part, index) => [part, values[index] ?? ''] as const);
  return Object.fromEntries(entries) as Parts;
}
