/** From values to payloads and back. Synchronous and pure: payload converters also run inside of workflows. */
import { PayloadConverterError, ValueError } from './errors.js';
import { encodingOf } from './encoding.js';
import type { Payload } from './payload.js';

/** Turns values into payloads and back. Write your own for types that JSON cannot hold. */
export interface PayloadConverter {
  /** Throws ValueError for a value that it cannot write. */
  toPayload<T>(value: T): Payload;
  fromPayload<T>(payload: Payload): T;
}

/** A converter of one encoding, a part of a `CompositePayloadConverter`. */
export interface PayloadConverterWithEncoding {
  readonly encodingType: string;
  /** Undefined when this value is for another converter. */
  toPayload<T>(value: T): Payload | undefined;
  fromPayload<T>(payload: Payload): T;
}

declare const rawPayloadTypeBrand: unique symbol;

/** A payload that is passed on as it is, in either direction. */
export class RawValue<T = unknown> {
  declare readonly [rawPayloadTypeBrand]: T;
  readonly #payload: Payload;

  constructor(payload: Payload) {
    this.#payload = payload;
  }

  static fromPayload(payload: Payload): RawValue {
    return new RawValue(payload);
  }

  get payload(): Payload {
    return this.#payload;
  }
}

/** Tries its converters in order when it writes; reads with the one whose encoding the payload names. */
export class CompositePayloadConverter implements PayloadConverter {
  readonly converters: readonly PayloadConverterWithEncoding[];
  readonly #byEncoding: ReadonlyMap<string, PayloadConverterWithEncoding>;

  constructor(...converters: PayloadConverterWithEncoding[]) {
    if (converters.length === 0) throw new PayloadConverterError('a CompositePayloadConverter needs a converter');
    this.converters = converters;
    this.#byEncoding = new Map(converters.map((converter) => [converter.encodingType, converter]));
  }

  /** Throws ValueError when none of the converters takes the value. */
  toPayload<T>(value: T): Payload {
    if (value instanceof RawValue) return value.payload;
    for (const converter of this.converters) {
      const payload = converter.toPayload(value);
      if (payload !== undefined) return payload;
    }
    throw new ValueError(`A value cannot be converted to a payload: ${whyNot(value)}`);
  }

  /** Throws ValueError when the payload has no encoding, or one that none of the converters reads. */
  fromPayload<T>(payload: Payload): T {
    const encoding = encodingOf(payload);
    if (encoding === undefined) throw new ValueError('A payload has no metadata.encoding, so it cannot be read');
    const converter = this.#byEncoding.get(encoding);
    if (converter !== undefined) return converter.fromPayload(payload);
    const known = [...this.#byEncoding.keys()].join(', ');
    throw new ValueError(
      `A payload has the encoding '${encoding}', but this converter reads only ${known}. ` +
        'Is a payload codec missing in `dataConverter.payloadCodecs`?',
    );
  }
}

/** What stands in the way, for people. */
function whyNot(value: unknown): string {
  if (typeof value === 'function') return 'functions cannot be sent. Send data, and name the function';
  if (typeof value === 'symbol') return 'symbols cannot be sent. Send a string';
  if (typeof value === 'bigint') return 'a bigint is not JSON. Send it as text: value.toString()';
  try {
    JSON.stringify(value);
    return `nothing writes values of type ${typeof value}`;
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}. Send plain data, or set a payload converter for it`;
  }
}

/** One payload per value; undefined when there are no values. */
export function toPayloads(converter: PayloadConverter, ...values: unknown[]): Payload[] | undefined {
  return values.length === 0 ? undefined : values.map((value) => converter.toPayload(value));
}

/** A payload, or nothing for nothing. */
export function convertOptionalToPayload(converter: PayloadConverter, value: unknown): Payload | undefined {
  return value === undefined || value === null ? undefined : converter.toPayload(value);
}

/** Every value of a record as a payload. */
export function mapToPayloads<K extends string, T = unknown>(
  converter: PayloadConverter,
  map: Readonly<Record<K, T>>,
): Record<K, Payload> {
  const entries = Object.entries<T>(map).map(([name, value]) => [name, converter.toPayload(value)] as const);
  return Object.fromEntries(entries) as Record<K, Payload>;
}

/** The value at one place of a list; undefined when the list is shorter. */
export function fromPayloadsAtIndex<T>(
  converter: PayloadConverter,
  index: number,
  payloads?: readonly Payload[] | null,
): T {
  const payload = payloads?.[index];
  return payload === undefined ? (undefined as T) : converter.fromPayload<T>(payload);
}

/** The values of a list of payloads. */
export function arrayFromPayloads(converter: PayloadConverter, payloads?: readonly Payload[] | null): unknown[] {
  return (payloads ?? []).map((payload) => converter.fromPayload(payload));
}

/** The values of named payloads; undefined when there are none. */
export function mapFromPayloads<K extends string, T = unknown>(
  converter: PayloadConverter,
  map?: Readonly<Record<K, Payload>> | null,
): Record<K, T> | undefined {
  if (map === undefined || map === null) return undefined;
  const entries = Object.entries<Payload>(map).map(([name, payload]) => [name, converter.fromPayload<T>(payload)]);
  return Object.fromEntries(entries) as Record<K, T>;
}
