/** How many polls of one kind are open. */
import { ValueError } from '../../conversion/errors.js';

export type PollerBehavior = PollerBehaviorSimpleMaximum | PollerBehaviorAutoscaling;

/** As many polls as there are slots, up to a number. */
export interface PollerBehaviorSimpleMaximum {
  type: 'simple-maximum';
  /** Default 10, or the number of slots if that is less. */
  maximum?: number | undefined;
}

/** As many as the server says that it needs. */
export interface PollerBehaviorAutoscaling {
  type: 'autoscaling';
  /** Default 1. */
  minimum?: number | undefined;
  /** Default 100. */
  maximum?: number | undefined;
  /** Before the server has said anything. Default 5. */
  initial?: number | undefined;
}

/** With the defaults filled in; `minimum === maximum` where the number is fixed. */
export interface PollerRange {
  readonly minimum: number;
  readonly initial: number;
  readonly maximum: number;
  readonly isAutoscaling: boolean;
}

/** Throws ValueError for numbers that contradict each other. */
export function pollerRange(behavior: PollerBehavior | undefined, defaultMaximum: number): PollerRange {
  if (behavior?.type !== 'autoscaling') {
    const maximum = behavior?.maximum ?? defaultMaximum;
    whole('maximum', maximum);
    return { minimum: maximum, initial: maximum, maximum, isAutoscaling: false };
  }
  const { minimum = 1, maximum = 100, initial = Math.min(Math.max(5, minimum), maximum) } = behavior;
  whole('minimum', minimum);
  if (!(minimum <= initial && initial <= maximum)) {
    throw new ValueError(
      `Autoscaling pollers: minimum (${minimum}) <= initial (${initial}) <= maximum (${maximum}) does not hold`,
    );
  }
  return { minimum, initial, maximum, isAutoscaling: true };
}

function whole(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new ValueError(`The ${name} number of pollers is ${value}: give a whole number from 1`);
}

/**
 * How a fixed number of polls is shared between the task queue and the worker's own queue, which has the tasks of executions in
 * memory. At least one each.
 */
export function splitPollers(range: PollerRange, nonStickyRatio: number): { normal: PollerRange; sticky: PollerRange } {
  if (range.isAutoscaling) return { normal: range, sticky: range };
  const normal = Math.max(1, Math.floor(range.maximum * nonStickyRatio));
  const sticky = Math.max(1, range.maximum - normal);
  return { normal: fixed(normal), sticky: fixed(sticky) };
}

function fixed(count: number): PollerRange {
  return { minimum: count, initial: count, maximum: count, isAutoscaling: false };
}
