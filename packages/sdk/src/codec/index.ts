/**
 * `perdure/codec`: payloads that the server cannot read. Give the same converter to clients and workers:
 *
 *     const dataConverter = encryptedDataConverter({ keys: { 'key-2': secondKey, 'key-1': firstKey }, currentKeyId: 'key-2' });
 *     const client = new Client({ connection, dataConverter });
 *
 * and a codec server to the people who may read them in the Web UI and with the CLI.
 */
export { codecServer } from './codec-server.js';
export type { CodecServerOptions, CodecServerRequest } from './codec-server.js';
export { encryptedDataConverter, EncryptionCodec } from './encryption-codec.js';
export type { EncryptionCodecOptions, EncryptionKey } from './encryption-codec.js';
export { PayloadDecryptionError } from './decryption-error.js';
export { RemoteCodec } from './remote-codec.js';
export type { RemoteCodecOptions } from './remote-codec.js';
export type { PayloadCodec } from '../conversion/data-converter.js';
export type { Payload } from '../conversion/payload.js';
