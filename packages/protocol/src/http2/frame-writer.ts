/** Writes the frames of one connection into its output. */

import {
  type ErrorCode,
  frameBytesDefault,
  frameFlag,
  frameHeaderBytes,
  frameType,
  pingBytes,
  writeFrameHeader,
  writeUint32,
} from './frame.js';
import { blockBytesMax, HeaderEncoder, type HeaderFields } from './header-encoder.js';
import { Output } from './output.js';

export class FrameWriter {
  readonly #output = new Output();
  readonly #encoder = new HeaderEncoder();
  readonly #wake: () => void;
  #isAwake = false;

  /** `wake` is called when there is something to take, and again only after it was taken. */
  constructor(wake: () => void) {
    this.#wake = wake;
  }

  take(): readonly Uint8Array[] {
    this.#isAwake = false;
    return this.#output.take();
  }

  /** The peer's bound on the table of our header blocks. */
  setTableBytesMax(bytes: number): void {
    this.#encoder.setTableBytesMax(bytes);
  }

  headers(streamId: number, fields: HeaderFields, isLast: boolean): void {
    const { buffer, offset } = this.#output.room(headersBytesMax(fields));
    this.#wrote(this.#headersAt(buffer, offset, streamId, fields, isLast));
  }

  /** Bytes that belong to no frame: the preface. */
  raw(bytes: Uint8Array): void {
    const { buffer, offset } = this.#output.room(bytes.length);
    buffer.set(bytes, offset);
    this.#wrote(offset + bytes.length);
  }

