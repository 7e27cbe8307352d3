/** Request headers as the API sees them. */

import type { IncomingHttpHeaders } from 'node:http2';
import type { CallMetadata } from './contract.js';

export class HeaderMetadata implements CallMetadata {
  readonly #headers: IncomingHttpHeaders;

  constructor(headers: IncomingHttpHeaders) {
    this.#headers = headers;
  }

  get(name: string): string | undefined {
    const value = this.#headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  getBinary(name: string): Uint8Array | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    const comma = value.indexOf(',');
    return Buffer.from(comma < 0 ? value : value.slice(0, comma), 'base64');
  }

  names(): readonly string[] {
    return Object.keys(this.#headers).filter((name) => !name.startsWith(':'));
  }
}
