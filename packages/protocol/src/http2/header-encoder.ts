/**
 * Writes header blocks (HPACK, RFC 7541). Fields that recur in every answer are told once and are one byte from then on; all
 * others are written out. So the table only grows by a few known fields and nothing is ever evicted.
 */

import { fieldBytes, staticFieldCount, staticIndexOf, staticIndexOfName, tableBytesDefault } from './header-table.js';

/** One header of an answer. Make those that are constant once, and reuse them. */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
  /** Worth a place in the table of every connection. */
  readonly isRecurring: boolean;
  /** Index of the whole field in the static table, or 0. */
  readonly staticIndex: number;
}

export type HeaderFields = readonly HeaderField[];

/** Characters above U+00FF are not representable; the caller encodes them. */
export function headerField(name: string, value: string): HeaderField {
  return { name, value, isRecurring: false, staticIndex: staticIndexOf(name, value) };
}

export function recurringField(name: string, value: string): HeaderField {
  return { ...headerField(name, value), isRecurring: true };
}

/** Bytes that a block of these fields takes at most. */
export function blockBytesMax(fields: HeaderFields): number {
  let bytes = tableUpdateBytes;
  for (const field of fields) bytes += field.name.length + field.value.length + lengthsBytesMax;
  return bytes;
}

const tableUpdateBytes = 1;
/** Index byte and two lengths of up to five bytes. */
const lengthsBytesMax = 11;

export class HeaderEncoder {
  /** Places of remembered fields, counted from the first. */
  readonly #places = new Map<HeaderField, number>();
  #tableBytes = 0;
  #hasTable = true;
  #mustDropTable = false;

  /** The peer's bound on our table. Below the default we do without one. */
  setTableBytesMax(bytes: number): void {
    if (bytes >= tableBytesDefault || !this.#hasTable) return;
    this.#hasTable = false;
    this.#mustDropTable = true;
    this.#places.clear();
  }

  /** Writes the block at the offset and answers where it ends. Blocks must be sent in the order they were written. */
  encode(fields: HeaderFields, buffer: Buffer, offset: number): number {
    let at = offset;
    if (this.#mustDropTable) {
      this.#mustDropTable = false;
      buffer[at++] = 0x20;
    }
    for (const field of fields) at = this.#field(field, buffer, at);
    return at;
  }

  #field(field: HeaderField, buffer: Buffer, at: number): number {
    if (field.staticIndex > 0) return writeInteger(buffer, at, 0x80, 0x7f, field.staticIndex);
    if (!field.isRecurring) return writeLiteral(field, buffer, at, 0, 0x0f);
    const place = this.#places.get(field);
    if (place !== undefined) {
      return writeInteger(buffer, at, 0x80, 0x7f, staticFieldCount + this.#places.size - place);
    }
    if (!this.#remember(field)) return writeLiteral(field, buffer, at, 0, 0x0f);
    return writeLiteral(field, buffer, at, 0x40, 0x3f);
  }

  #remember(field: HeaderField): boolean {
    const bytes = fieldBytes(field.name, field.value);
    if (!this.#hasTable || this.#tableBytes + bytes > tableBytesDefault) return false;
    this.#tableBytes += bytes;
    this.#places.set(field, this.#places.size);
    return true;
  }
}

function writeLiteral(field: HeaderField, buffer: Buffer, offset: number, pattern: number, mask: number): number {
  const nameIndex = staticIndexOfName(field.name);
  let at = writeInteger(buffer, offset, pattern, mask, nameIndex);
  if (nameIndex === 0) at = writeText(buffer, at, field.name);
  return writeText(buffer, at, field.value);
}

function writeText(buffer: Buffer, offset: number, text: string): number {
  const at = writeInteger(buffer, offset, 0, 0x7f, text.length);
  return at + buffer.write(text, at, 'latin1');
}

function writeInteger(buffer: Buffer, offset: number, pattern: number, mask: number, value: number): number {
  if (value < mask) {
    buffer[offset] = pattern | value;
    return offset + 1;
  }
  buffer[offset] = pattern | mask;
  let at = offset + 1;
  let rest = value - mask;
  while (rest > 0x7f) {
    buffer[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  buffer[at++] = rest;
  return at;
}
