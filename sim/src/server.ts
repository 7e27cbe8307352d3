/** One process of the Service: the real engine, and what the run loop does for it in production, in virtual time. */
import type {
  Engine,
  EngineEffect,
  EngineMessage,
  EngineReply,
  EngineRequest,
  NamespaceRecord,
  StartedTaskHandle,
} from '@perdure/server/engine';
import { DEFAULT_LIMITS, isClosed } from '@perdure/server/core';
import type { PendingActivity } from '@perdure/server/core';
import type { Coverage, InputKind } from './coverage.js';
import type { Disk } from './disk.js';
import type { Scheduled } from './event-queue.js';
import type { AskedRequest, DurableView } from './checkers/durable-view.js';
import type { FoldCheck } from './checkers/fold.js';
import type { Modules } from './modules.js';
import type { FaultKind, SimOptions } from './options.js';
import type { Write } from '@perdure/server/ports';
import type { Rng } from './rng.js';
import { ServerClock } from './server-clock.js';
import { TRACE_ORIGIN_MS } from './trace.js';
import type { World } from './world.js';

export interface Caller {
  /** Gives the answer; false when the caller has gone. */
  answer(reply: EngineReply): boolean;
  /** The process died. */
  broken(): void;
}

interface Waiting extends AskedRequest {
  readonly caller: Caller;
}

export interface ServerOptions {
  readonly world: World;
  readonly disk: Disk;
  readonly modules: Modules;
  readonly options: SimOptions;
  readonly coverage: Coverage;
  readonly fold: FoldCheck;
  readonly durable: DurableView;
  readonly name: string;
  readonly onHalt: (server: ServerProcess, reason: string) => void;
}

export class ServerProcess {
  readonly name: string;
  readonly clock: ServerClock;
  readonly engine: Engine;
  isAlive = true;
  isReady = false;
  /** Another process has taken the store over. */
  isZombie = false;
  readonly #parts: ServerOptions;
  readonly #rng: Rng;
  readonly #callers = new Map<number, Waiting>();
  #lastReplyTo = 0;
  #batch: EngineMessage[] = [];
  #isScheduled = false;
  #wake: Scheduled | undefined;

  constructor(parts: ServerOptions, clockOffsetMs: number) {
    const { world, options, modules, coverage, fold, name } = parts;
    this.#parts = parts;
    this.name = name;
    this.#rng = world.rng.split(`server ${name}`);
    this.clock = new ServerClock(world, clockOffsetMs);
    const random = this.#rng.split('engine');
    this.engine = new modules.engine.Engine({
      limits: { ...DEFAULT_LIMITS, ...options.limits },
      random: { uuid: () => random.uuid(), next: () => random.next() },
      nowMs: () => this.clock.nowMs(),
      inspect: (run) => fold.decided(this.name, run),
    });
    const { engine } = this;
    const transit = engine.transit.bind(engine);
    engine.transit = (run, input) => {
      coverage.decided(input.kind);
      const result = transit(run, input);
      world.detail(
        name,
        () =>
          `${input.kind} on ${run.state.workflowId} #${run.execNo} → ${result.kind === 'rejection' ? result.message : `events ${result.firstEventId}+${result.events.length}`}`,
      );
      return result;
    };
  }

