/** One connection, frame by frame, without a socket. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Http2Connection, type Http2Limits } from './connection.js';
import { errorCode, frameFlag, frameType, type Http2Error, settingId, writeFrameHeader } from './frame.js';
import { headerField } from './header-encoder.js';
import type { HeaderList } from './header-list.js';
import type { StreamListener, StreamWriter } from './stream.js';

const limits: Http2Limits = {
  headerBytesMax: 20_000,
  streamsMax: 5,
  streamWindowBytes: 100_000,
  connectionWindowBytes: 200_000,
};
const { data, headers, priority, rstStream, settings, ping, goaway, windowUpdate, continuation } = frameType;
const { endStream, endHeaders, ack, padded } = frameFlag;
const head = [headerField(':status', '200')];
const tail = [headerField('grpc-status', '0')];
const noBytes = Buffer.alloc(0);
/** :method POST, :scheme http, :path / */
const requestBlock = Buffer.from([0x83, 0x86, 0x84]);

interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

function frame(type: number, flags: number, streamId: number, payload: Buffer = noBytes): Buffer {
  const bytes = Buffer.alloc(9 + payload.length);
  writeFrameHeader(bytes, 0, payload.length, type, flags, streamId);
  payload.copy(bytes, 9);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function setting(id: number, value: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUInt16BE(id);
  bytes.writeUInt32BE(value, 2);
  return bytes;
}

function framesOf(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 9 + bytes.readUIntBE(at, 3);
    const [type = 0, flags = 0] = bytes.subarray(at + 3);
    frames.push({ type, flags, streamId: bytes.readUInt32BE(at + 5), payload: bytes.subarray(at + 9, end) });
    at = end;
  }
  return frames;
}

class Call implements StreamListener {
  readonly stream: StreamWriter;
  readonly path: string | undefined;
  readonly seen: string[] = [];

  constructor(stream: StreamWriter, list: HeaderList) {
    this.stream = stream;
    this.path = list.get(':path');
  }

  headers(list: HeaderList): void {
    this.seen.push(`status ${list.get('grpc-status')}`);
  }

  data(bytes: Buffer): void {
    this.seen.push(bytes.length > 20 ? `${bytes.length} bytes` : bytes.toString('latin1'));
  }

  ended(): void {
    this.seen.push('ended');
  }

  closed(): void {
    this.seen.push('closed');
  }

  drained(): void {
    this.seen.push('drained');
  }
}

class World {
  readonly calls: Call[] = [];
  nowAtMs = 1000;
  end: { error: Http2Error | undefined } | undefined;
  readonly connection: Http2Connection;

  constructor() {
    this.connection = new Http2Connection(
      'server',
      {
        nowMs: () => this.nowAtMs,
        wake: () => undefined,
        opened: (stream, list) => {
          const call = new Call(stream, list);
          this.calls.push(call);
          return call;
        },
        goingAway: () => undefined,
        finished: (error) => (this.end = { error }),
      },
      limits,
    );
  }

  send(...frames: Buffer[]): void {
    this.connection.receive(Buffer.concat(frames));
  }

  taken(): Frame[] {
    return framesOf(Buffer.concat(this.connection.takeOutput().pieces));
  }

  /** Opens a stream whose request has not ended, and answers its call. */
  open(streamId: number, flags: number = endHeaders): Call {
    this.send(frame(headers, flags, streamId, requestBlock));
    return this.calls.at(-1) as Call;
  }
}

/** A connection after its first frames. */
function connected(...peerSettings: Buffer[]): World {
  const world = new World();
  world.send(frame(settings, 0, 0, Buffer.concat(peerSettings)));
  world.taken();
  return world;
}

function assertFailed(world: World, code: number): void {
  assert.equal(world.end?.error?.code, code);
  const last = world.taken().at(-1);
  assert.deepEqual([last?.type, last?.payload.readUInt32BE(4)], [goaway, code]);
}

test('begins with its settings and answers those of the client', () => {
  const world = new World();
  world.send(frame(settings, 0, 0));
  const [own, window, answer] = world.taken();
  assert.equal(own?.type, settings);
  assert.deepEqual([window?.type, window?.payload.readUInt32BE()], [windowUpdate, 200_000 - 65_535]);
  assert.deepEqual([answer?.type, answer?.flags], [settings, ack]);
});

