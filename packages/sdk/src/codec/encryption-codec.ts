/**
 * AES-256-GCM, with ids of keys so that keys can be changed while executions run for years. The format is the one of the field's
 * samples: `binary/encrypted`, the key's id in the metadata, 12 random bytes and the encrypted payload as data.
 */
import { messageOf } from '../conversion/error-class.js';
import { ValueError } from '../conversion/errors.js';
import { encodingOf, METADATA_ENCODING_KEY } from '../conversion/encoding.js';
import type { DataConverter, PayloadCodec } from '../conversion/data-converter.js';
import { DefaultFailureConverter } from '../conversion/failure-converter.js';
import { payloadFromBytes, payloadToBytes } from '../conversion/payload.js';
import type { Payload } from '../conversion/payload.js';
import type { SerializationContext } from '../conversion/serialization-context.js';
import { utf8Bytes, utf8Text } from '../conversion/utf8.js';
import { PayloadDecryptionError } from './decryption-error.js';
import { KeyRing } from './key-ring.js';
import type { KeySource } from './key-ring.js';

export type { EncryptionKey } from './key-ring.js';

export interface EncryptionCodecOptions {
  /**
   * Keys of 32 bytes by id, or a function that fetches them (a key vault); what it finds is remembered, for an id means one key
   * for ever. Keep old keys for as long as histories with them are kept.
   */
  keys: KeySource;
  /**
   * The key that encrypts from now on; a function chooses by context, by tenant for instance. To change keys: add the new one to
   * `keys` of all clients, workers and codec servers, then make it current. A key is good for 2^32 payloads.
   */
  currentKeyId: string | ((context?: SerializationContext) => string | Promise<string>);
}

const ENCODING = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const encodingBytes = utf8Bytes(ENCODING);

/**
 * Encrypts every payload; nothing leaves in clear: without a key there is an error. Payloads that are not encrypted are read as
 * they are, so that a running system can begin to use it.
 */
export class EncryptionCodec implements PayloadCodec {
  readonly #keys: KeyRing;
  readonly #currentKeyId: EncryptionCodecOptions['currentKeyId'];

  /** Throws ValueError when a key does not have 32 bytes, or the current one is not among `keys`. */
  constructor({ keys, currentKeyId }: EncryptionCodecOptions) {
    this.#keys = new KeyRing(keys);
    this.#currentKeyId = currentKeyId;
    if (typeof keys !== 'function' && typeof currentKeyId === 'string' && !Object.hasOwn(keys, currentKeyId)) {
      throw new ValueError(`currentKeyId is '${currentKeyId}', which is not in \`keys\`: ${this.#keys.known}`);
    }
  }

  /** Rejects with ValueError when the current key is not there. */
  async encode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    if (payloads.length === 0) return payloads;
    const current = this.#currentKeyId;
    const id = typeof current === 'function' ? await current(context) : current;
    const key = await this.#keys.get(id, context);
    if (key === undefined) {
      throw new ValueError(`Nothing can be encrypted: there is no key '${id}' (${this.#keys.known})`);
    }
    return Promise.all(
      payloads.map(async (payload) => {
        const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
        const encrypted = await crypto.subtle.encrypt(
          { name: 'AES-GCM', iv },
          key,
          inOwnBuffer(payloadToBytes(payload)),
        );
        const data = new Uint8Array(NONCE_BYTES + encrypted.byteLength);
        data.set(iv);
        data.set(new Uint8Array(encrypted), NONCE_BYTES);
        return { metadata: { [METADATA_ENCODING_KEY]: encodingBytes, [KEY_ID]: utf8Bytes(id) }, data };
      }),
    );
  }

  /** Rejects with PayloadDecryptionError, which names the key, when one cannot be read. */
  async decode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    return Promise.all(payloads.map((payload) => this.#decrypt(payload, context)));
  }

  async #decrypt(payload: Payload, context: SerializationContext | undefined): Promise<Payload> {
    if (encodingOf(payload) !== ENCODING) return payload;
    const idBytes = payload.metadata?.[KEY_ID];
    if (idBytes === undefined)
      throw new PayloadDecryptionError('An encrypted payload does not name its key', undefined);
    const id = utf8Text(idBytes);
    const key = await this.#keys.get(id, context);
    if (key === undefined) {
      throw new PayloadDecryptionError(
        `A payload is encrypted with the key '${id}', which this codec does not have (${this.#keys.known}). ` +
          'Add it to `keys`: old keys are needed for as long as histories with them are kept',
        id,
      );
    }
    const data = inOwnBuffer(payload.data ?? new Uint8Array(0));
    if (data.length < NONCE_BYTES + TAG_BYTES) throw damaged(id, `it has only ${data.length} bytes`);
    const algorithm = { name: 'AES-GCM', iv: data.subarray(0, NONCE_BYTES) };
    const clear = await crypto.subtle.decrypt(algorithm, key, data.subarray(NONCE_BYTES)).catch((error: unknown) => {
      throw damaged(id, messageOf(error), error);
    });
    return payloadFromBytes(new Uint8Array(clear));
  }
}

function damaged(id: string, why: string, cause?: unknown): PayloadDecryptionError {
  return new PayloadDecryptionError(
    `A payload cannot be decrypted with the key '${id}': it was encrypted with another key of this id, or it was changed (${why})`,
    id,
    { cause },
  );
}

/** Bytes that Web Crypto takes: not a view of shared memory. */
function inOwnBuffer(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}

/**
 * The options of a client or worker with encryption whole: payloads, and the messages and stacks of failures. What the server has
 * to read stays in clear: names, ids, queues, search attributes, and the payloads of headers that interceptors write.
 */
export function encryptedDataConverter(options: EncryptionCodecOptions, base: DataConverter = {}): DataConverter {
  return {
    ...base,
    failureConverter: new DefaultFailureConverter({ encodeCommonAttributes: true }),
    payloadCodecs: [new EncryptionCodec(options), ...(base.payloadCodecs ?? [])],
  };
}
