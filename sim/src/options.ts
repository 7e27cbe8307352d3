/**
 * What a seed's world is like. Swarm: each seed has some kinds of fault and lacks others, because a world with all of
 * them at once rarely gets far enough to meet the deep cases.
 */
import { Rng } from './rng.js';

export const FAULT_KINDS = [
  'crash',
  'powerCut',
  'commitFailed',
  'commitUnknown',
  'flushFatal',
  'zombie',
  'slowFlush',
  'slowRead',
  'failedRead',
  'clockStep',
  'requestLost',
  'replyLost',
  'duplicate',
  'latency',
  'callerGone',
  'undelivered',
  'workerDied',
  'workerSlow',
  'taskFailed',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface SimOptions {
  readonly seed: number;
  readonly executions: number;
  readonly workers: number;
  readonly faults: ReadonlySet<FaultKind>;
  /** How long faults last, in virtual milliseconds. */
  readonly faultPhaseMs: number;
  /** Times the usual rate of faults. */
  readonly intensity: number;
  readonly usesSticky: boolean;
  readonly isEager: boolean;
  /** After all is done, time goes on until the end of retention: nothing may be left. */
  readonly untilRetention: boolean;
  readonly limits: LimitOptions;
}

/** Small bounds make rare paths common. */
export interface LimitOptions {
  readonly executionCacheSizeBytesMax: number;
  readonly snapshotEveryTransitions: number;
  readonly backlogTasksInMemoryMax: number;
  readonly bufferedEventsMax: number;
}

export interface Overrides {
  readonly executions?: number | undefined;
  readonly without?: readonly FaultKind[] | undefined;
}

export function optionsOf(seed: number, overrides: Overrides = {}): SimOptions {
  const rng = new Rng(seed).split('options');
  const share = rng.pick([0, 0.15, 0.3, 0.5, 0.8]);
  const drawn = FAULT_KINDS.filter(() => rng.chance(share));
  const without = new Set(overrides.without ?? []);
  const executions = rng.int(10, 12);
  const faults = new Set(drawn.filter((kind) => !without.has(kind)));
  return {
    seed,
    executions: overrides.executions ?? executions,
    workers: rng.int(1, 3),
    faults,
    faultPhaseMs: rng.pick([5_000, 15_000, 30_000]),
    intensity: rng.pick([0.5, 1, 1, 2, 4]),
    usesSticky: rng.chance(0.7),
    isEager: rng.chance(0.5),
    // A clock that may be set is looked at every second: a day of that is too long.
    untilRetention: rng.chance(0.12) && !faults.has('clockStep'),
    limits: {
      executionCacheSizeBytesMax: rng.pick([4_096, 4_096 * 3, 4_096 * 1_000, 4_096 * 1_000, 4_096 * 1_000]),
      snapshotEveryTransitions: rng.pick([2, 8, 256]),
      backlogTasksInMemoryMax: rng.pick([1, 2, 10_000]),
      bufferedEventsMax: rng.pick([3, 100, 100]),
    },
  };
}
