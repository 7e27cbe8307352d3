/**
 * Task queues of one node: waiting tasks meet parked polls. Synchronous, without a clock; it never calls anybody.
 *
 * What the engine does with it:
 * - A transition schedules a task: `claim` first (law 5). If there is no poll to claim, `assign` gives the ticket that
 *   is stored with the row; after the flush `offer`, or `drop` if the commit failed.
 * - A task is in the hands of the engine when `poll`, `offer`, `giveBack` or `takeMatches` returned it with a poll. Its
 *   start commits: `drop`. It fails: `giveBack` the task and `park` the poll.
 * - Once in each pass: `takeMatches` (polls and tasks that came together by way of `park`, `giveBack`, `loaded` or a new
 *   token), `wantsLoad` (rows to read) and `expirePolls`; next at `nextDeadlineMs` and `nextRateDueMs`.
 *
 * Invariants (how the backlog in memory relates to the rows is in `core/queue/window.ts`):
 * 1. Every offered task is, until it is dropped, in exactly one place: waiting here, in the engine's hands, or a row
 *    beyond the window that a load will bring. No task is returned twice without having been given back.
 * 2. A parked poll is in exactly one queue, and is returned by exactly one call.
 * 3. A poll and a task wait side by side in one queue only if the queue is in `#unsettled`, or has no token (then in
 *    `#throttled`, unless its rate is 0).
 * 4. Tasks leave a queue in order: first those without a row as they came, then by (priority, ticket, number). Polls
 *    leave it as they came, failed claims first.
 */
import { Heap } from '../core/queue/heap.js';
import type {
  Match,
  MatchingLimits,
  NewTask,
  ParkedPoller,
  QueueDescription,
  QueuedTask,
  QueueKey,
  QueueLoad,
  QueueRates,
  WorkerSelector,
} from './matching-contract.js';
import { ParkingLot } from './matching-pollers.js';
import { QueueState, queueId } from './matching-queue.js';

export type * from './matching-contract.js';

const DEFAULTS = {
  worthwhilePollMs: 1_000,
  pollerHistoryMs: 5 * 60_000,
  pollerIdentitiesPerQueueMax: 1_000,
  fairnessKeysPerPriorityMax: 10_000,
};
const DEFAULT_PRIORITY_KEY = 3;
const SWEEP_FROM_QUEUES = 1_024;

