/**
 * The parked polls of a node. Each stands in the line of its queue, in the heap of deadlines, and in the set of its
 * worker, and leaves all three at once. 20,000 of them cost a small object and a heap place each, and no timer.
 */
import { Heap } from '../core/queue/heap.js';
import type { HeapEntry } from '../core/queue/heap.js';
import { Line } from '../core/queue/line.js';
import type { LineMember } from '../core/queue/line.js';
import type { ParkedPoller } from './matching-contract.js';

export interface ParkingPlace extends HeapEntry, LineMember<ParkingPlace> {
  readonly poller: ParkedPoller;
  readonly lines: PollerLines;
}

/** The polls of one queue, first come, first served. */
export interface PollerLines {
  readonly main: Line<ParkingPlace>;
  /** Polls that were first in line with too little time left for a claim; stored tasks still find them. */
  readonly waning: Line<ParkingPlace>;
}

export function newPollerLines(): PollerLines {
  return { main: new Line(), waning: new Line() };
}

export function parkedCount(lines: PollerLines): number {
  return lines.main.size + lines.waning.size;
}

export class ParkingLot {
  readonly #byPollId = new Map<number, ParkingPlace>();
  readonly #byWorker = new Map<string, Set<ParkingPlace>>();
  readonly #byDeadline = new Heap<ParkingPlace>(
    (a, b) => (a.poller.deadlineMs - b.poller.deadlineMs || a.poller.pollId - b.poller.pollId) < 0,
  );

  get size(): number {
    return this.#byPollId.size;
  }

  park(poller: ParkedPoller, lines: PollerLines, end: 'front' | 'back'): void {
    if (this.#byPollId.has(poller.pollId)) throw new Error(`poll ${poller.pollId} is parked already`);
    const place: ParkingPlace = { poller, lines, at: -1, line: undefined, ahead: undefined, behind: undefined };
    this.#byPollId.set(poller.pollId, place);
    this.#byDeadline.push(place);
    if (end === 'front') lines.main.pushFront(place);
    else lines.main.pushBack(place);
    if (poller.workerInstanceKey !== '') this.#ofWorker(poller.workerInstanceKey).add(place);
  }

  /** The first of the line, for a stored task: one with time left, else one with little. */
  take(lines: PollerLines, atLeastMs: number, nowMs: number): ParkedPoller | undefined {
    return this.takeWorthwhile(lines, atLeastMs, nowMs) ?? this.#leave(lines.waning.first);
  }

  /** The first of the line that has more than `atLeastMs` left. Each poll is passed over once in its life. */
  takeWorthwhile(lines: PollerLines, atLeastMs: number, nowMs: number): ParkedPoller | undefined {
    for (let place = lines.main.first; place !== undefined; place = lines.main.first) {
      if (place.poller.deadlineMs - nowMs > atLeastMs) return this.#leave(place);
      lines.main.remove(place);
      lines.waning.pushBack(place);
    }
    return undefined;
  }

  cancel(pollId: number): ParkingPlace | undefined {
    const place = this.#byPollId.get(pollId);
    this.#leave(place);
    return place;
  }

  nextDeadlineMs(): number | undefined {
    return this.#byDeadline.peek()?.poller.deadlineMs;
  }

  takeExpired(nowMs: number): ParkingPlace[] {
    const expired: ParkingPlace[] = [];
    for (;;) {
      const place = this.#byDeadline.peek();
      if (place === undefined || place.poller.deadlineMs > nowMs) return expired;
      this.#leave(place);
      expired.push(place);
    }
  }

  takeOfWorker(workerInstanceKey: string): ParkedPoller[] {
    return this.#leaveAll([...(this.#byWorker.get(workerInstanceKey) ?? [])]);
  }

  takeOfIdentity(lines: PollerLines, identity: string): ParkedPoller[] {
    return this.#leaveAll([...lines.waning, ...lines.main].filter((place) => place.poller.identity === identity));
  }

  #leaveAll(places: readonly ParkingPlace[]): ParkedPoller[] {
    for (const place of places) this.#leave(place);
    return places.map((place) => place.poller);
  }

  #leave(place: ParkingPlace | undefined): ParkedPoller | undefined {
    if (place === undefined) return undefined;
    const { poller } = place;
    this.#byPollId.delete(poller.pollId);
    this.#byDeadline.remove(place);
    place.line?.remove(place);
    const ofWorker = this.#byWorker.get(poller.workerInstanceKey);
    if (ofWorker?.delete(place) === true && ofWorker.size === 0) this.#byWorker.delete(poller.workerInstanceKey);
    return poller;
  }

  #ofWorker(workerInstanceKey: string): Set<ParkingPlace> {
    let places = this.#byWorker.get(workerInstanceKey);
    if (places === undefined) this.#byWorker.set(workerInstanceKey, (places = new Set()));
    return places;
  }
}
