/** The names of encodings: they are on the wire, so every SDK uses the same. */
import type { Payload } from './payload.js';
import { utf8Bytes, utf8Text } from './utf8.js';

export const METADATA_ENCODING_KEY = 'encoding';
export const METADATA_MESSAGE_TYPE_KEY = 'messageType';

export const encodingTypes = {
  METADATA_ENCODING_NULL: 'binary/null',
  METADATA_ENCODING_RAW: 'binary/plain',
  METADATA_ENCODING_JSON: 'json/plain',
  METADATA_ENCODING_PROTOBUF_JSON: 'json/protobuf',
  METADATA_ENCODING_PROTOBUF: 'binary/protobuf',
} as const;
export type EncodingType = (typeof encodingTypes)[keyof typeof encodingTypes];

/** The same as bytes, ready for a payload's metadata. */
export const encodingKeys = {
  METADATA_ENCODING_NULL: utf8Bytes(encodingTypes.METADATA_ENCODING_NULL),
  METADATA_ENCODING_RAW: utf8Bytes(encodingTypes.METADATA_ENCODING_RAW),
  METADATA_ENCODING_JSON: utf8Bytes(encodingTypes.METADATA_ENCODING_JSON),
  METADATA_ENCODING_PROTOBUF_JSON: utf8Bytes(encodingTypes.METADATA_ENCODING_PROTOBUF_JSON),
  METADATA_ENCODING_PROTOBUF: utf8Bytes(encodingTypes.METADATA_ENCODING_PROTOBUF),
} as const;

/** How a payload says that it is encoded; undefined when it does not. */
export function encodingOf(payload: Payload): string | undefined {
  const bytes = payload.metadata?.[METADATA_ENCODING_KEY];
  return bytes === undefined ? undefined : utf8Text(bytes);
}
