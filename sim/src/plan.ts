/** What a simulated workflow does: data, carried as its input, so that every replay does the same. */
import type { Rng } from './rng.js';

export interface ActivityPlan {
  readonly id: string;
  /** fail and hang: that many attempts, then success. heartbeat: reports, and obeys cancellation. */
  readonly mode: 'ok' | 'fail' | 'hang' | 'heartbeat' | 'nonRetryable' | 'byId';
  readonly badAttempts: number;
  readonly durationMs: number;
  readonly isEager: boolean;
  readonly maximumAttempts: number;
  readonly startToCloseMs: number;
  readonly scheduleToStartMs: number;
  readonly heartbeatMs: number;
  readonly priorityKey: number;
}

export type Step =
  | { readonly op: 'activities'; readonly activities: readonly ActivityPlan[] }
  | { readonly op: 'sleep'; readonly ms: number }
  /** Whichever comes first; the other is cancelled. */
  | { readonly op: 'race'; readonly activity: ActivityPlan; readonly ms: number }
  | {
      readonly op: 'child';
      readonly workflowId: string;
      readonly plan: Plan;
      readonly policy: 1 | 2 | 3;
      readonly wait: 'result' | 'started' | 'none';
      readonly reusePolicy: number;
    }
  | { readonly op: 'signalExternal'; readonly workflowId: string; readonly signalId: string }
  | { readonly op: 'cancelExternal'; readonly workflowId: string }
  /** Until that many signals came in all, or the time is up. */
  | { readonly op: 'awaitSignals'; readonly count: number; readonly ms: number }
  | { readonly op: 'marker'; readonly name: string }
  | { readonly op: 'upsert'; readonly value: number }
  | { readonly op: 'memo'; readonly value: string }
  /** The run fails until it is this attempt (with a retry policy), or fails for good. */
  | { readonly op: 'failUntil'; readonly attempt: number };

export interface Plan {
  readonly steps: readonly Step[];
  readonly end: 'complete' | 'fail' | 'continue';
  /** Runs still to come, for `continue`. */
  readonly continuations: number;
  readonly obeysCancel: boolean;
  /** Workflow tasks that the worker fails before it answers well, by attempt. */
  readonly taskFailures: number;
}

export interface PlanContext {
  /** Unique prefix of all ids. */
  readonly id: string;
  /** Workflow ids that may be signalled or cancelled. */
  readonly others: readonly string[];
  readonly depth: number;
  readonly isEager: boolean;
}

export function drawPlan(rng: Rng, context: PlanContext): Plan {
  const steps: Step[] = [];
  const count = rng.int(1, context.depth === 0 ? 4 : 2);
  for (let index = 0; index < count; index += 1)
    steps.push(drawStep(rng, { ...context, id: `${context.id}.${index}` }));
  const continuations = rng.chance(0.15) ? rng.int(1, 2) : 0;
  return {
    steps,
    end: continuations > 0 ? 'continue' : rng.chance(0.12) ? 'fail' : 'complete',
    continuations,
    obeysCancel: rng.chance(0.7),
    taskFailures: rng.chance(0.15) ? rng.int(1, 3) : 0,
  };
}

function drawStep(rng: Rng, context: PlanContext): Step {
  const kind = rng.weighted([
    [6, 'activities'],
    [3, 'sleep'],
    [2.5, 'race'],
    [context.depth === 0 ? 3 : context.depth === 1 ? 1 : 0, 'child'],
    [1.5, 'signalExternal'],
    [0.7, 'cancelExternal'],
    [2, 'awaitSignals'],
    [1, 'marker'],
    [1, 'upsert'],
    [0.5, 'memo'],
    [0.7, 'failUntil'],
  ] as const);
  const { id } = context;
  switch (kind) {
    case 'activities':
      return {
        op: 'activities',
        activities: Array.from({ length: rng.int(1, 3) }, (_, index) => drawActivity(rng, context, `${id}a${index}`)),
      };
    case 'sleep':
      return { op: 'sleep', ms: drawMs(rng) };
    case 'race':
      return { op: 'race', activity: drawActivity(rng, context, `${id}r`), ms: rng.pick([1, 20, 300, 2_000]) };
    case 'child':
      return drawChild(rng, context);
    case 'signalExternal':
      return { op: 'signalExternal', workflowId: rng.pick(context.others), signalId: `${id}x` };
    case 'cancelExternal':
      return { op: 'cancelExternal', workflowId: rng.pick(context.others) };
    case 'awaitSignals':
      return { op: 'awaitSignals', count: rng.int(1, 3), ms: drawMs(rng) };
    case 'marker':
      return { op: 'marker', name: `${id}m` };
    case 'upsert':
      return { op: 'upsert', value: rng.int(0, 5) };
    case 'memo':
      return { op: 'memo', value: id };
    case 'failUntil':
      return { op: 'failUntil', attempt: rng.int(1, 3) };
  }
}

function drawChild(rng: Rng, context: PlanContext): Step {
  const plan = drawPlan(rng, { ...context, depth: context.depth + 1, id: `${context.id}c` });
  return {
    op: 'child',
    // Two parents may want the same child.
    workflowId: rng.chance(0.1) ? 'wf-contested' : `wf-${context.id}c`,
    plan,
    policy: rng.pick([1, 2, 3] as const),
    wait: rng.pick(['result', 'result', 'started', 'none'] as const),
    reusePolicy: rng.pick([1, 1, 2, 3]),
  };
}

function drawActivity(rng: Rng, context: PlanContext, id: string): ActivityPlan {
  const mode = rng.weighted([
    [6, 'ok'],
    [2, 'fail'],
    [1, 'hang'],
    [3, 'heartbeat'],
    [0.7, 'nonRetryable'],
    [0.7, 'byId'],
  ] as const);
  return {
    id,
    mode,
    badAttempts: rng.int(1, 2),
    durationMs: rng.pick([0, 1, 10, 200, 1_500]),
    isEager: context.isEager && rng.chance(0.5),
    maximumAttempts: rng.pick([0, 0, 1, 5]),
    startToCloseMs: rng.pick([2_000, 4_000]),
    scheduleToStartMs: rng.pick([0, 0, 0, 3_000]),
    heartbeatMs: mode === 'heartbeat' ? rng.pick([0, 800]) : 0,
    priorityKey: rng.pick([0, 0, 1, 3, 5]),
  };
}

function drawMs(rng: Rng): number {
  return rng.pick([1, 5, 50, 500, 500, 3_000, 15_000]);
}
