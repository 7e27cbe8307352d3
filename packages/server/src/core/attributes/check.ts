/** Whether search attributes may be set: known names, values of the right type, sizes. Texts are the field's. */
import { Payload } from '@perdure/protocol';
import type { Limits } from '../limits.js';
import { ATTRIBUTE_TYPE_NAMES, PREDEFINED_ATTRIBUTES, SYSTEM_ATTRIBUTES } from '../visibility/attributes.js';
import type { AttributeType } from '../visibility/attributes.js';
import { decodeAttribute, payloadContent, utf8Text } from './payloads.js';

export interface AttributeScope {
  readonly namespace: string;
  /** Custom attributes: name → IndexedValueType number. */
  readonly custom: ReadonlyMap<string, number>;
  readonly limits: Pick<
    Limits,
    'searchAttributeKeysMax' | 'searchAttributeValueSizeBytesMax' | 'searchAttributesSizeBytesMax'
  >;
}

/** What is wrong with these attributes (name → encoded Payload), or undefined. */
export function searchAttributesProblem(
  fields: ReadonlyMap<string, Uint8Array>,
  scope: AttributeScope,
): string | undefined {
  const { searchAttributeKeysMax, searchAttributesSizeBytesMax } = scope.limits;
  for (const name of fields.keys()) {
    if (attributeType(name, scope.custom) === undefined) return unknownName(name, scope.namespace);
  }
  if (fields.size > searchAttributeKeysMax)
    return `number of search attributes ${fields.size} exceeds limit ${searchAttributeKeysMax}`;
  let sizeBytes = 0;
  for (const [name, payload] of fields) {
    const problem = valueProblem(name, payload, scope);
    if (problem !== undefined) return problem;
    sizeBytes += name.length + payload.length;
  }
  if (sizeBytes <= searchAttributesSizeBytesMax) return undefined;
  return `total size of search attributes ${sizeBytes} exceeds size limit ${searchAttributesSizeBytesMax}`;
}

/** The type of an attribute that clients may set: a custom one, or one of those the server predefines. */
export function attributeType(name: string, custom: ReadonlyMap<string, number>): AttributeType | undefined {
  if (Object.hasOwn(PREDEFINED_ATTRIBUTES, name)) return PREDEFINED_ATTRIBUTES[name];
  const type = custom.get(name);
  return type !== undefined && isAttributeType(type) ? type : undefined;
}

export function isAttributeType(type: number): type is AttributeType {
  return Object.hasOwn(ATTRIBUTE_TYPE_NAMES, type);
}

function unknownName(name: string, namespace: string): string {
  if (Object.hasOwn(SYSTEM_ATTRIBUTES, name)) return `${name} attribute can't be set in SearchAttributes`;
  return `Namespace ${namespace} has no mapping defined for search attribute ${name}`;
}

function valueProblem(name: string, payload: Uint8Array, scope: AttributeScope): string | undefined {
  const type = attributeType(name, scope.custom);
  if (type === undefined) return undefined;
  if (!decodeAttribute(payload, type).ok) {
    return `invalid value for search attribute ${name} of type ${ATTRIBUTE_TYPE_NAMES[type]}: ${printedContent(payload)}`;
  }
  const sizeMax = scope.limits.searchAttributeValueSizeBytesMax;
  if (payload.length <= sizeMax) return undefined;
  const sizeBytes = payloadDataSize(payload);
  return sizeBytes > sizeMax
    ? `search attribute ${name} value size ${sizeBytes} exceeds size limit ${sizeMax}`
    : undefined;
}

function payloadDataSize(encoded: Uint8Array): number {
  return Payload.decode(encoded).data.length;
}

/** The refused value as the field prints it (the way Go does). */
function printedContent(encoded: Uint8Array): string {
  const content = payloadContent(encoded);
  switch (content.kind) {
    case 'json':
      return printed(content.value);
    case 'null':
      return '<nil>';
    case 'bytes':
      return `[${content.bytes.join(' ')}]`;
    case 'unreadable':
      return `value from <${printedPayload(content.payload)}>`;
  }
}

function printed(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(printed).join(' ')}]`;
  if (typeof value !== 'object') return typeof value === 'string' ? value : JSON.stringify(value);
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `map[${entries.map(([key, item]) => `${key}:${printed(item)}`).join(' ')}]`;
}

function printedPayload(payload: Payload): string {
  const metadata = [...payload.metadata]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, value]) => `metadata:{key:${JSON.stringify(key)} value:${quoted(value)}}`);
  return [...metadata, `data:${quoted(payload.data)}`].join(' ');
}

function quoted(bytes: Uint8Array): string {
  return JSON.stringify(utf8Text(bytes) ?? String.fromCharCode(...bytes.subarray(0, 200)));
}
