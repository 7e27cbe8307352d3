/**
 * Behaviours of the runtime that histories depend on, by the numbers that the official TypeScript SDK records. Live, all are
 * on and are recorded when they are first used; in replay those that history names are on, and those that a version of the
 * SDK is known to have had without naming them.
 */

export const RuntimeFlag = {
  /** Cancellation does not pass a scope that is not cancellable; timers of `withTimeout` end with the scope; `setTimeout` is a scope of its own. */
  SHIELDS_NON_CANCELLABLE_SCOPES: 1,
  /** All jobs of an activation in one batch; before, signals came in a batch of their own. */
  SINGLE_BATCH: 2,
} as const;
export type RuntimeFlag = (typeof RuntimeFlag)[keyof typeof RuntimeFlag];

/** Those above and the official ones of its tracing interceptors, which change nothing here. */
const LAST_KNOWN = 6;

/** Two releases used both flags without recording them. */
const UNRECORDED = /^@temporalio\/worker@1\.11\.[01][+]/;

/** The flags of one run, a bit each. */
export interface Flags {
  known: number;
  /** Used for the first time since the last completion. */
  newlyUsed: number;
}

export function addKnownFlags(flags: Flags, ids: readonly number[]): void {
  for (const id of ids) {
    if (id < 1 || id > LAST_KNOWN) throw new TypeError(unknownFlag(id));
    flags.known |= 1 << id;
  }
}

/** `buildId`: of the worker that did the task. */
export function hasFlag(flags: Flags, flag: RuntimeFlag, isReplaying: boolean, buildId: string): boolean {
  const bit = 1 << flag;
  if ((flags.known & bit) !== 0) return true;
  if (isReplaying) return UNRECORDED.test(buildId);
  flags.known |= bit;
  flags.newlyUsed |= bit;
  return true;
}

/** Undefined when there are none. */
export function takeNewlyUsed(flags: Flags): number[] | undefined {
  if (flags.newlyUsed === 0) return undefined;
  const ids: number[] = [];
  for (let id = 1; id <= LAST_KNOWN; id += 1) if ((flags.newlyUsed & (1 << id)) !== 0) ids.push(id);
  flags.newlyUsed = 0;
  return ids;
}

function unknownFlag(id: number): string {
  return (
    `The history of this workflow relies on behaviour ${id} of a newer SDK, which this version does not know. ` +
    'Run it on workers of that version, or upgrade this worker.'
  );
}
