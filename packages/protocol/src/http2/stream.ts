/** One HTTP/2 stream: what may still be sent and received on it. The connection does the work. */

import { frameBytesDefault } from './frame.js';
import type { HeaderFields } from './header-encoder.js';
import type { HeaderList } from './header-list.js';

/** Who takes what arrives on a stream. Nothing comes after `closed`. */
export interface StreamListener {
  /** Headers of an answer, then its trailers; of a request only its trailers. */
  headers(headers: HeaderList): void;
  /** A view of a network buffer. */
  data(bytes: Buffer): void;
  /** The peer has sent all. */
  ended(): void;
  /** Both sides are done, or the peer gave up with this code, or (without a code) the connection is gone. */
  closed(code: number | undefined): void;
  /** All that was sent has left; send on. */
  drained(): void;
}

/** How the owner of a stream writes on it. Calls on a closed stream are ignored. */
export interface StreamWriter {
  readonly isClosed: boolean;
  writeHeaders(fields: HeaderFields): void;
  /** False: it waits for the peer to read, and `drained` will be called. */
  send(prefix: Uint8Array, body: Uint8Array): boolean;
  /** Ends what this side sends. A server's end is that of the stream: a client that still sends is told to stop. */
  end(trailers?: HeaderFields): void;
  /** Headers, one body and the end at once. */
  sendWhole(fields: HeaderFields, prefix: Uint8Array, body: Uint8Array, trailers?: HeaderFields): void;
  /** Headers that are all there is. */
  sendEmpty(fields: HeaderFields): void;
  /** Gives the stream up. `closed` is called. */
  cancel(): void;
}

/** Bytes that wait for the peer to read. */
interface Waiting {
  readonly bytes: Uint8Array;
  sent: number;
}

/** The parts of a connection that a stream uses. */
export interface StreamCarrier {
  writeHeaders(streamId: number, fields: HeaderFields, isLast: boolean): void;
  /** Sends what the windows allow; the stream keeps the rest. */
  pump(stream: Stream): void;
  /** Tries all in one; false when the windows do not allow it. */
  writeWhole(
    stream: Stream,
    fields: HeaderFields,
    prefix: Uint8Array,
    body: Uint8Array,
    trailers: HeaderFields | undefined,
  ): boolean;
  /** This side has sent all. */
  localEnded(stream: Stream): void;
  cancel(stream: Stream): void;
  queued(bytes: number): void;
}

export class Stream implements StreamWriter {
  readonly id: number;
  listener: StreamListener | undefined;
  sendWindowBytes: number;
  /** Received and not yet given back to the peer's window. */
  receivedBytes = 0;
  isRemoteEnded = false;
  /** All has been sent, trailers included. */
  isLocalEnded = false;
  isClosed = false;
  /** The owner has given all; some of it may still wait. */
  isEnding = false;
  trailers: HeaderFields | undefined;
  readonly #carrier: StreamCarrier;
  #waiting: Waiting[] | undefined;

  constructor(id: number, carrier: StreamCarrier, sendWindowBytes: number) {
    this.id = id;
    this.#carrier = carrier;
    this.sendWindowBytes = sendWindowBytes;
  }

  writeHeaders(fields: HeaderFields): void {
    if (!this.isClosed) this.#carrier.writeHeaders(this.id, fields, false);
  }

  sendEmpty(fields: HeaderFields): void {
    if (this.isClosed || this.isEnding) return;
    this.isEnding = true;
    this.#carrier.writeHeaders(this.id, fields, true);
    this.#carrier.localEnded(this);
  }

  sendWhole(fields: HeaderFields, prefix: Uint8Array, body: Uint8Array, trailers?: HeaderFields): void {
    if (this.isClosed || this.isEnding) return;
    if (this.#carrier.writeWhole(this, fields, prefix, body, trailers)) {
      this.isEnding = true;
      this.#carrier.localEnded(this);
      return;
    }
    this.writeHeaders(fields);
    this.send(prefix, body);
    this.end(trailers);
  }

  send(prefix: Uint8Array, body: Uint8Array): boolean {
    if (this.isClosed || this.isEnding) return true;
    this.#waiting ??= [];
    if (prefix.length + body.length <= frameBytesDefault) {
      this.#waiting.push({ bytes: Buffer.concat([prefix, body]), sent: 0 });
    } else {
      this.#waiting.push({ bytes: prefix, sent: 0 }, { bytes: body, sent: 0 });
    }
    this.#carrier.queued(prefix.length + body.length);
    this.#carrier.pump(this);
    return this.#waiting.length === 0;
  }

  end(trailers?: HeaderFields): void {
    if (this.isClosed || this.isEnding) return;
    this.isEnding = true;
    this.trailers = trailers;
    this.#carrier.pump(this);
  }

  cancel(): void {
    if (!this.isClosed) this.#carrier.cancel(this);
  }

  /** Bytes that wait to be sent. */
  get waitingBytes(): number {
    let bytes = 0;
    for (const { bytes: piece, sent } of this.#waiting ?? []) bytes += piece.length - sent;
    return bytes;
  }

  /** Takes at most so many of the waiting bytes, from one piece; undefined when none waits. */
  takeWaiting(bytesMax: number): Uint8Array | undefined {
    const first = this.#waiting?.[0];
    if (first === undefined) return undefined;
    const end = Math.min(first.bytes.length, first.sent + bytesMax);
    const taken = first.bytes.subarray(first.sent, end);
    first.sent = end;
    if (end === first.bytes.length) this.#waiting?.shift();
    return taken;
  }
}
