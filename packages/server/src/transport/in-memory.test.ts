/** In-process calls, and the services the transport brings along, called through them. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallFailure, CancelReason } from './contract.js';
import type { Deadlines, Expiring } from './deadlines.js';
import { Health } from './health.js';
import { InMemoryTransport } from './in-memory.js';
import { serviceOf } from './raw-grpc-client.test.js';
import { Reflection } from './reflection.js';
import { readFields, stringField, writeBytes } from './wire.js';

class ManualDeadlines implements Deadlines {
  #nowMs = 1000;
  readonly #armed = new Map<Expiring, number>();

  nowMs(): number {
    return this.#nowMs;
  }

  arm(atMs: number, entry: Expiring): void {
    this.#armed.set(entry, atMs);
  }

  disarm(_token: unknown, entry: Expiring): void {
    this.#armed.delete(entry);
  }

  advance(ms: number): void {
    this.#nowMs += ms;
    for (const [entry, atMs] of this.#armed) if (atMs <= this.#nowMs) entry.expire();
  }
}

test('calls are answered, refused, cancelled and run out of time', async () => {
  const reasons: CancelReason[] = [];
  const deadlines = new ManualDeadlines();
  const transport = new InMemoryTransport({
    deadlines,
    services: [
      serviceOf({
        Echo: (_context, request, reply) => reply({ ok: true, bytes: request }),
        Hold: (context) => context.onCancel((reason) => reasons.push(reason)),
        Throw: () => {
          throw new Error('a secret');
        },
      }),
    ],
  });
  assert.deepEqual(await transport.invoke('/test.Service/Echo', Buffer.from('x')), {
    ok: true,
    bytes: Buffer.from('x'),
  });
  const thrown = (await transport.invoke('/test.Service/Throw', Buffer.alloc(0))) as CallFailure;
  assert.deepEqual([thrown.code, thrown.message], [13, 'internal error']);
  assert.equal(((await transport.invoke('/test.Service/None', Buffer.alloc(0))) as CallFailure).code, 12);

  const codes: number[] = [];
  const hold = (options = {}): { cancel(): void } =>
    transport.unary(
      '/test.Service/Hold',
      Buffer.alloc(0),
      (result) => codes.push(result.ok ? 0 : result.code),
      options,
    );
  hold().cancel();
  hold({ timeoutMs: 50 });
  deadlines.advance(49);
  assert.equal(transport.callCount, 1);
  deadlines.advance(1);
  hold();
  transport.close();
  assert.deepEqual(reasons, ['clientGone', 'deadlineExceeded', 'serverClosing']);
  assert.deepEqual(codes, [1, 4, 14]);
  assert.equal(transport.callCount, 0);
});

test('health: check and watch', async () => {
  const health = new Health();
  const transport = new InMemoryTransport({ services: [health.service] });
  const check = async (name: string): Promise<unknown> => {
    const result = await transport.invoke('/grpc.health.v1.Health/Check', writeBytes(1, name));
    return result.ok ? [...result.bytes] : [result.code, result.message];
  };
  assert.deepEqual(await check('x'), [5, 'unknown service']);
  health.setStatus('x', 'serving');
  assert.deepEqual(await check('x'), [8, 1]);

  const seen: number[] = [];
  const stream = transport.stream('/grpc.health.v1.Health/Watch', {
    message: (bytes) => seen.push(bytes[1] ?? 0),
    ended: () => undefined,
  });
  stream.send(writeBytes(1, 'later'));
  health.setStatus('later', 'serving');
  health.setStatus('later', 'serving');
  health.setAll('notServing');
  assert.deepEqual(seen, [3, 1, 2]);
  stream.cancel();
  health.setStatus('later', 'serving');
  assert.deepEqual(seen, [3, 1, 2]);
});

test('reflection answers in the order of the questions', async () => {
  const reflection = new Reflection(
    ['a.Service'],
    async (query) => (query.kind !== 'extension' && query.name === 'known' ? Buffer.from('descriptor') : undefined),
    () => undefined,
  );
  const transport = new InMemoryTransport({ services: reflection.services });
  const answers: Uint8Array[] = [];
  await new Promise<void>((resolve) => {
    const stream = transport.stream('/grpc.reflection.v1.ServerReflection/ServerReflectionInfo', {
      message: (bytes) => answers.push(bytes),
      ended: (failure) => {
        assert.equal(failure, undefined);
        resolve();
      },
    });
    for (const [number, value] of [
      [7, ''],
      [4, 'known'],
      [3, 'unknown'],
      [6, 'known'],
    ] as const) {
      stream.send(writeBytes(number, value));
    }
    stream.end();
  });
  const fields = answers.map((answer) => readFields(answer) ?? []);
  assert.deepEqual(
    fields.map((answer) => answer.at(-1)?.number),
    [6, 4, 7, 5],
  );
  const names = readFields(fields[0]?.at(-1)?.bytes ?? Buffer.alloc(0))?.map((entry) =>
    stringField(readFields(entry.bytes) ?? [], 1),
  );
  assert.deepEqual(names, [
    'a.Service',
    'grpc.reflection.v1.ServerReflection',
    'grpc.reflection.v1alpha.ServerReflection',
  ]);
  assert.equal(stringField(readFields(fields[1]?.at(-1)?.bytes ?? Buffer.alloc(0)) ?? [], 1), 'descriptor');
});
