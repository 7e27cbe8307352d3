/**
 * One side of an HTTP/2 connection (RFC 9113), without I/O: bytes go in by `receive`, bytes come out of `takeOutput`, and `wake`
 * is called when there is something to take. No push, no priorities, no upgrade from HTTP/1: gRPC needs none of them.
 *
 * Everything that a peer can make us hold or do is bounded: streams, header blocks, resets, frames without purpose, answers to
 * pings that it does not read. Beyond a bound the connection ends with ENHANCE_YOUR_CALM.
 */

import { FloodGuard } from './flood-guard.js';
import {
  type ErrorCode,
  connectionPreface,
  errorCode,
  frameBytesDefault,
  frameBytesMax,
  frameFlag,
  frameType,
  Http2Error,
  pingBytes,
  settingId,
  streamIdMax,
  windowBytesDefault,
  windowBytesMax,
} from './frame.js';
import { FrameReader } from './frame-reader.js';
import { FrameWriter } from './frame-writer.js';
import { HeaderDecoder } from './header-decoder.js';
import type { HeaderFields } from './header-encoder.js';
import { HeaderList } from './header-list.js';
import { SendWindow } from './send-window.js';
import { Stream, type StreamCarrier, type StreamListener, type StreamWriter } from './stream.js';

export interface Http2Limits {
  readonly headerBytesMax: number;
  /** Streams that the peer may have open. */
  readonly streamsMax: number;
  readonly streamWindowBytes: number;
  readonly connectionWindowBytes: number;
}

/** What a connection needs of whoever holds its socket. */
export interface Http2Host {
  nowMs(): number;
  /** There is output to take; called again only after it was taken. */
  wake(): void;
  /** A request, on a server. What the listener is told begins after this returns; without one the stream was answered. */
  opened(stream: StreamWriter, headers: HeaderList): StreamListener | undefined;
  /** The peer takes no new streams. */
  goingAway(): void;
  /** No stream is left and none will come: send what is left to take, then close the socket. */
  finished(error: Http2Error | undefined): void;
}

/** As nghttp2 has it: clients that give up many calls at once are honest, those that go on and on are not. */
const resetsBurst = 1000;
const resetsPerSecond = 33;
const idleFramesBurst = 10_000;
const idleFramesPerSecond = 1000;
/** Answers to pings and settings that the peer has not taken. */
const unreadAnswersMax = 1000;

const noBytes = new Uint8Array(0);
/** Dependency and weight in front of a header block: read over. */
const priorityBytes = 5;

