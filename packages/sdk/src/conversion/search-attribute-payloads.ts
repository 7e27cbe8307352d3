/** Search attributes on the wire: JSON with the type in the metadata. Codecs leave them alone, for the server reads them. */
import { IndexedValueTypeNames } from '@perdure/protocol';
import { defaultPayloadConverter } from './default-payload-converter.js';
import type { Payload } from './payload.js';
import { SearchAttributeType, TypedSearchAttributes } from './search-attributes.js';
import type { SearchAttributePair, SearchAttributeUpdatePair } from './search-attributes.js';
import { utf8Bytes, utf8Text } from './utf8.js';

const METADATA_TYPE_KEY = 'type';

/** The server's spelling of each type. */
const wireNames: { readonly [T in SearchAttributeType]: string } = {
  TEXT: 'Text',
  KEYWORD: 'Keyword',
  INT: 'Int',
  DOUBLE: 'Double',
  BOOL: 'Bool',
  DATETIME: 'Datetime',
  KEYWORD_LIST: 'KeywordList',
};

/** The attributes as payloads by name; null is a payload that removes one. */
export function searchAttributesToPayloads(
  attributes: TypedSearchAttributes | readonly SearchAttributeUpdatePair[],
): Record<string, Payload> {
  // By shape: the set may come from another copy of this package.
  const pairs = 'getAll' in attributes ? attributes.getAll() : attributes;
  return Object.fromEntries(pairs.map(({ key, value }) => [key.name, attributePayload(key.type, value)]));
}

function attributePayload(type: SearchAttributeType, value: unknown): Payload {
  const payload = defaultPayloadConverter.toPayload(value instanceof Date ? value.toISOString() : value);
  return { ...payload, metadata: { ...payload.metadata, [METADATA_TYPE_KEY]: utf8Bytes(wireNames[type]) } };
}

/** The attributes that the payloads are. Those of a type that is not known here, and removed ones, are left out. */
export function searchAttributesFromPayloads(payloads: Readonly<Record<string, Payload>>): TypedSearchAttributes {
  const pairs = Object.entries(payloads).map(([name, payload]) => attributePair(name, payload));
  return new TypedSearchAttributes(pairs.filter((pair) => pair !== undefined));
}

function attributePair(name: string, payload: Payload): SearchAttributePair | undefined {
  const type = typeOf(payload);
  const decoded = defaultPayloadConverter.fromPayload<unknown>(payload);
  if (type === undefined || decoded === null || decoded === undefined) return undefined;
  const value = shaped(type, decoded);
  return value === undefined ? undefined : ({ key: { name, type }, value } as SearchAttributePair);
}

/** Other SDKs write lists of one for single values; times are texts. */
function shaped(type: SearchAttributeType, decoded: unknown): unknown {
  if (type === SearchAttributeType.KEYWORD_LIST) return Array.isArray(decoded) ? decoded : [decoded];
  const value: unknown = Array.isArray(decoded) ? decoded[0] : decoded;
  return type === SearchAttributeType.DATETIME && typeof value === 'string' ? new Date(value) : value;
}

/** Some SDKs write the enum's name (`INDEXED_VALUE_TYPE_INT`), others the word. */
function typeOf({ metadata }: Payload): SearchAttributeType | undefined {
  const bytes = metadata?.[METADATA_TYPE_KEY];
  if (bytes === undefined) return undefined;
  const text = utf8Text(bytes);
  const types = Object.values(SearchAttributeType);
  return types.find((type) => wireNames[type] === text || `${IndexedValueTypeNames.prefix}${type}` === text);
}
