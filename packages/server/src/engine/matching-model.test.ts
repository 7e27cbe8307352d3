/**
 * Matching against a naive model of the store and the engine, under random interleavings: commits that are readable
 * before they are offered, commits that fail, reads that are answered late, starts that fail, rows that vanish, rows
 * taken over. Checked at every step: a task is served once at a time, never after its row is gone, and no visible task
 * waits that should have been served before it. Checked at the end: all are served.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareKeys } from '../core/queue/backlog.js';
import { Matching } from './matching.js';
import type { ParkedPoller, QueuedTask, QueueKey, QueueLoad } from './matching.js';

const QUEUE: QueueKey = { namespaceId: 'ns', kind: 'activity', name: 'q' };
const SEEDS = 300;
const STEPS = 400;

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Hand {
  readonly task: QueuedTask;
  readonly poller: ParkedPoller;
}

class World {
  readonly random: () => number;
  readonly tasksMax: number;
  readonly matching: Matching;
  nowMs = 1_000;
  taskNo = 0;
  pollId = 0;
  /** Decided, not committed. */
  deciding: QueuedTask[] = [];
  /** Committed, not offered. */
  committed: QueuedTask[] = [];
  readonly rows = new Map<number, QueuedTask>();
  /** Offered or taken over, not in a hand. */
  readonly waiting = new Map<number, QueuedTask>();
  hands: Hand[] = [];
  /** Row deleted, not dropped yet. */
  gone: number[] = [];
  readonly dropped = new Set<number>();
  readonly parked = new Map<number, ParkedPoller>();
  asked: QueueLoad[] = [];
  read: { load: QueueLoad; rows: QueuedTask[]; isEnd: boolean }[] = [];
  started = 0;
  rateOn = false;

  constructor(seed: number) {
    this.random = seeded(seed);
    this.tasksMax = 1 + this.pickNo(8);
    this.matching = new Matching({ backlogTasksInMemoryMax: this.tasksMax });
  }

  pickNo(below: number): number {
    return Math.floor(this.random() * below);
  }

  takeRandom<Item>(items: Item[]): Item | undefined {
    return items.splice(this.pickNo(items.length), 1)[0];
  }

  newTask(): void {
    this.taskNo += 1;
    const task = {
      taskNo: this.taskNo,
      queue: QUEUE,
      runId: 'run',
      execNo: this.taskNo,
      scheduledEventId: 5,
      attempt: 1,
      stamp: 0,
      createdAtMs: this.nowMs,
      priorityKey: 1 + this.pickNo(5),
      fairnessKey: `key-${this.pickNo(3)}`,
      fairnessWeight: 1 + this.pickNo(3),
    };
    if (this.random() < 0.3) {
      const poller = this.matching.claim(QUEUE, this.nowMs);
      if (poller !== undefined) return this.claimed(poller);
    }
    this.deciding.push({ ...task, passTicket: this.matching.assign(task, this.nowMs) });
  }

  claimed(poller: ParkedPoller): void {
    assert.equal(this.waiting.size, 0, 'claimed past a waiting task');
    assert.equal(this.parked.delete(poller.pollId), true);
    if (this.random() < 0.3) this.parkAgain(poller);
  }

  parkAgain(poller: ParkedPoller): void {
    this.parked.set(poller.pollId, poller);
    this.matching.park(poller);
  }

  commit(): void {
    const task = this.deciding.shift();
    if (task === undefined) return;
    if (this.random() < 0.1) return this.matching.drop(QUEUE, task.taskNo);
    this.rows.set(task.taskNo, task);
    this.committed.push(task);
  }

  offer(): void {
    const task = this.takeRandom(this.committed);
    if (task === undefined) return;
    if (this.rows.get(task.taskNo) !== task) return;
    this.waiting.set(task.taskNo, task);
    const poller = this.matching.offer(task, this.nowMs);
    if (poller !== undefined) this.served(task, poller);
  }

  poll(): void {
    this.pollId += 1;
    const poller: ParkedPoller = {
      pollId: this.pollId,
      queue: QUEUE,
      identity: `worker-${this.pickNo(4)}`,
      workerInstanceKey: this.random() < 0.5 ? `instance-${this.pickNo(4)}` : '',
      deadlineMs: this.nowMs + 1 + this.pickNo(5_000),
      parkedAtMs: this.nowMs,
      isSticky: false,
      normalName: '',
    };
    this.parked.set(poller.pollId, poller);
    const task = this.matching.poll(poller, this.nowMs);
    if (task !== undefined) this.served(task, poller);
  }

  /** The heart of the model: this task must be the first of all that wait. */
  served(task: QueuedTask, poller: ParkedPoller): void {
    assert.equal(this.parked.delete(poller.pollId), true, 'the poll was parked');
    assert.equal(this.dropped.has(task.taskNo), false, `task ${task.taskNo} served after its row was gone`);
    assert.equal(this.waiting.delete(task.taskNo), true, `task ${task.taskNo} served twice or before its offer`);
    for (const other of this.waiting.values()) {
      assert.ok(compareKeys(task, other) < 0, `task ${task.taskNo} overtook ${other.taskNo}`);
    }
    this.hands.push({ task, poller });
  }

  finishStart(): void {
    const hand = this.takeRandom(this.hands);
    if (hand === undefined) return;
    const { task, poller } = hand;
    if (this.random() < 0.7) {
      this.started += 1;
      if (this.rows.delete(task.taskNo)) this.gone.push(task.taskNo);
      return;
    }
    const isValid = this.rows.has(task.taskNo);
    if (!isValid) return;
    this.waiting.set(task.taskNo, task);
    const other = this.matching.giveBack(task);
    if (other !== undefined) this.served(task, other);
    this.parkAgain(poller);
  }

  invalidate(): void {
    const task = this.takeRandom([...this.waiting.values()]);
    if (task === undefined) return;
    // Row and place in matching go in one pass, as in the engine: both after the flush.
    this.rows.delete(task.taskNo);
    this.waiting.delete(task.taskNo);
    this.gone.push(task.taskNo);
    this.dropGone();
  }

  dropGone(): void {
    for (const taskNo of this.gone.splice(0)) {
      this.dropped.add(taskNo);
      this.matching.drop(QUEUE, taskNo);
    }
  }

  takeOver(): void {
    const count = 1 + this.pickNo(6);
    for (let no = 0; no < count; no += 1) {
      this.taskNo += 1;
      const task: QueuedTask = {
        taskNo: this.taskNo,
        queue: QUEUE,
        runId: 'old',
        execNo: this.taskNo,
        scheduledEventId: 5,
        attempt: 1,
        stamp: 0,
        createdAtMs: 0,
        priorityKey: 1 + this.pickNo(5),
        fairnessKey: '',
        fairnessWeight: 1,
        passTicket: this.pickNo(5_000),
      };
      this.rows.set(task.taskNo, task);
      this.waiting.set(task.taskNo, task);
    }
    this.matching.noteStored(QUEUE, count, 5_000);
  }

  readRows(): void {
    const load = this.takeRandom(this.asked);
    if (load === undefined) return;
    if (this.random() < 0.1) return this.matching.loadFailed(QUEUE);
    const beyond = [...this.rows.values()].filter((row) => compareKeys(row, load.after) > 0).sort(compareKeys);
    const rows = beyond.slice(0, load.limit);
    const isEnd = rows.length === beyond.length && (rows.length < load.limit || this.random() < 0.5);
    this.read.push({ load, rows, isEnd });
  }

  answer(): void {
    const read = this.takeRandom(this.read);
    if (read !== undefined) this.matching.loaded(QUEUE, read.rows, read.isEnd, read.load.loadNo);
  }

  settle(): void {
    this.asked.push(...this.matching.wantsLoad());
    for (const { task, poller } of this.matching.takeMatches(this.nowMs)) this.served(task, poller);
    for (const poller of this.matching.expirePolls(this.nowMs)) {
      assert.ok(poller.deadlineMs <= this.nowMs);
      assert.equal(this.parked.delete(poller.pollId), true);
    }
    const deadlines = [...this.parked.values()].map((poller) => poller.deadlineMs);
    assert.equal(this.matching.nextDeadlineMs(), deadlines.length === 0 ? undefined : Math.min(...deadlines));
    assert.equal(this.matching.parkedCount, this.parked.size);
  }

  cancel(): void {
    const poller = this.takeRandom([...this.parked.values()]);
    if (poller === undefined) return;
    assert.equal(this.matching.cancelPoll(poller.pollId), true);
    this.parked.delete(poller.pollId);
  }

  toggleRate(): void {
    this.rateOn = !this.rateOn;
    this.matching.setRateLimit(QUEUE, this.rateOn ? this.pickNo(4) : undefined, this.nowMs);
  }

  step(): void {
    const dice = this.random();
    if (dice < 0.2) this.newTask();
    else if (dice < 0.34) this.commit();
    else if (dice < 0.48) this.offer();
    else if (dice < 0.6) this.poll();
    else if (dice < 0.72) this.finishStart();
    else if (dice < 0.76) this.dropGone();
    else if (dice < 0.79) this.invalidate();
    else if (dice < 0.85) this.readRows();
    else if (dice < 0.91) this.answer();
    else if (dice < 0.92) this.takeOver();
    else if (dice < 0.94) this.cancel();
    else if (dice < 0.95) this.toggleRate();
    else if (dice < 0.97) this.nowMs += this.pickNo(3_000);
    if (this.random() < 0.7) this.settle();
  }

  drain(): void {
    this.matching.setRateLimit(QUEUE, undefined, this.nowMs);
    for (let round = 0; round < 10_000; round += 1) {
      this.commit();
      this.offer();
      this.readRows();
      this.answer();
      this.finishStart();
      this.dropGone();
      this.settle();
      if (this.parked.size === 0) this.poll();
      this.nowMs += 1;
      const isBusy = this.deciding.length + this.committed.length + this.hands.length + this.rows.size > 0;
      if (!isBusy) return;
    }
    assert.fail(`tasks were lost: ${[...this.rows.keys()].join(', ')}`);
  }
}

test(`no task is lost, served twice or overtaken (${SEEDS} seeds)`, () => {
  let started = 0;
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const world = new World(seed);
    try {
      for (let step = 0; step < STEPS; step += 1) world.step();
      world.drain();
      assert.equal(world.waiting.size, 0);
      assert.equal(world.matching.describe(QUEUE, world.nowMs).backlogCount, 0);
      started += world.started;
    } catch (error) {
      throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
    }
  }
  assert.ok(started > SEEDS * 20, `the workload is too weak: ${started}`);
});
