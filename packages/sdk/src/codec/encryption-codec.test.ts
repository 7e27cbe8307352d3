/** Encryption: round trips, changes of keys, and what is said when a key is missing or wrong. */
import assert from 'node:assert/strict';
import { createCipheriv, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { decodeFailureBytes, encodeFailureBytes, errorToFailureBytes } from '../conversion/codec-pass.js';
import { defaultDataConverter } from '../conversion/data-converter.js';
import type { LoadedDataConverter } from '../conversion/data-converter.js';
import { defaultPayloadConverter } from '../conversion/default-payload-converter.js';
import { PayloadConverterError, ValueError } from '../conversion/errors.js';
import { ApplicationFailure } from '../conversion/failure.js';
import { payloadToBytes } from '../conversion/payload.js';
import { failureFromBytes } from '../conversion/proto-failure.js';
import { utf8Bytes, utf8Text } from '../conversion/utf8.js';
import { encryptedDataConverter, EncryptionCodec, PayloadDecryptionError } from './index.js';

const first = randomBytes(32);
const second = randomBytes(32);
const old = new EncryptionCodec({ keys: { first }, currentKeyId: 'first' });
const rotated = new EncryptionCodec({ keys: { first, second: second.toString('base64') }, currentKeyId: 'second' });
const payload = defaultPayloadConverter.toPayload('secret');

test('a payload, metadata and all, comes back; the same one is never encrypted alike', async () => {
  const [one, two] = await old.encode([payload, payload]);
  assert.equal(utf8Text(one?.metadata?.['encoding'] ?? first), 'binary/encrypted');
  assert.equal(utf8Text(one?.metadata?.['encryption-key-id'] ?? first), 'first');
  assert.notDeepEqual(one?.data, two?.data);
  assert.ok(!Buffer.from(one?.data ?? []).includes('secret'));
  assert.deepEqual(await old.decode([one ?? {}, two ?? {}]), [payload, payload]);
});

test('it reads what the samples of the field write', async () => {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', first, iv);
  const encrypted = Buffer.concat([cipher.update(payloadToBytes(payload)), cipher.final(), cipher.getAuthTag()]);
  const metadata = { encoding: utf8Bytes('binary/encrypted'), 'encryption-key-id': utf8Bytes('first') };
  assert.deepEqual(await old.decode([{ metadata, data: Buffer.concat([iv, encrypted]) }]), [payload]);
});

test('after a change of keys the old ones still read; what was written in clear is read too', async () => {
  const before = await old.encode([payload]);
  const after = await rotated.encode([payload]);
  assert.equal(utf8Text(after[0]?.metadata?.['encryption-key-id'] ?? first), 'second');
  assert.deepEqual(await rotated.decode([...before, ...after, payload]), [payload, payload, payload]);
});

test('a missing key is named, with what to do', async () => {
  const encoded = await rotated.encode([payload]);
  await assert.rejects(old.decode(encoded), (error) => {
    assert.ok(error instanceof PayloadDecryptionError && error instanceof PayloadConverterError);
    assert.equal(error.keyId, 'second');
    assert.equal(
      error.message,
      "A payload is encrypted with the key 'second', which this codec does not have (its keys are first). " +
        'Add it to `keys`: old keys are needed for as long as histories with them are kept',
    );
    return true;
  });
});

test('a wrong key and changed data are told apart from a missing one', async () => {
  const wrong = new EncryptionCodec({ keys: { first: second }, currentKeyId: 'first' });
  const [encoded] = await old.encode([payload]);
  await assert.rejects(
    wrong.decode([encoded ?? {}]),
    /cannot be decrypted with the key 'first': it was encrypted with/,
  );
  await assert.rejects(old.decode([{ ...encoded, data: first }]), /cannot be decrypted/);
  await assert.rejects(old.decode([{ ...encoded, data: first.subarray(0, 9) }]), /it has only 9 bytes/);
  const anonymous = { metadata: { encoding: utf8Bytes('binary/encrypted') } };
  await assert.rejects(old.decode([anonymous]), /does not name its key/);
});

test('without a key nothing leaves', async () => {
  const codec = new EncryptionCodec({ keys: async () => undefined, currentKeyId: 'gone' });
  await assert.rejects(codec.encode([payload]), /Nothing can be encrypted: there is no key 'gone'/);
  assert.throws(
    () => new EncryptionCodec({ keys: { first }, currentKeyId: 'third' }),
    /not in `keys`: its keys are first/,
  );
  assert.throws(
    () => new EncryptionCodec({ keys: { short: randomBytes(16) }, currentKeyId: 'short' }),
    (error) => error instanceof ValueError && /'short' has 16 bytes, but AES-256 needs 32/.test(error.message),
  );
});

test('keys by tenant, fetched once', async () => {
  const fetched: string[] = [];
  const codec = new EncryptionCodec({
    keys: async (id) => (fetched.push(id), id === 'tenant-a' ? first : undefined),
    currentKeyId: (context) => `tenant-${context?.type === 'workflow' ? context.workflowId : ''}`,
  });
  const context = { type: 'workflow', namespace: 'n', workflowId: 'a' } as const;
  const encoded = await codec.encode([payload], context);
  assert.deepEqual(await codec.decode(await codec.encode([payload], context), context), [payload]);
  assert.deepEqual(fetched, ['tenant-a']);
  await assert.rejects(codec.encode([payload], { ...context, workflowId: 'b' }), /there is no key 'tenant-b'/);
  assert.equal(utf8Text(encoded[0]?.metadata?.['encryption-key-id'] ?? first), 'tenant-a');
});

test('failures made where there are no codecs are hidden and encrypted on their way out', async () => {
  const { failureConverter, payloadCodecs } = encryptedDataConverter({ keys: { first }, currentKeyId: 'first' });
  const converter = { ...defaultDataConverter, failureConverter, payloadCodecs } as LoadedDataConverter;
  const cause = ApplicationFailure.create({ message: 'secret-cause', details: ['secret-detail'] });
  const inside = await errorToFailureBytes(
    defaultDataConverter,
    ApplicationFailure.create({ message: 'secret', cause }),
  );
  const outside = await encodeFailureBytes(converter, inside);
  assert.ok(!Buffer.from(outside).includes('secret'));
  assert.equal(failureFromBytes(outside).message, 'Encoded failure');
  const back = await decodeFailureBytes(converter, outside);
  const error = converter.failureConverter.failureToError(failureFromBytes(back), defaultPayloadConverter);
  assert.equal(error.message, 'secret');
  assert.equal((error.cause as Error).message, 'secret-cause');
});
