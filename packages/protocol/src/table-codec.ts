/**
 * The codec of rarely used messages: it interprets a short table instead of having code of its own.
 * Two thirds of the contract's messages belong to calls made a few times a day; as code they would be parsed by every
 * start of every process. The representation is the same as that of generated code, and the same tests cover both.
 */
import { Codec } from './codec.js';
import { shapes } from './generated/shapes.js';
import { NO_BYTES } from './reader.js';
import { writeInt32Key, writeTextKey } from './writer.js';
import type { Init } from './codec.js';
import type { Reader } from './reader.js';
import type { Shape as MessageShape } from './shape.js';
import type { Writer } from './writer.js';

/** A codec of any message, for tables that refer to it. */
export interface AnyCodec {
  readonly write: (writer: Writer, message: never) => void;
  readonly read: (reader: Reader) => unknown;
}

/** b bool, d double, e enum, f float, i int32, l int64, u uint32, s string, y bytes, m message, t timestamp,
 * n duration, w DoubleValue. */
type Kind = 'b' | 'd' | 'e' | 'f' | 'i' | 'l' | 'u' | 's' | 'y' | 'm' | 't' | 'n' | 'w';
/** Empty: single; `?`: presence tracked; `*`: repeated; `S` and `I`: map by string and by int32. */
type Shape = '' | '?' | '*' | 'S' | 'I';

interface Field {
  readonly name: string;
  readonly tag: number;
  readonly kind: Kind;
  readonly shape: Shape;
  /** The codec of a message field, else undefined. */
  readonly type: AnyCodec | undefined;
  /** Of bytes that are an encoded message, else undefined. */
  readonly inside: MessageShape | undefined;
}

interface Plan {
  readonly fields: readonly Field[];
  readonly byTag: ReadonlyMap<number, Field>;
}

type Fields = Record<string, unknown>;

const WIRE_TYPE: Readonly<Record<Kind, number>> = {
  b: 0,
  e: 0,
  i: 0,
  l: 0,
  u: 0,
  d: 1,
  f: 5,
  s: 2,
  y: 2,
  m: 2,
  t: 2,
  n: 2,
  w: 2,
};

/** A codec that interprets a table of `id kind+shape name` entries, separated by commas, in order of their ids; bytes that are an
 * encoded message have its type behind them. */
export class TableCodec<T> extends Codec<T> {
  private readonly table: string;
  private readonly types: () => readonly AnyCodec[];
  private plan: Plan | undefined;

  /** `types` are the codecs of the table's message fields, in the table's order, asked for at first use. */
  constructor(name: string, table: string, types: () => readonly AnyCodec[] = () => []) {
    super(
      name,
      (writer, message) => this.writeFields(writer, message),
      (reader) => this.readFields(reader),
    );
    this.table = table;
    this.types = types;
  }

  private readFields(reader: Reader): T {
    const plan = (this.plan ??= parseTable(this.table, this.types()));
    const message: Fields = {};
    for (const field of plan.fields) if (field.shape !== '?') message[field.name] = initialValue(field);
    while (reader.offset < reader.end) {
      const field = plan.byTag.get(reader.tag());
      if (field) readField(reader, field, message);
      else reader.skip();
    }
    return message as T;
  }

  private writeFields(writer: Writer, message: Init<T>): void {
    const plan = (this.plan ??= parseTable(this.table, this.types()));
    const values = message as Fields;
    for (const field of plan.fields) {
      const value = values[field.name];
      if (value !== undefined && value !== null) writeField(writer, field, value);
    }
  }
}

function parseTable(table: string, types: readonly AnyCodec[]): Plan {
  let next = 0;
  const fields = (table === '' ? [] : table.split(',')).map((entry): Field => {
    const [id, code, name, encoded] = entry.split(' ') as [string, string, string, (keyof typeof shapes)?];
    const kind = code[0] as Kind;
    const shape = code.slice(1) as Shape;
    const isEntry = shape === 'S' || shape === 'I';
    const packed = shape === '*' && WIRE_TYPE[kind] === 0;
    const tag = Number(id) * 8 + (isEntry || packed ? 2 : WIRE_TYPE[kind]);
    return {
      name,
      tag,
      kind,
      shape,
      type: kind === 'm' ? types[next++] : undefined,
      inside: encoded && shapes[encoded],
    };
  });
  const byTag = new Map(fields.map((field) => [field.tag, field]));
  // Repeated numbers may also come unpacked.
  for (const field of fields) if (field.shape === '*' && WIRE_TYPE[field.kind] === 0) byTag.set(field.tag - 2, field);
  return { fields, byTag };
}

