/** JSON as the opaque bytes that payloads are to the Service. */
import { Payload, Payloads } from '@perdure/protocol';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const toBytes = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value));

export function fromBytes(bytes: Uint8Array | undefined): unknown {
  return bytes === undefined || bytes.length === 0 ? undefined : JSON.parse(decoder.decode(bytes));
}

/** Whole Payloads, where the Service looks inside: bodies of messages come to it as bytes and are checked there. */
export const toPayloads = (value: unknown): Uint8Array =>
  Payloads.encode({ payloads: [Payload.encode({ data: toBytes(value) })] });

export function fromPayloads(bytes: Uint8Array | undefined): unknown {
  const payload = bytes === undefined ? undefined : Payloads.decode(bytes).payloads[0];
  return payload === undefined ? undefined : fromBytes(Payload.decode(payload).data);
}
