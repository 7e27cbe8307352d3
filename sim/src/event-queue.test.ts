import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventQueue } from './event-queue.js';
import { Rng } from './rng.js';

test('gives events by time, those of one time as they were asked for', () => {
  const queue = new EventQueue();
  const rng = new Rng(5);
  const expected = Array.from({ length: 300 }, (_, order) => ({ atMs: rng.int(0, 20), order }));
  const got: { atMs: number; order: number }[] = [];
  for (const entry of expected) queue.add(entry.atMs, () => got.push(entry));
  for (let next = queue.take(); next !== undefined; next = queue.take()) next.act?.();
  assert.deepEqual(
    got,
    expected.sort((a, b) => a.atMs - b.atMs || a.order - b.order),
  );
});

test('what is put back is called off like any other', () => {
  const queue = new EventQueue();
  const first = queue.add(1, () => undefined);
  const second = queue.add(2, () => undefined);
  assert.equal(queue.take(), first);
  queue.putBack(first);
  first.act = undefined;
  assert.equal(queue.take(), second);
});

test('leaves out what was called off', () => {
  const queue = new EventQueue();
  queue.add(1, () => undefined).act = undefined;
  const kept = queue.add(2, () => undefined);
  assert.equal(queue.take(), kept);
  assert.equal(queue.take(), undefined);
});
