/** Calls with retries, as SDKs make them: the same request again until there is an answer. */
import type { Rejection, RejectionCode } from '@perdure/server/core';
import type { CallResult, MakeRequest, Network } from './network.js';
import type { Rng } from './rng.js';
import type { ServerProcess } from './server.js';
import type { World } from './world.js';

export type FinalResult =
  | { readonly kind: 'answer'; readonly response: object; readonly from: ServerProcess }
  | { readonly kind: 'refused'; readonly rejection: Rejection; readonly from: ServerProcess }
  /** Gave up: nobody knows what became of it. */
  | { readonly kind: 'unknown' };

export interface RetryOptions {
  readonly timeoutMs: number;
  readonly attemptsMax: number;
  /** Asked before each attempt; false gives up. */
  readonly isWanted?: () => boolean;
  readonly onAttempt?: () => void;
}

const RETRIED: ReadonlySet<RejectionCode> = new Set<RejectionCode>([
  'UNAVAILABLE',
  'WORKFLOW_BUSY',
  'DEADLINE_EXCEEDED',
  'CONCURRENT_LIMIT',
  'UPDATE_LIMIT_IN_FLIGHT',
]);

export class Rpc {
  readonly #world: World;
  readonly #network: Network;
  readonly #rng: Rng;

  constructor(world: World, network: Network, rng: Rng) {
    this.#world = world;
    this.#network = network;
    this.#rng = rng;
  }

  withRetries(make: MakeRequest, options: RetryOptions, done: (result: FinalResult) => void, attempt = 1): void {
    if (options.isWanted?.() === false) return done({ kind: 'unknown' });
    options.onAttempt?.();
    const settle = (result: CallResult): void => {
      const isFinal = result.kind === 'answer' || (result.kind === 'refused' && !RETRIED.has(result.rejection.code));
      if (isFinal) return done(result);
      if (attempt >= options.attemptsMax) return done({ kind: 'unknown' });
      const pauseMs = Math.min(2_000, 20 * 2 ** attempt) * this.#rng.between(0.5, 1.5);
      this.#world.after(pauseMs, () => this.withRetries(make, options, done, attempt + 1));
    };
    this.#network.call(make, { timeoutMs: options.timeoutMs, isPoll: false }, settle);
  }
}
