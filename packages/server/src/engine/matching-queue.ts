/** One queue: its waiting tasks, its parked polls, its rate limit and its statistics. */
import { FairnessClock, clampWeight } from '../core/queue/fairness.js';
import type { HeapEntry } from '../core/queue/heap.js';
import { KeyRates } from '../core/queue/key-rates.js';
import { Line } from '../core/queue/line.js';
import type { LineMember } from '../core/queue/line.js';
import { RateMeter } from '../core/queue/meter.js';
import { newBucket, nextTokenMs, returnToken, takeToken } from '../core/queue/rate.js';
import type { Bucket } from '../core/queue/rate.js';
import { BacklogWindow } from '../core/queue/window.js';
import type {
  BacklogStats,
  MatchingLimits,
  ParkedPoller,
  QueueDescription,
  QueuedTask,
  QueueKey,
  QueueRates,
} from './matching-contract.js';
import { newPollerLines, parkedCount } from './matching-pollers.js';
import type { PollerLines } from './matching-pollers.js';
import { PollerScaling } from './matching-scaling.js';
import { PollersSeen } from './matching-seen.js';

/** A task without a row; it goes before all stored ones, since a caller waits for it. */
interface DirectTask extends LineMember<DirectTask> {
  readonly task: QueuedTask;
}

interface Meters {
  readonly adds: RateMeter;
  readonly dispatches: RateMeter;
}

export function queueId(queue: QueueKey): string {
  return `${queue.kind}\0${queue.namespaceId}\0${queue.name}`;
}

export class QueueState implements HeapEntry {
  readonly key: QueueKey;
  readonly lines: PollerLines = newPollerLines();
  readonly seen: PollersSeen;
  readonly window: BacklogWindow<QueuedTask>;
  readonly fairness: FairnessClock;
  /** Place among the queues that wait for a token, by `tokenDueMs`. */
  at = -1;
  tokenDueMs = 0;
  readonly #direct = new Line<DirectTask>();
  readonly #meters = new Map<number, Meters>();
  readonly #scaling = new PollerScaling();
  #bucket: Bucket | undefined;
  #workerPerSecond: number | undefined;
  #rates: QueueRates | undefined;
  #keyRates: KeyRates | undefined;
  readonly #keysMax: number;

  constructor(key: QueueKey, limits: Required<MatchingLimits>) {
    this.key = { namespaceId: key.namespaceId, kind: key.kind, name: key.name };
    this.seen = new PollersSeen(limits.pollerHistoryMs, limits.pollerIdentitiesPerQueueMax);
    this.window = new BacklogWindow(limits.backlogTasksInMemoryMax);
    this.fairness = new FairnessClock(limits.fairnessKeysPerPriorityMax);
    this.#keysMax = limits.fairnessKeysPerPriorityMax;
  }

  get parkedCount(): number {
    return parkedCount(this.lines);
  }

  /** Nothing waits, in memory or stored. */
  get isEmpty(): boolean {
    return this.#direct.size === 0 && this.window.isEmpty;
  }

  get hasTaskInMemory(): boolean {
    return this.#direct.size > 0 || this.window.inMemoryCount > 0;
  }

  enqueue(task: QueuedTask): void {
    if (task.taskNo === 0) this.#direct.pushBack(asMember(task));
    else this.window.add(task);
  }

  enqueueFirst(task: QueuedTask): void {
    if (task.taskNo === 0) this.#direct.pushFront(asMember(task));
    else this.window.add(task);
  }

  /** The task that is served next; it counts as dispatched. */
  takeTask(nowMs: number): QueuedTask | undefined {
    const task = this.#direct.takeFirst()?.task ?? this.window.pop(nowMs);
    if (task !== undefined) this.countDispatch(task, nowMs);
    return task;
  }

  /** The task goes to a poller without waiting. */
  passTask(task: QueuedTask, nowMs: number): void {
    if (task.taskNo !== 0) this.window.pass(task, nowMs);
    this.countDispatch(task, nowMs);
  }

  /** A task without a row; recognised by itself or by its query. */
  withdrawDirect(task: QueuedTask): boolean {
    for (const member of this.#direct) {
      const isSameQuery = task.queryId !== undefined && member.task.queryId === task.queryId;
      if (member.task === task || isSameQuery) return this.#direct.remove(member);
    }
    return false;
  }

  takeAllTasks(): QueuedTask[] {
    const direct: QueuedTask[] = [];
    for (let member = this.#direct.takeFirst(); member !== undefined; member = this.#direct.takeFirst()) {
      direct.push(member.task);
    }
    return [...direct, ...this.window.clear()];
  }

  /** As a worker asks for it. Undefined takes the limit away. */
  setWorkerRate(perSecond: number | undefined, nowMs: number): void {
    this.#workerPerSecond = perSecond;
    this.#limit(nowMs);
  }

