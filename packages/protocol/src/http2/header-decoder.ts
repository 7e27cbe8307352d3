/** Reads header blocks (HPACK, RFC 7541). One decoder lives as long as its connection: every block may change its table. */

import { errorCode, Http2Error } from './frame.js';
import type { HeaderList } from './header-list.js';
import { HeaderTable, tableBytesDefault } from './header-table.js';
import { decodeHuffman } from './huffman.js';

/** An integer of more bytes than this is no honest one. */
const integerBytesMax = 4;
const noBytes: Buffer = Buffer.alloc(0);

export class HeaderDecoder {
  readonly #table = new HeaderTable();
  #bytes: Buffer = noBytes;
  #at = 0;
  #end = 0;

  /** Adds the fields of a complete block to the list. Throws Http2Error, after which the connection cannot go on. */
  decode(bytes: Buffer, start: number, end: number, list: HeaderList): void {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    let canResize = true;
    while (this.#at < end) {
      const first = bytes[this.#at] as number;
      if ((first & 0xe0) === 0x20) {
        if (!canResize) throw broken('a table size behind a field');
        this.#resize();
        continue;
      }
      canResize = false;
      if (first >= 0x80) this.#indexed(list);
      else if (first >= 0x40) this.#literal(list, 0x3f, true);
      else this.#literal(list, 0x0f, false);
    }
    this.#bytes = noBytes;
  }

  #indexed(list: HeaderList): void {
    const index = this.#integer(0x7f);
    list.add(this.#nameAt(index), this.#table.value(index) ?? '');
  }

  #literal(list: HeaderList, prefixMask: number, isRemembered: boolean): void {
    const index = this.#integer(prefixMask);
    const name = index === 0 ? this.#string() : this.#nameAt(index);
    if (index === 0 && !isFieldName(name)) throw new Http2Error(errorCode.protocolError, 'a malformed header name');
    const value = this.#string();
    if (!isFieldValue(value)) throw new Http2Error(errorCode.protocolError, 'a malformed header value');
    if (isRemembered) this.#table.add(name, value);
    list.add(name, value);
  }

  #nameAt(index: number): string {
    const name = index === 0 ? undefined : this.#table.name(index);
    if (name === undefined) throw broken('an index that stands for nothing');
    return name;
  }

  #resize(): void {
    const bytes = this.#integer(0x1f);
    if (bytes > tableBytesDefault) throw broken('a table larger than allowed');
    this.#table.resize(bytes);
  }

  #integer(prefixMask: number): number {
    let value = this.#byte() & prefixMask;
    if (value < prefixMask) return value;
    for (let index = 0; index < integerBytesMax; index += 1) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return value;
    }
    throw broken('an integer without end');
  }

  #string(): string {
    const isHuffman = (this.#bytes[this.#at] ?? 0) >= 0x80;
    const length = this.#integer(0x7f);
    const start = this.#at;
    const end = start + length;
    if (end > this.#end) throw broken('a string cut off');
    this.#at = end;
    return isHuffman ? decodeHuffman(this.#bytes, start, end) : this.#bytes.toString('latin1', start, end);
  }

  #byte(): number {
    if (this.#at >= this.#end) throw broken('a block cut off');
    return this.#bytes[this.#at++] as number;
  }
}

function broken(what: string): Http2Error {
  return new Http2Error(errorCode.compressionError, `header block: ${what}`);
}

/** Lower case, no blanks or controls; a colon only in front. */
function isFieldName(name: string): boolean {
  if (name === '') return false;
  for (let index = 0; index < name.length; index += 1) {
    const code = name.charCodeAt(index);
    if (code <= 0x20 || code >= 0x7f || (code >= 0x41 && code <= 0x5a)) return false;
    if (code === 0x3a && index > 0) return false;
  }
  return true;
}

function isFieldValue(value: string): boolean {
  for (let index = 0; index < value.length; index += 1) {
    const code = value.charCodeAt(index);
    if (code === 0 || code === 0x0a || code === 0x0d) return false;
  }
  return true;
}
