import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import {
  EventType,
  History,
  HistoryEvent,
  MalformedMessageError,
  Payload,
  Payloads,
  StartWorkflowExecutionRequest,
  UpdateNamespaceRequest,
} from '../index.js';
import { messageRows } from '../generated/schema.js';
import { JsonFormatError, messageFromJson, messageToJson } from './index.js';
import type { Json } from './index.js';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const payload = (json: string): Uint8Array =>
  Payload.encode({ metadata: new Map([['encoding', text('json/plain')]]), data: text(json) });
const input = Payloads.encode({ payloads: [payload('{"a":1}'), payload('"x"')] });

const event = HistoryEvent.encode({
  eventId: 1,
  eventTime: 1_500,
  eventType: EventType.WORKFLOW_EXECUTION_STARTED,
  taskId: 1_048_577,
  attributes: { workflowRunTimeout: 1_250, input, attempt: 1, workflowType: { name: 'order' } },
});
const short = {
  eventId: '1',
  eventTime: '1970-01-01T00:00:01.500Z',
  eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED',
  taskId: '1048577',
  workflowExecutionStartedEventAttributes: {
    workflowType: { name: 'order' },
    input: [{ a: 1 }, 'x'] as Json,
    workflowRunTimeout: '1.250s',
    attempt: 1,
  },
};
const long = {
  ...short,
  workflowExecutionStartedEventAttributes: {
    ...short.workflowExecutionStartedEventAttributes,
    input: {
      payloads: [
        { metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'eyJhIjoxfQ==' },
        { metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'Ingi' },
      ],
    },
  },
};

describe('messages as JSON', () => {
  it('are in the mapping of protobuf, payloads long or short', () => {
    assert.deepEqual(messageToJson(HistoryEvent.name, event), long);
    assert.deepEqual(messageToJson(HistoryEvent.name, event, { payloads: 'short' }), short);
  });

  it('are read back to the same bytes', () => {
    assert.deepEqual(messageFromJson(HistoryEvent.name, long), event);
    assert.deepEqual(messageFromJson(HistoryEvent.name, short, { payloads: 'short' }), event);
  });

  it('have a form for every message type, empty ones too', () => {
    for (const row of Object.values(messageRows)) {
      const name = row.slice(0, row.indexOf(';'));
      if (name === 'google.protobuf.Any') continue;
      const json = messageToJson(name, new Uint8Array(0));
      assert.deepEqual(messageFromJson(name, json), new Uint8Array(0), name);
    }
  });

  it('keep nanoseconds, signs and the digits that protobuf prints', () => {
    const bytes = messageFromJson(StartWorkflowExecutionRequest.name, {
      workflowStartDelay: '-1.000000001s',
      workflowRunTimeout: '0.010s',
      workflowTaskTimeout: '3s',
    });
    assert.deepEqual(messageToJson(StartWorkflowExecutionRequest.name, bytes), {
      workflowRunTimeout: '0.010s',
      workflowTaskTimeout: '3s',
      workflowStartDelay: '-1.000000001s',
    });
    const late = messageFromJson(HistoryEvent.name, { eventTime: '2030-01-31T14:00:00.000000001+02:00' });
    assert.deepEqual(messageToJson(HistoryEvent.name, late), { eventTime: '2030-01-31T12:00:00.000000001Z' });
  });

  it('show what is packed in an Any, and its bytes when the type is not known', () => {
    const known = messageFromJson('temporal.api.protocol.v1.Message', {
      id: 'm',
      body: { '@type': 'type.googleapis.com/temporal.api.update.v1.Acceptance', acceptedRequestMessageId: 'r' },
    });
    assert.deepEqual((messageToJson('temporal.api.protocol.v1.Message', known) as { body: Json }).body, {
      '@type': 'type.googleapis.com/temporal.api.update.v1.Acceptance',
      acceptedRequestMessageId: 'r',
    });
    const body = { '@type': 'type.googleapis.com/not.Known', value: 'AQI=' };
    const unknown = messageFromJson('temporal.api.protocol.v1.Message', { body });
    assert.deepEqual(messageToJson('temporal.api.protocol.v1.Message', unknown), { body });
  });

  it('write a field mask as text', () => {
    const bytes = messageFromJson('google.protobuf.FieldMask', 'retryPolicy.maximumAttempts,taskQueue');
    assert.equal(messageToJson('google.protobuf.FieldMask', bytes), 'retryPolicy.maximumAttempts,taskQueue');
  });

  it('agree with protobufjs on maps and nested messages', () => {
    const bytes = UpdateNamespaceRequest.encode({
      namespace: 'default',
      updateInfo: { description: 'd', data: new Map([['k', 'v']]) },
      config: { workflowExecutionRetentionTtl: 86_400_000 },
    });
    const require = createRequire(import.meta.url);
    const root = require('@temporalio/proto') as {
      lookupType(name: string): {
        decode(bytes: Uint8Array): { toJSON(): unknown };
        toObject(message: unknown, options: object): unknown;
      };
    };
    const type = root.lookupType(UpdateNamespaceRequest.name);
    const theirs = type.toObject(type.decode(bytes), { enums: String, longs: String, bytes: String }) as object;
    const ours = messageToJson(UpdateNamespaceRequest.name, bytes) as Record<string, Json>;
    assert.deepEqual({ ...ours, config: undefined }, { ...theirs, config: undefined });
    assert.deepEqual(ours['config'], { workflowExecutionRetentionTtl: '86400s' });
  });
});

