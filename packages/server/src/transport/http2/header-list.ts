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
    this.#names.push(name);
    this.#values.push(value);
  }

  get isTooLong(): boolean {
    return this.#bytes > this.#bytesMax;
  }

  /** True for pseudo headers that are unknown, given twice or behind others. */
  get isMalformed(): boolean {
    return this.#isMalformed;
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
const requestPseudoHeaders: ReadonlySet<string> = new Set([':method', ':scheme', ':authority', ':path', ':protocol']);