test('a request and its answer, in one chunk or byte by byte', () => {
  for (const step of [1, 7, 1000]) {
    const world = connected();
    const bytes = Buffer.concat([
      frame(headers, endHeaders, 1, requestBlock),
      frame(data, 0, 1, Buffer.from('hel')),
      frame(data, endStream, 1, Buffer.from('lo')),
    ]);
    for (let at = 0; at < bytes.length; at += step) world.connection.receive(bytes.subarray(at, at + step));
    const [call] = world.calls;
    assert.deepEqual([call?.path, ...(call?.seen ?? [])], ['/', 'hel', 'lo', 'ended']);
    call?.stream.sendWhole(head, Buffer.from('>'), Buffer.from('hi'), tail);
    const [first, body, last] = world.taken();
    assert.deepEqual([first?.type, first?.flags], [headers, endHeaders]);
    assert.deepEqual([body?.type, body?.payload.toString()], [data, '>hi']);
    assert.deepEqual([last?.type, last?.flags], [headers, endHeaders | endStream]);
    assert.equal(call?.seen.at(-1), 'closed');
    assert.equal(world.connection.streamCount, 0);
  }
});

test('padding, priority and continuation are read over', () => {
  const world = connected();
  const padding = Buffer.alloc(3);
  const block = Buffer.concat([Buffer.from([3]), uint32(0), Buffer.from([7]), requestBlock.subarray(0, 1), padding]);
  world.send(
    frame(headers, padded | frameFlag.priority, 1, block),
    frame(continuation, 0, 1, requestBlock.subarray(1, 2)),
    frame(continuation, endHeaders, 1, requestBlock.subarray(2)),
    frame(priority, 0, 1, Buffer.alloc(5)),
    frame(data, padded | endStream, 1, Buffer.concat([Buffer.from([3]), Buffer.from('x'), padding])),
  );
  assert.deepEqual(world.calls[0]?.seen, ['x', 'ended']);
});

test('an answer waits for the windows of the client', () => {
  const world = connected(setting(settingId.initialWindowSize, 10));
  const call = world.open(1, endHeaders | endStream);
  call.stream.sendWhole(head, Buffer.from('>'), Buffer.from('0123456789abcdef'), tail);
  const bodies = (): string[] =>
    world.taken().flatMap(({ type, payload }) => (type === data ? [payload.toString()] : []));
  assert.deepEqual(bodies(), ['>012345678']);
  assert.equal(world.connection.waitingBytes, 7);
  world.send(frame(windowUpdate, 0, 1, uint32(4)));
  assert.deepEqual(bodies(), ['9abc']);
  world.send(frame(settings, 0, 0, setting(settingId.initialWindowSize, 13)));
  const [body, last] = world.taken().filter(({ type }) => type !== settings);
  assert.deepEqual([body?.payload.toString(), last?.flags], ['def', endHeaders | endStream]);
  assert.equal(world.connection.waitingBytes, 0);
  assert.equal(world.connection.streamCount, 0);
});

test('the window of the connection is shared', () => {
  const world = connected(setting(settingId.initialWindowSize, 1_000_000));
  const calls = [world.open(1, endHeaders | endStream), world.open(3, endHeaders | endStream)];
  for (const call of calls) call.stream.sendWhole(head, noBytes, Buffer.alloc(40_000), tail);
  const sizes = (): number[][] =>
    world.taken().flatMap(({ type, streamId, payload }) => (type === data ? [[streamId, payload.length]] : []));
  const sent = sizes().reduce((sum, [, bytes = 0]) => sum + bytes, 0);
  assert.equal(sent, 65_535);
  world.send(frame(windowUpdate, 0, 0, uint32(1_000_000)));
  assert.equal(
    sizes().reduce((sum, [, bytes = 0]) => sum + bytes, 0),
    80_000 - 65_535,
  );
});