describe('JSON as messages', () => {
  it('takes names as defined, enums by short name and number, integers as numbers', () => {
    const json = {
      event_id: 1,
      event_time: '1970-01-01T00:00:01.5Z',
      event_type: 'WorkflowExecutionStarted',
      task_id: 1_048_577,
      workflow_execution_started_event_attributes: long.workflowExecutionStartedEventAttributes,
    };
    assert.deepEqual(messageFromJson(HistoryEvent.name, json), event);
    assert.deepEqual(messageFromJson(HistoryEvent.name, { ...json, event_type: 1 }), event);
  });

  it('takes null as absent, and as a value where a payload is written short', () => {
    assert.deepEqual(messageFromJson(HistoryEvent.name, { eventId: null }), new Uint8Array(0));
    const bytes = messageFromJson(Payloads.name, [null, 1], { payloads: 'short' });
    assert.deepEqual(messageToJson(Payloads.name, bytes, { payloads: 'short' }), [null, 1]);
  });

  it('takes the long form of a payload where short ones are expected', () => {
    const one = { metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'Ingi' };
    const bytes = messageFromJson(Payloads.name, [one], { payloads: 'short' });
    assert.deepEqual(messageToJson(Payloads.name, bytes, { payloads: 'short' }), ['x']);
  });

  it('says where something is wrong', () => {
    const refusals: [Json, string][] = [
      [{ events: [{ eventId: 'x' }] }, 'events[0].eventId: expected a whole number, found "x"'],
      [{ events: {} }, 'events: expected a list, found {}'],
      [{ events: [{ eventTime: 5 }] }, 'events[0].eventTime: expected a text such as "2030-01-31T12:00:00Z", found 5'],
      [{ evnts: [] }, 'evnts: temporal.api.history.v1.History has no such field'],
      [{ events: [{ eventType: 'EVENT_TYPE_NONE' }] }, 'events[0].eventType: expected one of EVENT_TYPE_'],
      [[], 'expected an object, found []'],
    ];
    for (const [json, message] of refusals)
      assert.throws(
        () => messageFromJson(History.name, json),
        (error: unknown) => error instanceof JsonFormatError && error.message.startsWith(message),
        message,
      );
  });

  it('skips unknown fields when it is asked to', () => {
    assert.deepEqual(messageFromJson(History.name, { more: 1 }, { ignoreUnknown: true }), new Uint8Array(0));
  });

  it('refuses bytes that are no message, and types that do not exist', () => {
    assert.throws(() => messageToJson(History.name, new Uint8Array([255])), MalformedMessageError);
    assert.throws(() => messageToJson('temporal.api.Nothing', new Uint8Array(0)), TypeError);
  });
});
