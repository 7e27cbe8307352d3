import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enumName, enumShortName, enumValue } from './enum-names.js';
import { CommandType, EventType, EventTypeNames } from './generated/enums.js';
import {
  Command,
  Failure,
  HistoryEvent,
  NexusFailure,
  Payload,
  ShutdownWorkerRequest,
  StartWorkflowExecutionRequest,
  StickyExecutionAttributes,
  WorkflowExecution,
  WorkflowTaskCompletedMetadata,
} from './generated/messages.js';
import type { Init, MessageType } from './codec.js';
import { MalformedMessageError, Reader } from './reader.js';
import { Writer } from './writer.js';

const refuses = (type: MessageType<unknown>, bytes: readonly number[], reason: RegExp): void =>
  assert.throws(
    () => type.decode(Uint8Array.from(bytes)),
    (error) => error instanceof MalformedMessageError && error.typeName === type.name && reason.test(error.message),
  );

const through64 = (value: number): number => {
  const writer = new Writer(1);
  writer.int64Opt(8, value);
  const reader = new Reader(writer.finish(), 'test');
  reader.tag();
  return reader.int64();
};

test('64-bit integers are exact up to 2^53 on both sides of zero', () => {
  for (let power = 0; power <= 53; power++) {
    for (const near of [-1, 0, 1]) {
      const value = Math.max(-(2 ** 53), Math.min(2 ** 53, 2 ** power + near));
      assert.equal(through64(value), value);
      assert.equal(through64(-value), -value || 0);
    }
  }
});

test('64-bit integers beyond 2^53 keep their value as a number, beyond 64 bits the bound', () => {
  assert.equal(through64(2 ** 60), 2 ** 60);
  assert.equal(through64(-(2 ** 63)), -(2 ** 63));
  assert.equal(through64(Infinity), 2 ** 63);
  assert.equal(through64(-1e30), -(2 ** 63));
});

test('durations keep nanoseconds for 100 days, of both signs', () => {
  for (const [seconds, nanos] of [
    [8_553_600, 999_999_999],
    [0, 1],
    [1, 500_000_000],
    [-3, -7],
  ] as const) {
    const ms = seconds * 1000 + nanos / 1e6;
    const bytes = StickyExecutionAttributes.encode({ scheduleToStartTimeout: ms });
    const reader = new Reader(bytes, 'test');
    reader.tag();
    const read = reader.message((inner) => {
      const found = { seconds: 0, nanos: 0 };
      while (inner.offset < inner.end) {
        if (inner.tag() === 8) found.seconds = inner.int64();
        else found.nanos = inner.int32();
      }
      return found;
    });
    assert.deepEqual(read, { seconds, nanos });
    assert.equal(StickyExecutionAttributes.decode(bytes).scheduleToStartTimeout, ms);
  }
});

test('a zero duration and a zero time are present', () => {
  const bytes = StickyExecutionAttributes.encode({ scheduleToStartTimeout: 0 });
  assert.equal(StickyExecutionAttributes.decode(bytes).scheduleToStartTimeout, 0);
  assert.equal('scheduleToStartTimeout' in StickyExecutionAttributes.decode(new Uint8Array(0)), false);
});

test('times before the epoch and with fractions come back', () => {
  for (const eventTime of [-1, -0.5, 0, 1_767_225_600_000, 1_767_225_600_000.25]) {
    const event = { eventType: EventType.TIMER_FIRED, eventTime, attributes: {} } as const;
    assert.equal(HistoryEvent.decode(HistoryEvent.encode(event)).eventTime, eventTime);
  }
});

test('text of any length and script comes back; lone surrogates become replacement characters', () => {
  for (const unit of ['a', 'ü', '漢', '😀', '\u0000', '\ufeff', '\u007f\u0080\u07ff\u0800\uffff']) {
    for (const count of [1, 2, 31, 43, 63, 64, 65, 127, 128, 129, 300, 6000]) {
      const workflowId = unit.repeat(count);
      assert.equal(WorkflowExecution.decode(WorkflowExecution.encode({ workflowId })).workflowId, workflowId);
    }
  }
  for (const count of [1, 100]) {
    const { workflowId } = WorkflowExecution.decode(WorkflowExecution.encode({ workflowId: 'x\ud800'.repeat(count) }));
    assert.equal(workflowId, 'x\ufffd'.repeat(count));
  }
});

test('invalid UTF-8 is refused, short and long', () => {
  const invalid = [
    [0x80],
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xe2, 0x82],
    [0xff],
    [0xe0, 0x80, 0x80],
  ];
  for (const bytes of invalid) {
    refuses(WorkflowExecution, [10, bytes.length, ...bytes], /UTF-8/);
    const long = [...new Array<number>(300).fill(97), ...bytes];
    refuses(WorkflowExecution, [10, 0x80 | (long.length & 127), long.length >> 7, ...long], /UTF-8/);
  }
});

test('truncated, overlong and impossible fields are refused', () => {
  refuses(WorkflowExecution, [10, 5, 97], /truncated/);
  refuses(WorkflowExecution, [10], /truncated/);
  refuses(WorkflowExecution, [0x80], /truncated/);
  refuses(WorkflowExecution, [0, 1], /field number/);
  refuses(WorkflowExecution, [0x0f], /wire type/);
  refuses(WorkflowExecution, [0x0c], /wire type/);
  refuses(HistoryEvent, [8, ...new Array<number>(11).fill(0xff)], /longer than 10/);
  refuses(WorkflowExecution, [10, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], /truncated/);
});

