/**
 * Encoded messages as JSON, in protobuf's own mapping: names in camelCase, enums by name, 64-bit integers, bytes, times and
 * durations as text, and what is not on the wire left out.
 */
import { enumName } from '../enum-names.js';
import { MalformedMessageError, Reader } from '../reader.js';
import type { Json, JsonOptions } from './json.js';
import { shortPayload } from './payload-forms.js';
import { schemaOf } from './schema.js';
import type { FieldSchema, MessageSchema } from './schema.js';
import { base64Of, durationText, timestampText } from './text-forms.js';
import type { SecondsAndNanos } from './text-forms.js';

type Fields = Record<string, Json>;
type Style = 'long' | 'short';

/**
 * An encoded message by its full name, such as `temporal.api.history.v1.History`.
 * Throws MalformedMessageError for bytes that are none, TypeError for a type that is not of the contract.
 */
export function messageToJson(typeName: string, bytes: Uint8Array, { payloads = 'long' }: JsonOptions = {}): Json {
  const schema = schemaOf(typeName);
  if (schema === undefined) throw new TypeError(`There is no message type ${typeName}.`);
  return messageJson(schema, bytes, payloads);
}

function messageJson(schema: MessageSchema, bytes: Uint8Array, style: Style): Json {
  const special = SPECIAL[schema.fullName]?.(bytes, style);
  // A payload in short may well be null.
  return special === undefined ? fieldsJson(schema, bytes, style) : special;
}

function fieldsJson(schema: MessageSchema, bytes: Uint8Array, style: Style): Fields {
  const json: Record<string, Json> = {};
  const reader = new Reader(bytes, schema.fullName);
  while (reader.offset < reader.end) {
    const tag = reader.tag();
    const field = schema.byId.get(tag >>> 3);
    if (field === undefined) reader.skip();
    else readField(reader, tag & 7, field, json, style);
  }
  return inOrder(schema, json);
}

/** In the order of the definition, whatever the order on the wire. */
function inOrder({ fields }: MessageSchema, json: Fields): Fields {
  const ordered: Record<string, Json> = {};
  for (const { name } of fields) if (json[name] !== undefined) ordered[name] = json[name];
  return ordered;
}

const LENGTH_DELIMITED = 2;

function readField(reader: Reader, wireType: number, field: FieldSchema, json: Fields, style: Style): void {
  if (field.shape === 'map') {
    const entries = (json[field.name] ??= {}) as Fields;
    readEntry(new Reader(reader.bytes(), field.name), field, entries, style);
  } else if (field.shape === 'repeated') {
    const list = (json[field.name] ??= []) as Json[];
    // Numbers may come packed.
    if (wireType !== LENGTH_DELIMITED || isDelimited(field)) list.push(valueJson(reader, field, style));
    else readPacked(new Reader(reader.bytes(), field.name), field, list, style);
  } else {
    json[field.name] = valueJson(reader, field, style);
  }
}

const isDelimited = ({ kind }: FieldSchema): boolean => 'symtnw'.includes(kind);

function readPacked(reader: Reader, field: FieldSchema, list: Json[], style: Style): void {
  while (reader.offset < reader.end) list.push(valueJson(reader, field, style));
}

function readEntry(reader: Reader, field: FieldSchema, entries: Fields, style: Style): void {
  let key = field.isKeyText ? '' : '0';
  let value: Json | undefined;
  while (reader.offset < reader.end) {
    const id = reader.tag() >>> 3;
    if (id === 1) key = field.isKeyText ? reader.string() : String(reader.int32());
    else if (id === 2) value = valueJson(reader, field, style);
    else reader.skip();
  }
  entries[key] = value ?? emptyValue(field);
}

function emptyValue({ kind }: FieldSchema): Json {
  return kind === 's' || kind === 'y' ? '' : kind === 'b' ? false : kind === 'l' ? '0' : kind === 'm' ? {} : 0;
}

function valueJson(reader: Reader, field: FieldSchema, style: Style): Json {
  switch (field.kind) {
    case 'b':
      return reader.bool();
    case 'd':
      return numberJson(reader.double());
    case 'f':
      return numberJson(reader.float());
    case 'e':
      return enumJson(field, reader.int32());
    case 'i':
      return reader.int32();
    case 'u':
      return reader.uint32();
    case 'l':
      return String(reader.int64());
    case 's':
      return reader.string();
    case 'y':
      return base64Of(reader.bytes());
    case 'm':
      return messageJson(field.message(), reader.bytes(), style);
    case 't':
      return timestampText(secondsAndNanos(reader.bytes()));
    case 'n':
      return durationText(secondsAndNanos(reader.bytes()));
    case 'w':
      return numberJson(reader.doubleValue());
  }
}

const numberJson = (value: number): Json => (Number.isFinite(value) ? value : String(value));

function enumJson({ enum: names }: FieldSchema, value: number): Json {
  const name = enumName(names, value);
  return name === String(value) ? value : name;
}

function secondsAndNanos(bytes: Uint8Array): SecondsAndNanos {
  const reader = new Reader(bytes, 'google.protobuf.Timestamp');
  let [seconds, nanos] = [0, 0];
  while (reader.offset < reader.end) {
    const id = reader.tag() >>> 3;
    if (id === 1) seconds = reader.int64();
    else if (id === 2) nanos = reader.int32();
    else reader.skip();
  }
  return { seconds, nanos };
}

/** Types with a form of their own; undefined: the usual one after all. */
const SPECIAL: Readonly<Record<string, (bytes: Uint8Array, style: Style) => Json | undefined>> = {
  'google.protobuf.FieldMask': (bytes) => pathsOf(bytes).join(','),
  'google.protobuf.Any': (bytes, style) => anyJson(bytes, style),
  'temporal.api.common.v1.Payload': (bytes, style) => (style === 'short' ? shortPayload(bytes)?.value : undefined),
  'temporal.api.common.v1.Payloads': (bytes, style) => (style === 'short' ? payloadsJson(bytes) : undefined),
};

function pathsOf(bytes: Uint8Array): string[] {
  const reader = new Reader(bytes, 'google.protobuf.FieldMask');
  const paths: string[] = [];
  while (reader.offset < reader.end) {
    if (reader.tag() >>> 3 === 1) paths.push(camelCase(reader.string()));
    else reader.skip();
  }
  return paths;
}

const camelCase = (path: string): string => path.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

function payloadsJson(bytes: Uint8Array): Json {
  const schema = schemaOf('temporal.api.common.v1.Payloads');
  const { payloads = [] } = schema === undefined ? {} : fieldsJson(schema, bytes, 'short');
  return payloads;
}

function anyJson(bytes: Uint8Array, style: Style): Json {
  const reader = new Reader(bytes, 'google.protobuf.Any');
  let [url, value]: [string, Uint8Array] = ['', new Uint8Array(0)];
  while (reader.offset < reader.end) {
    const id = reader.tag() >>> 3;
    if (id === 1) url = reader.string();
    else if (id === 2) value = reader.bytes();
    else reader.skip();
  }
  const schema = schemaOf(url.slice(url.lastIndexOf('/') + 1));
  if (schema === undefined) return { '@type': url, value: base64Of(value) };
  try {
    return { '@type': url, ...fieldsJson(schema, value, style) };
  } catch (error) {
    if (error instanceof MalformedMessageError) return { '@type': url, value: base64Of(value) };
    throw error;
  }
}
