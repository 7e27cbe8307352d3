import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backlog, compareKeys } from './backlog.js';
import type { OrderKey } from './backlog.js';
import { FairnessClock, STRIDE } from './fairness.js';
import { Heap } from './heap.js';
import { Line } from './line.js';
import type { LineMember } from './line.js';
import { RateMeter } from './meter.js';
import { newBucket, nextTokenMs, returnToken, takeToken } from './rate.js';
import type { Bucket } from './rate.js';
import { RecentSet } from './recent-set.js';

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test('a heap gives its entries in order, whatever was removed in between', () => {
  const random = seeded(1);
  const heap = new Heap<{ value: number; at: number }>((a, b) => a.value < b.value);
  const model: { value: number; at: number }[] = [];
  for (let step = 0; step < 20_000; step += 1) {
    const dice = random();
    if (dice < 0.5) {
      const entry = { value: random(), at: -1 };
      heap.push(entry);
      model.push(entry);
    } else if (dice < 0.75) {
      const [entry] = model.splice(Math.floor(random() * model.length), 1);
      if (entry !== undefined) {
        assert.equal(heap.remove(entry), true);
        assert.equal(heap.remove(entry), false);
      }
    } else if (dice < 0.999) {
      model.sort((a, b) => a.value - b.value);
      assert.equal(heap.pop(), model.shift());
    } else {
      const removed = heap.retain((entry) => entry.value < 0.9);
      assert.ok(removed.every((entry) => entry.value >= 0.9 && entry.at === -1));
      model.splice(0, model.length, ...model.filter((entry) => entry.value < 0.9));
    }
    assert.equal(heap.size, model.length);
  }
  assert.ok(heap.entries.every((entry, at) => entry.at === at));
});

test('a line serves in order and lets anybody leave', () => {
  interface Member extends LineMember<Member> {
    readonly name: string;
  }
  const member = (name: string): Member => ({ name, line: undefined, ahead: undefined, behind: undefined });
  const line = new Line<Member>();
  const other = new Line<Member>();
  const [a, b, c, d] = [member('a'), member('b'), member('c'), member('d')];
  for (const each of [a, b, c]) line.pushBack(each);
  line.pushFront(d);
  assert.deepEqual(
    [...line].map((each) => each.name),
    ['d', 'a', 'b', 'c'],
  );
  assert.equal(line.remove(b), true);
  assert.equal(line.remove(b), false);
  assert.equal(other.remove(a), false);
  assert.throws(() => other.pushBack(a), /one line/);
  assert.deepEqual([line.takeFirst(), line.takeFirst(), line.takeFirst(), line.takeFirst()], [d, a, c, undefined]);
  assert.equal(line.size, 0);
});

test('a backlog orders by priority, then ticket, then number', () => {
  const backlog = new Backlog<OrderKey>();
  const key = (priorityKey: number, passTicket: number, taskNo: number) => ({ priorityKey, passTicket, taskNo });
  const tasks = [key(3, 10, 1), key(3, 5, 2), key(1, 99, 3), key(3, 5, 4), key(5, 1, 5)];
  for (const task of tasks) backlog.add(task);
  assert.throws(() => backlog.add(key(1, 1, 1)), /waits already/);
  assert.deepEqual(backlog.tasks(), tasks.toSorted(compareKeys));
  assert.deepEqual(
    [...backlog.levels()].map((level) => [level.priorityKey, level.count, level.first.taskNo]),
    [
      [1, 1, 3],
      [3, 3, 2],
      [5, 1, 5],
    ],
  );
  assert.equal(backlog.remove(4)?.taskNo, 4);
  assert.equal(backlog.remove(4), undefined);
  const served = [];
  for (let task = backlog.pop(); task !== undefined; task = backlog.pop()) served.push(task.taskNo);
  assert.deepEqual(served, [3, 2, 1, 5]);
});

test('a token bucket lets its burst go at once, then its rate', () => {
  let bucket = newBucket(4, 1_000);
  const take = (nowMs: number): boolean => {
    const rest = takeToken(bucket, nowMs);
    if (rest !== undefined) bucket = rest;
    return rest !== undefined;
  };
  assert.deepEqual(
    [0, 0, 0, 0, 0].map(() => take(1_000)),
    [true, true, true, true, false],
  );
  assert.equal(nextTokenMs(bucket, 1_000), 1_250);
  assert.equal(take(1_249), false);
  assert.equal(take(1_250), true);
  bucket = returnToken(bucket);
  assert.equal(take(1_250), true);
  assert.equal(take(1_250), false);
  // Over a long time the rate holds to the task.
  let count = 0;
  for (let nowMs = 2_250; nowMs < 12_250; nowMs += 1) if (take(nowMs)) count += 1;
  assert.ok(count >= 40 && count <= 44, `${count}`);
});