function initialValue({ shape, kind }: Field): unknown {
  if (shape === '*') return [];
  if (shape === 'S' || shape === 'I') return new Map();
  return defaultOf(kind);
}

function defaultOf(kind: Kind): unknown {
  return kind === 's' ? '' : kind === 'y' ? NO_BYTES : kind === 'b' ? false : 0;
}

function readField(reader: Reader, field: Field, message: Fields): void {
  const { shape, name } = field;
  if (shape === 'S' || shape === 'I') return readEntry(reader, field, message[name] as Map<string | number, unknown>);
  if (shape !== '*') {
    message[name] = readValue(reader, field);
    return;
  }
  const list = message[name] as unknown[];
  if (WIRE_TYPE[field.kind] === 2) list.push(readValue(reader, field));
  else if (field.kind === 'l' || field.kind === 'u') reader.int64s(list as number[]);
  else reader.int32s(list as number[]);
}

function readValue(reader: Reader, { kind, type, inside }: Field): unknown {
  switch (kind) {
    case 's':
      return reader.string();
    case 'y':
      return inside === undefined ? reader.bytes() : reader.encoded(inside);
    case 'm':
      return reader.message((type as AnyCodec).read);
    case 'b':
      return reader.bool();
    case 'e':
    case 'i':
      return reader.int32();
    case 'l':
      return reader.int64();
    case 'u':
      return reader.uint32();
    case 'd':
      return reader.double();
    case 'f':
      return reader.float();
    case 't':
      return reader.timestamp();
    case 'n':
      return reader.duration();
    case 'w':
      return reader.doubleValue();
  }
}

function writeField(writer: Writer, field: Field, value: unknown): void {
  const { shape, tag } = field;
  if (shape === '') return writeSingle(writer, field, value);
  if (shape === '?') return writePresent(writer, field, value);
  if (shape === 'S' || shape === 'I') return writeMap(writer, field, value as ReadonlyMap<string | number, unknown>);
  const list = value as readonly unknown[];
  if (WIRE_TYPE[field.kind] === 0) writer.int64s(tag, list as readonly number[]);
  else for (const item of list) writePresent(writer, field, item);
}

/** Writes a field that has no presence, so that its default value is left out. */
function writeSingle(writer: Writer, field: Field, value: unknown): void {
  const isDefault =
    field.kind === 'y'
      ? (value as Uint8Array).length === 0
      : value === '' || value === false || (value === 0 && !Object.is(value, -0));
  if (!isDefault) writePresent(writer, field, value);
}

function writePresent(writer: Writer, { kind, tag, type }: Field, value: unknown): void {
  switch (kind) {
    case 's':
      return writer.stringOpt(tag, value as string);
    case 'y':
      return writer.bytesOpt(tag, value as Uint8Array);
    case 'm':
      return writer.message(tag, (type as AnyCodec).write, value as never);
    case 'b':
      return writer.boolOpt(tag, value as boolean);
    case 'e':
    case 'i':
      return writer.int32Opt(tag, value as number);
    case 'l':
      return writer.int64Opt(tag, value as number);
    case 'u':
      return writer.uint32Opt(tag, value as number);
    case 'd':
      return writer.doubleOpt(tag, value as number);
    case 'f':
      return writer.floatOpt(tag, value as number);
    case 't':
      return writer.timestamp(tag, value as number);
    case 'n':
      return writer.duration(tag, value as number);
    case 'w':
      return writer.doubleValue(tag, value as number);
  }
}

// --- maps

function readEntry(reader: Reader, field: Field, into: Map<string | number, unknown>): void {
  const read = (entry: Reader): unknown => readValue(entry, field);
  const empty = (entry: Reader): unknown => (field.type ? entry.emptyMessage(field.type.read) : defaultOf(field.kind));
  const valueTag = 16 + WIRE_TYPE[field.kind];
  if (field.shape === 'S') reader.stringEntry(into as Map<string, unknown>, read, valueTag, empty);
  else reader.int32Entry(into as Map<number, unknown>, read, valueTag, empty);
}

function writeMap(writer: Writer, field: Field, entries: ReadonlyMap<string | number, unknown>): void {
  const value: Field = { ...field, tag: 16 + WIRE_TYPE[field.kind] };
  const writeValue = (entry: Writer, item: unknown): void => writePresent(entry, value, item);
  if (field.shape === 'S') writer.map(field.tag, entries as ReadonlyMap<string, unknown>, writeTextKey, writeValue);
  else writer.map(field.tag, entries as ReadonlyMap<number, unknown>, writeInt32Key, writeValue);
}
