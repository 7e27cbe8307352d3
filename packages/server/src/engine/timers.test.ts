import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Timers } from './timers.js';
import type { TimerLoad, TimerRow } from './timers.js';

function loadedTimers(nowMs: number): Timers {
  const timers = new Timers({ windowMs: 1_000, windowRowsMax: 100 });
  assert.ok(timers.wantsLoad(nowMs));
  timers.loaded([], true);
  return timers;
}

test('timers below the bound fire in order of due time, each once', () => {
  const timers = loadedTimers(0);
  timers.arm(1, 300, 0);
  timers.arm(2, 100, 0);
  timers.arm(3, 200, 0);
  timers.arm(4, 1_000, 0);
  timers.arm(2, 250, 0);
  timers.disarm(3);
  assert.equal(timers.size, 2, 'the one at the bound is only stored');
  assert.equal(timers.nextDueMs(), 250);
  assert.deepEqual(timers.takeDue(249), []);
  assert.deepEqual(timers.takeDue(300), [2, 1]);
  assert.deepEqual(timers.takeDue(300), []);
  timers.rearm(1, 300);
  assert.deepEqual(timers.takeDue(300), [1]);
});

test('due timers are taken a few at a time, and the rest is due at once', () => {
  const timers = loadedTimers(0);
  for (const execNo of [1, 2, 3]) timers.arm(execNo, 100 + execNo, 0);
  assert.deepEqual(timers.takeDue(200, 2), [1, 2]);
  assert.equal(timers.nextDueMs(), 103);
  assert.deepEqual(timers.takeDue(200, 2), [3]);
});

test('the bound is raised before the read, so what is armed meanwhile is not missed', () => {
  const timers = loadedTimers(0);
  assert.equal(timers.nextDueMs(), 500, 'the window must move');
  assert.equal(timers.wantsLoad(499), undefined);
  assert.deepEqual(timers.wantsLoad(600), { fromMs: 1_000, beforeMs: 1_600, limit: 100 });
  assert.equal(timers.wantsLoad(600), undefined, 'one load at a time');
  timers.arm(1, 1_500, 600);
  assert.equal(timers.nextDueMs(), 1_500);
  timers.loaded([{ execNo: 2, dueMs: 1_200 }], true);
  assert.deepEqual(timers.takeDue(1_600), [2, 1]);
});

test('a read does not resurrect what was touched since it began', () => {
  const timers = loadedTimers(0);
  timers.wantsLoad(600);
  timers.disarm(1);
  timers.arm(2, 1_400, 600);
  timers.arm(3, 9_000, 600);
  timers.loaded(
    [
      { execNo: 1, dueMs: 1_100 },
      { execNo: 2, dueMs: 1_200 },
      { execNo: 3, dueMs: 1_300 },
    ],
    true,
  );
  assert.deepEqual(timers.takeDue(1_399), []);
  assert.deepEqual(timers.takeDue(1_600), [2]);
});

test('a taken timer is not brought back before its execution has decided', () => {
  const timers = new Timers({ windowMs: 1_000, windowRowsMax: 2 });
  timers.wantsLoad(5_000);
  const rows = [10, 20, 20, 20].map((dueMs, index) => ({ execNo: index + 1, dueMs }));
  timers.loaded(rows.slice(0, 2), false);
  assert.deepEqual(timers.takeDue(5_000), [1]);
  assert.deepEqual(timers.wantsLoad(5_000), { fromMs: 20, beforeMs: 6_000, limit: 2 });
  timers.loaded(rows.slice(1, 3), false);
  assert.deepEqual(timers.takeDue(5_000), [], 'all due in one millisecond: the next read is larger');
  assert.equal(timers.wantsLoad(5_000)?.limit, 4);
  timers.loaded(rows.slice(1), true);
  assert.deepEqual(timers.takeDue(5_000), [2, 3, 4]);
  timers.rearm(4, 20);
  assert.deepEqual(timers.takeDue(5_000), [4]);
});

test('a failed read is wanted again, and what was armed above the old bound is read then', () => {
  const timers = loadedTimers(0);
  timers.wantsLoad(600);
  timers.arm(1, 1_500, 600);
  timers.loadFailed();
  assert.equal(timers.size, 0);
  assert.deepEqual(timers.wantsLoad(600), { fromMs: 1_000, beforeMs: 1_600, limit: 100 });
  timers.loaded([{ execNo: 1, dueMs: 1_500 }], true);
  assert.deepEqual(timers.takeDue(1_500), [1]);
});

test('many timers armed for soon do not grow memory without bound', () => {
  const timers = new Timers({ windowMs: 1_000_000, windowRowsMax: 100 });
  timers.wantsLoad(0);
  timers.loaded([], true);
  for (let execNo = 1; execNo <= 5_000; execNo += 1) timers.arm(execNo, 5_000 - execNo, 0);
  assert.ok(timers.size <= 200, `${timers.size}`);
  assert.equal(timers.nextDueMs(), 0);
  for (let execNo = 1; execNo <= 5_000; execNo += 1) timers.arm(execNo, 0, 0);
  assert.equal(timers.size, 5_000, 'due in one millisecond: they cannot be split');
});

const SEEDS = 400;
const STEPS = 300;

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A naive model: `decided` says what each execution's timer is, `stored` follows commit by commit, and a read is made
 * when the commits decided before it have landed, though perhaps with later ones.
 */
