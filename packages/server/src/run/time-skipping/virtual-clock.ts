/**
 * A clock for tests: it goes as the real one does, except that waits which nobody is at work for are skipped. A workflow that
 * sleeps a month is done in a moment, and all its time-outs still come in their order.
 *
 * Time is skipped to whatever is due next (a deadline of an open execution, the end of a sleep) when
 *
 *   locks + tasks <= sleepers, and nothing is under way inside the Service,
 *
 * with `locks` the balance of `lock` and `unlock` (one from the beginning; more unlocks than locks count as no lock), `tasks`
 * what workers hold or should take, and `sleepers` the sleeps that unlock: such a sleep lets time pass its own caller, be it
 * the test or an activity. Callers' deadlines, polls and rates go by the real clock, see `EngineOptions.realNowMs`.
 */
import { Heap } from '../../core/queue/heap.js';
import type { HeapEntry } from '../../core/queue/heap.js';
import type { Clock } from '../../ports/index.js';
import { SystemClock } from '../clock.js';
import { Advance } from './advance.js';
import type { OpenTask } from './open-work.js';

export interface VirtualClockOptions {
  /** What time it is at first, in milliseconds since the epoch. Default: the real time. */
  readonly startMs?: number;
  /** Whether skipping is locked until somebody unlocks it. Default true. */
  readonly isLocked?: boolean;
  /** When tasks keep time from being skipped for this long (real milliseconds), the server's log says which. Default 5,000. */
  readonly tellAfterMs?: number;
}

/** What the clock must know of the Service that goes by it. */
export interface SkippedWorld {
  /** Nothing is under way inside: no request, commit, read or message between executions. */
  readonly isQuiet: boolean;
  readonly taskCount: number;
  tasks(): Iterable<OpenTask>;
  nextDueMs(): number | undefined;
  /** A worker waits for tasks of the queue, or did a moment ago. */
  isPolled(queue: OpenTask['queue']): boolean;
  /** Somebody waits for time to be skipped, and for a while now tasks have kept it from that. */
  heldUp(): void;
}

interface Sleeper extends HeapEntry {
  readonly dueMs: number;
  readonly no: number;
  readonly unlocks: boolean;
  readonly wake: () => void;
}

/** How long a forced advance waits before it looks again at tasks that pollers have not taken. */
const LOOK_AGAIN_MS = 50;

export class VirtualClock implements Clock {
  readonly #real = new SystemClock();
  /** How far this clock is ahead of the real one. */
  #aheadMs = 0;
  #locks: number;
  readonly #tellAfterMs: number;
  readonly #sleepers = new Heap<Sleeper>((a, b) => (a.dueMs - b.dueMs || a.no - b.no) < 0);
  #lastSleeperNo = 0;
  #unlockingSleepers = 0;
  #dueMs = Infinity;
  #wake: () => void = () => undefined;
  #world: SkippedWorld | undefined;
  readonly #advances: Advance[] = [];
  #lookAgain: NodeJS.Timeout | undefined;
  #heldUp: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #isConsidering = false;

  constructor({ startMs, isLocked = true, tellAfterMs = 5_000 }: VirtualClockOptions = {}) {
    this.#tellAfterMs = tellAfterMs;
    if (startMs !== undefined) this.#aheadMs = Math.trunc(startMs) - this.#real.nowMs();
    this.#locks = isLocked ? 1 : 0;
  }

  nowMs(): number {
    return this.#real.nowMs() + this.#aheadMs;
  }

  realNowMs(): number {
    return this.#real.nowMs();
  }

  wakeAt(timeMs: number, wake: () => void): void {
    this.#dueMs = timeMs;
    this.#wake = wake;
    this.#arm();
  }

