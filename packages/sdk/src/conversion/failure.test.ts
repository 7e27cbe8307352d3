/** Failures over the wire and back, with their causes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorFromFailureBytes, errorToFailureBytes } from './codec-pass.js';
import { defaultDataConverter } from './data-converter.js';
import type { LoadedDataConverter } from './data-converter.js';
import { PayloadConverterError, ValueError } from './errors.js';
import { DefaultFailureConverter } from './failure-converter.js';
import * as failures from './failure.js';
import { failureFromBytes } from './proto-failure.js';
import { cutoffStackTrace } from './stack.js';

const { ActivityFailure, ApplicationFailure, CancelledFailure, ChildWorkflowFailure, TemporalFailure } = failures;

async function roundTrip(error: unknown, converter: LoadedDataConverter = defaultDataConverter): Promise<Error> {
  return errorFromFailureBytes(converter, await errorToFailureBytes(converter, error));
}

test('each kind of failure comes back as what it was', async () => {
  const cause = ApplicationFailure.nonRetryable('inner', 'Inner', { a: 1 });
  const rows: readonly failures.TemporalFailure[] = [
    ApplicationFailure.create({
      message: 'm',
      type: 'T',
      details: [1, 'x'],
      nextRetryDelay: 5000,
      category: 'BENIGN',
      cause,
    }),
    new ActivityFailure('failed', 'charge', '7', 'MAXIMUM_ATTEMPTS_REACHED', 'w1', cause),
    new ChildWorkflowFailure('ns', { workflowId: 'w', runId: 'r' }, 'child', 'TIMEOUT', cause),
    new CancelledFailure('cancelled', ['why']),
    new failures.TerminatedFailure('ended', cause),
    new failures.TimeoutFailure('late', { at: 3 }, 'HEARTBEAT'),
    new failures.ServerFailure('server', true),
    new failures.NexusOperationFailure('nexus', { endpoint: 'e', service: 's', operation: 'o' }, 'token', cause),
  ];
  for (const row of rows) {
    const back = (await roundTrip(row)) as failures.TemporalFailure;
    const { failure, ...fields } = back;
    assert.notEqual(failure, undefined);
    assert.deepEqual(fields, { ...row }, row.name);
    assert.equal(back.constructor, row.constructor);
    assert.equal(back.message, row.message);
    assert.equal(back.stack, cutoffStackTrace(row.stack));
    assert.equal(back.cause?.message, row.cause?.message);
  }
});

test('any error becomes a retryable application failure with its name as type', async () => {
  class CardDeclined extends Error {}
  const back = await roundTrip(new CardDeclined('no', { cause: new RangeError('deep') }));
  assert.ok(back instanceof ApplicationFailure);
  assert.equal(back.type, 'CardDeclined');
  assert.equal(back.nonRetryable, false);
  assert.equal(failures.rootCause(back), 'deep');
  assert.equal((await roundTrip('text')).message, 'text');
});

test('a failure that came over the wire goes on as it came', async () => {
  const bytes = await errorToFailureBytes(defaultDataConverter, ApplicationFailure.retryable('m', 'T'));
  const error = await errorFromFailureBytes(defaultDataConverter, bytes);
  assert.deepEqual(await errorToFailureBytes(defaultDataConverter, error), bytes);
});

test('with encoded attributes, message and stack are seen only through the converter', async () => {
  const converter = {
    ...defaultDataConverter,
    failureConverter: new DefaultFailureConverter({ encodeCommonAttributes: true }),
  };
  const error = ApplicationFailure.create({ message: 'secret', cause: new Error('deep secret') });
  const onWire = failureFromBytes(await errorToFailureBytes(converter, error));
  assert.equal(onWire.message, 'Encoded failure');
  assert.equal(onWire.stackTrace, '');
  assert.equal(onWire.cause?.message, 'Encoded failure');
  const back = await roundTrip(error, converter);
  assert.equal(back.message, 'secret');
  assert.equal(back.stack, cutoffStackTrace(error.stack));
  assert.equal((back.cause as Error).message, 'deep secret');
});

test('codecs see the payloads of causes and encoded attributes', async () => {
  const seen: number[] = [];
  const codec = {
    encode: async (payloads: object[]) => (seen.push(payloads.length), payloads),
    decode: async (payloads: object[]) => payloads,
  };
  const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
  const converter = { ...defaultDataConverter, failureConverter, payloadCodecs: [codec] };
  await errorToFailureBytes(converter, ApplicationFailure.create({ details: [1, 2], cause: new Error('x') }));
  assert.deepEqual(seen.sort(), [1, 1, 2]);
});

test('instanceof goes by name across copies, and tells subclasses apart', () => {
  class Mine extends ApplicationFailure {}
  const plain = ApplicationFailure.retryable('m');
  assert.ok(plain instanceof TemporalFailure);
  assert.ok(new Mine('m') instanceof ApplicationFailure);
  assert.ok(!(plain instanceof Mine));
  assert.ok(new Mine('m') instanceof Mine);
  assert.ok(!(plain instanceof CancelledFailure));
  assert.ok(new PayloadConverterError('x') instanceof ValueError);
  assert.ok(!(new ValueError('x') instanceof PayloadConverterError));
  const copy = Object.assign(new Error('m'), { [Symbol.for('perdure.error.ApplicationFailure')]: true });
  assert.ok(copy instanceof ApplicationFailure);
});
