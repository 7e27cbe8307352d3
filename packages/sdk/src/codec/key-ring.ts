/** The keys of a codec by their ids. */
import { ValueError } from '../conversion/errors.js';
import type { SerializationContext } from '../conversion/serialization-context.js';

/** 32 bytes, or the same in base64. */
export type EncryptionKey = Uint8Array | string;

export type KeySource =
  | Readonly<Record<string, EncryptionKey>>
  | ((keyId: string, context?: SerializationContext) => Promise<EncryptionKey | undefined>);

const KEY_BYTES = 32;
/** Keys that were asked for are remembered, within bounds. */
const rememberedMax = 1000;

type AesKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

export class KeyRing {
  readonly #source: KeySource;
  readonly #imported = new Map<string, Promise<AesKey | undefined>>();

  /** Throws ValueError for a key of the wrong length. */
  constructor(source: KeySource) {
    this.#source = source;
    if (typeof source === 'function') return;
    for (const [id, key] of Object.entries(source)) keyBytes(id, key);
  }

  /** For messages. */
  get known(): string {
    if (typeof this.#source === 'function') return 'it was asked for, and there is none';
    return `its keys are ${Object.keys(this.#source).join(', ') || 'none'}`;
  }

  /** Undefined when there is no key of this id. */
  async get(id: string, context: SerializationContext | undefined): Promise<AesKey | undefined> {
    const known = this.#imported.get(id);
    if (known !== undefined) return known;
    const key = this.#import(id, context);
    if (this.#imported.size >= rememberedMax) this.#imported.clear();
    this.#imported.set(id, key);
    // A key that is not there may come.
    const forget = (): void => void this.#imported.delete(id);
    key.then((found) => found ?? forget(), forget);
    return key;
  }

  async #import(id: string, context: SerializationContext | undefined): Promise<AesKey | undefined> {
    const key = await this.#find(id, context);
    if (key === undefined) return undefined;
    return crypto.subtle.importKey('raw', keyBytes(id, key), 'AES-GCM', false, ['encrypt', 'decrypt']);
  }

  async #find(id: string, context: SerializationContext | undefined): Promise<EncryptionKey | undefined> {
    if (typeof this.#source === 'function') return this.#source(id, context);
    return Object.hasOwn(this.#source, id) ? this.#source[id] : undefined;
  }
}

function keyBytes(id: string, key: EncryptionKey): Buffer {
  const bytes = typeof key === 'string' ? Buffer.from(key, 'base64') : Buffer.from(key);
  if (bytes.length === KEY_BYTES) return bytes;
  throw new ValueError(
    `The key '${id}' has ${bytes.length} bytes, but AES-256 needs ${KEY_BYTES}: make one with crypto.randomBytes(${KEY_BYTES})`,
  );
}
