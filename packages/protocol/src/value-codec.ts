/**
 * Plain values as bytes, for stored execution state: compact, self-describing, deterministic and fast.
 *
 * A value is one tag byte and its content. Objects refer to a shape, the list of their keys: a shape is written where
 * it first occurs and then known by number, so a thousand records of one kind name their keys once.
 * Equal values with equal key order give equal bytes.
 */
import { passing } from './slab.js';
import { decodeUtf8, encodeUtf8 } from './utf8.js';

/** What can be encoded. Objects must be plain; symbols, functions and cycles are not values. */
export type PlainValue =
  | undefined
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly PlainValue[]
  | ReadonlyMap<PlainValue, PlainValue>
  | { readonly [key: string]: PlainValue };

/** Bytes that are not an encoded value. */
export class MalformedValueError extends Error {
  constructor(reason: string) {
    super(`malformed value: ${reason}`);
    this.name = 'MalformedValueError';
  }
}

const LONE_SURROGATE = /\p{Surrogate}/u;
const DEPTH_MAX = 200;
const FORMAT_VERSION = 1;

// Tags from 128 on are integers 0 to 63, from 192 on strings of up to 63 bytes: most of a state is made of these.
const SMALL_INT = 128;
const SHORT_TEXT = 192;
const UNDEFINED = 0;
const NULL = 1;
const FALSE = 2;
const TRUE = 3;
const POSITIVE = 4;
const NEGATIVE = 5;
const FLOAT = 6;
const TEXT = 7;
const BYTES = 8;
const LIST = 9;
const MAP = 10;
const NEW_SHAPE = 11;
const KNOWN_SHAPE = 12;
/** Text with lone surrogates, which UTF-8 cannot hold: its UTF-16 units. */
const UNITS = 13;

let buffer: Uint8Array = new Uint8Array(4096);
let view = new DataView(buffer.buffer);
let at = 0;
const BUFFER_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Encodes a value.
 * @throws TypeError when the value, or one inside it, is not a plain value or is nested deeper than 200 levels.
 */
export function encodeValue(value: unknown): Uint8Array {
  writeWhole(value);
  const bytes = buffer.slice(0, at);
  shrinkBuffer();
  return bytes;
}

/** The same as a view of a larger array (slab.ts): for bytes that are soon let go. */
export function encodePassingValue(value: unknown): Uint8Array {
  writeWhole(value);
  const bytes = passing.copy(buffer, at);
  shrinkBuffer();
  return bytes;
}

function writeWhole(value: unknown): void {
  at = 0;
  room(1);
  buffer[at++] = FORMAT_VERSION;
  shapes.begin();
  writeValue(value, 0);
}

function shrinkBuffer(): void {
  if (buffer.length > BUFFER_BYTES_MAX) setBuffer(new Uint8Array(4096));
}

/**
 * Decodes what `encodeValue` made. Byte arrays in the result are views of the input.
 * @throws MalformedValueError when the input is anything else.
 */
export function decodeValue(bytes: Uint8Array): unknown {
  return new ValueReader(bytes).whole();
}

// --- writing

/**
 * All shapes that were met, as a tree of keys, so that finding an object's shape builds no string. Each encoding numbers
 * the shapes that it uses anew; the tree stays, for records of a few dozen kinds are encoded over and over.
 */
class ShapeTable {
  private root = newNode();
  private recent: ({ readonly keys: readonly string[]; readonly node: ShapeNode } | undefined)[] = [];
  private nodes = 0;
  private count = 0;
  private encoding = 0;

  /** A new encoding: no shape has a number yet. */
  begin(): void {
    this.encoding += 1;
    this.count = 0;
    if (this.nodes > SHAPE_NODES_MAX) this.forget();
  }

  find(keys: readonly string[]): ShapeNode {
    // Records of one kind come in rows, so the last shape of this length is nearly always the one.
    const recent = this.recent[keys.length];
    if (recent !== undefined && sameKeys(recent.keys, keys)) return recent.node;
    let node = this.root;
    for (const key of keys) {
      node.next ??= new Map();
      let next = node.next.get(key);
      if (next === undefined) {
        node.next.set(key, (next = newNode()));
        this.nodes += 1;
      }
      node = next;
    }
    if (keys.length < RECENT_KEYS_MAX) this.recent[keys.length] = { keys, node };
    return node;
  }

  /** Its number in this encoding; -1 when this is the first object of that shape. */
  numberOf(node: ShapeNode): number {
    return node.encoding === this.encoding ? node.number : -1;
  }