test('a stream of answers is told when it may go on', () => {
  const world = connected(setting(settingId.initialWindowSize, 3));
  const call = world.open(1);
  call.stream.writeHeaders(head);
  assert.equal(call.stream.send(noBytes, Buffer.from('abc')), true);
  assert.equal(call.stream.send(noBytes, Buffer.from('d')), false);
  world.send(frame(windowUpdate, 0, 1, uint32(5)));
  assert.deepEqual(call.seen, ['drained']);
});

test('the windows that the client has are opened again', () => {
  const world = connected();
  world.open(1);
  const piece = frame(data, 0, 1, Buffer.alloc(10_000));
  for (let count = 0; count < 10; count += 1) world.send(piece);
  const updates = world.taken().map(({ streamId, payload }) => [streamId, payload.readUInt32BE()]);
  assert.deepEqual(updates, [
    [1, 50_000],
    [0, 100_000],
    [1, 50_000],
  ]);
});

test('an answer before the end of the request tells the client to stop', () => {
  const world = connected();
  world.open(1).stream.sendEmpty(head);
  const [answer, reset] = world.taken();
  assert.equal(answer?.flags, endHeaders | endStream);
  assert.deepEqual([reset?.type, reset?.payload.readUInt32BE()], [rstStream, errorCode.noError]);
  world.send(frame(data, endStream, 1, Buffer.from('late')));
  assert.equal(world.end, undefined);
});

test('a call that the client gives up is closed', () => {
  const world = connected();
  const call = world.open(1);
  world.send(frame(rstStream, 0, 1, uint32(errorCode.cancel)));
  assert.deepEqual(call.seen, ['closed']);
  call.stream.sendWhole(head, noBytes, noBytes, tail);
  assert.deepEqual(world.taken(), []);
});

test('more streams than allowed are refused one by one', () => {
  const world = connected();
  for (const streamId of [1, 3, 5, 7, 9, 11]) world.open(streamId);
  assert.equal(world.calls.length, 5);
  const [reset] = world.taken();
  assert.deepEqual([reset?.streamId, reset?.payload.readUInt32BE()], [11, errorCode.refusedStream]);
});

test('headers of more than a frame go on in further frames', () => {
  const world = connected();
  world.open(1, endHeaders | endStream).stream.sendEmpty([...head, headerField('details-bin', 'x'.repeat(40_000))]);
  const frames = world.taken();
  assert.deepEqual(
    frames.map(({ type, flags }) => [type, flags]),
    [
      [headers, endStream],
      [continuation, 0],
      [continuation, endHeaders],
    ],
  );
  assert.equal(Buffer.concat(frames.map(({ payload }) => payload)).toString('latin1', 20).length > 39_000, true);
});

test('goes when asked: new streams are served until the client knows', () => {
  const world = connected();
  const first = world.open(1);
  world.connection.announceGoAway();
  const second = world.open(3);
  world.connection.closeWhenDone();
  world.open(5);
  assert.equal(world.calls.length, 2);
  const away = world.taken().map(({ payload }) => payload.readUInt32BE());
  assert.deepEqual(away, [2 ** 31 - 1, 3]);
  first.stream.sendEmpty(head);
  assert.equal(world.end, undefined);
  second.stream.sendEmpty(head);
  assert.deepEqual(world.end, { error: undefined });
});

test('pings are answered, own pings are noticed', () => {
  const world = connected();
  world.send(frame(ping, 0, 0, Buffer.from('12345678')));
  const [pong] = world.taken();
  assert.deepEqual([pong?.type, pong?.flags, pong?.payload.toString()], [ping, ack, '12345678']);
  let answers = 0;
  world.connection.ping(() => (answers += 1));
  world.send(frame(ping, ack, 0, Buffer.alloc(8)));
  assert.equal(answers, 1);
});

test('pings are counted as long as their answers are not taken', () => {
  const world = connected();
  const pings = Array.from({ length: 900 }, () => frame(ping, 0, 0, Buffer.alloc(8)));
  for (let round = 0; round < 5; round += 1) {
    world.send(...pings);
    world.connection.answersTaken(world.connection.takeOutput().answers);
  }
  assert.equal(world.connection.isClosed, false);
  world.send(...pings);
  world.connection.takeOutput();
  world.send(...pings);
  assertFailed(world, errorCode.enhanceYourCalm);
});

