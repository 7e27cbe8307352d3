/** Reads the protobuf wire format, refusing whatever is truncated, malformed, nested too deeply or not UTF-8. */
import { TEXT } from './shape.js';
import type { Shape } from './shape.js';
import { decodeUtf8 } from './utf8.js';

/** Input that is not a valid encoding of the message type it was read as. */
export class MalformedMessageError extends Error {
  /** Full protobuf name of the message that was being decoded. */
  readonly typeName: string;
  constructor(typeName: string, reason: string) {
    super(`malformed ${typeName}: ${reason}`);
    this.name = 'MalformedMessageError';
    this.typeName = typeName;
  }
}

const DEPTH_MAX = 100;
const TWO_32 = 4294967296;

/** The value of absent `bytes` fields. */
export const NO_BYTES: Uint8Array = new Uint8Array(0);

type ReadMessage<T> = (reader: Reader) => T;

/** Reads protobuf fields within `[offset, end)`, refusing whatever reaches past the end. */
export class Reader {
  readonly bytesIn: Uint8Array;
  /** Next byte to read. */
  offset = 0;
  /** End of the message being read. */
  end: number;
  private tagRead = 0;
  private depth = 0;
  private high = 0;
  private readonly typeName: string;
  private readonly isUntrusted: boolean;

  /** `isUntrusted`: messages that stay encoded are looked through as well. */
  constructor(bytes: Uint8Array, typeName: string, isUntrusted = false) {
    this.isUntrusted = isUntrusted;
    this.bytesIn = bytes;
    this.end = bytes.length;
    this.typeName = typeName;
  }

  fail(reason: string): never {
    throw new MalformedMessageError(this.typeName, `${reason} at byte ${this.offset}`);
  }

  /** The next field's tag: `fieldNumber * 8 + wireType`. */
  tag(): number {
    const tag = this.varint();
    if (tag < 8 || this.high !== 0) this.fail('invalid field number');
    this.tagRead = tag;
    return tag;
  }

  /** The tag read last. */
  get lastTag(): number {
    return this.tagRead;
  }