  register(node: ShapeNode): void {
    node.encoding = this.encoding;
    node.number = this.count++;
  }

  private forget(): void {
    this.root = newNode();
    this.recent = [];
    this.nodes = 0;
  }
}

interface ShapeNode {
  next: Map<string, ShapeNode> | undefined;
  /** The encoding in which `number` counts. */
  encoding: number;
  number: number;
}

const newNode = (): ShapeNode => ({ next: undefined, encoding: 0, number: 0 });
/** Objects with keys of their own making would fill the memory. */
const SHAPE_NODES_MAX = 4_096;
const RECENT_KEYS_MAX = 256;

function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const shapes = new ShapeTable();

function setBuffer(next: Uint8Array): void {
  buffer = next;
  view = new DataView(next.buffer);
}

function room(count: number): void {
  const needed = at + count;
  if (needed <= buffer.length) return;
  const grown = new Uint8Array(Math.max(needed, buffer.length * 2));
  grown.set(buffer.subarray(0, at));
  setBuffer(grown);
}

function writeTag(tag: number): void {
  room(1);
  buffer[at++] = tag;
}

/** Writes a non-negative safe integer, 7 bits a byte. */
function writeVarint(value: number): void {
  room(8);
  let rest = value;
  while (rest > 0x7fffffff) {
    buffer[at++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  while (rest > 127) {
    buffer[at++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  buffer[at++] = rest;
}

function writeValue(value: unknown, depth: number): void {
  switch (typeof value) {
    case 'undefined':
      return writeTag(UNDEFINED);
    case 'boolean':
      return writeTag(value ? TRUE : FALSE);
    case 'number':
      return writeNumber(value);
    case 'string':
      return writeText(value);
    case 'object':
      return value === null ? writeTag(NULL) : writeObject(value, depth);
    case 'bigint':
    case 'symbol':
    case 'function':
      throw new TypeError(`cannot encode a ${typeof value}`);
  }
}

function writeNumber(value: number): void {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
    room(9);
    buffer[at++] = FLOAT;
    view.setFloat64(at, value);
    at += 8;
  } else if (value >= 0 && value < 64) {
    writeTag(SMALL_INT + value);
  } else {
    writeTag(value < 0 ? NEGATIVE : POSITIVE);
    writeVarint(value < 0 ? -(value + 1) : value);
  }
}

function writeText(text: string): void {
  if (text.length <= 63) {
    // Written behind a one-byte tag; kept when it turns out to need at most 63 bytes.
    room(1 + text.length * 3);
    const end = encodeUtf8(text, buffer, at + 1);
    const size = end - at - 1;
    if (size <= 63 && (size === text.length || isWellFormed(text))) {
      buffer[at] = SHORT_TEXT + size;
      at = end;
      return;
    }
  }
  writeLongText(text);
}

function writeLongText(text: string): void {
  if (!isWellFormed(text)) return writeUnits(text);
  room(text.length * 3 + 18);
  // The size comes first but is known last: the text is written where the largest size would leave it, then moved up.
  const start = at + 9;
  const size = encodeUtf8(text, buffer, start) - start;
  buffer[at++] = TEXT;
  writeVarint(size);
  buffer.copyWithin(at, start, start + size);
  at += size;
}

/** Whether a text has no lone surrogates. */
function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

function writeUnits(text: string): void {
  writeTag(UNITS);
  writeVarint(text.length);
  room(text.length * 2);
  for (let i = 0; i < text.length; i++, at += 2) view.setUint16(at, text.charCodeAt(i));
}

function writeObject(value: object, depth: number): void {
  if (depth > DEPTH_MAX) throw new TypeError(`nested deeper than ${DEPTH_MAX} levels, or a cycle`);
  if (Array.isArray(value)) return writeList(value, depth);
  if (value instanceof Uint8Array) return writeBytes(value);
  if (value instanceof Map) return writeMap(value, depth);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`cannot encode an instance of ${value.constructor.name}`);
  }
  writeRecord(value as Record<string, unknown>, depth);
}

function writeList(list: readonly unknown[], depth: number): void {
  writeTag(LIST);
  writeVarint(list.length);
  for (let i = 0; i < list.length; i++) writeValue(list[i], depth + 1);
}

function writeBytes(bytes: Uint8Array): void {
  writeTag(BYTES);
  writeVarint(bytes.length);
  room(bytes.length);
  buffer.set(bytes, at);
  at += bytes.length;
}

function writeMap(map: ReadonlyMap<unknown, unknown>, depth: number): void {
  writeTag(MAP);
  writeVarint(map.size);
  for (const [key, item] of map) {
    writeValue(key, depth + 1);
    writeValue(item, depth + 1);
  }
}

function writeRecord(record: Record<string, unknown>, depth: number): void {
  const keys = Object.keys(record);
  const shape = shapes.find(keys);
  const number = shapes.numberOf(shape);
  if (number < 0) {
    writeTag(NEW_SHAPE);
    writeVarint(keys.length);
    for (const key of keys) writeText(key);
    shapes.register(shape);
  } else {
    writeTag(KNOWN_SHAPE);
    writeVarint(number);
  }
  for (const key of keys) writeValue(record[key], depth + 1);
}

// --- reading

class ValueReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly shapes: (readonly string[])[] = [];
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  whole(): unknown {
    if (this.byte() !== FORMAT_VERSION) fail('unknown format version');
    const value = this.value(0);
    if (this.at !== this.bytes.length) fail('bytes left over');
    return value;
  }

  private value(depth: number): unknown {
    const tag = this.byte();
    if (tag >= SHORT_TEXT) return this.text(tag - SHORT_TEXT);
    if (tag >= SMALL_INT) return tag - SMALL_INT;
    switch (tag) {
      case UNDEFINED:
        return undefined;
      case NULL:
        return null;
      case FALSE:
        return false;
      case TRUE:
        return true;
      case POSITIVE:
        return this.varint();
      case NEGATIVE:
        return -this.varint() - 1;
      case FLOAT:
        return this.view.getFloat64(this.advance(8));
      case TEXT:
        return this.text(this.varint());
      case UNITS:
        return this.units(this.varint());
      case BYTES:
        return this.bytesOf(this.varint());
      default:
        return this.composite(tag, depth);
    }
  }

  private composite(tag: number, depth: number): unknown {
    if (depth > DEPTH_MAX) fail('nested too deeply');
    switch (tag) {
      case LIST:
        return this.list(this.count(1), depth + 1);
      case MAP:
        return this.map(this.count(2), depth + 1);
      case NEW_SHAPE: {
        const keys: string[] = [];
        for (let left = this.count(1); left > 0; left--) keys.push(this.key());
        this.shapes.push(keys);
        return this.record(keys, depth + 1);
      }
      case KNOWN_SHAPE: {
        const keys = this.shapes[this.varint()];
        return keys === undefined ? fail('unknown shape') : this.record(keys, depth + 1);
      }
    }
    return fail(`unknown tag ${tag}`);
  }

  private list(count: number, depth: number): unknown[] {
    const list: unknown[] = [];
    for (let i = 0; i < count; i++) list.push(this.value(depth));
    return list;
  }

  private map(count: number, depth: number): Map<unknown, unknown> {
    const map = new Map<unknown, unknown>();
    for (let i = 0; i < count; i++) {
      const key = this.value(depth);
      map.set(key, this.value(depth));
    }
    return map;
  }

  private record(keys: readonly string[], depth: number): Record<string, unknown> {
    const record: Record<string, unknown> = {};
    for (const key of keys) {
      if (key === '__proto__') defineOwn(record, key, this.value(depth));
      else record[key] = this.value(depth);
    }
    return record;
  }

  private key(): string {
    const key = this.value(DEPTH_MAX);
    return typeof key === 'string' ? key : fail('a key that is not text');
  }

  private byte(): number {
    return this.bytes[this.advance(1)] as number;
  }

  /** Moves past `count` bytes and returns where they start. */
  private advance(count: number): number {
    const start = this.at;
    if (count > this.bytes.length - start) fail('truncated');
    this.at = start + count;
    return start;
  }

  private varint(): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value <= Number.MAX_SAFE_INTEGER ? value : fail('number too large');
      factor *= 128;
    }
    return fail('number too long');
  }

  /** A number of items, refused when the rest of the input cannot hold that many. */
  private count(bytesPerItem: number): number {
    const count = this.varint();
    return count * bytesPerItem <= this.bytes.length - this.at ? count : fail('truncated');
  }

  private text(size: number): string {
    const start = this.advance(size);
    return decodeUtf8(this.bytes, start, this.at) ?? fail('invalid UTF-8');
  }

  private units(count: number): string {
    const start = this.advance(count * 2);
    let text = '';
    for (let i = 0; i < count; i++) text += String.fromCharCode(this.view.getUint16(start + i * 2));
    return text;
  }

  private bytesOf(size: number): Uint8Array {
    const start = this.advance(size);
    return new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + start, size);
  }
}

function defineOwn(record: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
}

function fail(reason: string): never {
  throw new MalformedValueError(reason);
}
