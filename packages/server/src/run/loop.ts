/**
 * Performs the engine's effects through the ports and feeds the answers back. Messages that arrive in one turn of the event
 * loop are handled as one batch, so that their decisions share a commit group.
 */
import { decodeNamespace, decodeQueueSettings } from '../engine/index.js';
import type {
  Engine,
  EngineEffect,
  EngineMessage,
  EngineReply,
  EngineRequest,
  NamespaceRecord,
  Read,
  ReadAnswer,
} from '../engine/index.js';
import type { Clock, Log, Store } from '../ports/index.js';
import type { ServiceMetrics } from './metrics.js';

export interface Caller {
  /** Gives the answer; false when the caller has gone. */
  answer(reply: EngineReply): boolean;
}

export interface LoopOptions {
  readonly engine: Engine;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly onHalt: (reason: string) => void;
  readonly metrics?: ServiceMetrics;
  /** Nothing is under way any more (`isQuiet`). Called again and again. */
  readonly onQuiet?: () => void;
  /** Runs a callback at the end of this turn of the event loop. */
  readonly defer?: (act: () => void) => void;
}

export class Loop {
  readonly #options: LoopOptions;
  readonly #callers = new Map<number, Caller>();
  /** Callers that wait for the answer to a query. */
  readonly #querying = new Set<number>();
  #lastReplyTo = 0;
  /** Commits and reads that the store has not answered. */
  #atStore = 0;
  #batch: EngineMessage[] = [];
  #readAnswers: EngineMessage[] = [];
  #isScheduled = false;
  #isStopped = false;
  readonly #defer: (act: () => void) => void;

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#defer = options.defer ?? setImmediate;
  }

  /** Opens the store and hands the engine what it must know before the first request. */
  async open(owner: string): Promise<readonly NamespaceRecord[]> {
    const { store } = this.#options;
    const opened = await store.open(owner);
    const records = await store.loadRecords('namespace');
    const namespaces = records.map(({ bytes }) => decodeNamespace(bytes));
    const queues = await store.listDispatchQueues();
    const settings = await store.loadRecords('taskQueue');
    const queueSettings = settings.map(({ bytes }) => decodeQueueSettings(bytes));
    this.#take([{ kind: 'opened', opened, namespaces, queues, queueSettings }]);
    return namespaces;
  }

  /** Returns how to say that the caller has gone. */
  ask(request: EngineRequest, caller: Caller): () => void {
    this.#lastReplyTo += 1;
    const replyTo = this.#lastReplyTo;
    this.#callers.set(replyTo, caller);
    if (request.kind === 'query') this.#querying.add(replyTo);
    this.#push({ kind: 'request', replyTo, request });
    return () => {
      if (!this.#callers.delete(replyTo)) return;
      this.#querying.delete(replyTo);
      this.#push({ kind: 'callerGone', replyTo });
    };
  }

  /** Answers everybody who waits: long polls end now. */
  drain(): void {
    this.#push({ kind: 'drain' });
  }

  stop(): void {
    this.#isStopped = true;
    this.#options.clock.wakeAt(Infinity, () => undefined);
  }

  get waitingCallers(): number {
    return this.#callers.size;
  }

  get openQueries(): number {
    return this.#querying.size;
  }

  /** Whatever was asked is decided and on disk, as far as it can go without a further message or the passing of time. */
  get isQuiet(): boolean {
    return this.#atStore === 0 && !this.#isScheduled;
  }

  #push(message: EngineMessage): void {
    this.#batch.push(message);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#defer(() => this.#drain());
  }

  #drain(): void {
    this.#isScheduled = false;
    const batch = this.#batch;
    this.#batch = [];
    this.#take(batch);
  }

  /** Look-ups asked for together are answered in one turn of microtasks: they make one batch. */
  #answerRead(message: EngineMessage): void {
    this.#readAnswers.push(message);
    if (this.#readAnswers.length > 1) return;
    queueMicrotask(() => {
      const batch = this.#readAnswers;
      this.#readAnswers = [];
      this.#atStore -= batch.length;
      this.#take(batch);
    });
  }

  #take(batch: readonly EngineMessage[]): void {
    if (this.#isStopped || batch.length === 0) return;
    for (const effect of this.#options.engine.handle(batch)) this.#perform(effect);
    if (this.isQuiet) this.#options.onQuiet?.();
  }

  #perform(effect: EngineEffect): void {
    const { store, clock, log, onHalt, metrics } = this.#options;
    switch (effect.kind) {
      case 'reply': {
        const caller = this.#callers.get(effect.replyTo);
        this.#callers.delete(effect.replyTo);
        this.#querying.delete(effect.replyTo);
        const isDelivered = caller?.answer(effect.reply) === true;
        if (!isDelivered && effect.task !== undefined) this.#push({ kind: 'undelivered', task: effect.task });
        return;
      }
      case 'commit': {
        const { number } = effect.group;
        const ended = metrics?.commitBegan(effect.group);
        this.#atStore += 1;
        void store.commit(effect.group).then((outcome) => {
          this.#atStore -= 1;
          ended?.(outcome.kind);
          this.#take([{ kind: 'committed', number, outcome }]);
        });
        return;
      }
      case 'read': {
        const { readId } = effect;
        this.#atStore += 1;
        void readFrom(store, effect.read).then(
          (answer) => this.#answerRead({ kind: 'read', readId, answer }),
          (error: unknown) => {
            const reason = error instanceof Error ? error.message : String(error);
            this.#answerRead({ kind: 'read', readId, answer: { kind: 'failed', reason } });
          },
        );
        return;
      }
      case 'wake':
        clock.wakeAt(effect.atMs ?? Infinity, () => this.#take([{ kind: 'tick' }]));
        return;
      case 'halt':
        onHalt(effect.reason);
        return;
      case 'log':
        log.write(effect.level, effect.message);
        return;
    }
  }
}

async function readFrom(store: Store, read: Read): Promise<ReadAnswer> {
  switch (read.kind) {
    case 'execution':
      return { kind: 'execution', execution: await store.loadExecution(read.key) };
    case 'current':
      return { kind: 'current', current: await store.loadCurrent(read.namespaceId, read.workflowId) };
    case 'history':
      return { kind: 'history', batches: await store.readHistory(read.range) };
    case 'timers':
      return { kind: 'timers', rows: await store.scanTimers(read.fromMs, read.beforeMs, read.limit) };
    case 'dispatch':
      return { kind: 'dispatch', rows: await store.scanDispatch(read.queue, read.after, read.limit) };
    case 'outbox':
      return { kind: 'outbox', rows: await store.scanOutbox(read.afterNo, read.limit) };
    case 'list':
      return { kind: 'list', page: await store.list(read.filter) };
    case 'count':
      return { kind: 'count', groups: await store.count(read.filter) };
    case 'namespaceExecutions':
      return { kind: 'namespaceExecutions', execNos: await store.scanNamespace(read.namespaceId, read.limit) };
  }
}
