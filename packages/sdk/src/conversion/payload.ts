/** Payloads as users see them, and as they are on the wire. */
import { Payload as WirePayload, Payloads as WirePayloads } from '@perdure/protocol';
import type { Init } from '@perdure/protocol';

/** An encoded value: the bytes, and metadata that says how they are encoded. */
export interface Payload {
  /** `encoding` is always there; converters and codecs add what they need. */
  metadata?: Record<string, Uint8Array> | null;
  data?: Uint8Array | null;
  /** Where large data lie outside of the history; passed on as it is. */
  externalPayloads?: { sizeBytes?: number }[] | null;
}

/** Headers of calls that cross the server, set and read by interceptors. */
export type Headers = Record<string, Payload>;

/** The bytes of a payload. */
export function payloadToBytes(payload: Payload): Uint8Array {
  const message: Init<WirePayload> = {
    metadata: new Map(Object.entries(payload.metadata ?? {})),
    data: payload.data ?? undefined,
    externalPayloads: payload.externalPayloads ?? undefined,
  };
  return WirePayload.encode(message);
}

/** The payload that the bytes are; `data` is a view of them. */
export function payloadFromBytes(bytes: Uint8Array): Payload {
  const { metadata, data, externalPayloads } = WirePayload.decode(bytes);
  const payload: Payload = { metadata: Object.fromEntries(metadata), data };
  return externalPayloads.length === 0 ? payload : { ...payload, externalPayloads };
}

/** A list of payloads as `temporal.api.common.v1.Payloads`; undefined when there are none. */
export function payloadsToBytes(payloads: readonly Payload[] | undefined): Uint8Array | undefined {
  if (payloads === undefined || payloads.length === 0) return undefined;
  return WirePayloads.encode({ payloads: payloads.map(payloadToBytes) });
}

export function payloadsFromBytes(bytes: Uint8Array | undefined): Payload[] | undefined {
  return bytes === undefined ? undefined : WirePayloads.decode(bytes).payloads.map(payloadFromBytes);
}

/** Named payloads as the map inside of Header, Memo and SearchAttributes. */
export function payloadMapToWire(payloads: Readonly<Record<string, Payload>>): Map<string, Uint8Array> {
  return new Map(Object.entries(payloads).map(([name, payload]) => [name, payloadToBytes(payload)]));
}

export function payloadMapFromWire(fields: ReadonlyMap<string, Uint8Array>): Record<string, Payload> {
  return Object.fromEntries([...fields].map(([name, bytes]) => [name, payloadFromBytes(bytes)]));
}