  /** Takes the store over, then, after what a start costs, serves. */
  start(): void {
    const { world, disk, modules } = this.#parts;
    const opened = disk.open();
    world.log(this.name, `start, epoch ${opened.epoch}`);
    world.after(this.#rng.between(1, 60), () => {
      if (!this.isAlive) return;
      if (disk.tables.epoch !== opened.epoch) return this.crash('superseded while starting');
      const namespaces: NamespaceRecord[] = [...disk.tables.records.namespace.values()].map((bytes) =>
        modules.engine.decodeNamespace(bytes),
      );
      const queues = [...disk.tables.queues].map(([queue, rows]) => {
        let passTicketMax = -Infinity;
        for (const { passTicket } of rows.walk()) passTicketMax = Math.max(passTicketMax, passTicket);
        return { queue, count: rows.size, passTicketMax };
      });
      this.isReady = true;
      const queueSettings = [...disk.tables.records.taskQueue.values()].map((bytes) =>
        modules.engine.decodeQueueSettings(bytes),
      );
      this.#take([{ kind: 'opened', opened, namespaces, queues, queueSettings }]);
    });
  }

  /** Returns how to say that the caller has gone. */
  ask(request: EngineRequest, caller: Caller): () => void {
    this.#lastReplyTo += 1;
    const replyTo = this.#lastReplyTo;
    this.#callers.set(replyTo, { caller, request, askedAtMs: this.#parts.world.nowMs });
    this.#parts.world.detail(this.name, () => `← ${replyTo} ${describeRequest(request)}`);
    const counted = COUNTED_REQUESTS[request.kind];
    if (counted !== undefined) this.#parts.coverage.decided(counted);
    this.#push({ kind: 'request', replyTo, request });
    return () => {
      if (this.#callers.delete(replyTo)) this.#push({ kind: 'callerGone', replyTo });
    };
  }

  crash(reason: string): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.isReady = false;
    this.#parts.world.log(this.name, `dead: ${reason}`);
    for (const { caller } of [...this.#callers.values()]) caller.broken();
    this.#callers.clear();
  }

  /** The wall clock is set. The process's own timer counts real time, as in production. */
  stepClock(byMs: number): void {
    this.clock.step(byMs);
    this.#parts.world.log(this.name, `clock set by ${byMs} ms`);
  }

  get waitingCallers(): number {
    return this.#callers.size;
  }

  #push(message: EngineMessage): void {
    if (!this.isAlive) return;
    this.#batch.push(message);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#parts.world.after(this.#rng.between(0, 0.3), () => {
      this.#isScheduled = false;
      const batch = this.#batch;
      this.#batch = [];
      this.#take(batch);
    });
  }

  #take(batch: readonly EngineMessage[]): void {
    if (!this.isAlive || batch.length === 0) return;
    let effects: EngineEffect[];
    try {
      effects = this.engine.handle(batch);
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#parts.world.failures.report(
        'engineThrew',
        `${this.name} on ${batch.map(describeMessage).join(', ')}: ${text}`,
      );
      return;
    }
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: EngineEffect): void {
    const { world, disk, onHalt, fold, durable } = this.#parts;
    switch (effect.kind) {
      case 'reply': {
        const { replyTo, reply } = effect;
        world.detail(
          this.name,
          () => `→ ${replyTo} ${reply.ok ? 'ok' : `${reply.rejection.code} ${reply.rejection.message}`}`,
        );
        const waiting = this.#callers.get(replyTo);
        this.#callers.delete(replyTo);
        if (waiting !== undefined) durable.left(this.name, this.isZombie, waiting, reply);
        const isDelivered = waiting?.caller.answer(reply) === true;
        if (!isDelivered && effect.task !== undefined) {
          this.#push({ kind: 'undelivered', task: effect.task });
          this.#expectTakenBack(effect.task);
        }
        return;
      }
      case 'commit': {
        const { group } = effect;
        fold.sent(this.name, group);
        world.detail(this.name, () => `commit ${group.number}: ${group.writes.map(describeWrite).join(', ')}`);
        disk.commit(group, (outcome) => {
          world.detail(this.name, () => `group ${group.number}: ${outcome.kind}`);
          if (outcome.kind !== 'committed') world.log(this.name, `group ${group.number}: ${outcome.kind}`);
          this.#take([{ kind: 'committed', number: group.number, outcome }]);
        });
        return;
      }
      case 'read': {
        const { readId, read } = effect;
        disk.read(read, (answer) => this.#take([{ kind: 'read', readId, answer }]));
        return;
      }
      case 'wake':
        this.#wakeAt(effect.atMs);
        return;
      case 'halt':
        this.crash(`halted: ${effect.reason}`);
        onHalt(this, effect.reason);
        return;
      case 'log':
        if (effect.level === 'error') world.failures.report('quarantine', effect.message);
        return;
    }
  }

  /** Law 5: a start that reached nobody is taken back at once. Slow disks and failing commits may take longer. */
  #expectTakenBack(handle: StartedTaskHandle): void {
    const { world, options, fold } = this.#parts;
    if (SLOW_FAULTS.some((kind) => options.faults.has(kind))) return;
    world.after(TAKEN_BACK_MS, () => {
      const state = this.isAlive && !this.isZombie ? fold.stateOf(handle.execNo) : undefined;
      if (state === undefined || isClosed(state.status)) return;
      const isStill =
        handle.kind === 'workflow'
          ? state.workflowTask?.startedEventId === handle.task.startedEventId &&
            state.workflowTask.attempt === handle.task.attempt
          : handle.activity.by === 'token' &&
            isSameAttempt(state.activities.get(handle.activity.scheduledEventId), handle.activity);
      if (isStill)
        world.failures.report(
          'takenBack',
          `${state.workflowId}: a ${handle.kind} task that reached nobody still counts as started`,
        );
    });
  }

  /** As the system clock's adapter does it: waits in real time, then looks at the wall clock. */
  #wakeAt(atMs: number | undefined): void {
    if (this.#wake !== undefined) this.#wake.act = undefined;
    this.#wake = undefined;
    if (atMs === undefined || atMs === Infinity) return;
    const { world, options } = this.#parts;
    const wholeMs = Math.max(0, atMs - (world.nowMs + this.clock.offsetMs));
    // Where clocks are set, long waits are made of short ones, as in production.
    const waitMs = options.faults.has('clockStep') ? Math.min(wholeMs, CLOCK_LOOK_MS) : wholeMs;
    this.#wake = world.after(waitMs, () => {
      if (this.clock.nowMs() < atMs) this.#wakeAt(atMs);
      else this.#take([{ kind: 'tick' }]);
    });
  }
}