class World {
  readonly random: () => number;
  readonly timers: Timers;
  nowMs = 10_000;
  /** Timers decided. */
  readonly decided = new Map<number, number | undefined>();
  readonly stored = new Map<number, number>();
  commits: { execNo: number; dueMs: number | undefined }[] = [];
  /** Taken and not decided about. */
  taken = new Set<number>();
  load: TimerLoad | undefined;
  /** Commits that the read waits for. */
  readAfter = 0;
  answer: { rows: TimerRow[]; isComplete: boolean } | undefined;
  fired = 0;

  constructor(seed: number) {
    this.random = seeded(seed);
    this.timers = new Timers({ windowMs: 10 + this.pickNo(200), windowRowsMax: 1 + this.pickNo(12) });
    for (let execNo = 1; execNo <= 30; execNo += 1) {
      if (this.random() < 0.5) this.stored.set(execNo, this.nowMs - 50 + this.pickNo(500));
    }
    for (const [execNo, dueMs] of this.stored) this.decided.set(execNo, dueMs);
  }

  pickNo(below: number): number {
    return Math.floor(this.random() * below);
  }

  decide(execNo: number): void {
    const dueMs = this.random() < 0.3 ? undefined : this.nowMs - 5 + this.pickNo(this.random() < 0.3 ? 3 : 400);
    this.taken.delete(execNo);
    this.decided.set(execNo, dueMs);
    this.commits.push({ execNo, dueMs });
    if (dueMs === undefined) this.timers.disarm(execNo);
    else this.timers.arm(execNo, dueMs, this.nowMs);
  }

  /** A commit lands, or it and all stacked on it fail. */
  commit(): void {
    if (this.commits.length === 0) return;
    if (this.random() < 0.9) {
      const { execNo, dueMs } = this.commits.shift() ?? assert.fail();
      this.readAfter -= 1;
      if (dueMs === undefined) this.stored.delete(execNo);
      else this.stored.set(execNo, dueMs);
      return;
    }
    this.readAfter = 0;
    for (const { execNo } of this.commits.splice(0)) {
      const dueMs = this.stored.get(execNo);
      this.taken.delete(execNo);
      this.decided.set(execNo, dueMs);
      if (dueMs === undefined) this.timers.disarm(execNo);
      else this.timers.rearm(execNo, dueMs);
    }
  }

  take(): void {
    for (const execNo of this.timers.takeDue(this.nowMs)) {
      const dueMs = this.decided.get(execNo);
      assert.ok(dueMs !== undefined && dueMs <= this.nowMs, `${execNo} fired, but is due at ${dueMs}`);
      assert.equal(this.taken.has(execNo), false, `${execNo} fired twice`);
      this.taken.add(execNo);
      this.fired += 1;
    }
  }

  want(): void {
    const load = this.timers.wantsLoad(this.nowMs);
    if (load === undefined) return;
    assert.equal(this.load, undefined);
    this.load = load;
    this.readAfter = this.commits.length;
  }

  read(): void {
    if (this.load === undefined || this.answer !== undefined || this.readAfter > 0) return;
    const { fromMs, beforeMs, limit } = this.load;
    const all = Array.from(this.stored, ([execNo, dueMs]) => ({ execNo, dueMs }))
      .filter(({ dueMs }) => dueMs >= fromMs && dueMs < beforeMs)
      .sort((a, b) => a.dueMs - b.dueMs);
    this.answer = { rows: all.slice(0, limit), isComplete: all.length <= limit };
  }

  reply(): void {
    if (this.answer === undefined) return;
    if (this.random() < 0.1) this.timers.loadFailed();
    else this.timers.loaded(this.answer.rows, this.answer.isComplete);
    this.answer = undefined;
    this.load = undefined;
  }

  step(): void {
    const dice = this.random();
    if (dice < 0.25) this.decide(1 + this.pickNo(30));
    else if (dice < 0.45) this.commit();
    else if (dice < 0.6) this.take();
    else if (dice < 0.7) for (const execNo of [...this.taken].slice(0, 1)) this.decide(execNo);
    else if (dice < 0.78) this.want();
    else if (dice < 0.86) this.read();
    else if (dice < 0.94) this.reply();
    else this.nowMs += this.pickNo(40);
  }

  /** With all quiet, everything due fires: what should, and nothing else (that is asserted by `take`). */
  settle(): void {
    for (let round = 0; round < 1_000; round += 1) {
      this.commit();
      this.want();
      this.read();
      this.reply();
      this.take();
      const overdue = [...this.decided].filter(([execNo, dueMs]) => {
        return dueMs !== undefined && dueMs <= this.nowMs && !this.taken.has(execNo);
      });
      if (overdue.length === 0 && this.commits.length === 0) return;
    }
    assert.fail('timers were lost');
  }
}

test(`timers agree with a naive model (${SEEDS} seeds)`, () => {
  let fired = 0;
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const world = new World(seed);
    try {
      for (let step = 0; step < STEPS; step += 1) {
        world.step();
        if (step % 60 === 59) world.settle();
      }
      // Then woken by nothing but nextDueMs, each remaining timer fires in its very millisecond.
      world.settle();
      for (const execNo of [...world.taken]) world.decide(execNo);
      world.settle();
      for (let wakes = 0; wakes < 2_000; wakes += 1) {
        const dueMs = world.timers.nextDueMs();
        const wanted = Math.min(...[...world.decided].flatMap(([no, due]) => (world.taken.has(no) ? [] : (due ?? []))));
        if (wanted === Infinity) break;
        assert.ok(dueMs !== undefined && dueMs <= wanted, `sleeps until ${dueMs} over ${wanted}`);
        world.nowMs = Math.max(world.nowMs, dueMs);
        world.settle();
      }
      fired += world.fired;
    } catch (error) {
      throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
    }
  }
  assert.ok(fired > SEEDS * 10, `the workload is too weak: ${fired}`);
});
