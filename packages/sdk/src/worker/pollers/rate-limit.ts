/** Lets so many through in a second, evenly, with a burst of one second after silence. */
import type { Clock } from '../clock.js';

/** Undefined: go on at once. */
export type RateLimit = (signal: AbortSignal) => Promise<void> | undefined;

export function rateLimit(perSecond: number, clock: Clock): RateLimit {
  const intervalMs = 1000 / perSecond;
  const burstMs = Math.max(0, 1000 - intervalMs);
  /** When the next one may go, if all who have asked go at their time. */
  let nextMs = -Infinity;
  return (signal) => {
    const nowMs = clock.nowMs();
    const atMs = Math.max(nextMs, nowMs - burstMs);
    nextMs = atMs + intervalMs;
    if (atMs <= nowMs) return undefined;
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        cancel();
        reject(signal.reason as Error);
      };
      const cancel = clock.after(atMs - nowMs, () => {
        signal.removeEventListener('abort', stop);
        resolve();
      });
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
  };
}
