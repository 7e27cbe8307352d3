/**
 * Messages from JSON, in protobuf's own mapping. Read leniently, as the field does: names of fields in camelCase or as defined,
 * enums by name, by short name (`WorkflowExecutionStarted`) or by number, 64-bit integers as text or number.
 * What is not known or of the wrong kind is refused with the path to it.
 */
import { enumValue } from '../enum-names.js';
import { NO_BYTES } from '../reader.js';
import { Writer } from '../writer.js';
import type { Json, JsonOptions } from './json.js';
import { looksLong, payloadOf } from './payload-forms.js';
import { schemaOf } from './schema.js';
import type { FieldSchema, MessageSchema } from './schema.js';
import { bytesOfBase64, durationOf, timestampOf } from './text-forms.js';
import type { SecondsAndNanos } from './text-forms.js';

/** JSON that is not of the message type. The message says where and what was expected. */
export class JsonFormatError extends Error {
  override readonly name = 'JsonFormatError';
  /** `events[3].eventTime`; empty for the message itself. */
  readonly path: string;

  constructor(path: string, reason: string) {
    super(path === '' ? reason : `${path}: ${reason}`);
    this.path = path;
  }
}

export interface FromJsonOptions extends JsonOptions {
  /** Skip fields that the message does not have, instead of refusing them. Default: false. */
  readonly ignoreUnknown?: boolean;
}

type Style = Required<FromJsonOptions>;

/**
 * The encoded message of a type by its full name. Throws JsonFormatError, and TypeError for a type that is not of the
 * contract.
 */
export function messageFromJson(
  typeName: string,
  json: Json,
  { payloads = 'long', ignoreUnknown = false }: FromJsonOptions = {},
): Uint8Array {
  const schema = schemaOf(typeName);
  if (schema === undefined) throw new TypeError(`There is no message type ${typeName}.`);
  return messageBytes(schema, json, '', { payloads, ignoreUnknown });
}

function messageBytes(schema: MessageSchema, json: Json, path: string, style: Style): Uint8Array {
  const special = SPECIAL[schema.fullName]?.(json, path, style);
  return special ?? fieldsBytes(schema, json, path, style);
}

function fieldsBytes(schema: MessageSchema, json: Json, path: string, style: Style): Uint8Array {
  const object = objectOf(json, path);
  const writer = new Writer();
  for (const [key, value] of Object.entries(object)) {
    const field = schema.byName.get(key);
    const at = path === '' ? key : `${path}.${key}`;
    if (field !== undefined) writeField(writer, field, value, at, style);
    else if (!style.ignoreUnknown) throw new JsonFormatError(at, `${schema.fullName} has no such field`);
  }
  return writer.finish();
}

function objectOf(json: Json, path: string): Readonly<Record<string, Json>> {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) throw wrong(path, 'an object', json);
  return json as Readonly<Record<string, Json>>;
}

function writeField(writer: Writer, field: FieldSchema, value: Json, path: string, style: Style): void {
  // Null is absence, but for a payload in short, which it is a value of.
  const isPayload = style.payloads === 'short' && field.kind === 'm' && field.message().fullName === PAYLOAD;
  if (value === null && !(isPayload && field.shape === 'single')) return;
  if (field.shape === 'single') return writeValue(writer, field, field.id, value, path, style);
  if (field.shape === 'repeated') {
    if (!Array.isArray(value)) throw wrong(path, 'a list', value);
    (value as readonly Json[]).forEach((item, i) => writeValue(writer, field, field.id, item, `${path}[${i}]`, style));
    return;
  }
  for (const [key, item] of Object.entries(objectOf(value, path))) {
    const entry = new Writer();
    if (field.isKeyText) entry.stringOpt(tagOf(1, DELIMITED), key);
    else entry.int32Opt(tagOf(1, VARINT), integerOf(key, `${path}.${key}`));
    writeValue(entry, field, 2, item, `${path}.${key}`, style);
    writer.bytesOpt(tagOf(field.id, DELIMITED), entry.finish());
  }
}

const VARINT = 0;
const FIXED_64 = 1;
const DELIMITED = 2;
const FIXED_32 = 5;
const tagOf = (id: number, wireType: number): number => id * 8 + wireType;

