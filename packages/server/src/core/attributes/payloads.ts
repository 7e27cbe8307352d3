/**
 * Search attributes as clients send them (a Payload of JSON, its type beside it) and as lists compare them
 * (a typed value).
 */
import { Payload, decodeUtf8, encodeUtf8, formatTimeMs } from '@perdure/protocol';
import { ATTRIBUTE_TYPE, ATTRIBUTE_TYPE_NAMES } from '../visibility/attributes.js';
import type { Attribute, AttributeType } from '../visibility/attributes.js';
import { convertLiteral } from '../visibility/literal-value.js';
import type { AttributeValue } from '../visibility/record.js';

/** A value that fits its type; undefined = the attribute is unset (null, or an empty list). */
export type DecodedAttribute =
  { readonly ok: true; readonly value: AttributeValue | undefined } | { readonly ok: false };

/** Reads an encoded Payload as an attribute of this type. A list of one is taken for its value. */
export function decodeAttribute(payload: Uint8Array, type: AttributeType): DecodedAttribute {
  const content = payloadContent(payload);
  if (content.kind === 'null') return UNSET;
  if (content.kind !== 'json') return REFUSED;
  return typedValue(content.value, type);
}

/** The attribute as an encoded Payload, with its type in the metadata, as every SDK expects it. */
export function encodeAttribute(value: AttributeValue, type: AttributeType): Uint8Array {
  const json = type === ATTRIBUTE_TYPE.datetime && typeof value === 'number' ? formatTimeMs(value) : value;
  const metadata = new Map([
    ['encoding', utf8Bytes('json/plain')],
    ['type', utf8Bytes(ATTRIBUTE_TYPE_NAMES[type])],
  ]);
  return Payload.encode({ metadata, data: utf8Bytes(JSON.stringify(json)) });
}

/** A text as an encoded JSON Payload. */
export function encodeJsonPayload(text: string): Uint8Array {
  return Payload.encode({
    metadata: new Map([['encoding', utf8Bytes('json/plain')]]),
    data: utf8Bytes(JSON.stringify(text)),
  });
}

/** The same Payload with its type in the metadata; unchanged if the client wrote one. */
export function withAttributeType(payload: Uint8Array, type: AttributeType): Uint8Array {
  const { metadata, data } = Payload.decode(payload);
  if (metadata.has('type')) return payload;
  return Payload.encode({ metadata: new Map([...metadata, ['type', utf8Bytes(ATTRIBUTE_TYPE_NAMES[type])]]), data });
}

export type PayloadContent =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'null' }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** JSON that does not parse, or an encoding that is not known here. */
  | { readonly kind: 'unreadable'; readonly payload: Payload };

/** What an encoded Payload holds, by its encoding. */
export function payloadContent(encoded: Uint8Array): PayloadContent {
  const payload = Payload.decode(encoded);
  switch (utf8Text(payload.metadata.get('encoding') ?? NO_BYTES)) {
    case 'binary/null':
      return { kind: 'null' };
    case 'binary/plain':
      return { kind: 'bytes', bytes: payload.data };
    case 'json/plain':
    case '':
      return jsonContent(payload);
    default:
      return { kind: 'unreadable', payload };
  }
}

const NO_BYTES = new Uint8Array(0);

function jsonContent(payload: Payload): PayloadContent {
  const text = utf8Text(payload.data);
  if (text === undefined) return { kind: 'unreadable', payload };
  try {
    const value: unknown = JSON.parse(text);
    return value === null ? { kind: 'null' } : { kind: 'json', value };
  } catch {
    return { kind: 'unreadable', payload };
  }
}

const UNSET: DecodedAttribute = { ok: true, value: undefined };
const REFUSED: DecodedAttribute = { ok: false };

function typedValue(json: unknown, type: AttributeType): DecodedAttribute {
  if (type === ATTRIBUTE_TYPE.keywordList) {
    if (!Array.isArray(json) || !json.every((item) => typeof item === 'string')) return REFUSED;
    return json.length === 0 ? UNSET : { ok: true, value: json };
  }
  if (!Array.isArray(json)) return singleValue(json, type);
  // Older SDKs wrap every value in a list.
  if (json.length > 1) return REFUSED;
  return json.length === 0 ? UNSET : singleValue(json[0], type);
}

function singleValue(json: unknown, type: Exclude<AttributeType, typeof ATTRIBUTE_TYPE.keywordList>): DecodedAttribute {
  switch (type) {
    case ATTRIBUTE_TYPE.text:
    case ATTRIBUTE_TYPE.keyword:
      return typeof json === 'string' ? { ok: true, value: json } : REFUSED;
    case ATTRIBUTE_TYPE.int:
      return typeof json === 'number' && Number.isInteger(json) ? { ok: true, value: json } : REFUSED;
    case ATTRIBUTE_TYPE.double:
      return typeof json === 'number' ? { ok: true, value: json } : REFUSED;
    case ATTRIBUTE_TYPE.bool:
      return typeof json === 'boolean' ? { ok: true, value: json } : REFUSED;
    case ATTRIBUTE_TYPE.datetime: {
      const time = typeof json === 'string' ? convertLiteral(SOME_TIME, { kind: 'string', text: json }, 0) : REFUSED;
      return time.ok ? time : REFUSED;
    }
  }
}

const SOME_TIME: Attribute = { source: 'stored', name: '', type: ATTRIBUTE_TYPE.datetime };

/** The text in these bytes; undefined when they are not UTF-8. */
export function utf8Text(bytes: Uint8Array): string | undefined {
  return decodeUtf8(bytes, 0, bytes.length);
}

export function utf8Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  return bytes.slice(0, encodeUtf8(text, bytes, 0));
}