  /** Reads a varint of up to 64 bits, returns its low 32 bits (unsigned), keeps the high 32 in `high`. */
  varint(): number {
    const bytes = this.bytesIn;
    const end = this.end;
    let at = this.offset;
    let low = 0;
    this.high = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      if (at >= end) this.fail('truncated');
      const byte = bytes[at++] as number;
      low |= (byte & 127) << shift;
      if (byte < 128) {
        this.offset = at;
        return low;
      }
    }
    return this.longVarint(low, at);
  }

  private longVarint(low28: number, from: number): number {
    const bytes = this.bytesIn;
    const last = Math.min(this.end, from + 6);
    let low = low28;
    let high = 0;
    for (let at = from, shift = 28; at < last; at++, shift += 7) {
      const byte = bytes[at] as number;
      if (shift === 28) {
        low |= (byte & 15) << 28;
        high = (byte & 127) >>> 4;
      } else {
        high |= (byte & 127) << (shift - 32);
      }
      if (byte < 128) {
        this.offset = at + 1;
        this.high = high;
        return low >>> 0;
      }
    }
    return this.fail(last === this.end ? 'truncated' : 'varint longer than 10 bytes');
  }

  /** Skips the field whose tag was read last. */
  skip(): void {
    this.skipField(this.tagRead, 0);
  }

  private skipField(tag: number, depth: number): void {
    switch (tag & 7) {
      case 0:
        this.varint();
        return;
      case 1:
        this.advance(8);
        return;
      case 2:
        this.advance(this.varint());
        return;
      case 3:
        return this.skipGroup(tag >>> 3, depth);
      case 5:
        this.advance(4);
        return;
      case 4:
      case 6:
      case 7:
        this.fail(`wire type ${tag & 7}`);
    }
  }

  private skipGroup(field: number, depth: number): void {
    if (depth + this.depth >= DEPTH_MAX) this.fail('nested too deeply');
    for (;;) {
      const tag = this.tag();
      if (tag === field * 8 + 4) return;
      this.skipField(tag, depth + 1);
    }
  }

  /** Moves past `count` bytes and returns where they start. */
  private advance(count: number): number {
    const start = this.offset;
    if (this.high !== 0 || count > this.end - start) this.fail('truncated');
    this.offset = start + count;
    return start;
  }

  private lengthPrefixed(): number {
    return this.advance(this.varint());
  }

  private fixed(count: number): number {
    this.high = 0;
    return this.advance(count);
  }

  // --- scalars

  int32(): number {
    return this.varint() | 0;
  }

  uint32(): number {
    return this.varint() >>> 0;
  }

  int64(): number {
    const low = this.varint();
    return this.high === 0 ? low : (this.high | 0) * TWO_32 + low;
  }

  uint64(): number {
    const low = this.varint();
    return (this.high >>> 0) * TWO_32 + low;
  }

  bool(): boolean {
    return this.varint() !== 0 || this.high !== 0;
  }

  double(): number {
    const start = this.fixed(8);
    return this.view().getFloat64(start, true);
  }

  float(): number {
    const start = this.fixed(4);
    return this.view().getFloat32(start, true);
  }

  private view(): DataView {
    return new DataView(this.bytesIn.buffer, this.bytesIn.byteOffset, this.bytesIn.byteLength);
  }

  string(): string {
    const start = this.lengthPrefixed();
    const text = decodeUtf8(this.bytesIn, start, this.offset);
    return text === undefined ? this.fail('invalid UTF-8') : text;
  }

  /** A view of the input. */
  bytes(): Uint8Array {
    const start = this.lengthPrefixed();
    const size = this.offset - start;
    return size === 0 ? NO_BYTES : new Uint8Array(this.bytesIn.buffer, this.bytesIn.byteOffset + start, size);
  }

  /** An encoded message, as a view of the input. */
  encoded(shape: Shape): Uint8Array {
    const at = this.offset;
    const bytes = this.bytes();
    if (this.isUntrusted && bytes.length > 0) {
      this.offset = at;
      this.check(shape);
    }
    return bytes;
  }

  /** Moves past a length-prefixed message of this shape. */
  private check(shape: Shape): void {
    const start = this.lengthPrefixed();
    const outer = this.end;
    const after = this.offset;
    if (++this.depth > DEPTH_MAX) this.fail('nested too deeply');
    this.offset = start;
    this.end = after;
    while (this.offset < after) {
      const inside = shape.fields.get(this.tag());
      if (inside === undefined) this.skip();
      else if (inside === TEXT) this.string();
      else this.check(inside);
    }
    this.end = outer;
    this.depth--;
  }

  // --- messages

  message<T>(read: ReadMessage<T>): T {
    const start = this.lengthPrefixed();
    const outer = this.end;
    const after = this.offset;
    if (++this.depth > DEPTH_MAX) this.fail('nested too deeply');
    this.offset = start;
    this.end = after;
    const message = read(this);
    this.end = outer;
    this.depth--;
    return message;
  }

  /** Reads the length-prefixed message that starts at `offset`, without moving this reader. */
  messageAt<T>(offset: number, read: ReadMessage<T>): T {
    const resumeAt = this.offset;
    this.offset = offset;
    const message = this.message(read);
    this.offset = resumeAt;
    return message;
  }

  /** The message that has no fields set, as `read` builds it. */
  emptyMessage<T>(read: ReadMessage<T>): T {
    const outer = this.end;
    this.end = this.offset;
    const message = read(this);
    this.end = outer;
    return message;
  }

  timestamp(): number {
    return this.message(readSecondsAndNanos);
  }

  duration(): number {
    return this.message(readSecondsAndNanos);
  }

  doubleValue(): number {
    return this.message(readDoubleValue);
  }

  // --- lists and maps

  /** Appends one number, or all of a packed run, depending on the tag read last. */
  int32s(into: number[]): void {
    if ((this.tagRead & 7) !== 2) {
      into.push(this.int32());
      return;
    }
    const start = this.lengthPrefixed();
    const after = this.offset;
    const outer = this.end;
    this.offset = start;
    this.end = after;
    while (this.offset < after) into.push(this.int32());
    this.end = outer;
  }

  int64s(into: number[]): void {
    if ((this.tagRead & 7) !== 2) {
      into.push(this.int64());
      return;
    }
    const start = this.lengthPrefixed();
    const after = this.offset;
    const outer = this.end;
    this.offset = start;
    this.end = after;
    while (this.offset < after) into.push(this.int64());
    this.end = outer;
  }

  /** Adds one map entry. `readValue` must accept `valueTag` fields; `emptyValue` stands for an absent one. */
  entry<K, V>(
    into: Map<K, V>,
    readKey: ReadMessage<K>,
    keyTag: number,
    emptyKey: K,
    readValue: ReadMessage<V>,
    valueTag: number,
    emptyValue: ReadMessage<V>,
  ): void {
    const start = this.lengthPrefixed();
    const after = this.offset;
    const outer = this.end;
    this.offset = start;
    this.end = after;
    let key = emptyKey;
    let value: V | undefined;
    while (this.offset < after) {
      const tag = this.tag();
      if (tag === keyTag) key = readKey(this);
      else if (tag === valueTag) value = readValue(this);
      else this.skip();
    }
    into.set(key, value === undefined ? emptyValue(this) : value);
    this.end = outer;
  }

  /** A map with string keys; `read` reads a length-delimited value. */
  stringEntry<V>(into: Map<string, V>, readValue: ReadMessage<V>, valueTag: number, emptyValue: ReadMessage<V>): void {
    this.entry(into, readText, 10, '', readValue, valueTag, emptyValue);
  }

  /** A map with int32 keys. */
  int32Entry<V>(into: Map<number, V>, readValue: ReadMessage<V>, valueTag: number, emptyValue: ReadMessage<V>): void {
    this.entry(into, readInt32, 8, 0, readValue, valueTag, emptyValue);
  }
}

// --- pieces of map entries, passed by name from generated code

export const readText = (reader: Reader): string => reader.string();
export const readInt32 = (reader: Reader): number => reader.int32();
export const readBytes = (reader: Reader): Uint8Array => reader.bytes();
export const readFloat = (reader: Reader): number => reader.float();
export const emptyText = (): string => '';
export const emptyBytes = (): Uint8Array => NO_BYTES;
export const zero = (): number => 0;

function readSecondsAndNanos(reader: Reader): number {
  let seconds = 0;
  let nanos = 0;
  while (reader.offset < reader.end) {
    const tag = reader.tag();
    if (tag === 8) seconds = reader.int64();
    else if (tag === 16) nanos = reader.int32();
    else reader.skip();
  }
  return nanos === 0 ? seconds * 1000 : seconds * 1000 + nanos / 1e6;
}

function readDoubleValue(reader: Reader): number {
  let value = 0;
  while (reader.offset < reader.end) {
    if (reader.tag() === 9) value = reader.double();
    else reader.skip();
  }
  return value;
}
