/**
 * Messages as JSON, in protobuf's own mapping, so that what programs read of `temporal -o json` reads the same here.
 * It needs the descriptors of `@temporalio/proto`, which take a moment to load: only `-o json` comes here.
 */
import { createRequire } from 'node:module';

/** The parts of protobufjs's reflection that are used. */
interface ReflectedEnum {
  readonly valuesById: Readonly<Record<number, string>>;
}
interface ReflectedType {
  readonly fullName: string;
  readonly fieldsArray: readonly ReflectedField[];
  decode(bytes: Uint8Array): Message;
}
interface ReflectedField {
  readonly name: string;
  readonly type: string;
  readonly repeated: boolean;
  readonly map: boolean;
  readonly resolvedType: ReflectedType | ReflectedEnum | null;
  resolve(): ReflectedField;
}
type Message = Readonly<Record<string, unknown>>;
type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** `long`: payloads as they are, so that a history can be replayed. `short`: those that hold JSON as their value. */
export type PayloadStyle = 'long' | 'short';

let lookup: ((name: string) => ReflectedType) | undefined;

function typeOf(name: string): ReflectedType {
  if (lookup === undefined) {
    // It is a dependency of the protocol, not of this package.
    const require = createRequire(createRequire(import.meta.url).resolve('@perdure/protocol'));
    const root = require('@temporalio/proto/protos/json-module.js') as { lookupType(name: string): ReflectedType };
    lookup = (each) => root.lookupType(each);
  }
  return lookup(name);
}

/** An encoded message by its full name, such as `temporal.api.history.v1.History`. */
export function messageJson(typeName: string, bytes: Uint8Array, style: PayloadStyle): Json {
  const type = typeOf(typeName);
  return toJson(type, type.decode(bytes), style);
}

function toJson(type: ReflectedType, message: Message, style: PayloadStyle): Json {
  const special = SPECIAL[type.fullName.replace(/^\./, '')]?.(message, style);
  if (special !== undefined) return special;
  const json: Record<string, Json> = {};
  for (const field of type.fieldsArray) {
    if (!Object.hasOwn(message, field.name)) continue;
    const value = fieldJson(field.resolve(), message[field.name], style);
    if (value !== undefined) json[field.name] = value;
  }
  return json;
}

/** Undefined: left out, as protobuf's mapping does with what is empty. */
function fieldJson(field: ReflectedField, value: unknown, style: PayloadStyle): Json | undefined {
  if (value === null || value === undefined) return undefined;
  if (field.map) {
    const entries = Object.entries(value);
    return entries.length === 0
      ? undefined
      : Object.fromEntries(entries.map(([key, each]) => [key, valueJson(field, each, style)]));
  }
  if (!Array.isArray(value)) return valueJson(field, value, style);
  return value.length === 0 ? undefined : value.map((each) => valueJson(field, each, style));
}

function valueJson(field: ReflectedField, value: unknown, style: PayloadStyle): Json {
  const { resolvedType } = field;
  if (resolvedType !== null && 'valuesById' in resolvedType)
    return resolvedType.valuesById[Number(value)] ?? Number(value);
  if (resolvedType !== null) return toJson(resolvedType, value as Message, style);
  if (value instanceof Uint8Array) return base64(value);
  if (typeof value === 'number' && /64$/.test(field.type)) return String(value);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  // What is left are texts and 64-bit integers; both print as texts.
  return String(value);
}

const utf8 = new TextDecoder();

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

const SPECIAL: Readonly<Record<string, (message: Message, style: PayloadStyle) => Json | undefined>> = {
  'google.protobuf.Timestamp': ({ seconds, nanos }) => timestampText(Number(seconds ?? 0), Number(nanos ?? 0)),
  'google.protobuf.Duration': ({ seconds, nanos }) =>
    `${Number(seconds ?? 0)}${fraction(Math.abs(Number(nanos ?? 0)))}s`,
  'google.protobuf.FieldMask': ({ paths }) => (Array.isArray(paths) ? paths.join(',') : ''),
  'google.protobuf.DoubleValue': ({ value }) => Number(value ?? 0),
  'temporal.api.common.v1.Payload': (payload, style) => (style === 'short' ? payloadValue(payload) : undefined),
  'temporal.api.common.v1.Payloads': ({ payloads }, style) =>
    style === 'short' && Array.isArray(payloads)
      ? payloads.map((each: Message) => toJson(typeOf('temporal.api.common.v1.Payload'), each, style))
      : undefined,
};

function timestampText(seconds: number, nanos: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', `${fraction(nanos)}Z`);
}

/** As protobuf prints them: none, three, six or nine digits. */
function fraction(nanos: number): string {
  if (nanos === 0) return '';
  const digits = String(nanos).padStart(9, '0');
  return `.${digits.replace(/(000){1,2}$/, '')}`;
}

/** Undefined: not JSON, so it is printed as it is. */
function payloadValue(payload: Message): Json | undefined {
  const { metadata, data } = payload as { metadata?: Record<string, Uint8Array>; data?: Uint8Array };
  const encoding = utf8.decode(metadata?.['encoding']);
  if (encoding === 'binary/null') return null;
  if (encoding !== 'json/plain' && encoding !== 'json/protobuf') return undefined;
  try {
    return JSON.parse(utf8.decode(data)) as Json;
  } catch {
    return undefined;
  }
}