function writeValue(writer: Writer, field: FieldSchema, id: number, value: Json, path: string, style: Style): void {
  switch (field.kind) {
    case 'b':
      if (typeof value !== 'boolean') throw wrong(path, 'true or false', value);
      return writer.boolOpt(tagOf(id, VARINT), value);
    case 'd':
      return writer.doubleOpt(tagOf(id, FIXED_64), numberOf(value, path));
    case 'f':
      return writer.floatOpt(tagOf(id, FIXED_32), numberOf(value, path));
    case 'e':
      return writer.int32Opt(tagOf(id, VARINT), enumOf(field, value, path));
    case 'i':
      return writer.int32Opt(tagOf(id, VARINT), integerOf(value, path));
    case 'u':
      return writer.uint32Opt(tagOf(id, VARINT), integerOf(value, path));
    case 'l':
      return writer.int64Opt(tagOf(id, VARINT), integerOf(value, path));
    case 's':
      if (typeof value !== 'string') throw wrong(path, 'a text', value);
      return writer.stringOpt(tagOf(id, DELIMITED), value);
    case 'y':
      return writer.bytesOpt(tagOf(id, DELIMITED), base64(value, path));
    case 'm':
      return writer.bytesOpt(tagOf(id, DELIMITED), messageBytes(field.message(), value, path, style));
    case 't':
      return writer.bytesOpt(tagOf(id, DELIMITED), secondsAndNanos(value, path, timestampOf, '"2030-01-31T12:00:00Z"'));
    case 'n':
      return writer.bytesOpt(tagOf(id, DELIMITED), secondsAndNanos(value, path, durationOf, '"1.5s"'));
    case 'w': {
      const wrapped = new Writer();
      wrapped.double(tagOf(1, FIXED_64), numberOf(value, path));
      return writer.bytesOpt(tagOf(id, DELIMITED), wrapped.finish());
    }
  }
}

function numberOf(value: Json, path: string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && /^(NaN|-?Infinity|-?[\d.]+([eE][-+]?\d+)?)$/.test(value)) return Number(value);
  throw wrong(path, 'a number', value);
}

function integerOf(value: Json, path: string): number {
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number)) return number;
  throw wrong(path, 'a whole number', value);
}

function enumOf({ enum: names }: FieldSchema, value: Json, path: string): number {
  if (typeof value !== 'string') return integerOf(value, path);
  const number = enumValue(names, value) ?? enumValue(names, snakeCase(value));
  if (number !== undefined) return number;
  if (/^-?\d+$/.test(value)) return Number(value);
  throw wrong(
    path,
    `one of ${Object.keys(names.values)
      .map((name) => names.prefix + name)
      .join(', ')}`,
    value,
  );
}

/** As older tools print enums: `WorkflowExecutionStarted`. */
const snakeCase = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();

function base64(value: Json, path: string): Uint8Array {
  const bytes = typeof value === 'string' ? bytesOfBase64(value) : undefined;
  if (bytes === undefined) throw wrong(path, 'bytes in base64', value);
  return bytes;
}

function secondsAndNanos(
  value: Json,
  path: string,
  read: (text: string) => SecondsAndNanos | undefined,
  example: string,
): Uint8Array {
  const moment = typeof value === 'string' ? read(value) : undefined;
  if (moment === undefined) throw wrong(path, `a text such as ${example}`, value);
  const writer = new Writer();
  writer.int64(tagOf(1, VARINT), moment.seconds);
  writer.int32(tagOf(2, VARINT), moment.nanos);
  return writer.finish();
}

const PAYLOAD = 'temporal.api.common.v1.Payload';

/** Types with a form of their own; undefined: the usual one after all. */
const SPECIAL: Readonly<Record<string, (json: Json, path: string, style: Style) => Uint8Array | undefined>> = {
  'google.protobuf.FieldMask': (json, path) => fieldMask(json, path),
  'google.protobuf.Any': (json, path, style) => any(json, path, style),
  [PAYLOAD]: (json, _path, { payloads }) => (payloads === 'short' && !looksLong(json) ? payloadOf(json) : undefined),
  'temporal.api.common.v1.Payloads': (json, path, style) =>
    style.payloads === 'short' && Array.isArray(json) ? payloadList(json as readonly Json[], path, style) : undefined,
};

function payloadList(list: readonly Json[], path: string, style: Style): Uint8Array {
  const writer = new Writer();
  const schema = schemaOf(PAYLOAD);
  list.forEach((item, i) => {
    if (schema !== undefined) writer.bytesOpt(tagOf(1, DELIMITED), messageBytes(schema, item, `${path}[${i}]`, style));
  });
  return writer.finish();
}

function fieldMask(json: Json, path: string): Uint8Array {
  if (typeof json !== 'string') throw wrong(path, 'names of fields, separated by commas', json);
  const writer = new Writer();
  for (const name of json === '' ? [] : json.split(','))
    writer.stringOpt(
      tagOf(1, DELIMITED),
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    );
  return writer.finish();
}

function any(json: Json, path: string, style: Style): Uint8Array {
  const { '@type': url, ...rest } = objectOf(json, path);
  if (typeof url !== 'string') throw wrong(path, 'an object with "@type"', json);
  const schema = schemaOf(url.slice(url.lastIndexOf('/') + 1));
  const value =
    schema === undefined ? base64(rest['value'] ?? '', `${path}.value`) : fieldsBytes(schema, rest, path, style);
  const writer = new Writer();
  writer.string(tagOf(1, DELIMITED), url);
  writer.bytes(tagOf(2, DELIMITED), value.length === 0 ? NO_BYTES : value);
  return writer.finish();
}

function wrong(path: string, expected: string, found: Json): JsonFormatError {
  const text = JSON.stringify(found);
  return new JsonFormatError(path, `expected ${expected}, found ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`);
}
