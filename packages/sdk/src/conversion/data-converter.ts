/** What turns the data of an application into what the server stores: converter, codecs, failure converter. */
import { defaultPayloadConverter } from './default-payload-converter.js';
import { defaultFailureConverter } from './failure-converter.js';
import type { FailureConverter } from './failure-converter.js';
import type { Payload } from './payload.js';
import type { PayloadConverter } from './payload-converter.js';
import type { SerializationContext } from './serialization-context.js';

/** Transforms payloads on their way out of the application and back: encryption, compression. Runs outside of workflows. */
export interface PayloadCodec {
  /** As many payloads as it was given, in the same order. */
  encode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]>;
  decode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]>;
}

/** Options of clients and workers. All of it is optional. */
export interface DataConverter {
  /** Path of a module that exports `payloadConverter`. Default: `defaultPayloadConverter`. */
  payloadConverterPath?: string | undefined;
  /** Path of a module that exports `failureConverter`. Default: `defaultFailureConverter`. */
  failureConverterPath?: string | undefined;
  /** The converter itself instead of a path. */
  payloadConverter?: PayloadConverter | undefined;
  failureConverter?: FailureConverter | undefined;
  /** Encode from the last to the first, decode from the first to the last. Default: none. */
  payloadCodecs?: PayloadCodec[] | undefined;
}

/** A data converter whose parts are there. */
export interface LoadedDataConverter {
  readonly payloadConverter: PayloadConverter;
  readonly failureConverter: FailureConverter;
  readonly payloadCodecs: readonly PayloadCodec[];
}

export const defaultDataConverter: LoadedDataConverter = {
  payloadConverter: defaultPayloadConverter,
  failureConverter: defaultFailureConverter,
  payloadCodecs: [],
};