test('a bucket of rate 0 is closed, a slow one starts with one token, a clock set back does not close it', () => {
  assert.equal(takeToken(newBucket(0, 0), 1e9), undefined);
  assert.equal(nextTokenMs(newBucket(0, 0), 5), undefined);
  const slow = takeToken(newBucket(0.1, 0), 0) as Bucket;
  assert.equal(takeToken(slow, 9_999), undefined);
  assert.ok(takeToken(slow, 10_000));
  const later = takeToken(newBucket(10, 1e9), 1e9) as Bucket;
  assert.ok(takeToken(later, 5));
});

test('the next token is there when it is promised, for any rate', () => {
  const random = seeded(3);
  for (let round = 0; round < 500; round += 1) {
    let bucket = newBucket(0.01 + random() * 3_000, 0);
    let nowMs = Math.floor(random() * 1e12);
    for (let step = 0; step < 50; step += 1) {
      const rest = takeToken(bucket, nowMs);
      if (rest !== undefined) {
        bucket = rest;
        continue;
      }
      const dueMs = nextTokenMs(bucket, nowMs);
      assert.ok(dueMs !== undefined && dueMs > nowMs);
      assert.equal(takeToken(bucket, dueMs - 1), undefined);
      nowMs = dueMs;
      assert.ok(takeToken(bucket, nowMs));
    }
  }
});

test('fairness serves keys by weight, and a late key does not starve behind a long backlog', () => {
  const clock = new FairnessClock(100);
  const tickets: { key: string; ticket: number }[] = [];
  for (let count = 0; count < 300; count += 1) tickets.push({ key: 'light', ticket: clock.assign(3, 'light', 1) });
  for (let count = 0; count < 300; count += 1) tickets.push({ key: 'heavy', ticket: clock.assign(3, 'heavy', 3) });
  tickets.sort((a, b) => a.ticket - b.ticket);
  const first = tickets.slice(0, 100);
  assert.ok(Math.abs(first.filter((each) => each.key === 'heavy').length - 75) <= 1);
  for (const { ticket } of first) clock.served(3, ticket);
  const late = clock.assign(3, 'late', 1);
  assert.ok(late <= (first.at(-1)?.ticket ?? 0) + STRIDE);
  assert.ok(late > (first.at(-1)?.ticket ?? 0), 'idleness earns no credit');
});

test('fairness: one key is first in, first out; priorities do not touch each other; weights are clamped', () => {
  const clock = new FairnessClock(100);
  const one = [1, 2, 3].map(() => clock.assign(3, '', 1));
  assert.deepEqual(one, [STRIDE, 2 * STRIDE, 3 * STRIDE]);
  assert.equal(clock.assign(1, '', 1), STRIDE);
  assert.equal(clock.assign(2, 'zero', 0), STRIDE);
  assert.equal(clock.assign(2, 'nan', Number.NaN), STRIDE);
  assert.equal(clock.assign(2, 'huge', 1e9), 1);
  assert.equal(clock.assign(2, 'tiny', 1e-9), 1_000 * STRIDE);
});

test('fairness forgets idle keys, bounds the others, and never lets a key overtake itself', () => {
  const clock = new FairnessClock(200);
  for (let no = 0; no < 10_000; no += 1) clock.served(3, clock.assign(3, `idle-${no}`, 1));
  assert.ok(clock.keyCount <= 200, `${clock.keyCount}`);
  const last = new Map<string, number>();
  const random = seeded(5);
  for (let no = 0; no < 20_000; no += 1) {
    const key = `busy-${Math.floor(random() * 1_000)}`;
    const ticket = clock.assign(3, key, 1 + random() * 5);
    assert.ok(ticket > (last.get(key) ?? 0));
    last.set(key, ticket);
    assert.ok(clock.keyCount <= 202);
  }
  clock.goOnAfter(1e9);
  assert.ok(clock.assign(3, 'busy-1', 1) > 1e9);
  assert.ok(clock.assign(4, 'new', 1) > 1e9);
});

test('a meter shows the rate of the last half minute', () => {
  const meter = new RateMeter();
  assert.equal(meter.perSecond(0), 0);
  meter.mark(0);
  assert.equal(meter.perSecond(0), 1);
  for (let nowMs = 0; nowMs < 120_000; nowMs += 100) meter.mark(nowMs);
  assert.ok(Math.abs(meter.perSecond(120_000) - 10) < 0.5);
  assert.ok(meter.perSecond(140_000) < 10);
  assert.equal(meter.perSecond(300_000), 0);
});

test('a recent set forgets what nobody took out, after one to two periods', () => {
  const set = new RecentSet(1_000);
  set.add(1, 0);
  set.add(2, 999);
  assert.equal(set.delete(2), true);
  set.add(3, 1_000);
  assert.equal(set.has(1), true);
  assert.equal(set.size, 2);
  set.age(2_000);
  assert.equal(set.has(1), false);
  assert.equal(set.has(3), true);
  set.age(3_000);
  assert.equal(set.size, 0);
});