const breaches: readonly (readonly [what: string, code: number, frames: Buffer[]])[] = [
  ['DATA on stream 0', errorCode.protocolError, [frame(data, 0, 0)]],
  ['DATA on an idle stream', errorCode.protocolError, [frame(data, 0, 1)]],
  ['HEADERS on an even stream', errorCode.protocolError, [frame(headers, endHeaders, 2, requestBlock)]],
  ['CONTINUATION of nothing', errorCode.protocolError, [frame(continuation, endHeaders, 1)]],
  ['an interrupted block', errorCode.protocolError, [frame(headers, 0, 1, requestBlock), frame(ping, 0, 0)]],
  ['PUSH_PROMISE', errorCode.protocolError, [frame(frameType.pushPromise, 0, 1)]],
  ['SETTINGS on a stream', errorCode.protocolError, [frame(settings, 0, 1)]],
  ['SETTINGS of a wrong size', errorCode.frameSizeError, [frame(settings, 0, 0, Buffer.alloc(5))]],
  ['a window that is too large', errorCode.flowControlError, [frame(settings, 0, 0, setting(4, 2 ** 31))]],
  ['frames that are too small', errorCode.protocolError, [frame(settings, 0, 0, setting(5, 100))]],
  ['PING of a wrong size', errorCode.frameSizeError, [frame(ping, 0, 0, Buffer.alloc(7))]],
  ['WINDOW_UPDATE by nothing', errorCode.protocolError, [frame(windowUpdate, 0, 0, uint32(0))]],
  ['WINDOW_UPDATE beyond the maximum', errorCode.flowControlError, [frame(windowUpdate, 0, 0, uint32(2 ** 31 - 1))]],
  ['too much padding', errorCode.protocolError, [frame(headers, padded | endHeaders, 1, Buffer.from([9, 1]))]],
  ['a frame that is too large', errorCode.frameSizeError, [frame(data, 0, 1, Buffer.alloc(16_385)).subarray(0, 9)]],
  [
    'an index that stands for nothing',
    errorCode.compressionError,
    [frame(headers, endHeaders, 1, Buffer.from([0xff, 0]))],
  ],
  [
    'DATA behind the end',
    errorCode.streamClosed,
    [frame(headers, endHeaders | endStream, 1, requestBlock), frame(data, 0, 1, Buffer.from('x'))],
  ],
  [
    'a header block without end',
    errorCode.enhanceYourCalm,
    [frame(headers, 0, 1, Buffer.alloc(16_000)), frame(continuation, 0, 1, Buffer.alloc(16_000))],
  ],
  [
    '1,001 pings at once',
    errorCode.enhanceYourCalm,
    Array.from({ length: 1001 }, () => frame(ping, 0, 0, Buffer.alloc(8))),
  ],
  ['10,001 frames that say nothing', errorCode.enhanceYourCalm, Array.from({ length: 10_001 }, () => frame(99, 0, 0))],
];

for (const [what, code, frames] of breaches) {
  test(`${what} ends the connection`, () => {
    const world = connected();
    world.send(...frames);
    assertFailed(world, code);
    world.send(frame(ping, 0, 0, Buffer.alloc(8)));
    assert.deepEqual(world.taken(), []);
  });
}

test('the first frame must be SETTINGS', () => {
  const world = new World();
  world.send(frame(ping, 0, 0, Buffer.alloc(8)));
  assertFailed(world, errorCode.protocolError);
});

test('a failing connection closes its calls', () => {
  const world = connected();
  const call = world.open(1);
  world.send(frame(data, 0, 0));
  assert.deepEqual(call.seen, ['closed']);
});

test('giving up calls is fine at a human pace and ends the connection as a flood', () => {
  const world = connected();
  let streamId = 1;
  const giveUp = (): void => {
    world.open(streamId);
    world.send(frame(rstStream, 0, streamId, uint32(errorCode.cancel)));
    streamId += 2;
  };
  for (let count = 0; count < 3000; count += 1) {
    giveUp();
    world.nowAtMs += 100;
  }
  assert.equal(world.end, undefined);
  for (let count = 0; count < 1001; count += 1) giveUp();
  assertFailed(world, errorCode.enhanceYourCalm);
});
