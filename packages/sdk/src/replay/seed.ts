/**
 * The random seed of a run: SipHash-1-3 with a zero key over the run id in UTF-8 and a byte 0xff. Histories depend on it
 * (ids of children, for one), so it never changes.
 */
import { encodeUtf8 } from '@perdure/protocol';

const MASK = (1n << 64n) - 1n;

/** 64 bits. */
export function randomnessSeed(runId: string): bigint {
  const bytes = new Uint8Array(runId.length * 3 + 1);
  const length = encodeUtf8(runId, bytes, 0);
  bytes[length] = 0xff;
  return sipHash13(bytes.subarray(0, length + 1));
}

type Lanes = [bigint, bigint, bigint, bigint];

function sipHash13(bytes: Uint8Array): bigint {
  const lanes: Lanes = [0x736f6d6570736575n, 0x646f72616e646f6dn, 0x6c7967656e657261n, 0x7465646279746573n];
  const whole = bytes.length - (bytes.length % 8);
  for (let at = 0; at < whole; at += 8) absorb(lanes, word(bytes, at, 8));
  absorb(lanes, word(bytes, whole, bytes.length - whole) | (BigInt(bytes.length & 0xff) << 56n));
  lanes[2] ^= 0xffn;
  for (let i = 0; i < 3; i += 1) round(lanes);
  return lanes[0] ^ lanes[1] ^ lanes[2] ^ lanes[3];
}

/** Little-endian. */
function word(bytes: Uint8Array, at: number, count: number): bigint {
  let value = 0n;
  for (let i = count - 1; i >= 0; i -= 1) value = (value << 8n) | BigInt(bytes[at + i] ?? 0);
  return value;
}

function absorb(lanes: Lanes, value: bigint): void {
  lanes[3] ^= value;
  round(lanes);
  lanes[0] ^= value;
}

function round(v: Lanes): void {
  v[0] = (v[0] + v[1]) & MASK;
  v[1] = rotate(v[1], 13n) ^ v[0];
  v[0] = rotate(v[0], 32n);
  v[2] = (v[2] + v[3]) & MASK;
  v[3] = rotate(v[3], 16n) ^ v[2];
  v[0] = (v[0] + v[3]) & MASK;
  v[3] = rotate(v[3], 21n) ^ v[0];
  v[2] = (v[2] + v[1]) & MASK;
  v[1] = rotate(v[1], 17n) ^ v[2];
  v[2] = rotate(v[2], 32n);
}

function rotate(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (64n - bits))) & MASK;
}
