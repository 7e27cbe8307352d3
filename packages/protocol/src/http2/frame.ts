/** The vocabulary of HTTP/2 (RFC 9113): frames, flags, settings, error codes. */

export const frameType = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const frameFlag = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 } as const;

export const settingId = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const;

export const errorCode = {
  noError: 0,
  protocolError: 1,
  flowControlError: 3,
  streamClosed: 5,
  frameSizeError: 6,
  refusedStream: 7,
  cancel: 8,
  compressionError: 9,
  enhanceYourCalm: 11,
} as const;

export type ErrorCode = (typeof errorCode)[keyof typeof errorCode];

/** What a client sends first of all. */
export const connectionPreface: Buffer = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
export const frameHeaderBytes = 9;
/** Frames of this size every peer takes; larger ones we never ask for. */
export const frameBytesDefault = 16_384;
export const frameBytesMax = 2 ** 24 - 1;
export const windowBytesDefault = 65_535;
export const windowBytesMax = 2 ** 31 - 1;
export const streamIdMax = 2 ** 31 - 1;
export const pingBytes = 8;

/** The peer broke the protocol; the whole connection ends with this code. */
export class Http2Error extends Error {
  override readonly name = 'Http2Error';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Writes the nine bytes in front of every frame. */
export function writeFrameHeader(
  buffer: Uint8Array,
  offset: number,
  length: number,
  type: number,
  flags: number,
  streamId: number,
): void {
  buffer[offset] = length >>> 16;
  buffer[offset + 1] = length >>> 8;
  buffer[offset + 2] = length;
  buffer[offset + 3] = type;
  buffer[offset + 4] = flags;
  writeUint32(buffer, offset + 5, streamId);
}

export function writeUint32(buffer: Uint8Array, offset: number, value: number): void {
  buffer[offset] = value >>> 24;
  buffer[offset + 1] = value >>> 16;
  buffer[offset + 2] = value >>> 8;
  buffer[offset + 3] = value;
}
