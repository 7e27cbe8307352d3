/** The headers of one request, in their order. Some twenty at most, so looking through them beats any map. */

import { fieldBytes } from './header-table.js';

export class HeaderList {
  readonly #bytesMax: number;
  readonly #names: string[] = [];
  readonly #values: string[] = [];
  #bytes = 0;
  #pseudoCount = 0;
  #isMalformed = false;

  /** Fields above the bound are counted and not kept. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  add(name: string, value: string): void {
    this.#bytes += fieldBytes(name, value);
    if (this.isTooLong) return;
    if (name.charCodeAt(0) === colon) this.#addPseudo(name);
    else if (connectionHeaders.has(name) && !(name === 'te' && value === 'trailers')) this.#isMalformed = true;
    this.#names.push(name);
    this.#values.push(value);
  }

  get isTooLong(): boolean {
    return this.#bytes > this.#bytesMax;
  }

  /** True when a pseudo header is missing, unknown, given twice or behind others, and for what only HTTP/1 has. */
  get isMalformed(): boolean {
    if (this.isTooLong) return false;
    if (this.#isMalformed || (this.get(':path') ?? '') === '') return true;
    return !this.#names.includes(':method') || !this.#names.includes(':scheme');
  }

  /** The value; several are joined with `, `. Undefined when absent. */
  get(name: string): string | undefined {
    let value: string | undefined;
    for (let index = 0; index < this.#names.length; index += 1) {
      if (this.#names[index] !== name) continue;
      const next = this.#values[index] as string;
      value = value === undefined ? next : `${value}, ${next}`;
    }
    return value;
  }

  /** Each name once, without pseudo headers. */
  names(): readonly string[] {
    return [...new Set(this.#names.slice(this.#pseudoCount))];
  }

  #addPseudo(name: string): void {
    const isNew = !this.#names.includes(name);
    if (!isNew || !requestPseudoHeaders.has(name) || this.#names.length > this.#pseudoCount) this.#isMalformed = true;
    this.#pseudoCount += 1;
  }
}

const colon = 0x3a;
const connectionHeaders: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);
const requestPseudoHeaders: ReadonlySet<string> = new Set([':method', ':scheme', ':authority', ':path', ':protocol']);
