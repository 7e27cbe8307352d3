/** Cuts a stream of bytes into frames. A frame inside one chunk is a view of it; one that is spread is put together first. */

import { errorCode, frameBytesDefault, frameHeaderBytes, Http2Error } from './frame.js';

/** Takes one frame; its payload is `buffer` from `start` to `end`. */
export type FrameSink = (
  type: number,
  flags: number,
  streamId: number,
  buffer: Buffer,
  start: number,
  end: number,
) => void;

export class FrameReader {
  readonly #sink: FrameSink;
  /** The beginning of a frame whose rest has not come: its header is complete once `#wanted` counts the payload. */
  #partial: Buffer | undefined;
  #filled = 0;
  #wanted = 0;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** Throws Http2Error when a frame is larger than allowed, and what the sink throws. */
  push(chunk: Buffer): void {
    let offset = this.#partial === undefined ? 0 : this.#complete(chunk);
    while (offset + frameHeaderBytes <= chunk.length) {
      const end = offset + frameHeaderBytes + payloadBytes(chunk, offset);
      if (end > chunk.length) break;
      this.#emit(chunk, offset, end);
      offset = end;
    }
    if (offset < chunk.length) this.#keep(chunk, offset);
  }

  /** Fills the partial frame; answers how much of the chunk that took. */
  #complete(chunk: Buffer): number {
    let offset = 0;
    while (this.#partial !== undefined) {
      const taken = chunk.copy(this.#partial, this.#filled, offset, offset + this.#wanted - this.#filled);
      offset += taken;
      this.#filled += taken;
      if (this.#filled < this.#wanted) return offset;
      const partial = this.#partial;
      const bytes = frameHeaderBytes + payloadBytes(partial, 0);
      if (bytes > this.#wanted) {
        this.#want(bytes);
      } else {
        this.#partial = undefined;
        this.#emit(partial, 0, bytes);
      }
    }
    return offset;
  }

  #keep(chunk: Buffer, offset: number): void {
    const hasHeader = offset + frameHeaderBytes <= chunk.length;
    this.#filled = 0;
    this.#want(frameHeaderBytes + (hasHeader ? payloadBytes(chunk, offset) : 0));
    this.#filled = chunk.copy(this.#partial as Buffer, 0, offset);
  }

  #want(bytes: number): void {
    const grown = Buffer.allocUnsafe(bytes);
    this.#partial?.copy(grown, 0, 0, this.#filled);
    this.#partial = grown;
    this.#wanted = bytes;
  }

  #emit(buffer: Buffer, offset: number, end: number): void {
    const streamId = buffer.readUInt32BE(offset + 5) & 0x7fff_ffff;
    this.#sink(
      buffer[offset + 3] as number,
      buffer[offset + 4] as number,
      streamId,
      buffer,
      offset + frameHeaderBytes,
      end,
    );
  }
}

function payloadBytes(buffer: Buffer, offset: number): number {
  const length = buffer.readUIntBE(offset, 3);
  if (length > frameBytesDefault) throw new Http2Error(errorCode.frameSizeError, `a frame of ${length} bytes`);
  return length;
}
