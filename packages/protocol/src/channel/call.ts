/** One unary call of a channel, from the request to its end. */

import { errorCode, headerField, type HeaderField, type HeaderList, recurringField } from '../http2/index.js';
import type { StreamListener, StreamWriter } from '../http2/index.js';
import { type CallAnswer, CallFailed, channelFailure } from './answer.js';
import { AnswerReader } from './answer-reader.js';

export interface CallOptions {
  /** The server is told, and the call ends after it whatever happens. None: the call waits as long as it takes. */
  readonly timeoutMs?: number | undefined;
  /** Lower-case names; binary values (`-bin`) in base64. */
  readonly metadata?: readonly (readonly [name: string, value: string])[] | undefined;
  /** Ends the call with CANCELLED. Only `Channel.call` looks at it. */
  readonly signal?: AbortSignal | undefined;
}

const prefixBytes = 5;
/** Larger values are not representable in a `grpc-timeout`. */
const timeoutMsMax = 99_999_999;
/** The longest delay a Node timer takes. */
const timerMsMax = 2 ** 31 - 1;

export interface CallListener {
  /** Called once. */
  done(answer: CallAnswer): void;
  /** The server did not take the call: it is to be sent once more. */
  again(): void;
}

export class ChannelCall implements StreamListener {
  readonly #path: string;
  readonly #request: Uint8Array;
  readonly #options: CallOptions;
  readonly #reader: AnswerReader;
  readonly #listener: CallListener;
  #lostBecause: () => CallFailed | undefined = () => undefined;
  #stream: StreamWriter | undefined;
  #timer: NodeJS.Timeout | undefined;
  #httpStatus: string | undefined;
  #end: HeaderList | undefined;
  #isAgain = false;
  #isDone = false;

  constructor(path: string, request: Uint8Array, options: CallOptions, answerBytesMax: number, listener: CallListener) {
    this.#path = path;
    this.#request = request;
    this.#options = options;
    this.#reader = new AnswerReader(answerBytesMax);
    this.#listener = listener;
    const { timeoutMs } = options;
    if (timeoutMs === undefined || timeoutMs > timerMsMax) return;
    this.#timer = setTimeout(() => this.#late(), Math.max(0, timeoutMs));
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** Sends the request on a new stream. */
  send(stream: StreamWriter, head: readonly HeaderField[], lostBecause: () => CallFailed | undefined): void {
    this.#stream = stream;
    this.#lostBecause = lostBecause;
    const { metadata, timeoutMs } = this.#options;
    const fields = [pathField(this.#path), ...head];
    if (timeoutMs !== undefined) fields.push(timeoutField(timeoutMs));
    for (const [name, value] of metadata ?? []) fields.push(metadataField(name, value));
    const prefix = Buffer.allocUnsafe(prefixBytes);
    prefix[0] = 0;
    prefix.writeUInt32BE(this.#request.length, 1);
    stream.sendWhole(fields, prefix, this.#request);
  }

  headers(headers: HeaderList): void {
    this.#httpStatus ??= headers.get(':status');
    if (headers.get('grpc-status') !== undefined) this.#end = headers;
  }

  data(bytes: Buffer): void {
    const refusal = this.#reader.push(bytes);
    if (refusal !== undefined) this.#finish(refusal);
  }

  ended(): void {
    this.#finish(this.#answer());
  }

  closed(code: number | undefined): void {
    if (this.#isDone) return;
    if (code === errorCode.refusedStream) return this.notTaken();
    if (code === undefined) {
      return this.#finish(this.#lostBecause() ?? channelFailure('unavailable', 'the connection was lost', 'CLOSED'));
    }
    this.#finish(channelFailure('unavailable', `the server broke the call off (HTTP/2 error ${code})`, 'RESET'));
  }

  drained(): void {}

  cancel(): void {
    this.#finish(channelFailure('cancelled', 'the call was cancelled'));
  }

  /** Ends the call because of the channel or its connection. */
  fail(reason: CallFailed): void {
    this.#finish(reason);
  }

  /** The server has not looked at the call. */
  notTaken(): void {
    if (this.#isDone) return;
    if (this.#isAgain)
      return this.fail(channelFailure('unavailable', 'the server does not take calls', 'REFUSED', true));
    this.#isAgain = true;
    this.#stream = undefined;
    this.#listener.again();
  }

  #late(): void {
    const { timeoutMs } = this.#options;
    this.#finish(channelFailure('deadlineExceeded', `no answer within ${timeoutMs} ms`));
  }

  #answer(): CallAnswer {
    const status = this.#end?.get('grpc-status');
    if (status === undefined) {
      const text = `HTTP status ${this.#httpStatus ?? 'missing'} instead of a gRPC answer`;
      return channelFailure(this.#httpStatus === '200' ? 'internal' : 'unavailable', text, 'HTTP');
    }
    if (status === '0') return this.#reader.message();
    const details = this.#end?.get('grpc-status-details-bin');
    return new CallFailed(Number(status), decodeStatusMessage(this.#end?.get('grpc-message') ?? ''), {
      statusDetails: details === undefined ? undefined : Buffer.from(details, 'base64'),
    });
  }

  #finish(answer: CallAnswer): void {
    if (this.#isDone) return;
    this.#isDone = true;
    clearTimeout(this.#timer);
    this.#stream?.cancel();
    this.#listener.done(answer);
  }
}

/** Percent-encoded by the protocol; taken as it is where a peer does not keep to it. */
function decodeStatusMessage(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const paths = new Map<string, HeaderField>();
const timeouts = new Map<number, HeaderField>();
const metadataFields = new Map<string, HeaderField>();
/** What is said again and again is remembered, within bounds. */
const rememberedMax = 512;

function pathField(path: string): HeaderField {
  return remembered(paths, path, () => recurringField(':path', path));
}

function timeoutField(timeoutMs: number): HeaderField {
  const whole = Math.min(timeoutMsMax, Math.max(1, Math.ceil(timeoutMs)));
  // Time-outs that are what is left of a larger one never come twice.
  if (whole % 1000 !== 0) return headerField('grpc-timeout', `${whole}m`);
  return remembered(timeouts, whole, () => recurringField('grpc-timeout', `${whole}m`));
}

function metadataField(name: string, value: string): HeaderField {
  return remembered(metadataFields, `${name}\n${value}`, () => recurringField(name, value));
}

function remembered<Key>(fields: Map<Key, HeaderField>, key: Key, make: () => HeaderField): HeaderField {
  const known = fields.get(key);
  if (known !== undefined) return known;
  const field = make();
  if (fields.size >= rememberedMax) fields.clear();
  fields.set(key, field);
  return field;
}
