/**
 * The store under faults. A group is applied when it arrives and acknowledged only after its flush; a power cut takes
 * back what was not flushed, newest first. A group of an old epoch, however late it comes, is refused.
 */
import type { CommitGroup, CommitOutcome, StoreOpened } from '@perdure/server/ports';
import type { MemoryTables, Revert } from '@perdure/server/store/memory';
import type { Read, ReadAnswer } from '@perdure/server/engine';
import type { Faults } from './faults.js';
import type { Modules } from './modules.js';
import { readTables } from './read-tables.js';
import type { Rng } from './rng.js';
import type { World } from './world.js';

interface Unflushed {
  readonly revert: Revert;
  readonly group: CommitGroup;
}

export interface DiskObserver {
  /** A group was written (perhaps not flushed yet). */
  applied(group: CommitGroup): void;
  /** Written groups were lost: newest first. */
  reverted(group: CommitGroup): void;
  flushed(group: CommitGroup): void;
}

export class Disk {
  readonly tables: MemoryTables;
  readonly #world: World;
  readonly #faults: Faults;
  readonly #rng: Rng;
  readonly #observers: DiskObserver[] = [];
  #unflushed: Unflushed[] = [];
  /** Commits that are going to fail in a row, so that the retry of single decisions fails as well. */
  #failStreak = 0;
  readonly #scripted: Fate[] = [];
  readonly #scriptedFlushMs: number[] = [];
  #readsToFail = 0;
  /** A flush failed and the kernel dropped pages: until the next start, flushes seem to work and do not. */
  #isPoisoned = false;
  /** Raised by a power cut: answers on their way are lost with the machine. */
  #machine = 0;

  constructor(world: World, faults: Faults, modules: Modules) {
    this.#world = world;
    this.#faults = faults;
    this.#rng = world.rng.split('disk');
    this.tables = new modules.memory.MemoryTables();
  }

  observe(observer: DiskObserver): void {
    this.#observers.push(observer);
  }

