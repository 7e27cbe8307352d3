/** Values and failures through converter and codecs, on both ways. */
import type { LoadedDataConverter, PayloadCodec } from './data-converter.js';
import { ValueError } from './errors.js';
import { hidesAttributes, withHiddenAttributes } from './failure-converter.js';
import type { Payload } from './payload.js';
import { payloadsFromBytes, payloadsToBytes } from './payload.js';
import { arrayFromPayloads, toPayloads } from './payload-converter.js';
import { failureFromBytes, failureToBytes, mapFailurePayloads } from './proto-failure.js';
import type { ProtoFailure } from './proto-failure.js';

type Codecs = readonly PayloadCodec[];

/** Through all codecs, from the last to the first. */
export async function encodePayloads(codecs: Codecs, payloads: Payload[]): Promise<Payload[]> {
  let encoded = payloads;
  for (const codec of [...codecs].reverse()) encoded = sameCount(encoded, await codec.encode(encoded), 'encode');
  return encoded;
}

/** Through all codecs, from the first to the last. */
export async function decodePayloads(codecs: Codecs, payloads: Payload[]): Promise<Payload[]> {
  let decoded = payloads;
  for (const codec of codecs) decoded = sameCount(decoded, await codec.decode(decoded), 'decode');
  return decoded;
}

function sameCount(before: readonly Payload[], after: Payload[], step: string): Payload[] {
  if (after.length === before.length) return after;
  throw new ValueError(
    `A payload codec was given ${before.length} payloads and returned ${after.length} from ${step}(): it must return one for each`,
  );
}

/** Named payloads through all codecs. */
export async function encodePayloadMap(codecs: Codecs, map: Record<string, Payload>): Promise<Record<string, Payload>> {
  return mapped(map, (payloads) => encodePayloads(codecs, payloads));
}

export async function decodePayloadMap(codecs: Codecs, map: Record<string, Payload>): Promise<Record<string, Payload>> {
  return mapped(map, (payloads) => decodePayloads(codecs, payloads));
}

async function mapped(
  map: Record<string, Payload>,
  pass: (payloads: Payload[]) => Promise<Payload[]>,
): Promise<Record<string, Payload>> {
  const payloads = await pass(Object.values(map));
  const entries = Object.keys(map).map((name, index) => [name, payloads[index] ?? {}] as const);
  return Object.fromEntries(entries);
}

/** Arguments or results as encoded Payloads; undefined when there are none. */
export async function valuesToBytes(
  converter: LoadedDataConverter,
  values: readonly unknown[],
): Promise<Uint8Array | undefined> {
  const payloads = toPayloads(converter.payloadConverter, ...values);
  return payloads && payloadsToBytes(await encodePayloads(converter.payloadCodecs, payloads));
}

/** All values of encoded Payloads. */
export async function valuesFromBytes(
  converter: LoadedDataConverter,
  bytes: Uint8Array | undefined,
): Promise<unknown[]> {
  const payloads = payloadsFromBytes(bytes) ?? [];
  return arrayFromPayloads(converter.payloadConverter, await decodePayloads(converter.payloadCodecs, payloads));
}

/** The first value of encoded Payloads; undefined when there is none. */
export async function valueFromBytes<T>(converter: LoadedDataConverter, bytes: Uint8Array | undefined): Promise<T> {
  const [first] = payloadsFromBytes(bytes) ?? [];
  if (first === undefined) return undefined as T;
  const [payload] = await decodePayloads(converter.payloadCodecs, [first]);
  return converter.payloadConverter.fromPayload<T>(payload ?? first);
}

/** An error as an encoded Failure. */
export async function errorToFailureBytes(converter: LoadedDataConverter, error: unknown): Promise<Uint8Array> {
  const { failureConverter, payloadConverter, payloadCodecs } = converter;
  const failure = failureConverter.errorToFailure(error, payloadConverter);
  return failureToBytes(await mapFailurePayloads(failure, (payloads) => encodePayloads(payloadCodecs, payloads)));
}

/** The error that an encoded Failure tells of. */
export async function errorFromFailureBytes(converter: LoadedDataConverter, bytes: Uint8Array): Promise<Error> {
  return errorFromFailure(converter, failureFromBytes(bytes));
}

export async function errorFromFailure(converter: LoadedDataConverter, failure: ProtoFailure): Promise<Error> {
  const { failureConverter, payloadConverter, payloadCodecs } = converter;
  const decoded = await mapFailurePayloads(failure, (payloads) => decodePayloads(payloadCodecs, payloads));
  return failureConverter.failureToError(decoded, payloadConverter);
}

/**
 * A failure that was made where there are no codecs, in the workflow sandbox, on its way out. Its message and stack are hidden
 * too if the converter says so: the sandbox need not know.
 */
export async function encodeFailureBytes(converter: LoadedDataConverter, bytes: Uint8Array): Promise<Uint8Array> {
  const { failureConverter, payloadCodecs } = converter;
  const isHiding = hidesAttributes(failureConverter);
  if (!isHiding && payloadCodecs.length === 0) return bytes;
  const failure = failureFromBytes(bytes);
  const hidden = isHiding ? withHiddenAttributes(failure, converter.payloadConverter) : failure;
  return failureToBytes(await mapFailurePayloads(hidden, (payloads) => encodePayloads(payloadCodecs, payloads)));
}

/** A failure on its way into the sandbox; whose failure converter reads hidden messages by itself. */
export async function decodeFailureBytes(converter: LoadedDataConverter, bytes: Uint8Array): Promise<Uint8Array> {
  const { payloadCodecs } = converter;
  if (payloadCodecs.length === 0) return bytes;
  const decode = (payloads: Payload[]): Promise<Payload[]> => decodePayloads(payloadCodecs, payloads);
  return failureToBytes(await mapFailurePayloads(failureFromBytes(bytes), decode));
}
