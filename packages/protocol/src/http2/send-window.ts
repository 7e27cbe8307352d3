/** What the peer lets us send: a window for the connection, one for each stream, and the bytes that wait for them to open. */

import { errorCode, frameBytesDefault, Http2Error, windowBytesDefault, windowBytesMax } from './frame.js';
import type { FrameWriter } from './frame-writer.js';
import type { Stream } from './stream.js';

/** Larger frames gain nothing, and hold up those of other streams. */
const ownFrameBytesMax = 4 * frameBytesDefault;

export class SendWindow {
  /** Bytes of all streams that wait. */
  waitingBytes = 0;
  /** What a new stream may send. */
  streamBytes = windowBytesDefault;
  readonly #writer: FrameWriter;
  /** Streams that the window of the connection holds back. */
  readonly #heldBack = new Set<Stream>();
  #bytes = windowBytesDefault;
  #frameBytesMax = frameBytesDefault;

  constructor(writer: FrameWriter) {
    this.#writer = writer;
  }

  setFrameBytesMax(bytes: number): void {
    this.#frameBytesMax = Math.min(bytes, ownFrameBytesMax);
  }

  /** Takes so many bytes of the windows if they can be sent at once, in one usual frame. */
  takeWhole(stream: Stream, bytes: number): boolean {
    if (bytes > stream.sendWindowBytes || bytes > this.#bytes || bytes > frameBytesDefault) return false;
    this.#take(stream, bytes);
    return true;
  }

  /** Sends what the windows allow. True: nothing of the stream waits any more. */
  drain(stream: Stream): boolean {
    for (;;) {
      const allowed = Math.min(stream.sendWindowBytes, this.#bytes, this.#frameBytesMax);
      const taken = allowed > 0 ? stream.takeWaiting(allowed) : undefined;
      if (taken === undefined) break;
      this.#take(stream, taken.length);
      this.waitingBytes -= taken.length;
      this.#writer.data(stream.id, taken, false);
    }
    if (stream.waitingBytes === 0) return true;
    if (this.#bytes <= 0) this.#heldBack.add(stream);
    return false;
  }

  /** The connection may send so many bytes more; `goOn` is called for the streams that waited for it. */
  widen(bytes: number, goOn: (stream: Stream) => void): void {
    this.#bytes += bytes;
    if (this.#bytes > windowBytesMax) {
      throw new Http2Error(errorCode.flowControlError, 'the window of the connection is too large');
    }
    for (const stream of this.#heldBack) {
      if (this.#bytes <= 0) return;
      this.#heldBack.delete(stream);
      goOn(stream);
    }
  }

  /** The stream is closed. */
  forget(stream: Stream): void {
    this.waitingBytes -= stream.waitingBytes;
    this.#heldBack.delete(stream);
  }

  #take(stream: Stream, bytes: number): void {
    stream.sendWindowBytes -= bytes;
    this.#bytes -= bytes;
  }
}
