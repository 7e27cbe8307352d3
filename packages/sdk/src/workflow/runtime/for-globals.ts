/**
 * What the replaced globals (`Date`, `Math.random`, timers, `console`) ask of the runtime. Not for workflow code: these
 * functions are about the run that the realm is working on now, and throw outside of one unless they say else.
 */

/** Whether code of a run is running now. */
export declare function inRun(): boolean;

/** The workflow's clock. */
export declare function nowMs(): number;

/** The run's own sequence, seeded by its run id. At least 0, less than 1. */
export declare function random(): number;

/** A durable timer; `delayMs` below 1 counts as 1. The number is its `seq`: 1, 2, …, shared with `sleep`. */
export declare function setTimeout(
  callback: (...args: unknown[]) => unknown,
  delayMs?: number,
  ...args: unknown[]
): number;

/** Does nothing for a timer that fired or is not there. */
export declare function clearTimeout(handle: unknown): void;

/** To the log of workflows, as `log` of the public API. Outside of a run it does nothing. */
export declare function consoleWrite(level: 'debug' | 'info' | 'warn' | 'error', args: readonly unknown[]): void;
