/** From values to payloads and back. Synchronous and pure: payload converters also run inside of workflows. */
import { PayloadConverterError, ValueError } from './errors.js';
import { encodingOf } from './encoding.js';
import type { Payload } from './payload.js';
import type { SerializationContext } from './serialization-context.js';

/** Turns values into payloads and back. Write your own for types that JSON cannot hold. */
export interface PayloadConverter {
  /** Throws ValueError for a value that it cannot write. */
  toPayload<T>(value: T, context?: SerializationContext): Payload;
  fromPayload<T>(payload: Payload, context?: SerializationContext): T;
}

/** A converter of one encoding, a part of a `CompositePayloadConverter`. */
export interface PayloadConverterWithEncoding {
  readonly encodingType: string;
  /** Undefined when this value is for another converter. */
  toPayload<T>(value: T, context?: SerializationContext): Payload | undefined;
  fromPayload<T>(payload: Payload, context?: SerializationContext): T;
}

/** Marks a RawValue. By a registered symbol: the value may come from another copy of this package. */
export const rawValueBrand = Symbol.for('perdure.rawValue');

function rawPayload(value: unknown): Payload | undefined {
  const isRaw = typeof value === 'object' && value !== null && rawValueBrand in value;
  return isRaw ? (value as unknown as { readonly payload: Payload }).payload : undefined;
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
  toPayload<T>(value: T, context?: SerializationContext): Payload {
    const raw = rawPayload(value);
    if (raw !== undefined) return raw;
    for (const converter of this.converters) {
      const payload = converter.toPayload(value, context);
      if (payload !== undefined) return payload;
    }
    throw new ValueError(`A value cannot be converted to a payload: ${whyNot(value)}`);
  }

  /** Throws ValueError when the payload has no encoding, or one that none of the converters reads. */
  fromPayload<T>(payload: Payload, context?: SerializationContext): T {
    const encoding = encodingOf(payload);
    if (encoding === undefined) throw new ValueError('A payload has no metadata.encoding, so it cannot be read');
    const converter = this.#byEncoding.get(encoding);
    if (converter !== undefined) return converter.fromPayload(payload, context);
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
  if (typeof value === 'bigint')
    return 'a bigint is not JSON. Send it as text, value.toString(), or use new DefaultPayloadConverter({ keepTypes: true })';
  try {
    JSON.stringify(value);
    return `nothing writes values of type ${typeof value}`;
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}. Send plain data, or set a payload converter for it`;
  }
}

/** One payload per value; undefined when there are no values. */
export function toPayloads(converter: PayloadConverter, ...values: unknown[]): Payload[] | undefined {
  return toPayloadsWithContext(converter, undefined, values);
}

/** The same, telling the converter for whom. */
export function toPayloadsWithContext(
  converter: PayloadConverter,
  context: SerializationContext | undefined,
  values: readonly unknown[],
): Payload[] | undefined {
  return values.length === 0 ? undefined : values.map((value) => converter.toPayload(value, context));
}

/** A payload, or nothing for nothing. */
export function convertOptionalToPayload(
  converter: PayloadConverter,
  value: unknown,
  context?: SerializationContext,
): Payload | undefined {
  return value === undefined || value === null ? undefined : converter.toPayload(value, context);
}

/** Every value of a record as a payload. */
export function mapToPayloads<K extends string, T = unknown>(
  converter: PayloadConverter,
  map: Readonly<Record<K, T>>,
  context?: SerializationContext,
): Record<K, Payload> {
  const entries = Object.entries<T>(map).map(([name, value]) => [name, converter.toPayload(value, context)] as const);
  return Object.fromEntries(entries) as Record<K, Payload>;
}

/** The value at one place of a list; undefined when the list is shorter. */
export function fromPayloadsAtIndex<T>(
  converter: PayloadConverter,
  index: number,
  payloads?: readonly Payload[] | null,
  context?: SerializationContext,
): T {
  const payload = payloads?.[index];
  return payload === undefined ? (undefined as T) : converter.fromPayload<T>(payload, context);
}

/** The values of a list of payloads. */
export function arrayFromPayloads(
  converter: PayloadConverter,
  payloads?: readonly Payload[] | null,
  context?: SerializationContext,
): unknown[] {
  return (payloads ?? []).map((payload) => converter.fromPayload(payload, context));
}

/** The values of named payloads; undefined when there are none. */
export function mapFromPayloads<K extends string, T = unknown>(
  converter: PayloadConverter,
  map?: Readonly<Record<K, Payload>> | null,
  context?: SerializationContext,
): Record<K, T> | undefined {
  if (map === undefined || map === null) return undefined;
  const entries = Object.entries<Payload>(map).map(([name, payload]) => [
    name,
    converter.fromPayload<T>(payload, context),
  ]);
  return Object.fromEntries(entries) as Record<K, T>;
}
