import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandType } from './generated/enums.js';
import {
  Command,
  Failure,
  Header,
  Memo,
  Payload,
  Payloads,
  SearchAttributes,
  StartWorkflowExecutionRequest,
  UserMetadata,
} from './generated/messages.js';
import { MalformedMessageError } from './reader.js';

const payload = Payload.encode({
  metadata: new Map([['encoding', new Uint8Array([106])]]),
  data: new Uint8Array([0xff, 0xff]),
});
const bad = new Uint8Array([0xff, 0xff]);
const fields = (value: Uint8Array): Map<string, Uint8Array> => new Map([['key', value]]);
const failure = (details: Uint8Array): Uint8Array =>
  Failure.encode({
    message: 'outer',
    cause: Failure.encode({ message: 'inner', applicationFailureInfo: { type: 't', details } }),
  });

type Request = Parameters<typeof StartWorkflowExecutionRequest.encode>[0];
const request = (part: Request): Uint8Array => StartWorkflowExecutionRequest.encode({ workflowId: 'w', ...part });

const CASES: readonly (readonly [string, (value: Uint8Array) => Request])[] = [
  ['input', (value) => ({ input: Payloads.encode({ payloads: [payload, value] }) })],
  ['memo', (value) => ({ memo: Memo.encode({ fields: fields(value) }) })],
  ['header', (value) => ({ header: Header.encode({ fields: fields(value) }) })],
  ['search attributes', (value) => ({ searchAttributes: SearchAttributes.encode({ indexedFields: fields(value) }) })],
  ['failure', (value) => ({ continuedFailure: failure(Payloads.encode({ payloads: [value] })) })],
  ['user metadata', (value) => ({ userMetadata: UserMetadata.encode({ summary: value }) })],
];

for (const [name, part] of CASES) {
  test(`${name}: what is wrong inside is found, in what strangers sent`, () => {
    assert.ok(StartWorkflowExecutionRequest.decodeUntrusted(request(part(payload))));
    assert.ok(StartWorkflowExecutionRequest.decode(request(part(bad))));
    assert.throws(() => StartWorkflowExecutionRequest.decodeUntrusted(request(part(bad))), MalformedMessageError);
  });
}

test('texts inside are UTF-8; bytes may be anything', () => {
  const withKey = (key: number): Uint8Array => request({ input: new Uint8Array([10, 5, 10, 3, 10, 1, key]) });
  assert.ok(StartWorkflowExecutionRequest.decodeUntrusted(withKey(97)));
  assert.throws(() => StartWorkflowExecutionRequest.decodeUntrusted(withKey(0xff)), /UTF-8/);
});

test('inside of what an enumeration tells apart, and of maps', () => {
  const marker = (value: Uint8Array): Uint8Array =>
    Command.encode({
      commandType: CommandType.RECORD_MARKER,
      attributes: { markerName: 'm', details: new Map([['key', Payloads.encode({ payloads: [value] })]]) },
    });
  assert.ok(Command.decodeUntrusted(marker(payload)));
  assert.throws(() => Command.decodeUntrusted(marker(bad)), MalformedMessageError);
});

test('what is nested too deeply is refused', () => {
  let continuedFailure = Failure.encode({ message: 'innermost' });
  for (let i = 0; i < 200; i += 1) continuedFailure = Failure.encode({ cause: continuedFailure });
  assert.throws(() => StartWorkflowExecutionRequest.decodeUntrusted(request({ continuedFailure })), /too deeply/);
});