export class Http2Connection implements StreamCarrier {
  readonly #host: Http2Host;
  readonly #limits: Http2Limits;
  readonly #reader = new FrameReader((type, flags, streamId, buffer, start, end) =>
    this.#frame(type, flags, streamId, buffer, start, end),
  );
  readonly #decoder = new HeaderDecoder();
  readonly #writer: FrameWriter;
  readonly #streams = new Map<number, Stream>();
  readonly #window: SendWindow;
  readonly #resets = new FloodGuard(resetsBurst, resetsPerSecond);
  readonly #idleFrames = new FloodGuard(idleFramesBurst, idleFramesPerSecond);
  readonly #pongListeners: (() => void)[] = [];
  readonly #isServer: boolean;
  #lastStreamId = 0;
  #peerStreamsMax = Number.POSITIVE_INFINITY;
  #isPeerGoing = false;
  /** Streams above this one are not served any more. */
  #servedStreamIdMax = streamIdMax;
  #block: { streamId: number; isEnded: boolean; bytes: Buffer } | undefined;
  #hasSettings = false;
  #receivedBytes = 0;
  /** Answers to pings and settings that the peer has not taken; the new ones among them are still to be written. */
  #unreadAnswers = 0;
  #newAnswers = 0;
  #isClosing = false;
  #isClosed = false;

  constructor(side: 'server' | 'client', host: Http2Host, limits: Http2Limits) {
    this.#isServer = side === 'server';
    this.#host = host;
    this.#limits = limits;
    this.#writer = new FrameWriter(() => host.wake());
    this.#window = new SendWindow(this.#writer);
    if (!this.#isServer) this.#writer.raw(connectionPreface);
    this.#writer.settings([
      this.#isServer ? [settingId.maxConcurrentStreams, limits.streamsMax] : [settingId.enablePush, 0],
      [settingId.initialWindowSize, limits.streamWindowBytes],
      [settingId.maxHeaderListSize, limits.headerBytesMax],
    ]);
    const windowGrowth = limits.connectionWindowBytes - windowBytesDefault;
    if (windowGrowth > 0) this.#writer.windowUpdate(0, windowGrowth);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Bytes that wait for the peer to open its windows. */
  get waitingBytes(): number {
    return this.#window.waitingBytes;
  }

  get streamCount(): number {
    return this.#streams.size;
  }

  /** Whether a client may open a stream now: the peer is there, stays, and has room. */
  get canOpen(): boolean {
    const isAlive = !this.#isClosed && !this.#isPeerGoing && this.#lastStreamId < streamIdMax - 2;
    return isAlive && this.#streams.size < this.#peerStreamsMax;
  }

  /** The peer has asked us to open no more streams. */
  get isPeerGoing(): boolean {
    return this.#isPeerGoing;
  }

  /** Opens a stream of a client. Only when `canOpen`. */
  open(listener: StreamListener): StreamWriter {
    const stream = this.#add(this.#lastStreamId === 0 ? 1 : this.#lastStreamId + 2);
    stream.listener = listener;
    return stream;
  }

  /** Bytes behind the client's preface. */
  receive(chunk: Buffer): void {
    if (this.#isClosed) return;
    try {
      this.#reader.push(chunk);
    } catch (error) {
      if (!(error instanceof Http2Error)) throw error;
      this.fail(error);
    }
  }

  /** What has gathered, and how many answers to pings and settings are in it. */
  takeOutput(): { readonly pieces: readonly Uint8Array[]; readonly answers: number } {
    const answers = this.#newAnswers;
    this.#newAnswers = 0;
    return { pieces: this.#writer.take(), answers };
  }

  /** So many answers have left the socket. */
  answersTaken(answers: number): void {
    this.#unreadAnswers -= answers;
  }

  /** Calls back when the peer answers. */
  ping(answered: () => void): void {
    if (this.#isClosed) return;
    this.#pongListeners.push(answered);
    this.#writer.ping();
  }

  /** Tells the client to open no more streams; those it may have opened already are still served. */
  announceGoAway(): void {
    if (!this.#isClosed) this.#writer.goAway(streamIdMax, errorCode.noError, '');
  }

  /** Serves no streams beyond those it knows, and finishes with the last of them. */
  closeWhenDone(): void {
    if (this.#isClosed || this.#isClosing) return;
    this.#isClosing = true;
    this.#servedStreamIdMax = this.#lastStreamId;
    this.#writer.goAway(this.#lastStreamId, errorCode.noError, '');
    this.#finishIfDone();
  }

  /** Ends the connection because of what the peer did. */
  fail(error: Http2Error): void {
    if (this.#isClosed) return;
    this.#writer.goAway(this.#lastStreamId, error.code, error.message);
    this.#finish(error);
  }

  /** The socket is gone. */
  disconnected(): void {
    this.#isClosed = true;
    this.#closeStreams();
  }

  // What streams ask for

  writeHeaders(streamId: number, fields: HeaderFields, isLast: boolean): void {
    this.#writer.headers(streamId, fields, isLast);
  }

  writeWhole(
    stream: Stream,
    fields: HeaderFields,
    prefix: Uint8Array,
    body: Uint8Array,
    trailers: HeaderFields | undefined,
  ): boolean {
    if (!this.#window.takeWhole(stream, prefix.length + body.length)) return false;
    this.#writer.whole(stream.id, fields, prefix, body, trailers);
    return true;
  }

  queued(bytes: number): void {
    this.#window.waitingBytes += bytes;
  }

  pump(stream: Stream): void {
    if (!this.#window.drain(stream) || !stream.isEnding || stream.isLocalEnded) return;
    if (stream.trailers === undefined) this.#writer.data(stream.id, noBytes, true);
    else this.writeHeaders(stream.id, stream.trailers, true);
    this.localEnded(stream);
  }

  localEnded(stream: Stream): void {
    stream.isLocalEnded = true;
    if (this.#isServer && !stream.isRemoteEnded) this.#giveUp(stream, errorCode.noError);
    else if (stream.isRemoteEnded) this.#close(stream, errorCode.noError);
  }

  cancel(stream: Stream): void {
    if (stream.isLocalEnded && stream.isRemoteEnded) this.#close(stream, errorCode.noError);
    else this.#giveUp(stream, errorCode.cancel);
  }

  // Frames

  #frame(type: number, flags: number, streamId: number, buffer: Buffer, start: number, end: number): void {
    if (this.#isClosed) return;
    if (!this.#hasSettings && type !== frameType.settings) throw broken('the first frame is not SETTINGS');
    if (this.#block !== undefined && type !== frameType.continuation) throw broken('a header block is interrupted');
    switch (type) {
      case frameType.data:
        return this.#data(flags, streamId, buffer, start, end);
      case frameType.headers:
        return this.#headers(flags, streamId, buffer, start, end);
      case frameType.continuation:
        return this.#continuation(flags, streamId, buffer, start, end);
      case frameType.priority:
        return this.#priority(streamId, end - start);
      case frameType.rstStream:
        return this.#reset(streamId, buffer, start, end);
      case frameType.settings:
        return this.#settings(flags, streamId, buffer, start, end);
      case frameType.ping:
        return this.#ping(flags, streamId, buffer, start, end);
      case frameType.windowUpdate:
        return this.#windowUpdate(streamId, buffer, start, end);
      case frameType.goaway:
        return this.#goAway(streamId, buffer, start, end);
      case frameType.pushPromise:
        throw broken('nobody asked for a push');
      default:
        // The protocol says to ignore what it does not know.
        this.#countIdleFrame();
    }
  }

  #data(flags: number, streamId: number, buffer: Buffer, start: number, end: number): void {
    if (streamId === 0) throw broken('DATA on stream 0');
    this.#replenishConnection(end - start);
    const isLast = (flags & frameFlag.endStream) !== 0;
    const [from, to] = (flags & frameFlag.padded) === 0 ? [start, end] : unpadded(buffer, start, end);
    if (from === to && !isLast) this.#countIdleFrame();
    const stream = this.#known(streamId);
    if (stream === undefined) return;
    if (stream.isRemoteEnded) throw new Http2Error(errorCode.streamClosed, 'DATA behind the end of a stream');
    if (!isLast) this.#replenishStream(stream, end - start);
    if (isLast) stream.isRemoteEnded = true;
    if (to > from) stream.listener?.data(buffer.subarray(from, to));
    if (isLast) this.#remoteEnded(stream);
  }

  #headers(flags: number, streamId: number, buffer: Buffer, start: number, end: number): void {
    if (streamId % 2 === 0) throw broken('HEADERS on a stream that clients cannot open');
    const [content, to] = (flags & frameFlag.padded) === 0 ? [start, end] : unpadded(buffer, start, end);
    const from = (flags & frameFlag.priority) === 0 ? content : content + priorityBytes;
    if (from > to) throw new Http2Error(errorCode.frameSizeError, 'HEADERS is too short');
    const isEnded = (flags & frameFlag.endStream) !== 0;
    if ((flags & frameFlag.endHeaders) !== 0) return this.#headersComplete(streamId, isEnded, buffer, from, to);
    this.#block = { streamId, isEnded, bytes: Buffer.from(buffer.subarray(from, to)) };
  }

  #continuation(flags: number, streamId: number, buffer: Buffer, start: number, end: number): void {
    const block = this.#block;
    if (block?.streamId !== streamId) throw broken('CONTINUATION of nothing');
    if (start === end) this.#countIdleFrame();
    if (block.bytes.length + end - start > this.#limits.headerBytesMax) throw calm('a header block is too long');
    block.bytes = Buffer.concat([block.bytes, buffer.subarray(start, end)]);
    if ((flags & frameFlag.endHeaders) === 0) return;
    this.#block = undefined;
    this.#headersComplete(streamId, block.isEnded, block.bytes, 0, block.bytes.length);
  }

  /** Every block is decoded, also one that is not wanted: it changes the table. */
  #headersComplete(streamId: number, isEnded: boolean, buffer: Buffer, start: number, end: number): void {
    const headers = new HeaderList(this.#limits.headerBytesMax);
    this.#decoder.decode(buffer, start, end, headers);
    if (streamId <= this.#lastStreamId) return this.#moreHeaders(streamId, isEnded, headers);
    if (!this.#isServer) throw broken('an answer to nothing');
    if (streamId > this.#servedStreamIdMax) return;
    this.#request(streamId, isEnded, headers);
  }

  #request(streamId: number, isEnded: boolean, headers: HeaderList): void {
    const isFull = this.#streams.size >= this.#limits.streamsMax;
    const stream = this.#add(streamId);
    if (isFull) return this.#giveUp(stream, errorCode.refusedStream);
    if (headers.isMalformed) return this.#giveUp(stream, errorCode.protocolError);
    stream.isRemoteEnded = isEnded;
    const listener = this.#host.opened(stream, headers);
    if (stream.isClosed) return listener?.closed(errorCode.noError);
    stream.listener = listener;
    if (isEnded) listener?.ended();
  }

  /** The answer to a request of ours, or trailers. */
  #moreHeaders(streamId: number, isEnded: boolean, headers: HeaderList): void {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    if (stream.isRemoteEnded) throw new Http2Error(errorCode.streamClosed, 'HEADERS behind the end of a stream');
    if (this.#isServer && !isEnded) throw broken('trailers that end nothing');
    if (isEnded) stream.isRemoteEnded = true;
    stream.listener?.headers(headers);
    if (isEnded) this.#remoteEnded(stream);
  }

  #remoteEnded(stream: Stream): void {
    if (stream.isClosed) return;
    stream.listener?.ended();
    if (this.#isServer || stream.isClosed) return;
    // A server that has answered wants no more of the request.
    if (stream.isLocalEnded) this.#close(stream, errorCode.noError);
    else this.#giveUp(stream, errorCode.noError);
  }

  /** Read over: what is sent first is what is ready first. */
  #priority(streamId: number, length: number): void {
    if (streamId === 0) throw broken('PRIORITY on stream 0');
    this.#countIdleFrame();
    const stream = this.#streams.get(streamId);
    if (length !== priorityBytes && stream !== undefined) this.#giveUp(stream, errorCode.frameSizeError);
  }

  #reset(streamId: number, buffer: Buffer, start: number, end: number): void {
    if (end - start !== 4) throw new Http2Error(errorCode.frameSizeError, 'RST_STREAM of a wrong size');
    if (this.#isServer && !this.#resets.allows(this.#host.nowMs())) throw calm('too many calls were given up');
    const stream = this.#known(streamId);
    if (stream !== undefined) this.#close(stream, buffer.readUInt32BE(start));
  }

  /** Streams that the peer has not taken may be tried elsewhere. */
  #goAway(streamId: number, buffer: Buffer, start: number, end: number): void {
    if (streamId !== 0) throw broken('GOAWAY on a stream');
    if (end - start < 8) throw new Http2Error(errorCode.frameSizeError, 'GOAWAY of a wrong size');
    if (this.#isServer) return;
    this.#isPeerGoing = true;
    const lastStreamId = buffer.readUInt32BE(start) & streamIdMax;
    for (const stream of [...this.#streams.values()]) {
      if (stream.id > lastStreamId) this.#close(stream, errorCode.refusedStream);
    }
    this.#host.goingAway();
  }

  #settings(flags: number, streamId: number, buffer: Buffer, start: number, end: number): void {
    if (streamId !== 0) throw broken('SETTINGS on a stream');
    const length = end - start;
    const isAck = (flags & frameFlag.ack) !== 0;
    if (length % 6 !== 0 || (isAck && length > 0)) {
      throw new Http2Error(errorCode.frameSizeError, 'SETTINGS of a wrong size');
    }
    if (isAck) return;
    this.#hasSettings = true;
    for (let at = start; at < end; at += 6) this.#setting(buffer.readUInt16BE(at), buffer.readUInt32BE(at + 2));
    this.#countAnswer();
    this.#writer.settingsAck();
  }

  #setting(id: number, value: number): void {
    if (id === settingId.headerTableSize) this.#writer.setTableBytesMax(value);
    if (id === settingId.maxConcurrentStreams) this.#peerStreamsMax = value;
    if (id === settingId.enablePush && value > 1) throw broken('ENABLE_PUSH is neither 0 nor 1');
    if (id === settingId.initialWindowSize) this.#resizeWindows(value);
    if (id === settingId.maxFrameSize) {
      if (value < frameBytesDefault || value > frameBytesMax) throw broken('MAX_FRAME_SIZE is out of range');
      this.#window.setFrameBytesMax(value);
    }
  }

  #resizeWindows(bytes: number): void {
    if (bytes > windowBytesMax) throw new Http2Error(errorCode.flowControlError, 'INITIAL_WINDOW_SIZE is too large');
    const growth = bytes - this.#window.streamBytes;
    this.#window.streamBytes = bytes;
    for (const stream of this.#streams.values()) this.#widen(stream, growth);
  }

  #ping(flags: number, streamId: number, buffer: Buffer, start: number, end: number): void {
    if (streamId !== 0) throw broken('PING on a stream');
    if (end - start !== pingBytes) throw new Http2Error(errorCode.frameSizeError, 'PING of a wrong size');
    if ((flags & frameFlag.ack) !== 0) return this.#pongListeners.shift()?.();
    this.#countAnswer();
    this.#writer.pong(buffer, start);
  }

  #windowUpdate(streamId: number, buffer: Buffer, start: number, end: number): void {
    if (end - start !== 4) throw new Http2Error(errorCode.frameSizeError, 'WINDOW_UPDATE of a wrong size');
    const bytes = buffer.readUInt32BE(start) & 0x7fff_ffff;
    if (bytes === 0) throw broken('WINDOW_UPDATE by nothing');
    if (streamId === 0) return this.#window.widen(bytes, (stream) => this.#pumpAgain(stream));
    const stream = this.#known(streamId);
    if (stream === undefined) return;
    if (stream.sendWindowBytes + bytes > windowBytesMax) return this.#giveUp(stream, errorCode.flowControlError);
    this.#widen(stream, bytes);
  }

  #widen(stream: Stream, bytes: number): void {
    stream.sendWindowBytes += bytes;
    if (stream.sendWindowBytes > windowBytesMax) {
      throw new Http2Error(errorCode.flowControlError, 'the window of a stream is too large');
    }
    this.#pumpAgain(stream);
  }

  #pumpAgain(stream: Stream): void {
    if (stream.waitingBytes === 0) return;
    this.pump(stream);
    if (!stream.isClosed && stream.waitingBytes === 0) stream.listener?.drained();
  }

  // Windows of the peer

  #replenishConnection(bytes: number): void {
    this.#receivedBytes += bytes;
    if (this.#receivedBytes < this.#limits.connectionWindowBytes / 2) return;
    this.#writer.windowUpdate(0, this.#receivedBytes);
    this.#receivedBytes = 0;
  }

  #replenishStream(stream: Stream, bytes: number): void {
    stream.receivedBytes += bytes;
    if (stream.receivedBytes < this.#limits.streamWindowBytes / 2) return;
    this.#writer.windowUpdate(stream.id, stream.receivedBytes);
    stream.receivedBytes = 0;
  }

  // Streams and their end

  /** Undefined for a stream that is closed; one that was never opened is an error. */
  #known(streamId: number): Stream | undefined {
    if (streamId === 0 || streamId % 2 === 0) throw broken('a frame on a stream that nobody can open');
    if (streamId > this.#lastStreamId && streamId <= this.#servedStreamIdMax) throw broken('a frame on an idle stream');
    return this.#streams.get(streamId);
  }

  /** Ends a stream before its time. */
  #giveUp(stream: Stream, code: ErrorCode): void {
    this.#writer.reset(stream.id, code);
    this.#close(stream, code);
  }

  #add(streamId: number): Stream {
    const stream = new Stream(streamId, this, this.#window.streamBytes);
    this.#lastStreamId = streamId;
    this.#streams.set(streamId, stream);
    return stream;
  }

  #close(stream: Stream, code: number | undefined): void {
    if (stream.isClosed) return;
    stream.isClosed = true;
    this.#window.forget(stream);
    this.#streams.delete(stream.id);
    stream.listener?.closed(code);
    this.#finishIfDone();
  }

  #finishIfDone(): void {
    if (this.#isClosing && !this.#isClosed && this.#streams.size === 0) this.#finish(undefined);
  }

  #finish(error: Http2Error | undefined): void {
    this.#isClosed = true;
    this.#host.finished(error);
    this.#closeStreams();
  }

  #closeStreams(): void {
    for (const stream of [...this.#streams.values()]) this.#close(stream, undefined);
  }

  #countIdleFrame(): void {
    if (!this.#idleFrames.allows(this.#host.nowMs())) throw calm('too many frames that say nothing');
  }

  #countAnswer(): void {
    this.#unreadAnswers += 1;
    this.#newAnswers += 1;
    if (this.#unreadAnswers > unreadAnswersMax) throw calm('too many pings or settings at once');
  }
}

/** Bounds of the content of a padded frame. */
function unpadded(buffer: Buffer, start: number, end: number): [number, number] {
  const padding = start < end ? (buffer[start] as number) : 0;
  if (start + 1 + padding > end) throw broken('more padding than frame');
  return [start + 1, end - padding];
}

const broken = (message: string): Http2Error => new Http2Error(errorCode.protocolError, message);
const calm = (message: string): Http2Error => new Http2Error(errorCode.enhanceYourCalm, message);
