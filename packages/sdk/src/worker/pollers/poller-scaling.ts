/** How many polls should be open, by what the last ones brought. Pure. */
import type { PollerRange } from './poller-options.js';

export type PollOutcome =
  /** `delta`: what the server suggests; undefined when it suggests nothing. */
  | { readonly kind: 'task'; readonly delta: number | undefined }
  | { readonly kind: 'empty'; readonly delta: number | undefined }
  | { readonly kind: 'failed'; readonly isOverload: boolean };

export interface PollerScaling {
  readonly target: number;
  /** The server has given a suggestion before: one that never does must not make the number shrink. */
  readonly hasHints: boolean;
}

export function initialScaling({ initial }: PollerRange): PollerScaling {
  return { target: initial, hasHints: false };
}

export function scaled(range: PollerRange, scaling: PollerScaling, outcome: PollOutcome): PollerScaling {
  if (!range.isAutoscaling) return scaling;
  if (outcome.kind === 'failed') {
    const target = outcome.isOverload ? Math.floor(scaling.target / 2) : scaling.target - (scaling.hasHints ? 1 : 0);
    return { ...scaling, target: within(range, target) };
  }
  if (outcome.delta !== undefined) {
    return { target: within(range, scaling.target + outcome.delta), hasHints: true };
  }
  const shrinks = outcome.kind === 'empty' && scaling.hasHints;
  return shrinks ? { ...scaling, target: within(range, scaling.target - 1) } : scaling;
}

function within({ minimum, maximum }: PollerRange, target: number): number {
  return Math.max(minimum, Math.min(maximum, target));
}
