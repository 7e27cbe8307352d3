/** A codec that lives on a codec server: for tools that have no keys of their own. */
import type { PayloadCodec } from '../conversion/data-converter.js';
import { messageOf } from '../conversion/error-class.js';
import { PayloadConverterError, ValueError } from '../conversion/errors.js';
import { durationMs } from '../conversion/duration.js';
import type { Duration } from '../conversion/duration.js';
import type { Payload } from '../conversion/payload.js';
import type { SerializationContext } from '../conversion/serialization-context.js';
import { payloadsFromJson, payloadsToJson } from './payload-json.js';

export interface RemoteCodecOptions {
  /** Without `/encode` and `/decode`, such as `https://codec.example.com`; `{namespace}` in it is replaced. */
  endpoint: string;
  /** Sent as X-Namespace. Default: the namespace of the execution, where that is known. */
  namespace?: string | undefined;
  /** Sent as Authorization. A function is asked for each call. */
  auth?: string | (() => string | Promise<string>) | undefined;
  headers?: Record<string, string> | undefined;
  /** For one call. Default 10 s. */
  timeout?: Duration | undefined;
}

/** Rejects with PayloadConverterError, which says what the codec server answered. */
export class RemoteCodec implements PayloadCodec {
  readonly #options: RemoteCodecOptions;
  readonly #timeoutMs: number;

  /** Throws ValueError when the endpoint is no URL of http or https. */
  constructor(options: RemoteCodecOptions) {
    if (!/^https?:\/\//.test(options.endpoint)) {
      throw new ValueError(`The codec server's endpoint '${options.endpoint}' is no http or https URL`);
    }
    this.#options = options;
    this.#timeoutMs = durationMs(options.timeout ?? 10_000);
  }

  async encode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    return this.#ask('encode', payloads, context);
  }

  async decode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    return this.#ask('decode', payloads, context);
  }

  async #ask(operation: string, payloads: Payload[], context: SerializationContext | undefined): Promise<Payload[]> {
    if (payloads.length === 0) return payloads;
    const { endpoint, auth, headers } = this.#options;
    const namespace = this.#options.namespace ?? context?.namespace;
    const base = endpoint.replaceAll('{namespace}', encodeURIComponent(namespace ?? '')).replace(/\/+$/, '');
    const url = `${base}/${operation}`;
    const authorization = typeof auth === 'function' ? await auth() : auth;
    const response = await reached(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(namespace === undefined ? {} : { 'x-namespace': namespace }),
        ...(authorization === undefined ? {} : { authorization }),
        ...headers,
      },
      body: payloadsToJson(payloads),
      signal: AbortSignal.timeout(this.#timeoutMs),
    });
    const text = await response.text();
    if (!response.ok) throw refused(url, `it answered ${response.status}: ${text.slice(0, 200)}`);
    try {
      return payloadsFromJson(text);
    } catch (error) {
      throw refused(url, `its answer cannot be read: ${messageOf(error)}`, error);
    }
  }
}

async function reached(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw refused(url, `it cannot be reached: ${messageOf(cause)}`, error);
  }
}

function refused(url: string, why: string, cause?: unknown): PayloadConverterError {
  return new PayloadConverterError(`The codec server at ${url} did not help: ${why}`, { cause });
}
