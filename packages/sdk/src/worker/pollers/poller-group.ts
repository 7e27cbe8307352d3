/** Polls of one queue that are open at the same time. Each waits for a slot, polls, hands the task on and starts anew. */
import { StatusCode } from '@perdure/protocol';
import { grpcErrorOf } from '../../client/grpc-error.js';
import type { GrpcServiceError } from '../../client/grpc-error.js';
import { pause } from '../../client/grpc-retry.js';
import type { Logger } from '../../conversion/logger.js';
import type { Permit, Slots } from '../slots/slots.js';
import type { SlotInfo } from '../slots/tuner-options.js';
import { pollBackoffMs } from './poll-backoff.js';
import type { PollerRange } from './poller-options.js';
import { initialScaling, scaled } from './poller-scaling.js';
import type { PollerScaling, PollOutcome } from './poller-scaling.js';

export interface PollerGroupOptions<Task, Info extends SlotInfo> {
  /** For messages: `workflow`, `activity`. */
  readonly name: string;
  readonly range: PollerRange;
  readonly slots: Slots<Info>;
  readonly isSticky: boolean;
  readonly logger: Logger;
  /** Undefined when there was no task. Rejects with GrpcServiceError. */
  readonly poll: (signal: AbortSignal) => Promise<Task | undefined>;
  /** What the server suggests with this task. */
  readonly deltaOf: (task: Task) => number | undefined;
  /** Takes over the permit. Must not throw. */
  readonly take: (task: Task, permit: Permit<Info>) => void;
  /** Waits until a task may be polled for: rate limits. */
  readonly throttle?: ((signal: AbortSignal) => Promise<void> | undefined) | undefined;
  /** The server refuses in a way that waiting does not mend. */
  readonly fatal: (error: GrpcServiceError) => void;
  readonly changed?: ((openCount: number) => void) | undefined;
}

export class PollerGroup<Task, Info extends SlotInfo> {
  readonly #options: PollerGroupOptions<Task, Info>;
  readonly #signal: AbortSignal;
  #scaling: PollerScaling;
  #runningCount = 0;
  #openCount = 0;
  #failureCount = 0;
  #lastSuccessMs: number | undefined;
  #settle: () => void = () => undefined;
  /** All loops have ended. */
  readonly done: Promise<void>;

  constructor(options: PollerGroupOptions<Task, Info>, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#scaling = initialScaling(options.range);
    this.done = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** Polls that the server holds now. */
  get openCount(): number {
    return this.#openCount;
  }

  /** When a poll last brought a task; milliseconds since the epoch. */
  get lastSuccessMs(): number | undefined {
    return this.#lastSuccessMs;
  }

  get isAutoscaling(): boolean {
    return this.#options.range.isAutoscaling;
  }

  start(): void {
    this.#fill();
  }

  #fill(): void {
    while (this.#runningCount < this.#scaling.target) {
      this.#runningCount += 1;
      void this.#loop();
    }
  }

  async #loop(): Promise<void> {
    // One less each time the target shrinks.
    while (!this.#signal.aborted && this.#runningCount <= this.#scaling.target) {
      try {
        await this.#once();
      } catch (error) {
        if (this.#signal.aborted) break;
        this.#options.logger.error(`A ${this.#options.name} poller failed`, { error });
        await pause(pollBackoffMs(1, true, Math.random()), this.#signal);
      }
    }
    this.#runningCount -= 1;
    if (this.#runningCount === 0) this.#settle();
  }

  async #once(): Promise<void> {
    const { slots, isSticky, throttle, poll, take, deltaOf } = this.#options;
    const reserved = slots.reserve(isSticky, this.#signal);
    const permit = reserved instanceof Promise ? await reserved : reserved;
    let task: Task | undefined;
    try {
      const throttled = throttle?.(this.#signal);
      if (throttled !== undefined) await throttled;
      this.#open(1);
      task = await poll(this.#signal);
    } catch (error) {
      permit.release();
      this.#open(-1);
      return this.#failed(error);
    }
    this.#open(-1);
    this.#succeeded();
    if (task === undefined) {
      permit.release();
      return this.#scale({ kind: 'empty', delta: undefined });
    }
    this.#lastSuccessMs = Date.now();
    this.#scale({ kind: 'task', delta: deltaOf(task) });
    take(task, permit);
  }

  #open(by: number): void {
    this.#openCount += by;
    this.#options.changed?.(this.#openCount);
  }

  #scale(outcome: PollOutcome): void {
    const before = this.#scaling.target;
    this.#scaling = scaled(this.#options.range, this.#scaling, outcome);
    if (this.#scaling.target > before && !this.#signal.aborted) this.#fill();
  }

  #succeeded(): void {
    if (this.#failureCount === 0) return;
    this.#failureCount = 0;
    this.#options.logger.info(`The ${this.#options.name} pollers reach the server again`);
  }

  async #failed(thrown: unknown): Promise<void> {
    if (this.#signal.aborted) return;
    const { logger, name } = this.#options;
    const error = grpcErrorOf(thrown);
    if (error === undefined) throw thrown;
    // The server ends its polls before our own limit; whoever between us ends them earlier means the same.
    if (error.code === StatusCode.DEADLINE_EXCEEDED || error.code === StatusCode.CANCELLED) return;
    if (FATAL.has(error.code)) return this.#options.fatal(error);
    const isOverload = error.code === StatusCode.RESOURCE_EXHAUSTED;
    this.#scale({ kind: 'failed', isOverload });
    this.#failureCount += 1;
    const level = this.#failureCount === 1 ? 'WARN' : 'DEBUG';
    logger.log(level, `The ${name} pollers cannot poll, and go on trying: ${error.message}`, { error });
    await pause(pollBackoffMs(this.#failureCount, isOverload, Math.random()), this.#signal);
  }
}

/** Waiting does not mend these; anything else may be mended without a new worker. */
const FATAL: ReadonlySet<number> = new Set([
  StatusCode.NOT_FOUND,
  StatusCode.INVALID_ARGUMENT,
  StatusCode.UNIMPLEMENTED,
  StatusCode.FAILED_PRECONDITION,
]);
