/** What a message type is to its users: a name, an encoder and a decoder. */
import { Reader } from './reader.js';
import { Writer } from './writer.js';

/** What an encoder accepts for a message `T`: everything optional, lists and maps may be readonly. */
export type Init<T> = T extends Uint8Array
  ? T
  : T extends ReadonlyMap<infer K, infer V>
    ? ReadonlyMap<K, Init<V>>
    : T extends readonly (infer E)[]
      ? readonly Init<E>[]
      : T extends object
        ? { readonly [K in keyof T]?: Init<T[K]> | undefined }
        : T;

/** The codec of one message type. */
export interface MessageType<T> {
  /** Full protobuf name, such as `temporal.api.common.v1.Payload`. */
  readonly name: string;
  /** Encodes into a new array of exactly the right size. */
  encode(message: Init<T>): Uint8Array;
  /**
   * The same as a view of a larger array, at a tenth of the price: for bytes that are sent or stored at once. Whoever
   * keeps them keeps 32 KiB.
   */
  encodePassing(message: Init<T>): Uint8Array;
  /** Appends the encoding (without length prefix) to a writer. */
  write(writer: Writer, message: Init<T>): void;
  /**
   * Decodes a whole message. `bytes` fields of the result are views of the input, so the input must not be changed.
   * @throws MalformedMessageError when the input is truncated, malformed, nested too deeply or has invalid UTF-8.
   */
  decode(bytes: Uint8Array): T;
  /** As `decode`, for what a stranger sent: refuses it also for what is wrong inside of messages that stay encoded. */
  decodeUntrusted(bytes: Uint8Array): T;
}

const SCRATCH_BYTES = 16 * 1024;
const SCRATCH_BYTES_MAX = 1024 * 1024;

let scratch = new Writer(SCRATCH_BYTES);

/** A message type's codec, made of its generated reader and writer. */
export class Codec<T> implements MessageType<T> {
  readonly name: string;
  readonly write: (writer: Writer, message: Init<T>) => void;
  readonly read: (reader: Reader) => T;

  constructor(name: string, write: (writer: Writer, message: Init<T>) => void, read: (reader: Reader) => T) {
    this.name = name;
    this.write = write;
    this.read = read;
  }

  encode(message: Init<T>): Uint8Array {
    const writer = scratch;
    writer.reset();
    this.write(writer, message);
    const bytes = writer.finish();
    if (writer.capacityBytes > SCRATCH_BYTES_MAX) scratch = new Writer(SCRATCH_BYTES);
    return bytes;
  }

  encodePassing(message: Init<T>): Uint8Array {
    const writer = scratch;
    writer.reset();
    this.write(writer, message);
    const bytes = writer.finishPassing();
    if (writer.capacityBytes > SCRATCH_BYTES_MAX) scratch = new Writer(SCRATCH_BYTES);
    return bytes;
  }

  decode(bytes: Uint8Array): T {
    return this.read(new Reader(bytes, this.name));
  }

  decodeUntrusted(bytes: Uint8Array): T {
    return this.read(new Reader(bytes, this.name, true));
  }
}
