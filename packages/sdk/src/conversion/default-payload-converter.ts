/** The converters that every SDK of the field has: nothing, bytes, JSON, in this order. */
import { encodingKeys, encodingTypes, METADATA_ENCODING_KEY } from './encoding.js';
import { PayloadConverterError } from './errors.js';
import { messageOf } from './error-class.js';
import type { Payload } from './payload.js';
import { CompositePayloadConverter } from './payload-converter.js';
import type { PayloadConverterWithEncoding } from './payload-converter.js';
import { utf8Bytes, utf8Text } from './utf8.js';

/** `undefined` ↔ `binary/null`. */
export class UndefinedPayloadConverter implements PayloadConverterWithEncoding {
  readonly encodingType = encodingTypes.METADATA_ENCODING_NULL;

  toPayload(value: unknown): Payload | undefined {
    if (value !== undefined) return undefined;
    return { metadata: { [METADATA_ENCODING_KEY]: encodingKeys.METADATA_ENCODING_NULL } };
  }

  fromPayload<T>(_payload: Payload): T {
    return undefined as T;
  }
}

/** `Uint8Array`, `Buffer` too ↔ `binary/plain`. */
export class BinaryPayloadConverter implements PayloadConverterWithEncoding {
  readonly encodingType = encodingTypes.METADATA_ENCODING_RAW;

  toPayload(value: unknown): Payload | undefined {
    if (!isBytes(value)) return undefined;
    return { metadata: { [METADATA_ENCODING_KEY]: encodingKeys.METADATA_ENCODING_RAW }, data: value };
  }

  /** A copy of its own, in this realm's Uint8Array. */
  fromPayload<T>(payload: Payload): T {
    return Uint8Array.from(payload.data ?? []) as T;
  }
}

/** Everything that `JSON.stringify` takes ↔ `json/plain`. */
export class JsonPayloadConverter implements PayloadConverterWithEncoding {
  readonly encodingType = encodingTypes.METADATA_ENCODING_JSON;

  /** Undefined for what is not JSON: functions, bigints, cycles. */
  toPayload(value: unknown): Payload | undefined {
    const text = jsonText(value);
    if (text === undefined) return undefined;
    return { metadata: { [METADATA_ENCODING_KEY]: encodingKeys.METADATA_ENCODING_JSON }, data: utf8Bytes(text) };
  }

  /** Throws PayloadConverterError when the data are not JSON. */
  fromPayload<T>(payload: Payload): T {
    if (!payload.data || payload.data.length === 0) throw new PayloadConverterError('A JSON payload has no data');
    try {
      return JSON.parse(utf8Text(payload.data)) as T;
    } catch (error) {
      throw new PayloadConverterError(`A payload marked json/plain is not JSON: ${messageOf(error)}`, { cause: error });
    }
  }
}

/** The default: undefined, binary, JSON. */
export class DefaultPayloadConverter extends CompositePayloadConverter {
  constructor() {
    super(new UndefinedPayloadConverter(), new BinaryPayloadConverter(), new JsonPayloadConverter());
  }
}

export const defaultPayloadConverter = new DefaultPayloadConverter();

/** By shape, not by class: the bytes may come from another realm. */
function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]';
}

function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value) as string | undefined;
  } catch {
    return undefined;
  }
}