test('nesting deeper than 100 groups is refused', () => {
  refuses(WorkflowExecution, new Array<number>(150).fill(0x1b), /deeply/);
});

test('messages nested deeper than 100 levels are refused', () => {
  let failure: Init<NexusFailure> = { message: 'innermost' };
  for (let depth = 0; depth < 99; depth++) failure = { cause: failure };
  assert.ok(NexusFailure.decode(NexusFailure.encode(failure)));
  const deeper = NexusFailure.encode({ cause: { cause: failure } });
  assert.throws(() => NexusFailure.decode(deeper), /deeply/);
});

test('the last of several values of a field wins', () => {
  assert.equal(WorkflowExecution.decode(Uint8Array.of(10, 1, 97, 10, 1, 98)).workflowId, 'b');
});

test('repeated numbers are read packed, unpacked and mixed, by code and by table', () => {
  const bytes = Uint8Array.of(10, 2, 1, 2, 8, 3, 10, 1, 4);
  assert.deepEqual(WorkflowTaskCompletedMetadata.decode(bytes).coreUsedFlags, [1, 2, 3, 4]);
  const packed = ShutdownWorkerRequest.encode({ taskQueueTypes: [1, 2] });
  const tag = packed[0] as number;
  const mixed = Uint8Array.of(...packed, tag - 2, 3, tag, 1, 1);
  assert.deepEqual(ShutdownWorkerRequest.decode(mixed).taskQueueTypes, [1, 2, 3, 1]);
});

test('bytes are views of the input, whatever array the input is a view of', () => {
  const encoded = Payload.encode({ data: Uint8Array.of(1, 2, 3), metadata: new Map([['a', Uint8Array.of(9)]]) });
  const shifted = new Uint8Array(encoded.length + 5);
  shifted.set(encoded, 5);
  const payload = Payload.decode(shifted.subarray(5));
  assert.equal(payload.data.buffer, shifted.buffer);
  assert.deepEqual([...payload.data], [1, 2, 3]);
  assert.deepEqual(payload.metadata, new Map([['a', Uint8Array.of(9)]]));
  assert.equal(Payload.decode(Buffer.from(encoded)).data.constructor, Uint8Array);
});

test('null and undefined are absent; opaque fields travel as they are', () => {
  const input = Uint8Array.of(0xde, 0xad);
  // Callers in plain JavaScript pass null where the types ask for undefined.
  const message = { namespace: null, workflowId: undefined, retryPolicy: null, input } as object;
  const bytes = StartWorkflowExecutionRequest.encode(message);
  const request = StartWorkflowExecutionRequest.decode(bytes);
  assert.deepEqual(request.input, input);
  assert.equal(request.namespace, '');
  assert.equal(request.retryPolicy, undefined);
  assert.deepEqual(Failure.decode(Failure.encode({ message: 'outer', cause: Failure.encode({ message: 'inner' }) })), {
    ...Failure.decode(new Uint8Array(0)),
    message: 'outer',
    cause: Failure.encode({ message: 'inner' }),
  });
});

test('messages of every length around the one-byte prefix keep their content', () => {
  for (let size = 0; size < 20000; size += size < 300 ? 1 : 997) {
    const workflowType = { name: 'x'.repeat(size) };
    const bytes = StartWorkflowExecutionRequest.encode({ workflowType, identity: 'after' });
    const request = StartWorkflowExecutionRequest.decode(bytes);
    assert.deepEqual([request.workflowType, request.identity], [workflowType, 'after']);
  }
});

test('an event without fitting attributes says so', () => {
  const event = HistoryEvent.decode(Uint8Array.of(0x18, EventType.TIMER_FIRED));
  assert.equal(event.attributesMissing, true);
  assert.deepEqual(event.attributes, { timerId: '', startedEventId: 0 });
  const command = Command.decode(Uint8Array.of(8, CommandType.START_TIMER, 18, 0));
  assert.equal(command.attributesMissing, true);
});

test('attributes that precede the type are found', () => {
  const command = Command.decode(Uint8Array.of(26, 3, 10, 1, 97, 8, CommandType.START_TIMER));
  assert.equal(command.commandType, CommandType.START_TIMER);
  assert.deepEqual(command.attributes, { timerId: 'a' });
  assert.equal('attributesMissing' in command, false);
});

test('an unknown event type keeps its number and has no attributes', () => {
  const event = HistoryEvent.decode(Uint8Array.of(0x18, 0xe7, 0x07));
  assert.equal(event.eventType as number, 999);
  assert.equal(event.attributes, undefined);
});

test('enum numbers and names', () => {
  assert.equal(EventType.WORKFLOW_EXECUTION_STARTED, 1);
  assert.equal(enumName(EventTypeNames, 18), 'EVENT_TYPE_TIMER_FIRED');
  assert.equal(enumShortName(EventTypeNames, 18), 'TIMER_FIRED');
  assert.equal(enumName(EventTypeNames, 999), '999');
  assert.equal(enumValue(EventTypeNames, 'EVENT_TYPE_TIMER_FIRED'), 18);
  assert.equal(enumValue(EventTypeNames, 'TIMER_FIRED'), 18);
  assert.equal(enumValue(EventTypeNames, 'toString'), undefined);
});
