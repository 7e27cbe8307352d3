/**
 * Payloads in short: what holds JSON is shown as its value, and a value is taken as a payload that holds it. Null stands for
 * the payload of nothing. Everything else keeps its long form, `{ metadata, data }`.
 */
import { Payload } from '../generated/messages.js';
import { decodeUtf8, encodeUtf8 } from '../utf8.js';
import type { Json } from './json.js';

/** Undefined: has no short form. */
export function shortPayload(bytes: Uint8Array): { readonly value: Json } | undefined {
  const { metadata, data } = Payload.decode(bytes);
  const encoding = textOf(metadata.get('encoding'));
  if (encoding === 'binary/null') return { value: null };
  if (encoding !== 'json/plain' && encoding !== 'json/protobuf') return undefined;
  try {
    const value = JSON.parse(textOf(data) ?? '') as Json;
    return looksLong(value) ? undefined : { value };
  } catch {
    return undefined;
  }
}

/** The payload that a value stands for. */
export function payloadOf(value: Json): Uint8Array {
  if (value === null) return Payload.encode({ metadata: new Map([['encoding', bytesOf('binary/null')]]) });
  const metadata = new Map([['encoding', bytesOf('json/plain')]]);
  return Payload.encode({ metadata, data: bytesOf(JSON.stringify(value)) });
}

/** A value that reads as the long form would be taken for it. */
export function looksLong(value: Json): boolean {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  const { metadata } = value as { readonly metadata?: Json };
  return (
    metadata !== null &&
    typeof metadata === 'object' &&
    'encoding' in metadata &&
    Object.keys(value).every((key) => ['metadata', 'data', 'externalPayloads'].includes(key))
  );
}

const textOf = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : decodeUtf8(bytes, 0, bytes.length);

function bytesOf(text: string): Uint8Array {
  const into = new Uint8Array(text.length * 3);
  return into.slice(0, encodeUtf8(text, into, 0));
}