export class Matching {
  readonly #limits: Required<MatchingLimits>;
  readonly #queues = new Map<string, QueueState>();
  /** Outlive their queues. */
  readonly #rates = new Map<string, QueueRates>();
  readonly #parked = new ParkingLot();
  readonly #unsettled = new Set<QueueState>();
  readonly #hungry = new Set<QueueState>();
  readonly #throttled = new Heap<QueueState>(
    (a, b) => (a.tokenDueMs - b.tokenDueMs || (queueId(a.key) < queueId(b.key) ? -1 : 1)) < 0,
  );
  #sweepAtQueues = SWEEP_FROM_QUEUES;
  /** The moment of the last call that carried one. */
  #heardMs = 0;

  constructor(limits: MatchingLimits) {
    this.#limits = { ...DEFAULTS, ...limits };
  }

  get parkedCount(): number {
    return this.#parked.size;
  }

  /** The task that is served next; else undefined, and the poll is parked. */
  poll(poller: ParkedPoller, nowMs: number): QueuedTask | undefined {
    this.#hear(nowMs);
    const queue = this.#queue(poller.queue);
    queue.seen.note(poller, nowMs);
    const isFirst = queue.parkedCount === 0;
    if (isFirst && queue.hasTaskInMemory && queue.takeToken(nowMs)) return this.#takeTask(queue, nowMs);
    this.#parked.park(poller, queue.lines, 'back');
    this.#settleLater(queue);
    return undefined;
  }

  /** The client went away. False if the poll is not parked: it has a task, or its answer is on the way. */
  cancelPoll(pollId: number): boolean {
    const place = this.#parked.cancel(pollId);
    if (place === undefined) return false;
    this.#stateOf(place.poller.queue)?.seen.note(place.poller, this.#heardMs);
    return true;
  }

  /** Polls whose deadline has come; they are answered with the empty message. */
  expirePolls(nowMs: number): ParkedPoller[] {
    this.#hear(nowMs);
    const pollers = this.#parked.takeExpired(nowMs).map((place) => place.poller);
    for (const poller of pollers) this.#stateOf(poller.queue)?.seen.note(poller, poller.deadlineMs);
    return pollers;
  }

  nextDeadlineMs(): number | undefined {
    return this.#parked.nextDeadlineMs();
  }

  /**
   * A parked poll for a task that is being scheduled and has no row: only if nothing waits in the queue, no task on its
   * way has an older right to the poll, the rate allows (one by key is left to `offer`, which knows the key), and the poll has more than `worthwhilePollMs` left.
   */
  claim(key: QueueKey, nowMs: number, priorityKey: number = DEFAULT_PRIORITY_KEY): ParkedPoller | undefined {
    this.#hear(nowMs);
    const queue = this.#stateOf(key);
    if (queue === undefined || !queue.isEmpty || queue.hasKeyRates) return undefined;
    if (queue.parkedCount <= queue.window.comingCount(nowMs)) return undefined;
    if (!queue.takeToken(nowMs)) return undefined;
    const poller = this.#parked.takeWorthwhile(queue.lines, this.#limits.worthwhilePollMs, nowMs);
    if (poller === undefined) {
      queue.returnToken();
      return undefined;
    }
    queue.seen.note(poller, nowMs);
    queue.countAdd(priorityKey, nowMs);
    queue.countDispatch({ priorityKey, passTicket: 0 }, nowMs);
    return poller;
  }

  /** A poll whose task came to nothing goes back to the front. It may match at the next `takeMatches`. */
  park(poller: ParkedPoller): void {
    const queue = this.#queue(poller.queue);
    this.#parked.park(poller, queue.lines, 'front');
    this.#settleLater(queue);
  }

  /** A row is being written for the task: its fairness ticket. `offer` or `drop` must follow. */
  assign(task: NewTask, nowMs: number): number {
    this.#hear(nowMs);
    const queue = this.#queue(task.queue);
    if (task.taskNo !== 0) queue.window.expect(task.taskNo, nowMs);
    return queue.fairness.assign(task.priorityKey, task.fairnessKey, queue.weightOf(task));
  }

  /** A task became visible (or has no row): a parked poll for it, or it waits. */
  offer(task: QueuedTask, nowMs: number): ParkedPoller | undefined {
    this.#hear(nowMs);
    const queue = this.#queue(task.queue);
    queue.countAdd(task.priorityKey, nowMs);
    const poller = this.#passAtOnce(queue, task);
    if (poller !== undefined) return poller;
    queue.enqueue(task);
    this.#settleLater(queue);
    return undefined;
  }

  /** A task whose start did not come to pass: back to its place, or with another parked poll at once. */
  giveBack(task: QueuedTask): ParkedPoller | undefined {
    const queue = this.#queue(task.queue);
    queue.returnToken(task);
    const poller = this.#passAtOnce(queue, task);
    if (poller !== undefined) return poller;
    queue.enqueueFirst(task);
    this.#settleLater(queue);
    return undefined;
  }

  /** The row of the task is gone: it was started, it became invalid, or its commit failed. */
  drop(key: QueueKey, taskNo: number): void {
    const queue = this.#stateOf(key);
    if (queue === undefined || taskNo === 0) return;
    queue.window.drop(taskNo);
    this.#loadLater(queue);
  }

  /** Takes a waiting task without a row back: by itself, or by its `queryId`. False if it does not wait. */
  withdraw(task: QueuedTask): boolean {
    return this.#stateOf(task.queue)?.withdrawDirect(task) ?? false;
  }

  /** Polls and tasks that can leave together now, in order. */
  takeMatches(nowMs: number): Match[] {
    this.#hear(nowMs);
    const matches: Match[] = [];
    for (let queue = this.#throttled.peek(); queue !== undefined; queue = this.#throttled.peek()) {
      if (queue.tokenDueMs > nowMs) break;
      this.#throttled.remove(queue);
      this.#unsettled.add(queue);
    }
    for (const queue of this.#unsettled) this.#settle(queue, nowMs, matches);
    this.#unsettled.clear();
    return matches;
  }

  /** When `takeMatches` has something to do because of a rate limit. */
  nextRateDueMs(): number | undefined {
    return this.#throttled.peek()?.tokenDueMs;
  }

  /** The limit that a worker asks for. Undefined takes it away; 0 stops the queue. In force until changed. */
  setRateLimit(key: QueueKey, perSecond: number | undefined, nowMs: number): void {
    this.#hear(nowMs);
    const queue = this.#queue(key);
    queue.setWorkerRate(perSecond, nowMs);
    this.#settleLater(queue);
  }

  /** What operators ask for. In force until changed. */
  configure(key: QueueKey, rates: QueueRates, nowMs: number): void {
    this.#hear(nowMs);
    this.#rates.set(queueId(key), rates);
    const queue = this.#queue(key);
    queue.configure(rates, nowMs);
    this.#settleLater(queue);
  }

  /** A poll is parked, or was seen within the window. */
  hasRecentPoller(key: QueueKey, nowMs: number, windowMs: number): boolean {
    const queue = this.#stateOf(key);
    return queue !== undefined && (queue.parkedCount > 0 || queue.seen.lastMs >= nowMs - windowMs);
  }

  /** For a poll that gets a task: by how much its worker should change the number of its polls; 0 = no advice. */
  scalingDelta(poller: ParkedPoller, nowMs: number): -1 | 0 | 1 {
    this.#hear(nowMs);
    return this.#stateOf(poller.queue)?.scalingDelta(poller, nowMs) ?? 0;
  }

  /** The worker leaves: removes and returns its polls. */
  takeWorkerPolls(worker: WorkerSelector): ParkedPoller[] {
    if ('workerInstanceKey' in worker) return this.#parked.takeOfWorker(worker.workerInstanceKey);
    const queue = this.#stateOf(worker.queue);
    return queue === undefined ? [] : this.#parked.takeOfIdentity(queue.lines, worker.identity);
  }

  describe(key: QueueKey, nowMs: number): QueueDescription {
    const queue = this.#stateOf(key);
    if (queue !== undefined) return queue.describe(nowMs);
    return { pollers: [], backlogCount: 0, backlogAgeMs: 0, addRate: 0, dispatchRate: 0, byPriority: new Map() };
  }

  /**
   * The queue is unloaded: its waiting tasks come back, its pollers are forgotten. Parked polls stay, see
   * `takeWorkerPolls`. Rows beyond the window are not among them: ask `isWhollyInMemory` before.
   */
  forgetQueue(key: QueueKey): QueuedTask[] {
    const queue = this.#stateOf(key);
    if (queue === undefined) return [];
    const tasks = queue.takeAllTasks();
    queue.seen.clear();
    this.#unsettled.delete(queue);
    this.#hungry.delete(queue);
    this.#throttled.remove(queue);
    if (queue.isIdle(this.#heardMs, this.#limits.pollerHistoryMs)) this.#queues.delete(queueId(key));
    return tasks;
  }

  isWhollyInMemory(key: QueueKey): boolean {
    return this.#stateOf(key)?.window.hasBound !== true;
  }

  /**
   * The store holds rows of this queue that were never offered here: after a start, or when a range of shards is taken
   * over. They are loaded in order. `passTicketMax`: highest ticket among them; new tasks go behind it.
   */
  noteStored(key: QueueKey, count: number, passTicketMax: number): void {
    const queue = this.#queue(key);
    queue.window.addBeyond(count);
    queue.fairness.goOnAfter(passTicketMax);
    this.#loadLater(queue);
  }

  /** Rows to read now. The read must see all that was offered before; each is answered by `loaded` or `loadFailed`. */
  wantsLoad(): QueueLoad[] {
    const loads: QueueLoad[] = [];
    for (const queue of this.#hungry) {
      const load = queue.window.beginLoad();
      if (load !== undefined) loads.push({ queue: queue.key, ...load });
    }
    this.#hungry.clear();
    return loads;
  }

  /** Rows above `after` in key order, at most `limit`; `isEnd` if there are no more. */
  loaded(key: QueueKey, tasks: readonly QueuedTask[], isEnd: boolean, loadNo?: number): void {
    const queue = this.#stateOf(key);
    if (queue === undefined) return;
    queue.window.endLoad(tasks, isEnd, loadNo);
    this.#loadLater(queue);
    this.#settleLater(queue);
  }

  loadFailed(key: QueueKey): void {
    const queue = this.#stateOf(key);
    if (queue === undefined) return;
    queue.window.failLoad();
    this.#loadLater(queue);
  }

  /** Only if nothing waits in front of the task. */
  #passAtOnce(queue: QueueState, task: QueuedTask): ParkedPoller | undefined {
    if (queue.parkedCount === 0 || !queue.isEmpty || !queue.takeToken(this.#heardMs, task)) return undefined;
    const poller = this.#takePoller(queue);
    if (poller !== undefined) queue.passTask(task, this.#heardMs);
    return poller;
  }

  #settle(queue: QueueState, nowMs: number, matches: Match[]): void {
    while (queue.parkedCount > 0 && queue.hasTaskInMemory) {
      if (!queue.takeToken(nowMs)) return this.#throttle(queue, nowMs);
      const task = this.#takeTask(queue, nowMs);
      const poller = this.#takePoller(queue);
      if (task !== undefined && poller !== undefined) matches.push({ task, poller });
    }
  }

  #throttle(queue: QueueState, nowMs: number): void {
    const dueMs = queue.nextTokenMs(nowMs);
    if (dueMs === undefined || queue.at >= 0) return;
    queue.tokenDueMs = dueMs;
    this.#throttled.push(queue);
  }

  #takeTask(queue: QueueState, nowMs: number): QueuedTask | undefined {
    const task = queue.takeTask(nowMs);
    this.#loadLater(queue);
    return task;
  }

  #takePoller(queue: QueueState): ParkedPoller | undefined {
    const poller = this.#parked.take(queue.lines, this.#limits.worthwhilePollMs, this.#heardMs);
    if (poller !== undefined) queue.seen.note(poller, this.#heardMs);
    return poller;
  }

  #settleLater(queue: QueueState): void {
    if (queue.parkedCount > 0 && queue.hasTaskInMemory) {
      // The token it waits for may come sooner now.
      this.#throttled.remove(queue);
      this.#unsettled.add(queue);
    }
  }

  #loadLater(queue: QueueState): void {
    if (queue.window.isLoadWanted) this.#hungry.add(queue);
  }

  #hear(nowMs: number): void {
    this.#heardMs = nowMs;
  }

  #stateOf(key: QueueKey): QueueState | undefined {
    return this.#queues.get(queueId(key));
  }

  #queue(key: QueueKey): QueueState {
    const id = queueId(key);
    let queue = this.#queues.get(id);
    if (queue === undefined) {
      if (this.#queues.size >= this.#sweepAtQueues) this.#sweepIdle();
      queue = new QueueState(key, this.#limits);
      const rates = this.#rates.get(id);
      if (rates !== undefined) queue.configure(rates, this.#heardMs);
      this.#queues.set(id, queue);
    }
    return queue;
  }

  /** Sticky queues come and go with their workers; what nobody used for a while is let go, O(1) a new queue. */
  #sweepIdle(): void {
    for (const [id, queue] of this.#queues) {
      if (queue.isIdle(this.#heardMs, this.#limits.pollerHistoryMs)) this.#queues.delete(id);
    }
    this.#sweepAtQueues = Math.max(SWEEP_FROM_QUEUES, 2 * this.#queues.size);
  }
}
