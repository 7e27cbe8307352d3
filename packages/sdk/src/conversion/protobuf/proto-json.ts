/**
 * Protobuf's own JSON, as all SDKs write it. protobufjs turns messages into objects and back; what is added here are the names
 * (lower camel case) and the messages that have a JSON of their own: times, durations, wrappers, structs.
 */
import { PayloadConverterError } from '../errors.js';
import type { ReflectedField, ReflectedType } from './message-types.js';

const toObjectOptions = { longs: String, enums: String, bytes: String, json: true };

/** The message as a JSON value. */
export function messageToJson(type: ReflectedType, message: object): unknown {
  return toJson(type, type.toObject(message, toObjectOptions));
}

/** The message that a JSON value is. Unknown fields are ignored. Throws PayloadConverterError for a value of a wrong form. */
export function messageFromJson(type: ReflectedType, json: unknown): object {
  return type.fromObject(fromJson(type, json));
}

type Fields = Record<string, unknown>;

function toJson(type: ReflectedType, object: Fields): unknown {
  const special = specials[type.fullName];
  if (special !== undefined) return special.toJson(object);
  const entries = type.fieldsArray
    .filter(({ name }) => Object.hasOwn(object, name) && object[name] !== null)
    .map((field) => [camelCase(field.name), eachValue(field, object[field.name], toJson)] as const);
  // What protobufjs made of an Any has fields of its own.
  return '@type' in object ? object : Object.fromEntries(entries);
}

function fromJson(type: ReflectedType, json: unknown): Fields {
  const special = specials[type.fullName];
  if (special !== undefined) return special.fromJson(json);
  const given = record(type, json);
  if ('@type' in given) return given;
  const object: Fields = {};
  for (const field of type.fieldsArray) {
    const name = camelCase(field.name);
    const value = given[name] ?? given[field.name] ?? given[snakeCase(field.name)];
    if (value !== undefined && value !== null) object[field.name] = eachValue(field, value, fromJson);
  }
  return object;
}

/** One value, each of a list, or each of a map. Only messages need work. */
function eachValue(
  field: ReflectedField,
  value: unknown,
  convert: (type: ReflectedType, value: Fields) => unknown,
): unknown {
  field.resolve();
  const { resolvedType: type } = field;
  if (type === null || !('fieldsArray' in type)) return value;
  const one = (item: unknown): unknown => convert(type, item as Fields);
  if (field.map) return Object.fromEntries(Object.entries(value as Fields).map(([key, item]) => [key, one(item)]));
  return field.repeated ? (value as unknown[]).map(one) : one(value);
}

interface Special {
  /** From what protobufjs makes of it, 64-bit numbers as text. */
  toJson(object: Fields): unknown;
  fromJson(json: unknown): Fields;
}

const wrapper: Special = { toJson: ({ value }) => value ?? null, fromJson: (value) => ({ value }) };
const wrapperOr = (zero: unknown): Special => ({ ...wrapper, toJson: ({ value }) => value ?? zero });

const struct: Special = {
  toJson: ({ fields }) => mapValues((fields ?? {}) as Fields, (item) => value.toJson(item as Fields)),
  fromJson: (json) => ({ fields: mapValues(json as Fields, value.fromJson) }),
};

const list: Special = {
  toJson: ({ values }) => ((values ?? []) as Fields[]).map(value.toJson),
  fromJson: (json) => ({ values: (json as unknown[]).map(value.fromJson) }),
};

/** google.protobuf.Value: any JSON. */
const value: Special = {
  toJson: (object) => {
    if ('structValue' in object) return struct.toJson(object['structValue'] as Fields);
    if ('listValue' in object) return list.toJson(object['listValue'] as Fields);
    return object['stringValue'] ?? object['numberValue'] ?? object['boolValue'] ?? null;
  },
  fromJson: (json) => {
    if (json === null) return { nullValue: 0 };
    if (Array.isArray(json)) return { listValue: list.fromJson(json) };
    if (typeof json === 'object') return { structValue: struct.fromJson(json) };
    if (typeof json === 'string') return { stringValue: json };
    return typeof json === 'boolean' ? { boolValue: json } : { numberValue: json };
  },
};

const timestamp: Special = {
  toJson: ({ seconds = 0, nanos = 0 }) => {
    const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
    return `${whole}${fraction(Number(nanos))}Z`;
  },
  fromJson: (json) => {
    const [, whole, digits = '', zone] = /^(.*?:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/i.exec(String(json)) ?? [];
    const seconds = Date.parse(`${whole}${zone}`) / 1000;
    if (Number.isNaN(seconds)) throw wrongForm('google.protobuf.Timestamp', json);
    return { seconds, nanos: Number(digits.padEnd(9, '0')) };
  },
};

const duration: Special = {
  toJson: ({ seconds = 0, nanos = 0 }) => {
    const sign = Number(seconds) < 0 || Number(nanos) < 0 ? '-' : '';
    return `${sign}${Math.abs(Number(seconds))}${fraction(Math.abs(Number(nanos)))}s`;
  },
  fromJson: (json) => {
    const [, sign, seconds, digits = ''] = /^(-?)(\d+)(?:\.(\d{1,9}))?s$/.exec(String(json)) ?? [];
    if (seconds === undefined) throw wrongForm('google.protobuf.Duration', json);
    const factor = sign === '-' ? -1 : 1;
    return { seconds: Number(seconds) * factor, nanos: Number(digits.padEnd(9, '0')) * factor };
  },
};

const fieldMask: Special = {
  toJson: ({ paths }) => ((paths ?? []) as string[]).map(camelCase).join(','),
  fromJson: (json) => ({ paths: json === '' ? [] : String(json).split(',').map(snakeCase) }),
};

const specials: { readonly [fullName: string]: Special | undefined } = {
  '.google.protobuf.Timestamp': timestamp,
  '.google.protobuf.Duration': duration,
  '.google.protobuf.FieldMask': fieldMask,
  '.google.protobuf.Struct': struct,
  '.google.protobuf.Value': value,
  '.google.protobuf.ListValue': list,
  '.google.protobuf.BoolValue': wrapperOr(false),
  '.google.protobuf.StringValue': wrapperOr(''),
  '.google.protobuf.BytesValue': wrapperOr(''),
  '.google.protobuf.DoubleValue': wrapperOr(0),
  '.google.protobuf.FloatValue': wrapperOr(0),
  '.google.protobuf.Int32Value': wrapperOr(0),
  '.google.protobuf.UInt32Value': wrapperOr(0),
  '.google.protobuf.Int64Value': wrapperOr('0'),
  '.google.protobuf.UInt64Value': wrapperOr('0'),
};

/** Nanoseconds as 0, 3, 6 or 9 digits. */
function fraction(nanos: number): string {
  if (nanos === 0) return '';
  const digits = String(nanos).padStart(9, '0');
  return `.${digits.replace(/(?:000)+$/, '')}`;
}

function mapValues(object: Fields, convert: (value: unknown) => unknown): Fields {
  return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, convert(item)]));
}

function record(type: ReflectedType, json: unknown): Fields {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Fields;
  throw wrongForm(type.fullName.replace(/^\./, ''), json);
}

function wrongForm(name: string, json: unknown): PayloadConverterError {
  return new PayloadConverterError(`${JSON.stringify(json)?.slice(0, 100)} is not the JSON of a ${name}`);
}

function camelCase(name: string): string {
  return name.replace(/_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