  /** Takes ownership. What is readable by now is made durable first, else a reader could see what a power cut takes. */
  open(): StoreOpened {
    if (this.#isPoisoned) this.#lose(0);
    this.#flushAll();
    const { tables } = this;
    tables.epoch += 1;
    tables.lastGroupNumber = 0;
    const { epoch, lastExecNo, lastTaskNo, lastOutboxNo } = tables;
    return { epoch, lastExecNo, lastTaskNo, lastOutboxNo };
  }

  commit(group: CommitGroup, done: (outcome: CommitOutcome) => void): void {
    const machine = this.#machine;
    const outcome = this.#fate();
    const answer = (of: CommitOutcome): void => {
      if (machine === this.#machine) done(of);
    };
    this.#world.after(this.#rng.between(0.05, 0.6), () => {
      if (machine !== this.#machine) return;
      const fence = this.tables.refuse(group);
      if (fence !== undefined) return answer({ kind: 'fenced', reason: fence });
      if (outcome === 'failed') return answer({ kind: 'failed', reason: 'simulated: nothing was written' });
      if (outcome === 'unknownLost') return answer({ kind: 'unknown', reason: 'simulated: no answer' });
      this.#apply(group, outcome, answer);
    });
  }

  /** Reads see what is written, flushed or not; the moment of seeing is anywhere between question and answer. */
  read(read: Read, done: (answer: ReadAnswer) => void): void {
    const machine = this.#machine;
    let delayMs = this.#rng.between(0.02, 0.5);
    if (this.#faults.strikes('slowRead', 0.1)) delayMs += this.#faults.rng('slowRead').between(1, 4_000);
    const seenMs = this.#rng.chance(0.5) ? 0 : delayMs * this.#rng.next();
    this.#readsToFail -= 1;
    const isFailed = this.#readsToFail >= 0 || this.#faults.strikes('failedRead', 0.04);
    this.#world.after(seenMs, () => {
      const answer: ReadAnswer = isFailed
        ? { kind: 'failed', reason: 'simulated: read failed' }
        : readTables(this.tables, read);
      this.#world.after(delayMs - seenMs, () => {
        if (machine === this.#machine) done(answer);
      });
    });
  }

  /** Power is lost: a prefix of what was not flushed may have reached the disk all the same. */
  powerCut(rng: Rng): void {
    this.#machine += 1;
    const kept = this.#isPoisoned || rng.chance(0.5) ? 0 : rng.int(0, this.#unflushed.length);
    this.#lose(kept);
    this.#flushAll();
  }

  #apply(group: CommitGroup, outcome: Fate, answer: (outcome: CommitOutcome) => void): void {
    let revert: Revert;
    try {
      revert = this.tables.apply(group);
    } catch (error) {
      this.#world.failures.report('store', `group ${group.number} contradicts what is stored: ${String(error)}`);
      return;
    }
    this.#unflushed.push({ revert, group });
    for (const observer of this.#observers) observer.applied(group);
    this.#world.after(this.#flushMs(), () => {
      if (outcome === 'fatal') return this.#failFlush(group, answer);
      if (outcome === 'unknownWritten') return answer({ kind: 'unknown', reason: 'simulated: no answer' });
      this.#flushedUpTo(group);
      answer({ kind: 'committed' });
    });
  }

  /** Takes back what was written behind the first `kept` groups. */
  #lose(kept: number): void {
    const lost = this.#unflushed.splice(kept);
    this.#world.log('disk', `${lost.length} unflushed groups are lost, ${kept} were kept`);
    for (const { revert, group } of lost.reverse()) this.#revert(revert, group);
  }

  #revert(revert: Revert, group: CommitGroup): void {
    revert();
    for (const observer of this.#observers) observer.reverted(group);
  }

  /** The group is gone, though it seemed written; who goes on after this builds on nothing. */
  #failFlush(group: CommitGroup, answer: (outcome: CommitOutcome) => void): void {
    const last = this.#unflushed.at(-1);
    if (last?.group === group) {
      this.#unflushed.pop();
      this.#revert(last.revert, group);
      this.#isPoisoned = true;
    }
    answer({ kind: 'fatal', reason: 'simulated: flush failed' });
  }

  #flushMs(): number {
    const scripted = this.#scriptedFlushMs.shift();
    if (scripted !== undefined) return scripted;
    const usualMs = this.#rng.between(0.2, 3);
    return this.#faults.strikes('slowFlush', 0.04)
      ? usualMs + this.#faults.rng('slowFlush').between(5, 2_000)
      : usualMs;
  }

  /** What becomes of the next commits, for scripted scenarios. */
  script(...fates: readonly Fate[]): void {
    this.#scripted.push(...fates);
  }

  /** How long the next flushes take. */
  scriptFlushes(...durationsMs: readonly number[]): void {
    this.#scriptedFlushMs.push(...durationsMs);
  }

  scriptFailedReads(count: number): void {
    this.#readsToFail = count;
  }

  #fate(): Fate {
    const scripted = this.#scripted.shift();
    if (scripted !== undefined) return scripted;
    if (this.#failStreak > 0) {
      this.#failStreak -= 1;
      if (this.#faults.strikes('commitFailed', 0.4)) return 'failed';
    }
    if (this.#faults.strikes('commitFailed', 0.03)) {
      this.#failStreak = this.#faults.rng('commitFailed').int(0, 3);
      return 'failed';
    }
    if (this.#faults.strikes('commitUnknown', 0.01))
      return this.#faults.rng('commitUnknown').chance(0.5) ? 'unknownLost' : 'unknownWritten';
    if (this.#faults.strikes('flushFatal', 0.01)) return 'fatal';
    return 'committed';
  }

  /** A flush of the log covers all that was written before it. */
  #flushedUpTo(group: CommitGroup): void {
    // The log has a hole: whatever is said, nothing behind it is on disk.
    if (this.#isPoisoned) return;
    const index = this.#unflushed.findIndex((entry) => entry.group === group);
    for (const entry of this.#unflushed.splice(0, index + 1)) this.#noteFlushed(entry);
  }

  #flushAll(): void {
    this.#isPoisoned = false;
    for (const entry of this.#unflushed.splice(0)) this.#noteFlushed(entry);
  }

  #noteFlushed({ group }: Unflushed): void {
    for (const observer of this.#observers) observer.flushed(group);
  }
}

export type Fate = 'committed' | 'failed' | 'unknownLost' | 'unknownWritten' | 'fatal';
