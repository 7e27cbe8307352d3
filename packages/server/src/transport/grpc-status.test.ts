import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeStatusMessage, parseGrpcTimeoutMs } from './grpc-status.js';

test('timeouts of every unit', () => {
  const cases: Record<string, number | undefined> = {
    '1H': 3_600_000,
    '2M': 120_000,
    '10S': 10_000,
    '99999999m': 99_999_999,
    '1500u': 2,
    '1n': 1,
    '0n': 0,
    '': undefined,
    m: undefined,
    '5': undefined,
    '5x': undefined,
    '-5m': undefined,
    '1.5S': undefined,
    '123456789m': undefined,
  };
  for (const [header, expected] of Object.entries(cases)) assert.equal(parseGrpcTimeoutMs(header), expected, header);
});

test('status messages are encoded and cut', () => {
  assert.equal(encodeStatusMessage('plain text, as it is ~'), 'plain text, as it is ~');
  assert.equal(encodeStatusMessage('50%\n€'), '50%25%0A%E2%82%AC');
  assert.equal(encodeStatusMessage('x'.repeat(5000)).length, 4000);
  const long = encodeStatusMessage('€'.repeat(4000));
  assert.ok(long.length <= 8000);
  assert.equal(decodeURIComponent(long), '€'.repeat(long.length / 9));
});
