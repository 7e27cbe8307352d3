/** Values of activities through converter and codecs; without codecs nothing waits. */
import { errorToFailureBytes, valuesFromBytes, valuesToBytes } from '../../conversion/codec-pass.js';
import type { LoadedDataConverter } from '../../conversion/data-converter.js';
import { defaultPayloadConverter } from '../../conversion/default-payload-converter.js';
import { defaultFailureConverter } from '../../conversion/failure-converter.js';
import { payloadsFromBytes, payloadsToBytes } from '../../conversion/payload.js';
import { arrayFromPayloads, toPayloads } from '../../conversion/payload-converter.js';
import { failureToBytes } from '../../conversion/proto-failure.js';
import { withSerializationContext } from '../../conversion/serialization-context.js';
import type { ActivitySerializationContext } from '../../conversion/serialization-context.js';

/** The converter told of the activity; itself where nothing in it can be told. */
export function converterOf(
  converter: LoadedDataConverter,
  context: () => ActivitySerializationContext,
): LoadedDataConverter {
  const { payloadConverter, failureConverter, payloadCodecs } = converter;
  const isPlain =
    payloadCodecs.length === 0 &&
    payloadConverter === defaultPayloadConverter &&
    failureConverter === defaultFailureConverter;
  return isPlain ? converter : withSerializationContext(converter, context());
}

export function valuesFrom(
  converter: LoadedDataConverter,
  bytes: Uint8Array | undefined,
): unknown[] | Promise<unknown[]> {
  if (converter.payloadCodecs.length > 0) return valuesFromBytes(converter, bytes);
  return arrayFromPayloads(converter.payloadConverter, payloadsFromBytes(bytes) ?? []);
}

export function valueTo(
  converter: LoadedDataConverter,
  value: unknown,
): Uint8Array | undefined | Promise<Uint8Array | undefined> {
  if (converter.payloadCodecs.length > 0) return valuesToBytes(converter, [value]);
  return payloadsToBytes(toPayloads(converter.payloadConverter, value));
}

export function failureTo(converter: LoadedDataConverter, error: unknown): Uint8Array | Promise<Uint8Array> {
  if (converter.payloadCodecs.length > 0) return errorToFailureBytes(converter, error);
  return failureToBytes(converter.failureConverter.errorToFailure(error, converter.payloadConverter));
}
