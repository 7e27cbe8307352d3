/** Text and its UTF-8 bytes, without TextEncoder: this code also runs where there is none. */
import { decodeUtf8, encodeUtf8 } from '@perdure/protocol';
import { ValueError } from './errors.js';

/** The bytes of a text; lone surrogates become U+FFFD. */
export function utf8Bytes(text: string): Uint8Array {
  const room = new Uint8Array(text.length * 3);
  return room.slice(0, encodeUtf8(text, room, 0));
}

/** Throws ValueError when the bytes are not UTF-8. */
export function utf8Text(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes, 0, bytes.length);
  if (text === undefined) throw new ValueError(`${bytes.length} bytes that should be text are not valid UTF-8`);
  return text;
}
