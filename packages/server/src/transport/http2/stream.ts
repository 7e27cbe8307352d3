/** One HTTP/2 stream of a server: what may still be sent and received on it. The connection does the work. */

import { frameBytesDefault } from './frame.js';
import type { HeaderFields } from './header-encoder.js';

/** Who takes what arrives on a stream. Nothing comes after `closed`. */
export interface StreamListener {
  /** A view of a network buffer. */
  data(bytes: Buffer): void;
  /** The client has sent all. */
  ended(): void;
  /** Both sides are done, or the client gave up, or the connection is gone. */
  closed(): void;
  /** All that was sent has left; send on. */
  drained(): void;
}

/** How the owner of a stream answers on it. Calls on a closed stream are ignored. */
export interface StreamWriter {
  readonly isClosed: boolean;
  respond(fields: HeaderFields): void;
  /** False: it waits for the client to read, and `drained` will be called. */
  send(prefix: Uint8Array, body: Uint8Array): boolean;
  /** Ends the answer; a client that still sends is told to stop. */
  end(trailers: HeaderFields): void;
  /** Headers, one body and trailers at once. */
  answer(fields: HeaderFields, prefix: Uint8Array, body: Uint8Array, trailers: HeaderFields): void;
  /** Headers that are the whole answer. */
  answerEmpty(fields: HeaderFields): void;
}

/** Bytes that wait for the client to read. */
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
    trailers: HeaderFields,
  ): boolean;
  /** The answer is complete. */
  answered(stream: Stream): void;
  queued(bytes: number): void;
}

export class Stream implements StreamWriter {
  readonly id: number;
  listener: StreamListener | undefined;
  sendWindowBytes: number;
  /** Received and not yet given back to the client's window. */
  receivedBytes = 0;
  isRemoteEnded = false;
  isClosed = false;
  readonly #carrier: StreamCarrier;
  #waiting: Waiting[] | undefined;
  #trailers: HeaderFields | undefined;
  #isEnding = false;

  constructor(id: number, carrier: StreamCarrier, sendWindowBytes: number) {
    this.id = id;
    this.#carrier = carrier;
    this.sendWindowBytes = sendWindowBytes;
  }

  respond(fields: HeaderFields): void {
    if (!this.isClosed) this.#carrier.writeHeaders(this.id, fields, false);
  }

  answerEmpty(fields: HeaderFields): void {
    if (this.isClosed || this.#isEnding) return;
    this.#isEnding = true;
    this.#carrier.writeHeaders(this.id, fields, true);
    this.#carrier.answered(this);
  }

  answer(fields: HeaderFields, prefix: Uint8Array, body: Uint8Array, trailers: HeaderFields): void {
    if (this.isClosed || this.#isEnding) return;
    if (this.#carrier.writeWhole(this, fields, prefix, body, trailers)) {
      this.#isEnding = true;
      this.#carrier.answered(this);
      return;
    }
    this.respond(fields);
    this.send(prefix, body);
    this.end(trailers);
  }

  send(prefix: Uint8Array, body: Uint8Array): boolean {
    if (this.isClosed || this.#isEnding) return true;
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

  end(trailers: HeaderFields): void {
    if (this.isClosed || this.#isEnding) return;
    this.#isEnding = true;
    this.#trailers = trailers;
    this.#carrier.pump(this);
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

  /** The trailers, once: when all else was sent. */
  takeTrailers(): HeaderFields | undefined {
    const trailers = this.#trailers;
    this.#trailers = undefined;
    return trailers;
  }
}
