/** Payloads that pass through converters as they are. */
import { defaultPayloadConverter } from './default-payload-converter.js';
import type { Payload } from './payload.js';
import { rawValueBrand } from './payload-converter.js';
import type { PayloadConverter } from './payload-converter.js';
import type { SerializationContext } from './serialization-context.js';

declare const rawPayloadTypeBrand: unique symbol;

/**
 * A value with its payload: as an argument or result it is sent as that payload, whatever converter the client or worker has.
 * Handlers that take anything (dynamic workflows, activities, signals) get their arguments as such.
 */
export class RawValue<T = unknown> {
  declare readonly [rawPayloadTypeBrand]: T;
  readonly #payload: Payload;

  /** The value is converted at once, by default with `defaultPayloadConverter`. */
  constructor(value: T, payloadConverter: PayloadConverter = defaultPayloadConverter, context?: SerializationContext) {
    this.#payload = value instanceof GivenPayload ? value.payload : payloadConverter.toPayload(value, context);
  }

  /** Takes the payload itself. */
  static fromPayload(payload: Payload): RawValue {
    return new RawValue<unknown>(new GivenPayload(payload));
  }

  get payload(): Payload {
    return this.#payload;
  }

  get [rawValueBrand](): true {
    return true;
  }
}

class GivenPayload {
  readonly payload: Payload;
  constructor(payload: Payload) {
    this.payload = payload;
  }
}
