/**
 * Length-prefixed messages: one byte of flags, four of length, then the message. DATA frames cut them anywhere.
 */

import type * as Zlib from 'node:zlib';
import type { CallFailure } from './contract.js';
import type { ByteBudget } from './grpc-limits.js';
import { fail, statusCode } from './grpc-status.js';

const prefixBytes = 5;
/** First allocation for a message in pieces; it grows with what arrives, not with what was announced. */
const firstBufferBytes = 16 * 1024;
/** Larger compressed requests are unpacked off the event loop. */
const gunzipInlineBytesMax = 16 * 1024;

const noBytes = Buffer.alloc(0);

/** Loaded by the first compressed request: most clients send none, and a start should not wait for it. */
let zlib: typeof Zlib | undefined;

/** The message of a chunk that holds exactly one plain message, the usual case; else undefined. */
export function soleMessage(chunk: Buffer, bytesMax: number): Buffer | undefined {
  const length = chunk.length - prefixBytes;
  if (length < 0 || length > bytesMax || chunk[0] !== 0 || chunk.readUInt32BE(1) !== length) return undefined;
  return chunk.subarray(prefixBytes);
}

/** What goes in front of a plain message. */
export function messagePrefix(messageBytes: number): Buffer {
  const prefix = Buffer.allocUnsafe(prefixBytes);
  prefix[0] = 0;
  prefix.writeUInt32BE(messageBytes, 1);
  return prefix;
}

/** Receives a complete message as it was sent. */
export type MessageSink = (isCompressed: boolean, bytes: Buffer) => void;

/** Puts messages together from DATA frames of any size, within a budget. */
export class MessageReader {
  readonly #bytesMax: number;
  readonly #budget: ByteBudget;
  readonly #prefix = Buffer.alloc(prefixBytes);
  #prefixFilled = 0;
  #length = 0;
  #body: Buffer | undefined;
  #bodyFilled = 0;

  constructor(bytesMax: number, budget: ByteBudget) {
    this.#bytesMax = bytesMax;
    this.#budget = budget;
  }

  /** True between the first and the last byte of a message. */
  get isInsideMessage(): boolean {
    return this.#prefixFilled > 0;
  }

  /** Gives every message completed by the chunk to the sink; answers a failure when the call must end. */
  push(chunk: Buffer, sink: MessageSink): CallFailure | undefined {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#prefixFilled < prefixBytes) {
        const taken = chunk.copy(this.#prefix, this.#prefixFilled, offset, offset + prefixBytes - this.#prefixFilled);
        this.#prefixFilled += taken;
        offset += taken;
        if (this.#prefixFilled < prefixBytes) return undefined;
        const refusal = this.#readPrefix();
        if (refusal !== undefined) return refusal;
      }
      const end = Math.min(chunk.length, offset + this.#length - this.#bodyFilled);
      const complete = this.#bodyFilled === 0 && end - offset === this.#length;
      if (complete) {
        this.#emit(chunk.subarray(offset, end), sink);
      } else {
        if (!this.#append(chunk, offset, end))
          return fail(statusCode.resourceExhausted, 'grpc: too many bytes of unfinished requests');
        if (this.#bodyFilled === this.#length) this.#emit(this.#takeBody(), sink);
      }
      offset = end;
    }
    return undefined;
  }

  /** Gives back what an unfinished message holds. */
  release(): void {
    if (this.#body !== undefined) this.#budget.give(this.#body.length);
    this.#body = undefined;
    this.#bodyFilled = 0;
  }

  #readPrefix(): CallFailure | undefined {
    const flag = this.#prefix.readUInt8(0);
    this.#length = this.#prefix.readUInt32BE(1);
    if (flag > 1) return fail(statusCode.internal, `grpc: received unexpected payload format ${flag}`);
    if (this.#length > this.#bytesMax) return tooLarge(this.#length, this.#bytesMax);
    return undefined;
  }

  #emit(bytes: Buffer, sink: MessageSink): void {
    this.#prefixFilled = 0;
    sink(this.#prefix[0] === 1, bytes);
  }

  #append(chunk: Buffer, start: number, end: number): boolean {
    const needed = this.#bodyFilled + end - start;
    const capacity = this.#body?.length ?? 0;
    if (needed > capacity) {
      const grown = Math.min(this.#length, Math.max(needed, capacity * 2, firstBufferBytes));
      if (!this.#budget.take(grown - capacity)) return false;
      const body = Buffer.allocUnsafeSlow(grown);
      this.#body?.copy(body, 0, 0, this.#bodyFilled);
      this.#body = body;
    }
    if (this.#body !== undefined) chunk.copy(this.#body, this.#bodyFilled, start, end);
    this.#bodyFilled = needed;
    return true;
  }

  #takeBody(): Buffer {
    const body = this.#body ?? noBytes;
    this.release();
    return body;
  }
}

export function tooLarge(bytes: number, bytesMax: number): CallFailure {
  return fail(statusCode.resourceExhausted, `grpc: received message larger than max (${bytes} vs. ${bytesMax})`);
}

/** Unpacks a gzip message; off the event loop if it is large and the caller can wait. */
export function unpackGzip(
  bytes: Buffer,
  bytesMax: number,
  canWait: boolean,
  done: (unpacked: Buffer | CallFailure) => void,
): void {
  // zlib would set 16 KiB aside for every message; Go clients compress all of theirs, and most are a few hundred bytes.
  const chunkSize = Math.min(16 * 1024, Math.max(1024, bytes.length * 4));
  zlib ??= process.getBuiltinModule('node:zlib');
  const options = { maxOutputLength: Math.max(1, bytesMax), chunkSize };
  if (canWait && bytes.length > gunzipInlineBytesMax) {
    zlib.gunzip(bytes, options, (error, unpacked) => done(error === null ? unpacked : unpackFailure(error, bytesMax)));
    return;
  }
  let unpacked: Buffer | CallFailure;
  try {
    unpacked = zlib.gunzipSync(bytes, options);
  } catch (error) {
    unpacked = unpackFailure(error, bytesMax);
  }
  done(unpacked);
}

function unpackFailure(error: unknown, bytesMax: number): CallFailure {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ERR_BUFFER_TOO_LARGE') {
    return fail(statusCode.resourceExhausted, `grpc: message after decompression larger than max (${bytesMax})`);
  }
  return fail(statusCode.internal, 'grpc: failed to decompress the received message: not valid gzip data');
}
