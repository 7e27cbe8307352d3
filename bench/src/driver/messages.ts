/** What the bench says to its driver processes, and what they answer. One question at a time, one answer each. */
import type { Spread } from './latencies.js';
import type { LoadKind } from '../workloads.js';

export interface WorkerPlan {
  readonly role: 'worker';
  readonly address: string;
  readonly taskQueue: string;
  /** Workers, each with a connection of its own: one under load, or many with nothing to do. */
  readonly connections: number;
}

export interface ClientPlan {
  readonly role: 'client';
  readonly address: string;
  readonly taskQueue: string;
}

export interface Load {
  readonly kind: LoadKind;
  readonly workflowType: string;
  readonly concurrency: number;
}

export type Question =
  | { readonly kind: 'open'; readonly plan: WorkerPlan | ClientPlan }
  /** Client: begins to make load. */
  | { readonly kind: 'begin'; readonly load: Load }
  /** What was done since the last mark. */
  | { readonly kind: 'mark' }
  /** Client: no more load; answers when nothing is under way any more. */
  | { readonly kind: 'end' }
  /** Client: starts that many executions, and no more. */
  | { readonly kind: 'start'; readonly count: number; readonly workflowType: string; readonly concurrency: number }
  | { readonly kind: 'close' };

export interface Mark {
  /** Operations that ended since the last mark. */
  readonly operations: number;
  readonly elapsedMs: number;
  /** Of the operations (client), or of what the worker times by itself: a timer from its command to its task. */
  readonly latencyMs: Spread;
  /** Worker: the same timers by the times of their events. */
  readonly eventMs?: Spread;
  /** The first thing that went wrong, if any did. */
  readonly failure: string | undefined;
}

export interface Answer {
  readonly mark?: Mark;
}
