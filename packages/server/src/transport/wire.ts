/**
 * Just enough protobuf for the two tiny services the transport itself serves (health, reflection); everything else uses the
 * generated codec of the protocol package.
 */

const wireVarint = 0;
const wireFixed64 = 1;
const wireBytes = 2;
const wireFixed32 = 5;

export interface WireField {
  readonly number: number;
  /** Value of a varint field, else 0. */
  readonly varint: number;
  /** Content of a length-delimited field, else empty. */
  readonly bytes: Uint8Array;
}

const nothing = new Uint8Array(0);

/** All fields in order; undefined when the bytes are no protobuf message. */
export function readFields(bytes: Uint8Array): readonly WireField[] | undefined {
  const fields: WireField[] = [];
  const cursor = { offset: 0 };
  while (cursor.offset < bytes.length) {
    const tag = readVarint(bytes, cursor);
    if (tag === undefined) return undefined;
    const field = readValue(bytes, cursor, tag >>> 3, tag & 7);
    if (field === undefined) return undefined;
    fields.push(field);
  }
  return fields;
}

/** The last string of a field, or '' as protobuf has it. */
export function stringField(fields: readonly WireField[], number: number): string {
  const field = fields.findLast((candidate) => candidate.number === number);
  return field === undefined ? '' : Buffer.from(field.bytes).toString('utf8');
}

export function writeVarint(number: number, value: number): Buffer {
  return Buffer.from([...varint(number * 8 + wireVarint), ...varint(value)]);
}

export function writeBytes(number: number, value: Uint8Array | string): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  return Buffer.concat([Buffer.from([...varint(number * 8 + wireBytes), ...varint(bytes.length)]), bytes]);
}

function readValue(bytes: Uint8Array, cursor: { offset: number }, number: number, wire: number): WireField | undefined {
  if (number === 0) return undefined;
  if (wire === wireVarint) {
    const value = readVarint(bytes, cursor);
    return value === undefined ? undefined : { number, varint: value, bytes: nothing };
  }
  let length: number | undefined;
  if (wire === wireBytes) length = readVarint(bytes, cursor);
  else if (wire === wireFixed64) length = 8;
  else if (wire === wireFixed32) length = 4;
  if (length === undefined || cursor.offset + length > bytes.length) return undefined;
  const start = cursor.offset;
  cursor.offset += length;
  return { number, varint: 0, bytes: bytes.subarray(start, cursor.offset) };
}

/** Up to ten bytes; bits above 53 are lost, none of the fields here has any. */
function readVarint(bytes: Uint8Array, cursor: { offset: number }): number | undefined {
  let value = 0;
  for (let index = 0; index < 10; index += 1) {
    const byte = bytes[cursor.offset];
    if (byte === undefined) return undefined;
    cursor.offset += 1;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return value;
  }
  return undefined;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}
