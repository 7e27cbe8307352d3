/** The converters that every SDK of the field has: nothing, bytes, JSON, in this order. */
import { encodingKeys, encodingTypes, METADATA_ENCODING_KEY } from './encoding.js';
import { PayloadConverterError } from './errors.js';
import { messageOf } from './error-class.js';
import type { Payload } from './payload.js';
import { CompositePayloadConverter } from './payload-converter.js';
import type { PayloadConverterWithEncoding } from './payload-converter.js';
import { parseTypedJson, typedJson } from './typed-json.js';
import type { TypedJson } from './typed-json.js';
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

export interface JsonPayloadConverterOptions {
  /**
   * Dates, bigints, maps and sets come back as what they were. The JSON is the usual one (texts and lists), readable for everybody;
   * the kinds stand in the metadata. Both sides need a converter of this version. Default false: dates come back as texts, and
   * bigints are refused.
   */
  keepTypes?: boolean | undefined;
}

const METADATA_TYPES_KEY = 'jsonTypes';

/** Everything that `JSON.stringify` takes ↔ `json/plain`. */
export class JsonPayloadConverter implements PayloadConverterWithEncoding {
  readonly encodingType = encodingTypes.METADATA_ENCODING_JSON;
  readonly #keepsTypes: boolean;

  constructor({ keepTypes = false }: JsonPayloadConverterOptions = {}) {
    this.#keepsTypes = keepTypes;
  }

  /** Undefined for what is not JSON: functions, cycles, bigints unless types are kept. */
  toPayload(value: unknown): Payload | undefined {
    const json = attempted(() => (this.#keepsTypes ? typedJson(value) : plainJson(value)));
    if (json === undefined) return undefined;
    const { text, notes } = json;
    return {
      metadata: {
        [METADATA_ENCODING_KEY]: encodingKeys.METADATA_ENCODING_JSON,
        ...(notes === undefined ? {} : { [METADATA_TYPES_KEY]: utf8Bytes(notes) }),
      },
      data: utf8Bytes(text),
    };
  }

  /** Throws PayloadConverterError when the data are not JSON. */
  fromPayload<T>(payload: Payload): T {
    if (!payload.data || payload.data.length === 0) throw new PayloadConverterError('A JSON payload has no data');
    const notes = payload.metadata?.[METADATA_TYPES_KEY];
    try {
      return parseTypedJson(utf8Text(payload.data), notes && utf8Text(notes)) as T;
    } catch (error) {
      throw new PayloadConverterError(`A payload marked json/plain is not JSON: ${messageOf(error)}`, { cause: error });
    }
  }
}

/** The default: undefined, binary, JSON. */
export class DefaultPayloadConverter extends CompositePayloadConverter {
  constructor(options: JsonPayloadConverterOptions = {}) {
    super(new UndefinedPayloadConverter(), new BinaryPayloadConverter(), new JsonPayloadConverter(options));
  }
}

export const defaultPayloadConverter = new DefaultPayloadConverter();

/** By shape, not by class: the bytes may come from another realm. */
function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]';
}

function plainJson(value: unknown): TypedJson | undefined {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? undefined : { text, notes: undefined };
}

function attempted<T>(write: () => T): T | undefined {
  try {
    return write();
  } catch {
    return undefined;
  }
}
