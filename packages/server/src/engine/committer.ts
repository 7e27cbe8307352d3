/**
 * Pipelined group commit (law 4): deciding goes on while a group is in flight; what is decided meanwhile joins the next
 * group. Only the committer asks for a write, and nothing waits for anything but a group's flush.
 *
 * A group that fails is tried again one decision at a time, so that one bad execution does not take the others with it.
 * A decision that fails is void, and so is everything decided later about the same runs.
 */
import type { CommitGroup, CommitOutcome } from '../ports/index.js';
import type { Write } from '../ports/index.js';
import type { Decision } from './decision.js';

interface Sealed {
  readonly decision: Decision;
  readonly writes: readonly Write[];
}

interface Group {
  readonly number: number;
  readonly sealed: Sealed[];
  readonly after: (() => void)[];
}

export interface CommitterPorts {
  readonly commit: (group: CommitGroup) => void;
  /** The store is not ours any more, or cannot be trusted. */
  readonly halt: (reason: string) => void;
  /** This decision did not happen: its runs leave memory. */
  readonly voided: (decision: Decision) => void;
}

export class Committer {
  readonly #ports: CommitterPorts;
  readonly #epoch: number;
  #open: Group;
  #inFlight: Group | undefined;
  /** Decisions of a failed group that wait for their own commit. */
  #oneByOne: Sealed[] = [];
  #oneByOneAfter: (() => void)[] = [];
  /** Groups that the store has taken; the next one carries the number after it. */
  #storeNumber = 0;
  #isHalted = false;

  constructor(epoch: number, ports: CommitterPorts) {
    this.#epoch = epoch;
    this.#ports = ports;
    this.#open = { number: 1, sealed: [], after: [] };
  }

  /** The decision joins the group that is being gathered. Returns that group's number. */
  submit(decision: Decision, writes: readonly Write[]): number {
    this.#open.sealed.push({ decision, writes });
    return this.#open.number;
  }

  get isHalted(): boolean {
    return this.#isHalted;
  }

  /** Acts once the group of that number, and all before it, are on disk; at once if they are. */
  afterGroup(number: number, act: () => void): void {
    if (number >= this.#open.number) this.#open.after.push(act);
    else if (this.#oneByOne.length > 0 || this.#oneByOneAfter.length > 0) this.#oneByOneAfter.push(act);
    else if (this.#inFlight !== undefined && number >= this.#inFlight.number) this.#inFlight.after.push(act);
    else act();
  }

  /** Nothing of that group, or of one before, is still on its way. */
  isFlushed(number: number): boolean {
    const isInFlight = this.#inFlight !== undefined && number >= this.#inFlight.number;
    return number < this.#open.number && !isInFlight && this.#oneByOne.length === 0;
  }

  /** Acts once everything decided so far is on disk. */
  afterAll(act: () => void): void {
    if (this.#open.sealed.length > 0) this.#open.after.push(act);
    else this.afterGroup(this.#open.number - 1, act);
  }

  /** Sends the gathered group, unless one is on the way. */
  flush(): void {
    if (this.#inFlight !== undefined || this.#isHalted) return;
    const retried = this.#oneByOne.shift();
    if (retried !== undefined) {
      this.#send({ number: this.#open.number - 1, sealed: [retried], after: [] });
      return;
    }
    if (this.#oneByOneAfter.length > 0) {
      const acts = this.#oneByOneAfter;
      this.#oneByOneAfter = [];
      for (const act of acts) act();
    }
    if (this.#open.sealed.length === 0) {
      const { after } = this.#open;
      if (after.length === 0) return;
      this.#open = { number: this.#open.number, sealed: [], after: [] };
      for (const act of after) act();
      return;
    }
    const group = this.#open;
    this.#open = { number: group.number + 1, sealed: [], after: [] };
    this.#send(group);
  }

  committed(outcome: CommitOutcome): void {
    const group = this.#inFlight;
    if (group === undefined) return;
    this.#inFlight = undefined;
    switch (outcome.kind) {
      case 'committed':
        this.#storeNumber += 1;
        for (const { decision } of group.sealed) decision.committed();
        for (const act of group.after) act();
        return;
      case 'failed':
        this.#failed(group, outcome.reason);
        return;
      case 'fenced':
      case 'unknown':
      case 'fatal':
        this.#halt(group, outcome.reason);
        return;
    }
  }

  #send(group: Group): void {
    this.#inFlight = group;
    const writes: Write[] = [];
    for (const sealed of group.sealed) for (const write of sealed.writes) writes.push(write);
    this.#ports.commit({ epoch: this.#epoch, number: this.#storeNumber + 1, writes });
  }

  #failed(group: Group, _reason: string): void {
    if (group.sealed.length > 1) {
      this.#oneByOne = [...group.sealed];
      this.#oneByOneAfter.push(...group.after);
      return;
    }
    const [culprit] = group.sealed;
    if (culprit !== undefined) this.#void(culprit.decision);
    for (const act of group.after) act();
  }

  /** Voids a decision and all later ones about the same runs. */
  #void(decision: Decision): void {
    const lost = new Set<unknown>(decision.changes.keys());
    const touches = ({ decision: other }: Sealed): boolean => {
      for (const run of other.changes.keys()) if (lost.has(run)) return true;
      return false;
    };
    const voided = [decision];
    for (const queue of [this.#oneByOne, this.#open.sealed]) {
      for (let index = 0; index < queue.length;) {
        const sealed = queue[index];
        if (sealed === undefined || !touches(sealed)) {
          index += 1;
          continue;
        }
        queue.splice(index, 1);
        for (const run of sealed.decision.changes.keys()) lost.add(run);
        voided.push(sealed.decision);
      }
    }
    for (const other of voided) this.#ports.voided(other);
    for (const other of voided) other.voided();
  }

  #halt(group: Group, reason: string): void {
    this.#isHalted = true;
    const all = [...group.sealed, ...this.#oneByOne, ...this.#open.sealed];
    this.#oneByOne = [];
    for (const { decision } of all) decision.voided();
    this.#ports.halt(reason);
  }
}
