/**
 * The oneof `attributes` of HistoryEvent and Command, read by the type beside it. Generated code calls these two.
 * The fields may come in any order, so attributes are read once the whole message has been scanned.
 */
import type { Reader } from './reader.js';
import type { Writer } from './writer.js';

/** Where the attributes of one event or command type are on the wire, and how they are read and written. */
export interface AttributesCodec {
  readonly tag: number;
  readonly write: (writer: Writer, attributes: never) => void;
  readonly read: (reader: Reader) => unknown;
}

/**
 * Sets `target.attributes` from the field at `offset` if its tag is the codec's; otherwise to the empty attributes,
 * marked as missing. Without a codec (unknown type) nothing is set.
 */
export function readAttributes(
  reader: Reader,
  target: { attributes: unknown; attributesMissing?: true | undefined },
  codec: AttributesCodec | undefined,
  tag: number,
  offset: number,
): void {
  if (codec === undefined) return;
  if (codec.tag === tag) {
    target.attributes = reader.messageAt(offset, codec.read);
    return;
  }
  target.attributes = reader.emptyMessage(codec.read);
  target.attributesMissing = true;
}

export function writeAttributes(writer: Writer, codec: AttributesCodec | undefined, attributes: unknown): void {
  if (codec !== undefined) writer.message(codec.tag, codec.write, attributes as never);
}