const TAKEN_BACK_MS = 1_500;
const CLOCK_LOOK_MS = 1_000;
const SLOW_FAULTS: readonly FaultKind[] = ['slowFlush', 'commitFailed', 'slowRead', 'failedRead'];

function isSameAttempt(
  activity: PendingActivity | undefined,
  ref: { readonly attempt: number; readonly stamp: number },
): boolean {
  return activity?.phase === 'started' && activity.attempt === ref.attempt && activity.stamp === ref.stamp;
}

/** Requests that are not inputs of an execution, or begin one. */
const COUNTED_REQUESTS: Readonly<Partial<Record<EngineRequest['kind'], InputKind>>> = {
  start: 'start',
  signalWithStart: 'start',
  updateWithStart: 'start',
  query: 'query',
  describe: 'describe',
  getHistory: 'getHistory',
  list: 'list',
};

function describeMessage(message: EngineMessage): string {
  return message.kind === 'request' ? `request ${message.request.kind}` : message.kind;
}

function describeRequest(request: EngineRequest): string {
  const inner =
    'request' in request
      ? (request.request as {
          workflowId?: string;
          workflowExecution?: { workflowId?: string };
          requestId?: string;
          identity?: string;
        })
      : {};
  const target =
    'token' in request
      ? `${request.token.workflowId} ${request.token.scheduledEventId}/${request.token.startedEventId}#${request.token.attempt}`
      : '';
  const history = 'history' in request ? `${request.history.workflowId} ${request.history.runId}` : '';
  return [
    request.kind,
    inner.workflowId ?? inner.workflowExecution?.workflowId ?? '',
    target,
    history,
    inner.requestId ?? '',
    inner.identity ?? '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function describeWrite(write: Write): string {
  switch (write.kind) {
    case 'appendTransition':
      return `append #${write.execNo}.${write.seq} (${write.firstEventId}+${write.eventCount})`;
    case 'putExecution':
      return `row #${write.execNo} ${write.row.workflowId} status ${write.row.status}${write.isCurrent ? ' current' : ''}`;
    case 'putDispatch':
      return `dispatch ${write.row.taskNo} #${write.row.execNo} ${write.row.queue.split('/').at(-1)}`;
    case 'deleteDispatch':
      return `-dispatch ${write.taskNo}`;
    case 'putTimer':
      return `timer #${write.execNo} ${write.dueMs - TRACE_ORIGIN_MS}`;
    case 'putOutbox':
      return `outbox ${write.row.outboxNo} to ${write.row.workflowId}`;
    case 'deleteOutbox':
      return `-outbox ${write.outboxNo}`;
    default:
      return write.kind;
  }
}