  /** As operators ask for it, which counts for more. */
  configure(rates: QueueRates, nowMs: number): void {
    const { perKeyPerSecond, weights } = rates;
    if (perKeyPerSecond === undefined) this.#keyRates = undefined;
    else if (perKeyPerSecond !== this.#keyRates?.perSecond || weights !== this.#rates?.weights)
      this.#keyRates = new KeyRates(perKeyPerSecond, this.#keysMax);
    this.#rates = rates;
    this.#limit(nowMs);
  }

  /** The bucket is kept if nothing changes. */
  #limit(nowMs: number): void {
    const perSecond = this.#rates?.perSecond ?? this.#workerPerSecond;
    if (perSecond === this.#bucket?.limit.perSecond) return;
    this.#bucket = perSecond === undefined ? undefined : newBucket(perSecond, nowMs);
  }

  get hasKeyRates(): boolean {
    return this.#keyRates !== undefined;
  }

  weightOf(task: Pick<QueuedTask, 'fairnessKey' | 'fairnessWeight'>): number {
    return this.#rates?.weights.get(task.fairnessKey) ?? task.fairnessWeight;
  }

  /** For this task; without one, for that which is served next. */
  takeToken(nowMs: number, task?: QueuedTask): boolean {
    const rest = this.#bucket === undefined ? undefined : takeToken(this.#bucket, nowMs);
    if (this.#bucket !== undefined && rest === undefined) return false;
    if (this.#keyRates !== undefined) {
      const next = task ?? this.#next();
      if (next !== undefined && !this.#keyRates.take(next.fairnessKey, clampWeight(this.weightOf(next)), nowMs))
        return false;
    }
    if (rest !== undefined) this.#bucket = rest;
    return true;
  }

  returnToken(task?: QueuedTask): void {
    if (this.#bucket !== undefined) this.#bucket = returnToken(this.#bucket);
    if (task !== undefined) this.#keyRates?.giveBack(task.fairnessKey);
  }

  /** When the next task may leave; undefined if never, as things stand. */
  nextTokenMs(nowMs: number): number | undefined {
    const wholeMs = this.#bucket === undefined ? nowMs : nextTokenMs(this.#bucket, nowMs);
    const next = this.#keyRates === undefined ? undefined : this.#next();
    if (wholeMs === undefined || next === undefined) return wholeMs;
    const keyMs = this.#keyRates?.nextMs(next.fairnessKey, clampWeight(this.weightOf(next)), nowMs);
    return keyMs === undefined ? undefined : Math.max(wholeMs, keyMs);
  }

  #next(): QueuedTask | undefined {
    return this.#direct.first?.task ?? this.window.peek();
  }

  countAdd(priorityKey: number, nowMs: number): void {
    this.#metersOf(priorityKey).adds.mark(nowMs);
  }

  /** For a task with a ticket also moves the fairness clock. */
  countDispatch(task: { readonly priorityKey: number; readonly passTicket: number }, nowMs: number): void {
    this.#metersOf(task.priorityKey).dispatches.mark(nowMs);
    if (task.passTicket > 0) this.fairness.served(task.priorityKey, task.passTicket);
  }

  /** Whether the worker of this poll, which got a task, should have one more or one fewer. */
  scalingDelta(poller: ParkedPoller, nowMs: number): -1 | 0 | 1 {
    return this.#scaling.delta(poller.parkedAtMs, nowMs, this.seen.count, () => this.describe(nowMs));
  }

  isIdle(nowMs: number, keptMs: number): boolean {
    if (this.parkedCount > 0 || !this.isEmpty || this.#bucket !== undefined) return false;
    return this.seen.lastMs < nowMs - keptMs && this.window.isUnused(nowMs);
  }

  describe(nowMs: number): QueueDescription {
    const byPriority = new Map<number, BacklogStats>();
    const levels = new Map(Array.from(this.window.levels(), (level) => [level.priorityKey, level]));
    for (const priorityKey of [...new Set([...levels.keys(), ...this.#meters.keys()])].sort((a, b) => a - b)) {
      const level = levels.get(priorityKey);
      byPriority.set(priorityKey, {
        backlogCount: level?.count ?? 0,
        backlogAgeMs: level === undefined ? 0 : Math.max(0, nowMs - level.first.createdAtMs),
        addRate: this.#meters.get(priorityKey)?.adds.perSecond(nowMs) ?? 0,
        dispatchRate: this.#meters.get(priorityKey)?.dispatches.perSecond(nowMs) ?? 0,
      });
    }
    const all = [...byPriority.values()];
    return {
      pollers: this.seen.list(nowMs),
      ...(this.#bucket === undefined
        ? {}
        : {
            rateLimit: {
              perSecond: this.#bucket.limit.perSecond,
              isFromWorker: this.#rates?.perSecond === undefined,
            },
          }),
      backlogCount: this.window.inMemoryCount + this.window.beyondCount,
      backlogAgeMs: Math.max(0, ...all.map((stats) => stats.backlogAgeMs)),
      addRate: all.reduce((sum, stats) => sum + stats.addRate, 0),
      dispatchRate: all.reduce((sum, stats) => sum + stats.dispatchRate, 0),
      byPriority,
    };
  }

  #metersOf(priorityKey: number): Meters {
    let meters = this.#meters.get(priorityKey);
    if (meters === undefined) {
      meters = { adds: new RateMeter(), dispatches: new RateMeter() };
      this.#meters.set(priorityKey, meters);
    }
    return meters;
  }
}

function asMember(task: QueuedTask): DirectTask {
  return { task, line: undefined, ahead: undefined, behind: undefined };
}