  /** The Service that goes by this clock. Throws if it has one. */
  attach(world: SkippedWorld): void {
    if (this.#world !== undefined) throw new Error('A VirtualClock belongs to one server: make a new one');
    this.#world = world;
  }

  /** Time is skipped no more, until as many `unlock`s have followed. */
  lock(): void {
    this.#locks += 1;
  }

  unlock(): void {
    this.#locks -= 1;
    this.consider();
  }

  /**
   * `wake` runs once that much time has passed here, or the time has come. With `unlocks` the sleep lets time be skipped.
   * Answers how to call it off.
   */
  sleepUntil(timeMs: number, unlocks: boolean, wake: () => void): () => void {
    this.#lastSleeperNo += 1;
    const sleeper: Sleeper = { dueMs: timeMs, no: this.#lastSleeperNo, unlocks, wake, at: -1 };
    this.#sleepers.push(sleeper);
    if (unlocks) this.#unlockingSleepers += 1;
    this.#arm();
    this.consider();
    return () => {
      if (this.#sleepers.remove(sleeper) && unlocks) this.#unlockingSleepers -= 1;
    };
  }

  /**
   * Moves time on, whatever runs. What falls due on the way happens in order: at each stop workers get the time to answer
   * the tasks that come of it. Activities that run already, and tasks that nobody polls for, are not waited for.
   */
  async advance(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#advances.push(new Advance(durationMs, resolve));
      this.consider();
    });
  }

  /** Something has changed that may let time be skipped. What is on its way in this process gets its turn first. */
  consider(): void {
    if (this.#isConsidering || this.#world === undefined) return;
    if (!this.#mayMove(this.#world)) return this.#watch(this.#world);
    this.#isConsidering = true;
    setImmediate(() => {
      this.#isConsidering = false;
      if (this.#world !== undefined && this.#mayMove(this.#world)) this.#move(this.#world);
    });
  }

  /** Nothing wakes any more; what was to be woken is left asleep. */
  stop(): void {
    this.#world = undefined;
    this.#real.stop();
    clearImmediate(this.#immediate);
    clearTimeout(this.#lookAgain);
    clearTimeout(this.#heldUp);
  }

  #mayMove(world: SkippedWorld): boolean {
    if (!world.isQuiet || this.#dueMs <= this.nowMs()) return false;
    return this.#advances.length > 0 || this.#lockCount + world.taskCount <= this.#unlockingSleepers;
  }

  get #lockCount(): number {
    return Math.max(0, this.#locks);
  }

  /** A test that hangs because a task has no worker should say so. */
  #watch(world: SkippedWorld): void {
    const isHeldUp = (): boolean => this.#lockCount <= this.#unlockingSleepers && world.taskCount > 0;
    if (!isHeldUp()) {
      clearTimeout(this.#heldUp);
      this.#heldUp = undefined;
    } else this.#heldUp ??= setTimeout(() => isHeldUp() && world.heldUp(), this.#tellAfterMs).unref();
  }

  #move(world: SkippedWorld): void {
    const [advance] = this.#advances;
    if (advance === undefined) return this.#skipTo(this.#nextMs(world));
    const untilMs = advance.begin(this.nowMs(), world);
    if (advance.mustWait(world)) {
      clearTimeout(this.#lookAgain);
      this.#lookAgain = setTimeout(() => this.consider(), LOOK_AGAIN_MS);
    } else if (this.nowMs() >= untilMs) {
      this.#advances.shift();
      advance.done();
      this.consider();
    } else this.#skipTo(Math.min(this.#nextMs(world), untilMs));
  }

  #nextMs(world: SkippedWorld): number {
    return Math.min(world.nextDueMs() ?? Infinity, this.#sleepers.peek()?.dueMs ?? Infinity);
  }

  #skipTo(timeMs: number): void {
    const nowMs = this.nowMs();
    if (timeMs === Infinity || timeMs < nowMs) return;
    clearTimeout(this.#heldUp);
    this.#heldUp = undefined;
    this.#aheadMs += timeMs - nowMs;
    this.#wakeSleepers();
    // Also when nothing of the engine's is due: what it waits for in real time is now at another time of this clock.
    this.#wake();
    this.#arm();
    this.consider();
  }

  #wakeSleepers(): void {
    const nowMs = this.nowMs();
    for (let next = this.#sleepers.peek(); next !== undefined && next.dueMs <= nowMs; next = this.#sleepers.peek()) {
      this.#sleepers.remove(next);
      if (next.unlocks) this.#unlockingSleepers -= 1;
      next.wake();
    }
  }

  /** One real timer, for what comes first if no time is skipped. */
  #arm(): void {
    const nextMs = Math.min(this.#dueMs, this.#sleepers.peek()?.dueMs ?? Infinity);
    clearImmediate(this.#immediate);
    if (nextMs <= this.nowMs()) this.#immediate = setImmediate(() => this.#due());
    else this.#real.wakeAt(nextMs - this.#aheadMs, () => this.#due());
  }

  #due(): void {
    this.#wakeSleepers();
    if (this.#dueMs <= this.nowMs()) this.#wake();
    else this.#arm();
    this.consider();
  }
}
