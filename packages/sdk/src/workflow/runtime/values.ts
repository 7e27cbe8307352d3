/** Between values of workflow code and the encoded messages of activations and completions. */
import { Header, Memo, Payloads, SearchAttributes, UserMetadata } from '@perdure/protocol';
import { convertOptionalToPayload } from '../../conversion/payload-converter.js';
import type { PayloadConverter } from '../../conversion/payload-converter.js';
import { payloadFromBytes, payloadMapFromWire, payloadMapToWire, payloadToBytes } from '../../conversion/payload.js';
import type { Headers } from '../../conversion/payload.js';
import {
  searchAttributesFromPayloads,
  searchAttributesToPayloads,
} from '../../conversion/search-attribute-payloads.js';
import { TypedSearchAttributes } from '../../conversion/search-attributes.js';
import type { SearchAttributeUpdatePair } from '../../conversion/search-attributes.js';
import type { SerializationContext } from '../../conversion/serialization-context.js';

/** A converter, and for whom it works. */
export interface Conversion {
  readonly converter: PayloadConverter;
  readonly context: SerializationContext;
}

/** Undefined for no values. */
export function encodeValues({ converter, context }: Conversion, values: readonly unknown[]): Uint8Array | undefined {
  if (values.length === 0) return undefined;
  return Payloads.encode({ payloads: values.map((value) => payloadToBytes(converter.toPayload(value, context))) });
}

/** Payloads of this one value, `undefined` too. */
export function encodeValue({ converter, context }: Conversion, value: unknown): Uint8Array {
  return Payloads.encode({ payloads: [payloadToBytes(converter.toPayload(value, context))] });
}

export function decodeValues({ converter, context }: Conversion, bytes: Uint8Array | undefined): unknown[] {
  if (bytes === undefined) return [];
  return Payloads.decode(bytes).payloads.map((payload) => converter.fromPayload(payloadFromBytes(payload), context));
}

/** The first value; undefined when there is none. */
export function decodeValue({ converter, context }: Conversion, bytes: Uint8Array | undefined): unknown {
  const [first] = bytes === undefined ? [] : Payloads.decode(bytes).payloads;
  return first === undefined ? undefined : converter.fromPayload(payloadFromBytes(first), context);
}

export function encodeHeaders(headers: Headers): Uint8Array | undefined {
  return isEmpty(headers) ? undefined : Header.encode({ fields: payloadMapToWire(headers) });
}

export function decodeHeaders(bytes: Uint8Array | undefined): Headers {
  return bytes === undefined ? {} : payloadMapFromWire(Header.decode(bytes).fields);
}

/** Null and undefined become payloads that remove the entry. */
export function encodeMemo({ converter, context }: Conversion, memo: Readonly<Record<string, unknown>>): Uint8Array {
  const fields = Object.entries(memo).map(
    ([name, value]) => [name, payloadToBytes(converter.toPayload(value ?? undefined, context))] as const,
  );
  return Memo.encode({ fields: new Map(fields) });
}

export function decodeMemo({ converter, context }: Conversion, bytes: Uint8Array | undefined): Record<string, unknown> {
  if (bytes === undefined) return {};
  const fields = [...Memo.decode(bytes).fields];
  return Object.fromEntries(
    fields.map(([name, payload]) => [name, converter.fromPayload<unknown>(payloadFromBytes(payload), context)]),
  );
}

export function encodeSearchAttributes(
  attributes: TypedSearchAttributes | readonly SearchAttributeUpdatePair[],
): Uint8Array {
  return SearchAttributes.encode({ indexedFields: payloadMapToWire(searchAttributesToPayloads(attributes)) });
}

export function decodeSearchAttributes(bytes: Uint8Array | undefined): TypedSearchAttributes {
  if (bytes === undefined) return new TypedSearchAttributes();
  return searchAttributesFromPayloads(payloadMapFromWire(SearchAttributes.decode(bytes).indexedFields));
}

/** Undefined when there is neither a summary nor details. */
export function encodeUserMetadata(
  { converter, context }: Conversion,
  summary: string | undefined,
  details?: string,
): Uint8Array | undefined {
  if (summary === undefined && details === undefined) return undefined;
  const [summaryPayload, detailsPayload] = [summary, details].map((text) => {
    const payload = convertOptionalToPayload(converter, text, context);
    return payload && payloadToBytes(payload);
  });
  return UserMetadata.encode({ summary: summaryPayload, details: detailsPayload });
}

function isEmpty(record: Readonly<Record<string, unknown>>): boolean {
  for (const name in record) if (Object.hasOwn(record, name)) return false;
  return true;
}
