/** Payloads as codec servers speak of them: protobuf's JSON, bytes in base64. */
import { ValueError } from '../conversion/errors.js';
import type { Payload } from '../conversion/payload.js';

export function payloadsToJson(payloads: readonly Payload[]): string {
  return JSON.stringify({
    payloads: payloads.map(({ metadata, data }) => ({
      metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, bytes]) => [name, base64(bytes)])),
      data: base64(data ?? new Uint8Array(0)),
    })),
  });
}

/** Throws ValueError when the text is not a list of payloads. */
export function payloadsFromJson(text: string): Payload[] {
  const { payloads = [] } = record(parsed(text), 'the body');
  if (!Array.isArray(payloads)) throw new ValueError('`payloads` is not a list');
  return payloads.map((payload: unknown) => {
    const { metadata = {}, data = '' } = record(payload, 'a payload');
    const entries = Object.entries(record(metadata, 'metadata'));
    return {
      metadata: Object.fromEntries(entries.map(([name, value]) => [name, bytes(value)])),
      data: bytes(data),
    };
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ValueError('the body is not JSON', { cause: error });
  }
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new ValueError(`${what} is not an object`);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function bytes(value: unknown): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value, 'base64');
  throw new ValueError('bytes of a payload are not base64 text');
}
