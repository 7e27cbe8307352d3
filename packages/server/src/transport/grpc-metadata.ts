/** Request headers as the API sees them. */

import type { CallMetadata } from './contract.js';
import type { HeaderList } from '@perdure/protocol/http2';

export class HeaderMetadata implements CallMetadata {
  readonly #headers: HeaderList;

  constructor(headers: HeaderList) {
    this.#headers = headers;
  }

  get(name: string): string | undefined {
    return this.#headers.get(name);
  }

  getBinary(name: string): Uint8Array | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    const comma = value.indexOf(',');
    return Buffer.from(comma < 0 ? value : value.slice(0, comma), 'base64');
  }

  names(): readonly string[] {
    return this.#headers.names();
  }
}
