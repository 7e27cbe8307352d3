/** Moments and durations for people. */

/** `2026-11-24 22:56:01Z`, in UTC; empty when there is none. */
export function momentText(timeMs: number | undefined): string {
  if (timeMs === undefined) return '';
  return new Date(timeMs)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
}

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
];

/** The two largest units: `3d 4h`, `2m 5s`, `1.5s`, `12ms`. */
export function durationText(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.round(durationMs)}ms`;
  if (durationMs < 10_000) return `${Math.round(durationMs / 100) / 10}s`;
  const parts: string[] = [];
  let restMs = durationMs;
  for (const [unit, unitMs] of UNITS) {
    const amount = Math.floor(restMs / unitMs);
    if (amount > 0 && parts.length < 2) parts.push(`${amount}${unit}`);
    restMs -= amount * unitMs;
  }
  return parts.join(' ');
}

/** `3m 5s ago`, `in 2h`. */
export function relativeText(timeMs: number | undefined, nowMs: number): string {
  if (timeMs === undefined) return '';
  return timeMs <= nowMs ? `${durationText(nowMs - timeMs)} ago` : `in ${durationText(timeMs - nowMs)}`;
}
