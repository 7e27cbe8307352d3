/** Status codes and how a status travels in HTTP/2 trailers. */

import type { CallFailure } from './contract.js';
import { type HeaderField, headerField, type HeaderFields, recurringField } from '@perdure/protocol/http2';

export const statusCode = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
} as const;

/** Longer messages are cut: some clients refuse headers of more than 8 KiB. */
const messageCharactersMax = 4000;
const messageEncodedBytesMax = 8000;

const highestCode = 16;
const statusFields: readonly HeaderField[] = Array.from({ length: highestCode + 1 }, (_, code) =>
  recurringField('grpc-status', String(code)),
);

export const okFields: HeaderFields = statusFields.slice(0, 1);

export function fail(code: number, message: string): CallFailure {
  return { ok: false, code, message };
}

/** The trailers of a failed call. */
export function failureFields({ code, message, statusDetails }: CallFailure): HeaderFields {
  const fields = [statusFields[code] ?? headerField('grpc-status', String(code))];
  if (message !== '') fields.push(headerField('grpc-message', encodeStatusMessage(message)));
  if (statusDetails !== undefined) fields.push(headerField('grpc-status-details-bin', encodeBinary(statusDetails)));
  return fields;
}

/** Percent-encodes everything but printable ASCII, and the percent sign itself. */
export function encodeStatusMessage(message: string): string {
  const short = message.length > messageCharactersMax ? message.slice(0, messageCharactersMax) : message;
  if (/^[ -$&-~]*$/.test(short)) return short;
  let encoded = '';
  for (const character of short) {
    const piece = /[ -$&-~]/.test(character) ? character : percentEncoded(character);
    if (encoded.length + piece.length > messageEncodedBytesMax) break;
    encoded += piece;
  }
  return encoded;
}

function percentEncoded(character: string): string {
  let encoded = '';
  for (const byte of Buffer.from(character, 'utf8')) encoded += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return encoded;
}

/** Base64 without padding, as the other gRPC stacks send binary headers. */
function encodeBinary(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64').replace(/=+$/, '');
}

const timeoutUnitMs: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** Milliseconds of a `grpc-timeout` header (1 to 8 digits and a unit), rounded up; undefined when malformed. */
export function parseGrpcTimeoutMs(header: string): number | undefined {
  const unitMs = timeoutUnitMs[header.charAt(header.length - 1)];
  const digits = header.length - 1;
  if (unitMs === undefined || digits < 1 || digits > 8) return undefined;
  let value = 0;
  for (let index = 0; index < digits; index += 1) {
    const digit = header.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return Math.ceil(value * unitMs);
}