  /** Headers, a body that fits into one frame, and trailers where there are some. */
  whole(
    streamId: number,
    fields: HeaderFields,
    prefix: Uint8Array,
    body: Uint8Array,
    trailers: HeaderFields | undefined,
  ): void {
    const length = prefix.length + body.length;
    const trailersBytesMax = trailers === undefined ? 0 : headersBytesMax(trailers);
    const { buffer, offset } = this.#output.room(
      headersBytesMax(fields) + frameHeaderBytes + length + trailersBytesMax,
    );
    let at = this.#headersAt(buffer, offset, streamId, fields, false);
    const flags = trailers === undefined ? frameFlag.endStream : 0;
    writeFrameHeader(buffer, at, length, frameType.data, flags, streamId);
    at += frameHeaderBytes;
    buffer.set(prefix, at);
    buffer.set(body, at + prefix.length);
    at += length;
    this.#wrote(trailers === undefined ? at : this.#headersAt(buffer, at, streamId, trailers, true));
  }

  /** Bytes of more than a usual frame are sent as they are and must not change any more. */
  data(streamId: number, bytes: Uint8Array, isLast: boolean): void {
    const { length } = bytes;
    const isCopied = length <= frameBytesDefault;
    const { buffer, offset } = this.#output.room(frameHeaderBytes + (isCopied ? length : 0));
    writeFrameHeader(buffer, offset, length, frameType.data, isLast ? frameFlag.endStream : 0, streamId);
    const at = offset + frameHeaderBytes;
    if (isCopied) buffer.set(bytes, at);
    this.#wrote(isCopied ? at + length : at);
    if (!isCopied) this.#output.append(bytes);
  }

  settings(settings: readonly (readonly [id: number, value: number])[]): void {
    const length = 6 * settings.length;
    const { buffer, offset } = this.#output.room(frameHeaderBytes + length);
    writeFrameHeader(buffer, offset, length, frameType.settings, 0, 0);
    let at = offset + frameHeaderBytes;
    for (const [id, value] of settings) {
      buffer.writeUInt16BE(id, at);
      buffer.writeUInt32BE(value, at + 2);
      at += 6;
    }
    this.#wrote(at);
  }

  settingsAck(): void {
    const { buffer, offset } = this.#output.room(frameHeaderBytes);
    writeFrameHeader(buffer, offset, 0, frameType.settings, frameFlag.ack, 0);
    this.#wrote(offset + frameHeaderBytes);
  }

  ping(): void {
    const { buffer, offset } = this.#output.room(frameHeaderBytes + pingBytes);
    writeFrameHeader(buffer, offset, pingBytes, frameType.ping, 0, 0);
    const end = offset + frameHeaderBytes + pingBytes;
    buffer.fill(0, offset + frameHeaderBytes, end);
    this.#wrote(end);
  }

  /** Answers a ping with its own content. */
  pong(source: Buffer, start: number): void {
    const { buffer, offset } = this.#output.room(frameHeaderBytes + pingBytes);
    writeFrameHeader(buffer, offset, pingBytes, frameType.ping, frameFlag.ack, 0);
    source.copy(buffer, offset + frameHeaderBytes, start, start + pingBytes);
    this.#wrote(offset + frameHeaderBytes + pingBytes);
  }

  /** Stream 0: the whole connection. */
  windowUpdate(streamId: number, bytes: number): void {
    this.#number(frameType.windowUpdate, streamId, bytes);
  }

  reset(streamId: number, code: ErrorCode): void {
    this.#number(frameType.rstStream, streamId, code);
  }

  goAway(lastStreamId: number, code: ErrorCode, text: string): void {
    const length = 8 + text.length;
    const { buffer, offset } = this.#output.room(frameHeaderBytes + length);
    const start = offset + frameHeaderBytes;
    writeFrameHeader(buffer, offset, length, frameType.goaway, 0, 0);
    writeUint32(buffer, start, lastStreamId);
    writeUint32(buffer, start + 4, code);
    buffer.write(text, start + 8, 'latin1');
    this.#wrote(start + length);
  }

  #number(type: number, streamId: number, value: number): void {
    const { buffer, offset } = this.#output.room(frameHeaderBytes + 4);
    writeFrameHeader(buffer, offset, 4, type, 0, streamId);
    writeUint32(buffer, offset + frameHeaderBytes, value);
    this.#wrote(offset + frameHeaderBytes + 4);
  }

  #headersAt(buffer: Buffer, offset: number, streamId: number, fields: HeaderFields, isLast: boolean): number {
    const start = offset + frameHeaderBytes;
    const end = this.#encoder.encode(fields, buffer, start);
    const endStream = isLast ? frameFlag.endStream : 0;
    if (end - start > frameBytesDefault) return splitBlock(buffer, start, end, streamId, endStream);
    writeFrameHeader(buffer, offset, end - start, frameType.headers, frameFlag.endHeaders | endStream, streamId);
    return end;
  }

  #wrote(end: number): void {
    this.#output.wrote(end);
    if (this.#isAwake) return;
    this.#isAwake = true;
    this.#wake();
  }
}

/** A long block goes on in CONTINUATION frames. It lies at `start`, behind room for a frame header. */
function splitBlock(buffer: Buffer, start: number, end: number, streamId: number, endStream: number): number {
  const block = Buffer.from(buffer.subarray(start, end));
  let at = start - frameHeaderBytes;
  for (let sent = 0; sent < block.length; sent += frameBytesDefault) {
    const length = Math.min(frameBytesDefault, block.length - sent);
    const isFirst = sent === 0;
    const endHeaders = sent + length === block.length ? frameFlag.endHeaders : 0;
    const type = isFirst ? frameType.headers : frameType.continuation;
    writeFrameHeader(buffer, at, length, type, endHeaders | (isFirst ? endStream : 0), streamId);
    block.copy(buffer, at + frameHeaderBytes, sent, sent + length);
    at += frameHeaderBytes + length;
  }
  return at;
}

/** Frame headers included. */
function headersBytesMax(fields: HeaderFields): number {
  const blockBytes = blockBytesMax(fields);
  return blockBytes + frameHeaderBytes * (1 + Math.ceil(blockBytes / frameBytesDefault));
}
