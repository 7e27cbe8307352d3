/** The index space of HPACK (RFC 7541): 61 fields that everybody knows, then those that this connection has seen, newest first. */

/** Appendix A of the RFC. Index 0 does not exist. */
const staticFields: readonly (readonly [string, string])[] = [
  ['', ''],
  [':authority', ''],
  [':method', 'GET'],
  [':method', 'POST'],
  [':path', '/'],
  [':path', '/index.html'],
  [':scheme', 'http'],
  [':scheme', 'https'],
  [':status', '200'],
  [':status', '204'],
  [':status', '206'],
  [':status', '304'],
  [':status', '400'],
  [':status', '404'],
  [':status', '500'],
  ['accept-charset', ''],
  ['accept-encoding', 'gzip, deflate'],
  ['accept-language', ''],
  ['accept-ranges', ''],
  ['accept', ''],
  ['access-control-allow-origin', ''],
  ['age', ''],
  ['allow', ''],
  ['authorization', ''],
  ['cache-control', ''],
  ['content-disposition', ''],
  ['content-encoding', ''],
  ['content-language', ''],
  ['content-length', ''],
  ['content-location', ''],
  ['content-range', ''],
  ['content-type', ''],
  ['cookie', ''],
  ['date', ''],
  ['etag', ''],
  ['expect', ''],
  ['expires', ''],
  ['from', ''],
  ['host', ''],
  ['if-match', ''],
  ['if-modified-since', ''],
  ['if-none-match', ''],
  ['if-range', ''],
  ['if-unmodified-since', ''],
  ['last-modified', ''],
  ['link', ''],
  ['location', ''],
  ['max-forwards', ''],
  ['proxy-authenticate', ''],
  ['proxy-authorization', ''],
  ['range', ''],
  ['referer', ''],
  ['refresh', ''],
  ['retry-after', ''],
  ['server', ''],
  ['set-cookie', ''],
  ['strict-transport-security', ''],
  ['transfer-encoding', ''],
  ['user-agent', ''],
  ['vary', ''],
  ['via', ''],
  ['www-authenticate', ''],
];

const staticNames: readonly string[] = staticFields.map(([name]) => name);
const staticValues: readonly string[] = staticFields.map(([, value]) => value);
export const staticFieldCount = staticFields.length - 1;

export const tableBytesDefault = 4096;

/** What a field counts in a table and in a header list: its characters and 32 bytes. */
export function fieldBytes(name: string, value: string): number {
  return name.length + value.length + 32;
}

/** Index of the whole field among those that everybody knows, or 0. */
export function staticIndexOf(name: string, value: string): number {
  const isIt = ([knownName, knownValue]: readonly [string, string]): boolean =>
    knownName === name && knownValue === value;
  return Math.max(0, staticFields.findIndex(isIt));
}

/** Index of a field with this name, or 0. */
export function staticIndexOfName(name: string): number {
  return Math.max(0, staticNames.indexOf(name, 1));
}

/** The fields a decoder has been told of: a ring, the newest has the lowest index. */
export class HeaderTable {
  #bytesMax = tableBytesDefault;
  #bytes = 0;
  /** Oldest first; the first `#gone` of them are evicted and cut off now and then. */
  #names: string[] = [];
  #values: string[] = [];
  #gone = 0;

  /** Undefined: there is no such field. */
  name(index: number): string | undefined {
    return index <= staticFieldCount ? staticNames[index] : this.#names[this.#position(index)];
  }

  value(index: number): string | undefined {
    return index <= staticFieldCount ? staticValues[index] : this.#values[this.#position(index)];
  }

  add(name: string, value: string): void {
    const bytes = fieldBytes(name, value);
    this.#evict(this.#bytesMax - bytes);
    if (bytes > this.#bytesMax) return;
    this.#names.push(name);
    this.#values.push(value);
    this.#bytes += bytes;
  }

  resize(bytesMax: number): void {
    this.#bytesMax = bytesMax;
    this.#evict(bytesMax);
  }

  #position(index: number): number {
    const position = this.#names.length - (index - staticFieldCount);
    return position < this.#gone ? -1 : position;
  }

  #evict(bytesMax: number): void {
    while (this.#bytes > bytesMax && this.#gone < this.#names.length) {
      this.#bytes -= fieldBytes(this.#names[this.#gone] as string, this.#values[this.#gone] as string);
      this.#gone += 1;
    }
    if (this.#gone > 64 && this.#gone * 2 > this.#names.length) {
      this.#names = this.#names.slice(this.#gone);
      this.#values = this.#values.slice(this.#gone);
      this.#gone = 0;
    }
  }
}
