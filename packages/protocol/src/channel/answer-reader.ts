/** The one message of a unary answer, out of DATA frames of any size. */

import { type CallAnswer, type CallFailed, channelFailure } from './answer.js';

const prefixBytes = 5;

export class AnswerReader {
  readonly #bytesMax: number;
  readonly #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The bytes may be a view: they are copied unless the whole answer is in this one piece. */
  push(bytes: Buffer): CallFailed | undefined {
    this.#pieces.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes <= this.#bytesMax + prefixBytes) return undefined;
    return channelFailure('resourceExhausted', `the answer is larger than ${this.#bytesMax} bytes`);
  }

  message(): CallAnswer {
    const [first] = this.#pieces;
    if (first === undefined) return channelFailure('internal', 'the answer has no message');
    const bytes = this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces);
    if (bytes[0] === 1) return channelFailure('internal', 'the answer is compressed, which was not asked for');
    if (bytes.length < prefixBytes || bytes.readUInt32BE(1) !== bytes.length - prefixBytes)
      return channelFailure('internal', 'the answer is not one message');
    return { ok: true, bytes: bytes.subarray(prefixBytes) };
  }
}
