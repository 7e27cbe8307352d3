/** What the globals keep for each run. Nothing here is shared between runs. */

export interface RunRecord {
  readonly runId: string;
  /** What `globalThis` is for the run's code. */
  global: object | undefined;
  /** From the handle of an interval to the number of the timer that it waits for now. */
  intervals: Map<number, number> | undefined;
  /** What code put into `Error.prepareStackTrace`. */
  prepareStackTrace: unknown;
  /** Counters and start times of `console`. */
  consoleCounts: Map<string, number> | undefined;
  consoleTimers: Map<string, number> | undefined;
}

const records = new Map<string, RunRecord>();
let current: RunRecord | undefined;

export function createRecord(runId: string): void {
  records.set(runId, {
    runId,
    global: undefined,
    intervals: undefined,
    prepareStackTrace: undefined,
    consoleCounts: undefined,
    consoleTimers: undefined,
  });
}

export function forgetRecord(runId: string): void {
  const record = records.get(runId);
  if (record === undefined) return;
  records.delete(runId);
  if (current === record) current = undefined;
}

export function recordOf(runId: string): RunRecord | undefined {
  return records.get(runId);
}

/** Between `begin` and `conclude` of its activation. */
export function setCurrentRecord(runId: string | undefined): void {
  current = runId === undefined ? undefined : records.get(runId);
}

export function currentRecord(): RunRecord | undefined {
  return current;
}
