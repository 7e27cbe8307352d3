/** The wire contract of Perdure: messages and their codecs, enums, RPCs, errors, ids, time. */
export * from './generated/enums.js';
export * from './generated/messages.js';
export * from './enum-names.js';
export * from './errors.js';
export * from './hash.js';
export * from './ids.js';
export * from './retry.js';
export * from './rpc.js';
export * from './time.js';
export * from './value-codec.js';
export { MalformedMessageError, NO_BYTES, Reader } from './reader.js';
export { Slab, passing } from './slab.js';
export { decodeUtf8, encodeUtf8 } from './utf8.js';
export { Writer } from './writer.js';
export type { Codec, Init, MessageType } from './codec.js';
