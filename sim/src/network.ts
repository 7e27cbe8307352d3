/** Between callers and the Service: latency (which reorders), loss, duplication, callers that leave. */
import type { EngineReply, EngineRequest } from '@perdure/server/engine';
import type { Rejection } from '@perdure/server/core';
import type { Cluster } from './cluster.js';
import type { Scheduled } from './event-queue.js';
import type { Faults } from './faults.js';
import type { Rng } from './rng.js';
import type { ServerProcess } from './server.js';
import type { World } from './world.js';

export type CallResult =
  | { readonly kind: 'answer'; readonly response: object; readonly from: ServerProcess }
  | { readonly kind: 'refused'; readonly rejection: Rejection; readonly from: ServerProcess }
  /** No answer: the request may have been done or not. */
  | { readonly kind: 'lost' };

export interface CallOptions {
  readonly timeoutMs: number;
  /** A second poll would be another poll: only plain requests are repeated by the network. */
  readonly isPoll: boolean;
}

/** The request, with the deadline on the server's clock. */
export type MakeRequest = (deadlineMs: number) => EngineRequest;

export class Network {
  readonly #world: World;
  readonly #cluster: Cluster;
  readonly #faults: Faults;
  readonly #rng: Rng;

  constructor(world: World, cluster: Cluster, faults: Faults) {
    this.#world = world;
    this.#cluster = cluster;
    this.#faults = faults;
    this.#rng = world.rng.split('network');
  }

  call(make: MakeRequest, options: CallOptions, done: (result: CallResult) => void): Call {
    const call = new Call(this.#world, done, () => this.#latencyMs());
    const isHealthy = this.#world.nowMs > this.#faults.healedAtMs + AFTERMATH_MS;
    call.timeout = this.#world.after(options.timeoutMs, () => {
      // The server knows the deadline, and answers before it.
      if (isHealthy && !call.isOver)
        this.#world.failures.report(
          'unanswered',
          `a call (${make(0).kind}) got no answer in ${options.timeoutMs} ms though nothing is wrong`,
        );
      call.giveUp();
    });
    if (this.#faults.strikes('callerGone', options.isPoll ? 0.03 : 0.01)) {
      this.#world.after(this.#faults.rng('callerGone').between(0, options.isPoll ? 3_000 : 10), () => call.giveUp());
    }
    if (this.#faults.strikes('requestLost', 0.03)) {
      if (this.#faults.rng('requestLost').chance(0.7))
        this.#world.after(this.#latencyMs(), () => call.finish({ kind: 'lost' }));
      return call;
    }
    this.#world.after(this.#latencyMs(), () => this.#arrive(call, make, options));
    if (!options.isPoll && this.#faults.strikes('duplicate', 0.05)) {
      const laterMs = this.#latencyMs() + this.#faults.rng('duplicate').pick([0, 5, 100, 3_000]);
      this.#world.after(laterMs, () => this.#deliver(make, options, DEAF));
    }
    return call;
  }

  #arrive(call: Call, make: MakeRequest, options: CallOptions): void {
    if (call.isOver) return;
    const reached = this.#deliver(make, options, {
      answer: (reply) => this.#answer(call, reply, reached?.server),
      broken: () => void this.#world.after(this.#latencyMs(), () => call.finish({ kind: 'lost' })),
    });
    if (reached === undefined) call.finish({ kind: 'lost' });
    else call.reached(reached.gone);
  }

  #deliver(
    make: MakeRequest,
    options: CallOptions,
    caller: Parameters<ServerProcess['ask']>[1],
  ): { server: ServerProcess; gone: () => void } | undefined {
    const server = this.#cluster.reach(this.#rng);
    if (server === undefined) return undefined;
    const gone = server.ask(make(server.clock.nowMs() + options.timeoutMs - GRACE_MS), caller);
    return { server, gone };
  }

  #answer(call: Call, reply: EngineReply, server: ServerProcess | undefined): boolean {
    if (call.hasLeft || server === undefined) return false;
    if (this.#faults.strikes('undelivered', 0.03)) {
      this.#world.after(this.#latencyMs(), () => call.finish({ kind: 'lost' }));
      return false;
    }
    if (this.#faults.strikes('replyLost', 0.03)) {
      if (this.#faults.rng('replyLost').chance(0.7))
        this.#world.after(this.#latencyMs(), () => call.finish({ kind: 'lost' }));
      return true;
    }
    const result: CallResult = reply.ok
      ? { kind: 'answer', response: reply.response, from: server }
      : { kind: 'refused', rejection: reply.rejection, from: server };
    this.#world.after(this.#latencyMs(), () => call.finish(result));
    return true;
  }

  #latencyMs(): number {
    const usualMs = this.#rng.between(0.05, 1);
    return this.#faults.strikes('latency', 0.1) ? usualMs + this.#faults.rng('latency').between(1, 300) : usualMs;
  }
}

/** Longer than the slowest read and flush. */
const AFTERMATH_MS = 5_000;

const DEAF = { answer: () => true, broken: () => undefined };
/** The server answers a little before the caller gives up. */
const GRACE_MS = 200;

/** One call in progress, as its caller sees it. */
export class Call {
  readonly #world: World;
  readonly #latencyMs: () => number;
  #done: ((result: CallResult) => void) | undefined;
  #gone: (() => void) | undefined;
  #hasGivenUp = false;
  timeout: Scheduled | undefined;

  constructor(world: World, done: (result: CallResult) => void, latencyMs: () => number) {
    this.#world = world;
    this.#done = done;
    this.#latencyMs = latencyMs;
  }

  get isOver(): boolean {
    return this.#done === undefined;
  }

  /** The stream is known to be closed where the answer would be written. */
  get hasLeft(): boolean {
    return this.#hasGivenUp;
  }

  reached(gone: () => void): void {
    this.#gone = gone;
  }

  finish(result: CallResult): void {
    const done = this.#done;
    this.#done = undefined;
    if (this.timeout !== undefined) this.timeout.act = undefined;
    done?.(result);
  }

  /** The caller waits no longer; the server hears of it later. */
  giveUp(): void {
    if (this.isOver) return;
    this.finish({ kind: 'lost' });
    this.#world.after(this.#latencyMs(), () => {
      this.#hasGivenUp = true;
      this.#gone?.();
    });
  }

  /** The caller's process died: nobody hears the result. */
  drop(): void {
    this.#done = undefined;
    this.#world.after(this.#latencyMs(), () => {
      this.#hasGivenUp = true;
      this.#gone?.();
    });
  }
}
